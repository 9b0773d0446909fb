package kubernetes_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/tests/mocks"
)

func withIsolation(args *kubernetes.IsolationArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := kubernetes.NewIsolation(ctx, "blog", args)
		return err
	}
}

func TestTheAppsPodsDenyIngressByDefault(t *testing.T) {
	for _, outputs := range mocks.Both() {
		policy := mocks.Run(t, outputs, withIsolation(&kubernetes.IsolationArgs{
			Namespace: pulumi.String("blog-dev"), Labels: labels.Labels{labels.NameLabel: "blog", labels.InstanceLabel: "blog"},
		})).Find(t, "NetworkPolicy", "blog-isolation")

		assert.Equal(t, map[string]any{labels.NameLabel: "blog", labels.InstanceLabel: "blog"}, policy.At(t, "spec.podSelector.matchLabels"))
		assert.Equal(t, []any{"Ingress"}, policy.At(t, "spec.policyTypes"))
		assert.Nil(t, policy.At(t, "spec.ingress"))
	}
}

func TestAnIsolationWithoutLabelsIsRefused(t *testing.T) {
	ran, err := mocks.Try(mocks.Known, nil, withIsolation(&kubernetes.IsolationArgs{Namespace: pulumi.String("blog-dev")}))
	assert.ErrorContains(t, err, "Isolation: Labels is required")
	assert.Empty(t, ran.Resources)
}
