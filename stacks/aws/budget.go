package aws

import components "github.com/djangostack/djangostack/components/aws"

func (w wiring) budget() error {
	wanted := w.environment.Budget
	if wanted == nil {
		return nil
	}
	_, err := components.NewBudget(w.ctx, w.name, &components.BudgetArgs{
		MonthlyUSD: wanted.MonthlyUSD,
		Emails:     wanted.Emails,
		TagKey:     environmentTag,
		TagValue:   w.ctx.Stack(),
		Tags:       w.tags,
	}, w.options...)
	return err
}
