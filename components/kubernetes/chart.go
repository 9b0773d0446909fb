package kubernetes

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/clusters"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/validate"
)

// chartSeconds is how long Helm waits for the pods of a chart: with nodes that are added for
// them and images that are pulled for the first time.
const chartSeconds = 900

// ChartArgs describes a chart of Helm in its own namespace.
type ChartArgs struct {
	// Name of the release.
	Name string
	// Chart is its name in Repository, or the whole address of a chart in a registry, which
	// begins with oci://.
	Chart, Repository string
	Version           string
	// Namespace of the release, which is created. It enforces the level restricted.
	Namespace string
	Labels    labels.Labels
	Values    pulumi.Map
}

// Chart is a controller that is installed as a chart. What uses its kinds depends on it: the
// definitions are there before, and the controller still runs when the objects go, because it
// takes the finalizers off.
type Chart struct {
	pulumi.ResourceState
}

// NewChart registers the namespace and the release.
func NewChart(ctx *pulumi.Context, name string, args *ChartArgs, opts ...pulumi.ResourceOption) (*Chart, error) {
	c := &Chart{}
	return component.New(ctx, "djangostack:kubernetes:Chart", name+"-"+args.Name, c, args.check, func() (pulumi.Map, error) {
		labels := args.Labels.For("chart")
		for _, mode := range []string{"enforce", "warn"} {
			labels["pod-security.kubernetes.io/"+mode] = pulumi.String("restricted")
		}
		namespace, err := corev1.NewNamespace(ctx, name+"-"+args.Name, &corev1.NamespaceArgs{
			Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(args.Namespace), Labels: labels},
		}, pulumi.Parent(c))
		if err != nil {
			return nil, fmt.Errorf("registering the namespace %s: %w", args.Namespace, err)
		}
		_, err = clusters.NewRelease(ctx, name+"-"+args.Name, args.release(namespace.Metadata.Name().Elem()), pulumi.Parent(c))
		return nil, err
	}, opts...)
}

func (a *ChartArgs) check() error {
	return validate.Check("Chart",
		validate.Required("Name", a.Name != ""),
		validate.Required("Chart", a.Chart != ""),
		validate.Required("Version", a.Version != ""),
		validate.Required("Namespace", a.Namespace != ""),
		validate.Required("Labels", a.Labels.Complete()),
	)
}

// release removes again what was installed in part: Helm refuses to install a release whose
// first installation failed.
func (a *ChartArgs) release(namespace pulumi.StringInput) pulumi.Map {
	inputs := pulumi.Map{
		"name":      pulumi.String(a.Name),
		"namespace": namespace,
		"chart":     pulumi.String(a.Chart),
		"version":   pulumi.String(a.Version),
		"values":    a.Values,
		"atomic":    pulumi.Bool(true),
		"timeout":   pulumi.Int(chartSeconds),
	}
	if a.Repository != "" {
		inputs["repositoryOpts"] = pulumi.Map{"repo": pulumi.String(a.Repository)}
	}
	return inputs
}
