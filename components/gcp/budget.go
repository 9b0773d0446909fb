package gcp

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// BudgetArgs describes how much an environment may cost.
type BudgetArgs struct {
	Project string
	// BillingAccount pays for the project, for instance 012345-6789AB-CDEF01.
	BillingAccount string
	// MonthlyAmount is the limit a month, in whole units of the currency.
	MonthlyAmount int
	// Currency is that of the billing account, for instance USD: Google refuses another.
	Currency string
	// Emails get a mail when four fifths and when all of the limit is spent, and when
	// the forecast for the month is over it: 1 to 5 addresses.
	Emails []string
	// LabelKey and LabelValue pick the resources whose costs count.
	LabelKey   string
	LabelValue string
	Labels     Labels
}

// Budget watches what an environment costs.
type Budget struct {
	pulumi.ResourceState

	// Name is the budget's name, in the form billingAccounts/…/budgets/….
	Name pulumi.StringOutput
}
