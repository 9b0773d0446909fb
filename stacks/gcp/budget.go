package gcp

import components "github.com/djangostack/djangostack/components/gcp"

func (w wiring) budget() error {
	wanted := w.environment.Budget
	if wanted == nil {
		return nil
	}
	_, err := components.NewBudget(w.ctx, w.name, &components.BudgetArgs{
		Project:        w.environment.GCP.Project,
		BillingAccount: w.environment.GCP.BillingAccount,
		MonthlyAmount:  wanted.MonthlyUSD,
		Emails:         wanted.Emails,
		LabelKey:       environmentLabel,
		LabelValue:     w.labels[environmentLabel],
		Labels:         w.labels,
	}, w.options...)
	return err
}
