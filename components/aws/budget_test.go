package aws_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/tests/mocks"
)

func budgetArgs() *aws.BudgetArgs {
	return &aws.BudgetArgs{
		MonthlyUSD: 250,
		Emails:     []string{"ada@example.com"},
		TagKey:     "djangostack/environment",
		TagValue:   "dev",
		Tags:       environment,
	}
}

func withBudget(name string, args *aws.BudgetArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := aws.NewBudget(ctx, name, args)
		return err
	}
}

func TestABudgetCountsTheEnvironmentAndWarnsInTime(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withBudget("blog", budgetArgs()))
		budget := ran.Find(t, "Budget", "blog-monthly")
		assert.Equal(t, "250", budget.At(t, "limitAmount"))
		assert.Equal(t, "USD", budget.At(t, "limitUnit"))
		assert.Equal(t, "MONTHLY", budget.At(t, "timeUnit"))
		assert.Equal(t, "TagKeyValue", budget.At(t, "costFilters[0].name"))
		assert.Equal(t, []any{"user:djangostack/environment$dev"}, budget.At(t, "costFilters[0].values"))
		for i, want := range []struct {
			of      string
			percent float64
		}{{"ACTUAL", 80}, {"ACTUAL", 100}, {"FORECASTED", 100}} {
			notice := fmt.Sprintf("notifications[%d].", i)
			assert.Equal(t, want.of, budget.At(t, notice+"notificationType"))
			assert.Equal(t, want.percent, budget.At(t, notice+"threshold"))
			assert.Equal(t, []any{"ada@example.com"}, budget.At(t, notice+"subscriberEmailAddresses"))
		}
		everythingIsTagged(t, ran)
	}
}

func TestABudgetsNameIsCut(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withBudget(strings.Repeat("blog-", 40), budgetArgs()))
	for _, budget := range ran.OfKind("Budget") {
		if strings.HasPrefix(budget.Type, "aws:") {
			assert.LessOrEqual(t, len(budget.Name)+len("-1234567"), 100)
		}
	}
}

func TestWrongBudgetsAreNamed(t *testing.T) {
	refusedWith(t, withBudget("blog", &aws.BudgetArgs{}), "Budget: TagKey is required", "Budget: TagValue is required",
		"Budget: MonthlyUSD is 0", "Budget: Emails is 0; allowed is 1 to 10")
	args := budgetArgs()
	args.Emails = []string{"ada"}
	refusedWith(t, withBudget("blog", args), `Budget: Emails has "ada"`)
}
