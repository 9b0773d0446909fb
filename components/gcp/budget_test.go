package gcp_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/tests/mocks"
)

func budgetArgs() *gcp.BudgetArgs {
	return &gcp.BudgetArgs{
		Project:        mocks.Project,
		BillingAccount: "012345-6789AB-CDEF01",
		MonthlyAmount:  250,
		Currency:       "USD",
		Emails:         []string{"ada@example.com", "grace@example.com"},
		LabelKey:       "djangostack-environment",
		LabelValue:     "dev",
		Labels:         environment,
	}
}

func withBudget(name string, args *gcp.BudgetArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := gcp.NewBudget(ctx, name, args)
		return err
	}
}

// theBudget is the one of Google's; the component has the same name for its kind.
func theBudget(t *testing.T, ran mocks.Program) mocks.Resource {
	t.Helper()
	for _, r := range ran.OfKind("Budget") {
		if strings.HasPrefix(r.Type, "gcp:") {
			return r
		}
	}
	require.Fail(t, "no budget")
	return mocks.Resource{}
}

func TestABudgetCountsTheEnvironmentAndWarnsInTime(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withBudget("blog", budgetArgs()))
		budget := theBudget(t, ran)
		assert.Equal(t, "012345-6789AB-CDEF01", budget.At(t, "billingAccount"))
		assert.Equal(t, map[string]any{"currencyCode": "USD", "units": "250"}, budget.At(t, "amount.specifiedAmount"))
		assert.Equal(t, "MONTH", budget.At(t, "budgetFilter.calendarPeriod"))
		assert.Equal(t, map[string]any{"djangostack-environment": "dev"}, budget.At(t, "budgetFilter.labels"), "Google takes one")
		assert.Equal(t, []any{
			map[string]any{"spendBasis": "CURRENT_SPEND", "thresholdPercent": 0.8},
			map[string]any{"spendBasis": "CURRENT_SPEND", "thresholdPercent": 1.0},
			map[string]any{"spendBasis": "FORECASTED_SPEND", "thresholdPercent": 1.0},
		}, budget.At(t, "thresholdRules"))
		assert.Equal(t, true, budget.At(t, "allUpdatesRule.disableDefaultIamRecipients"))
		assert.Len(t, budget.At(t, "allUpdatesRule.monitoringNotificationChannels"), 2)
		everythingIsLabelled(t, ran, "Budget")
		descendsFrom(t, ran, "Budget", "blog")
	}
	budget := theBudget(t, mocks.Run(t, mocks.Known, withBudget("blog", budgetArgs())))
	assert.Equal(t, []any{"projects/314159265358"}, budget.At(t, "budgetFilter.projects"), "Google answers with the number")
}

func TestEachAddressGetsTheMails(t *testing.T) {
	channel := mocks.Run(t, mocks.Known, withBudget("blog", budgetArgs())).Find(t, "NotificationChannel", "blog-mail-ada-example-com")
	assert.Equal(t, "email", channel.At(t, "type"))
	assert.Equal(t, map[string]any{"email_address": "ada@example.com"}, channel.At(t, "labels"))
}

func TestABudgetWithoutACurrencyHasThatOfTheAccount(t *testing.T) {
	args := budgetArgs()
	args.Currency = ""
	budget := theBudget(t, mocks.Run(t, mocks.Known, withBudget("blog", args)))
	assert.Equal(t, map[string]any{"units": "250"}, budget.At(t, "amount.specifiedAmount"))
}

func TestABudgetsNameIsCut(t *testing.T) {
	budget := theBudget(t, mocks.Run(t, mocks.Known, withBudget(strings.Repeat("blog-", 40), budgetArgs())))
	assert.LessOrEqual(t, len(budget.At(t, "displayName").(string)), 60)
}

func TestWrongBudgetsAreNamed(t *testing.T) {
	refusedWith(t, withBudget("blog", &gcp.BudgetArgs{}), "Budget: Project is required", "Budget: LabelKey is required", "Budget: LabelValue is required",
		"Budget: MonthlyAmount is 0", "Budget: Emails is 0; allowed is 1 to 5", `Budget: BillingAccount is ""`)
	args := budgetArgs()
	args.Currency = "euro"
	refusedWith(t, withBudget("blog", args), `Budget: Currency is "euro"`)
	args = budgetArgs()
	args.Emails = []string{"ada", "grace@example.com", "grace@example.com"}
	refusedWith(t, withBudget("blog", args), `Budget: Emails has "ada"`, "Budget: Emails has grace@example.com twice")
}
