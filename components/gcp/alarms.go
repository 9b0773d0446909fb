package gcp

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/monitoring"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/validate"
)

// AlarmsArgs describes the alert policies of an environment and who is notified.
type AlarmsArgs struct {
	Project string
	// Environment begins the display names of the channels and of the policies, which a
	// project may have several of.
	Environment string
	// Emails get a notification channel each.
	Emails []string
	// Channels are existing notification channels of the project, which are not changed:
	// projects/PROJECT/notificationChannels/NUMBER.
	Channels []string
	Alarms   []Alarm
	Labels   Labels
}

// Alarms notify when a managed service needs somebody. They notify again when it is over.
type Alarms struct {
	pulumi.ResourceState

	// Channels are all notification channels.
	Channels pulumi.StringArray
}

// NewAlarms registers the channels and the alert policies.
func NewAlarms(ctx *pulumi.Context, name string, args *AlarmsArgs, opts ...pulumi.ResourceOption) (*Alarms, error) {
	a := &Alarms{}
	return component.New(ctx, "djangostack:gcp:Alarms", name, a, args.check, func() (pulumi.Map, error) {
		a.Channels = pulumi.ToStringArray(args.Channels)
		for _, address := range args.Emails {
			channel, err := args.channel(ctx, name, address, a)
			if err != nil {
				return nil, err
			}
			a.Channels = append(a.Channels, channel.ID())
		}
		for _, alarm := range args.Alarms {
			_, err := monitoring.NewAlertPolicy(ctx, name+"-"+alarm.Name, args.policy(alarm, a.Channels), pulumi.Parent(a), pulumi.DependsOn(alarm.Before))
			if err != nil {
				return nil, fmt.Errorf("registering the alert policy %s: %w", alarm.Name, err)
			}
		}
		return pulumi.Map{"channels": a.Channels}, nil
	}, opts...)
}

func (a *AlarmsArgs) check() error {
	channel := regexp.MustCompile(`^projects/[^/]+/notificationChannels/[0-9]+$`)
	problems := []error{
		validate.Check("Alarms",
			validate.Required("Project", a.Project != ""),
			validate.Required("Environment", a.Environment != ""),
			validate.Required("Alarms", len(a.Alarms) > 0),
			validate.Required("Emails or Channels", len(a.Emails)+len(a.Channels) > 0)),
		checkProject("Alarms", a.Project),
		validate.RefuseIf(len(a.Emails)+len(a.Channels) > limits.MaxPolicyChannels, "Alarms",
			fmt.Sprintf("Emails and Channels are %d; allowed are %d", len(a.Emails)+len(a.Channels), limits.MaxPolicyChannels)),
		a.Labels.check("Alarms"),
	}
	for _, address := range a.Emails {
		problems = append(problems, arguments.CheckEmail("Alarms", "Emails", address))
	}
	for _, existing := range a.Channels {
		problems = append(problems, validate.RefuseIf(!channel.MatchString(existing), "Alarms", fmt.Sprintf("Channels has %q, which is no channel such as projects/blog/notificationChannels/42", existing)))
	}
	seen := map[string]bool{}
	for _, alarm := range a.Alarms {
		problems = append(problems, validate.RefuseIf(seen[alarm.Name], "Alarms", fmt.Sprintf("Alarms has %s twice", alarm.Name)))
		seen[alarm.Name] = true
	}
	return errors.Join(problems...)
}

// channel registers the notification channel of an address.
func (a *AlarmsArgs) channel(ctx *pulumi.Context, name, address string, parent pulumi.Resource) (*monitoring.NotificationChannel, error) {
	channel, err := monitoring.NewNotificationChannel(ctx, name+"-alarms-"+names.Fit(names.MaxDNSLabel, address), &monitoring.NotificationChannelArgs{
		Project:     pulumi.String(a.Project),
		Type:        pulumi.String("email"),
		DisplayName: pulumi.String("Alarms of " + a.Environment + ": " + address),
		Labels:      pulumi.StringMap{"email_address": pulumi.String(address)},
		UserLabels:  a.Labels.All(),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering a notification channel of the alarms: %w", err)
	}
	return channel, nil
}
