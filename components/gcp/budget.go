package gcp

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/billing"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/monitoring"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/validate"
)

// BudgetArgs describes the cost limit of an environment.
type BudgetArgs struct {
	Project string
	// BillingAccount of the project, for instance 012345-6789AB-CDEF01.
	BillingAccount string
	// MonthlyAmount is the limit per month, in whole units of the currency.
	MonthlyAmount int
	// Currency of the billing account, for instance USD. Google refuses any other. Without one
	// the amount is in the currency that the account has.
	Currency string
	// Emails are notified when 80 % and 100 % of the limit is spent, and when the forecast
	// for the month exceeds it: 1 to 5 addresses.
	Emails []string
	// LabelKey and LabelValue select the resources whose costs count.
	LabelKey   string
	LabelValue string
	Labels     Labels
}

// Budget notifies when the costs of an environment approach a limit. Unlike a service
// account, a user's own credentials need a quota project: the provider's billingProject
// with userProjectOverride.
type Budget struct {
	pulumi.ResourceState

	// Name is the budget's name.
	Name pulumi.StringOutput
}

// NewBudget registers a monthly budget and its notification channels.
func NewBudget(ctx *pulumi.Context, name string, args *BudgetArgs, opts ...pulumi.ResourceOption) (*Budget, error) {
	b := &Budget{}
	return component.New(ctx, "djangostack:gcp:Budget", name, b, args.check, func() (pulumi.Map, error) {
		channels, err := b.newChannels(ctx, name, args)
		if err != nil {
			return nil, err
		}
		// Billing identifies projects by number.
		number := projectNumber(ctx, args.Project, channels[0], b)
		ids := pulumi.StringArray{}
		for _, channel := range channels {
			ids = append(ids, channel.ID())
		}
		budget, err := billing.NewBudget(ctx, name+"-monthly", &billing.BudgetArgs{
			BillingAccount: pulumi.String(args.BillingAccount),
			DisplayName:    pulumi.String(names.Fit(limits.MaxBudgetName, name, "monthly")),
			BudgetFilter: billing.BudgetBudgetFilterArgs{
				Projects:             pulumi.StringArray{pulumi.Sprintf("projects/%s", number)},
				Labels:               pulumi.StringMap{args.LabelKey: pulumi.String(args.LabelValue)},
				CalendarPeriod:       pulumi.String("MONTH"),
				CreditTypesTreatment: pulumi.String("INCLUDE_ALL_CREDITS"),
			},
			Amount: billing.BudgetAmountArgs{SpecifiedAmount: args.amount()},
			ThresholdRules: billing.BudgetThresholdRuleArray{
				notice("CURRENT_SPEND", 0.8),
				notice("CURRENT_SPEND", 1),
				notice("FORECASTED_SPEND", 1),
			},
			AllUpdatesRule: billing.BudgetAllUpdatesRuleArgs{
				MonitoringNotificationChannels: ids,
				// Only the named addresses are notified, not every administrator of the
				// billing account.
				DisableDefaultIamRecipients: pulumi.Bool(true),
			},
		}, pulumi.Parent(b))
		if err != nil {
			return nil, fmt.Errorf("registering the budget %s: %w", name, err)
		}
		b.Name = budget.Name
		return pulumi.Map{"name": b.Name}, nil
	}, opts...)
}

// amount is the limit. Google fills in the currency of the billing account
// (https://cloud.google.com/billing/docs/reference/budget/rest/v1/billingAccounts.budgets#BudgetAmount).
func (a *BudgetArgs) amount() billing.BudgetAmountSpecifiedAmountArgs {
	amount := billing.BudgetAmountSpecifiedAmountArgs{Units: pulumi.String(strconv.Itoa(a.MonthlyAmount))}
	if a.Currency != "" {
		amount.CurrencyCode = pulumi.String(a.Currency)
	}
	return amount
}

func (a *BudgetArgs) check() error {
	account, currency := regexp.MustCompile(`^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$`), regexp.MustCompile(`^([A-Z]{3})?$`)
	problems := []error{
		validate.Check("Budget",
			validate.Required("Project", a.Project != ""),
			validate.Required("LabelKey", a.LabelKey != ""),
			validate.Required("LabelValue", a.LabelValue != "")),
		checkProject("Budget", a.Project),
		validate.RefuseIf(!account.MatchString(a.BillingAccount), "Budget", fmt.Sprintf("BillingAccount is %q, which is no account such as 012345-6789AB-CDEF01", a.BillingAccount)),
		validate.RefuseIf(!currency.MatchString(a.Currency), "Budget", fmt.Sprintf("Currency is %q, which is no currency such as USD", a.Currency)),
		validate.RefuseIf(a.MonthlyAmount < 1, "Budget", fmt.Sprintf("MonthlyAmount is %d; allowed is 1 or more", a.MonthlyAmount)),
		validate.Within("Budget", "Emails", len(a.Emails), 1, limits.MaxBudgetEmails),
		a.Labels.check("Budget"),
	}
	seen := map[string]bool{}
	for _, address := range a.Emails {
		problems = append(problems,
			arguments.CheckEmail("Budget", "Emails", address),
			validate.RefuseIf(seen[address], "Budget", fmt.Sprintf("Emails has %s twice", address)))
		seen[address] = true
	}
	return errors.Join(problems...)
}

// newChannels registers a notification channel for each address.
func (b *Budget) newChannels(ctx *pulumi.Context, name string, args *BudgetArgs) ([]*monitoring.NotificationChannel, error) {
	channels := make([]*monitoring.NotificationChannel, 0, len(args.Emails))
	for _, address := range args.Emails {
		channel, err := monitoring.NewNotificationChannel(ctx, name+"-mail-"+names.Distinct(adminNameLimit, plainEmail, address), &monitoring.NotificationChannelArgs{
			Project:     pulumi.String(args.Project),
			Type:        pulumi.String("email"),
			DisplayName: pulumi.String("Budget " + name + ": " + address),
			Labels:      pulumi.StringMap{"email_address": pulumi.String(address)},
			UserLabels:  args.Labels.All(),
		}, pulumi.Parent(b))
		if err != nil {
			return nil, fmt.Errorf("registering a notification channel of the budget %s: %w", name, err)
		}
		channels = append(channels, channel)
	}
	return channels, nil
}

// notice notifies when a share of the limit is exceeded.
func notice(of string, share float64) billing.BudgetThresholdRuleArgs {
	return billing.BudgetThresholdRuleArgs{SpendBasis: pulumi.String(of), ThresholdPercent: pulumi.Float64(share)}
}
