package kubernetes

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	rbacv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/rbac/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/pod"
)

// logsAccess is the account of the collector and its rights.
type logsAccess struct {
	account pulumi.StringInput
	rights  []pulumi.Resource
}

// access lets the collector list the pods of the environment's namespace, for their labels, and
// connect to the API server and the receiver. It has no right on the cluster.
func (a *LogsArgs) access(ctx *pulumi.Context, name string, namespace pulumi.StringOutput, parent pulumi.Resource) (logsAccess, error) {
	account, err := corev1.NewServiceAccount(ctx, name+"-logs", &corev1.ServiceAccountArgs{Metadata: a.metadata(namespace)}, pulumi.Parent(parent))
	if err != nil {
		return logsAccess{}, fmt.Errorf("registering the service account of the collector: %w", err)
	}
	role, err := rbacv1.NewRole(ctx, name+"-logs", &rbacv1.RoleArgs{
		Metadata: a.metadata(a.Namespace),
		Rules: rbacv1.PolicyRuleArray{rbacv1.PolicyRuleArgs{
			ApiGroups: pulumi.ToStringArray([]string{""}),
			Resources: pulumi.ToStringArray([]string{"pods"}),
			Verbs:     pulumi.ToStringArray([]string{"get", "list", "watch"}),
		}},
	}, pulumi.Parent(parent))
	if err != nil {
		return logsAccess{}, fmt.Errorf("registering the role of the collector: %w", err)
	}
	binding, err := rbacv1.NewRoleBinding(ctx, name+"-logs", &rbacv1.RoleBindingArgs{
		Metadata: a.metadata(a.Namespace),
		RoleRef:  rbacv1.RoleRefArgs{ApiGroup: pulumi.String("rbac.authorization.k8s.io"), Kind: pulumi.String("Role"), Name: role.Metadata.Name().Elem()},
		Subjects: rbacv1.SubjectArray{rbacv1.SubjectArgs{Kind: pulumi.String("ServiceAccount"), Name: account.Metadata.Name().Elem(), Namespace: namespace}},
	}, pulumi.Parent(parent))
	if err != nil {
		return logsAccess{}, fmt.Errorf("binding the role of the collector: %w", err)
	}
	policy, err := a.policy(ctx, name, namespace, parent)
	if err != nil {
		return logsAccess{}, err
	}
	return logsAccess{account: account.Metadata.Name().Elem(), rights: []pulumi.Resource{binding, policy}}, nil
}

// policy lets no one in: the kubelet's probes are exempt.
func (a *LogsArgs) policy(ctx *pulumi.Context, name string, namespace pulumi.StringOutput, parent pulumi.Resource) (pulumi.Resource, error) {
	rules, err := egressRules(a.Egress)
	if err != nil {
		return nil, err
	}
	policy, err := networkingv1.NewNetworkPolicy(ctx, name+"-logs", &networkingv1.NetworkPolicyArgs{
		Metadata: a.metadata(namespace),
		Spec: networkingv1.NetworkPolicySpecArgs{
			PodSelector: metav1.LabelSelectorArgs{},
			PolicyTypes: pulumi.ToStringArray([]string{"Ingress", "Egress"}),
			Egress:      append(networkingv1.NetworkPolicyEgressRuleArray{clusterDNS()}, rules...),
		},
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the NetworkPolicy of the collector: %w", err)
	}
	return policy, nil
}

// environment holds the headers, which are in a Secret.
func (a *LogsArgs) environment(ctx *pulumi.Context, name string, namespace pulumi.StringOutput, parent pulumi.Resource) (corev1.EnvVarArray, error) {
	environment := corev1.EnvVarArray{pod.EnvFromField(logsNode, "spec.nodeName")}
	if len(a.Headers) == 0 {
		return environment, nil
	}
	secret, err := corev1.NewSecret(ctx, name+"-logs", &corev1.SecretArgs{
		Metadata:   metav1.ObjectMetaArgs{Namespace: namespace, Labels: a.Labels.For(LogsPart)},
		Immutable:  pulumi.Bool(true),
		StringData: pulumi.ToSecret(pulumi.ToStringMap(a.escapedHeaders())).(pulumi.StringMapOutput),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the headers of the collector: %w", err)
	}
	for i, header := range slices.Sorted(maps.Keys(a.Headers)) {
		environment = append(environment, pod.EnvFromSecret(headerVariable(i), secret.Metadata.Name().Elem(), header))
	}
	return environment, nil
}

// escapedHeaders are the headers as the collector reads them: it expands variables in the values
// of variables too (https://opentelemetry.io/docs/collector/configuration/#environment-variables).
func (a *LogsArgs) escapedHeaders() map[string]string {
	escaped := map[string]string{}
	for header, value := range a.Headers {
		escaped[header] = strings.ReplaceAll(value, "$", "$$")
	}
	return escaped
}

// logsNode is the variable with the name of the collector's node.
const logsNode = "KUBE_NODE_NAME"

func headerVariable(index int) string { return fmt.Sprintf("HEADER_%d", index) }
