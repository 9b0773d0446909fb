package kubernetes_test

import (
	"fmt"
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

func TestTheAppsPodsDenyConnectionsByDefault(t *testing.T) {
	for _, outputs := range mocks.Both() {
		policy := mocks.Run(t, outputs, withIsolation(&kubernetes.IsolationArgs{
			Namespace: pulumi.String("blog-dev"), Labels: labels.Labels{labels.NameLabel: "blog", labels.InstanceLabel: "blog"},
		})).Find(t, "NetworkPolicy", "blog-isolation")

		assert.Equal(t, map[string]any{labels.NameLabel: "blog", labels.InstanceLabel: "blog"}, policy.At(t, "spec.podSelector.matchLabels"))
		assert.Equal(t, []any{"Ingress", "Egress"}, policy.At(t, "spec.policyTypes"))
		assert.Nil(t, policy.At(t, "spec.ingress"))
		assert.Nil(t, policy.At(t, "spec.egress"))
	}
}

func TestAnIsolationWithoutLabelsIsRefused(t *testing.T) {
	ran, err := mocks.Try(mocks.Known, nil, withIsolation(&kubernetes.IsolationArgs{Namespace: pulumi.String("blog-dev")}))
	assert.ErrorContains(t, err, "Isolation: Labels is required")
	assert.Empty(t, ran.Resources)
}

func TestARangeNeverIncludesTheMetadataAddress(t *testing.T) {
	for _, outputs := range mocks.Both() {
		policy := mocks.Run(t, outputs, withIsolation(&kubernetes.IsolationArgs{
			Namespace: pulumi.String("blog-dev"), Labels: labels.Labels{labels.NameLabel: "blog", labels.InstanceLabel: "blog"}, Servers: []string{"postgres"},
			Egress: []kubernetes.EgressRule{
				{CIDRs: []string{"0.0.0.0/0", "::/0", "10.0.0.0/8"}, Ports: []int{443}},
				{CIDRs: []string{"169.254.170.23/32"}, Ports: []int{80}},
			},
		})).Find(t, "NetworkPolicy", "blog-egress")

		for i, want := range [][]any{{"169.254.0.0/16"}, {"fe80::/10", "fd00:ec2::/32"}, nil} {
			except, _ := policy.At(t, fmt.Sprintf("spec.egress[2].to[%d].ipBlock.except", i)).([]any)
			assert.Equal(t, want, except)
		}
		assert.Equal(t, "169.254.170.23/32", policy.At(t, "spec.egress[3].to[0].ipBlock.cidr"), "what is asked for by its address")
		assert.Equal(t, []any{"postgres"}, policy.At(t, "spec.podSelector.matchExpressions[0].values"), "a server connects to nothing")
	}
}

func TestARangeThatIsNoneIsNamed(t *testing.T) {
	_, err := mocks.Try(mocks.Known, nil, withIsolation(&kubernetes.IsolationArgs{
		Namespace: pulumi.String("blog-dev"), Labels: labels.Labels{labels.NameLabel: "blog", labels.InstanceLabel: "blog"},
		Egress: []kubernetes.EgressRule{{CIDRs: []string{"example.com"}, Ports: []int{443}}},
	}))
	assert.ErrorContains(t, err, `Isolation: Egress: "example.com" is not an address range`)
}
