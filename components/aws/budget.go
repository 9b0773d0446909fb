package aws

import (
	"errors"
	"fmt"
	"strconv"

	awsbudgets "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/budgets"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/validate"
)

// BudgetArgs describes the cost limit of an environment.
type BudgetArgs struct {
	// MonthlyUSD is the limit in US dollars per month.
	MonthlyUSD int
	// Emails are notified when 80 % and 100 % of the limit is spent, and when the forecast
	// for the month exceeds it: 1 to 10 addresses.
	Emails []string
	// TagKey and TagValue select the resources whose costs count. AWS reports costs by a
	// tag only if the payer account has activated its key as a cost allocation tag.
	TagKey   string
	TagValue string
	Tags     Tags
}

// Budget notifies when the costs of an environment approach a limit.
type Budget struct {
	pulumi.ResourceState

	// Name is the budget's name.
	Name pulumi.StringOutput
}

// NewBudget registers a monthly budget.
func NewBudget(ctx *pulumi.Context, name string, args *BudgetArgs, opts ...pulumi.ResourceOption) (*Budget, error) {
	b := &Budget{}
	return component.New(ctx, "djangostack:aws:Budget", name, b, args.check, func() (pulumi.Map, error) {
		fitted := names.Fit(limits.MaxBudgetName-autonameLength, name, "monthly")
		budget, err := awsbudgets.NewBudget(ctx, fitted, &awsbudgets.BudgetArgs{
			BudgetType:  pulumi.String("COST"),
			TimeUnit:    pulumi.String("MONTHLY"),
			LimitAmount: pulumi.String(strconv.Itoa(args.MonthlyUSD)),
			LimitUnit:   pulumi.String("USD"),
			CostFilters: awsbudgets.BudgetCostFilterArray{awsbudgets.BudgetCostFilterArgs{
				Name: pulumi.String("TagKeyValue"),
				// Cost Explorer prefixes user-defined tags with user:.
				Values: pulumi.StringArray{pulumi.Sprintf("user:%s$%s", args.TagKey, args.TagValue)},
			}},
			Notifications: awsbudgets.BudgetNotificationArray{
				args.notice("ACTUAL", 80),
				args.notice("ACTUAL", 100),
				args.notice("FORECASTED", 100),
			},
			Tags: args.Tags.For(fitted),
		}, pulumi.Parent(b))
		if err != nil {
			return nil, fmt.Errorf("registering the budget %s: %w", name, err)
		}
		b.Name = budget.Name
		return pulumi.Map{"name": b.Name}, nil
	}, opts...)
}

func (a *BudgetArgs) check() error {
	problems := []error{
		validate.Check("Budget", validate.Required("TagKey", a.TagKey != ""), validate.Required("TagValue", a.TagValue != "")),
		validate.RefuseIf(a.MonthlyUSD < 1, "Budget", fmt.Sprintf("MonthlyUSD is %d; allowed is 1 or more", a.MonthlyUSD)),
		validate.Within("Budget", "Emails", len(a.Emails), 1, limits.MaxBudgetEmails),
	}
	for _, address := range a.Emails {
		problems = append(problems, arguments.CheckEmail("Budget", "Emails", address))
	}
	return errors.Join(problems...)
}

// notice notifies when a share of the limit, in percent, is exceeded.
func (a *BudgetArgs) notice(of string, percent float64) awsbudgets.BudgetNotificationArgs {
	return awsbudgets.BudgetNotificationArgs{
		NotificationType:         pulumi.String(of),
		ComparisonOperator:       pulumi.String("GREATER_THAN"),
		Threshold:                pulumi.Float64(percent),
		ThresholdType:            pulumi.String("PERCENTAGE"),
		SubscriberEmailAddresses: pulumi.ToStringArray(a.Emails),
	}
}
