package kubernetes

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/labels"
)

// newSecret registers an immutable Secret. A change of its values changes its name, and so
// restarts the pods that read it.
func newSecret(ctx *pulumi.Context, name, component string, namespace pulumi.StringInput, labels labels.Labels, values pulumi.StringMap, parent pulumi.Resource, opts ...pulumi.ResourceOption) (*corev1.Secret, error) {
	secret, err := corev1.NewSecret(ctx, name, &corev1.SecretArgs{
		Metadata:   metav1.ObjectMetaArgs{Namespace: namespace, Labels: labels.For(component)},
		Immutable:  pulumi.Bool(true),
		StringData: values,
	}, append(opts, pulumi.Parent(parent))...)
	if err != nil {
		return nil, fmt.Errorf("registering the Secret of %s: %w", component, err)
	}
	return secret, nil
}
