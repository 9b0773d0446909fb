package kubernetes

import (
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/alerts"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/validate"
)

// AlertsArgs describes the alert rules of an environment.
type AlertsArgs struct {
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Selected are labels that the operator's Prometheus selects rules by.
	Selected map[string]string
	Rules    []alerts.Rule
}

// Alerts are the alert rules of an environment, as an object of the Prometheus operator, which the
// cluster must run (https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRule).
type Alerts struct {
	pulumi.ResourceState
}

const alertsPart = "alerts"

// NewAlerts registers the rules.
func NewAlerts(ctx *pulumi.Context, name string, args *AlertsArgs, opts ...pulumi.ResourceOption) (*Alerts, error) {
	a := &Alerts{}
	return component.New(ctx, "djangostack:kubernetes:Alerts", name+"-"+alertsPart, a, args.check, func() (pulumi.Map, error) {
		labels := args.Labels.For(alertsPart)
		for label, value := range args.Selected {
			labels[label] = pulumi.String(value)
		}
		_, err := apiextensions.NewCustomResource(ctx, name+"-"+alertsPart, &apiextensions.CustomResourceArgs{
			ApiVersion: pulumi.String("monitoring.coreos.com/v1"),
			Kind:       pulumi.String("PrometheusRule"),
			Metadata: metav1.ObjectMetaArgs{
				Name:      pulumi.String(args.Labels.ObjectName(alertsPart)),
				Namespace: args.Namespace,
				Labels:    labels,
			},
			OtherFields: kubernetes.UntypedArgs{"spec": pulumi.Map{"groups": pulumi.Array{pulumi.Map{
				"name":  pulumi.String(args.Labels.ObjectName()),
				"rules": args.rules(),
			}}}},
		}, pulumi.Parent(a))
		if err != nil {
			return nil, fmt.Errorf("registering the PrometheusRule: %w", err)
		}
		return nil, nil
	}, opts...)
}

func (a *AlertsArgs) check() error {
	return validate.Check("Alerts",
		validate.Required("Namespace", a.Namespace != nil),
		validate.Required("Labels", a.Labels.Complete()),
		validate.Required("Rules", len(a.Rules) > 0),
	)
}

func (a *AlertsArgs) rules() pulumi.Array {
	var rules pulumi.Array
	for _, rule := range a.Rules {
		rules = append(rules, pulumi.Map{
			"alert":       pulumi.String(rule.Alert),
			"expr":        pulumi.String(rule.Expr),
			"for":         pulumi.String(rule.For),
			"labels":      pulumi.ToStringMap(rule.Labels),
			"annotations": pulumi.ToStringMap(rule.Annotations),
		})
	}
	return rules
}
