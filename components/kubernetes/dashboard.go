package kubernetes

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/validate"
)

// DashboardArgs describes the dashboard of an environment.
type DashboardArgs struct {
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// File is the name of the dashboard's file, which no other dashboard in the cluster has.
	File string
	// JSON is the dashboard as Grafana reads it.
	JSON string
}

// Dashboard is a ConfigMap with a dashboard. The sidecar of Grafana's charts finds it by its label
// (https://github.com/grafana/helm-charts/blob/main/charts/grafana/README.md#sidecar-for-dashboards).
type Dashboard struct {
	pulumi.ResourceState
}

const (
	dashboardPart = "dashboard"
	// grafanaLabel, with the value 1, is what the sidecar looks for unless it is told otherwise.
	grafanaLabel = "grafana_dashboard"
)

// NewDashboard registers the ConfigMap.
func NewDashboard(ctx *pulumi.Context, name string, args *DashboardArgs, opts ...pulumi.ResourceOption) (*Dashboard, error) {
	d := &Dashboard{}
	return component.New(ctx, "djangostack:kubernetes:Dashboard", name+"-"+dashboardPart, d, args.check, func() (pulumi.Map, error) {
		labels := args.Labels.For(dashboardPart)
		labels[grafanaLabel] = pulumi.String("1")
		_, err := corev1.NewConfigMap(ctx, name+"-"+dashboardPart, &corev1.ConfigMapArgs{
			Metadata: metav1.ObjectMetaArgs{
				Name:      pulumi.String(args.Labels.ObjectName(dashboardPart)),
				Namespace: args.Namespace,
				Labels:    labels,
			},
			// The sidecar writes the files of all namespaces into one folder.
			Data: pulumi.StringMap{args.File + ".json": pulumi.String(args.JSON)},
		}, pulumi.Parent(d))
		if err != nil {
			return nil, fmt.Errorf("registering the dashboard: %w", err)
		}
		return nil, nil
	}, opts...)
}

func (a *DashboardArgs) check() error {
	return validate.Check("Dashboard",
		validate.Required("Namespace", a.Namespace != nil),
		validate.Required("Labels", a.Labels.Complete()),
		validate.Required("File", a.File != ""),
		validate.Required("JSON", a.JSON != ""),
	)
}
