package aws

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	rbacv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/rbac/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// rule allows verbs on kinds of one API group. The core group is "".
type rule struct {
	group string
	kinds []string
	names []string
	verbs []string
}

func (r rule) args() rbacv1.PolicyRuleArgs {
	args := rbacv1.PolicyRuleArgs{
		ApiGroups: pulumi.ToStringArray([]string{r.group}),
		Resources: pulumi.ToStringArray(r.kinds),
		Verbs:     pulumi.ToStringArray(r.verbs),
	}
	if len(r.names) > 0 {
		args.ResourceNames = pulumi.ToStringArray(r.names)
	}
	return args
}

func rules(all []rule) rbacv1.PolicyRuleArray {
	array := rbacv1.PolicyRuleArray{}
	for _, each := range all {
		array = append(array, each.args())
	}
	return array
}

// clusterRules are what the autoscaler reads to predict where a pod fits, and what it
// changes to drain a node.
func clusterRules() []rule {
	read := []string{"get", "list", "watch"}
	return []rule{
		{kinds: []string{"events"}, verbs: []string{"create", "patch"}},
		{kinds: []string{"pods/eviction"}, verbs: []string{"create"}},
		{kinds: []string{"pods/status"}, verbs: []string{"update"}},
		{kinds: []string{"nodes"}, verbs: append([]string{"update"}, read...)},
		{kinds: []string{"namespaces", "pods", "services", "replicationcontrollers", "persistentvolumeclaims", "persistentvolumes"}, verbs: read},
		{group: "apps", kinds: []string{"daemonsets", "replicasets", "statefulsets"}, verbs: read},
		{group: "batch", kinds: []string{"jobs", "cronjobs"}, verbs: read},
		{group: "policy", kinds: []string{"poddisruptionbudgets"}, verbs: read},
		{group: "storage.k8s.io", kinds: []string{"storageclasses", "csinodes", "csidrivers", "csistoragecapacities", "volumeattachments"}, verbs: read},
		{group: "resource.k8s.io", kinds: []string{"deviceclasses", "resourceclaims", "resourceslices"}, verbs: read},
	}
}

// namespaceRules let the autoscaler elect a leader and write its status.
func namespaceRules() []rule {
	return []rule{
		{kinds: []string{"configmaps"}, verbs: []string{"create", "list", "watch"}},
		{kinds: []string{"configmaps"}, names: []string{"cluster-autoscaler-status", "cluster-autoscaler-priority-expander"}, verbs: []string{"get", "update", "delete", "watch"}},
		{group: "coordination.k8s.io", kinds: []string{"leases"}, verbs: []string{"create"}},
		{group: "coordination.k8s.io", kinds: []string{"leases"}, names: []string{autoscalerName}, verbs: []string{"get", "update"}},
	}
}

// allowAutoscaler grants the autoscaler's service account its rights in the cluster, and
// returns the bindings that its pod waits for.
func (c *Cluster) allowAutoscaler(ctx *pulumi.Context, name string, account *corev1.ServiceAccount) ([]pulumi.Resource, error) {
	subjects := rbacv1.SubjectArray{rbacv1.SubjectArgs{
		Kind:      pulumi.String("ServiceAccount"),
		Name:      account.Metadata.Name().Elem(),
		Namespace: pulumi.String(systemNamespace),
	}}
	clusterRole, err := rbacv1.NewClusterRole(ctx, name, &rbacv1.ClusterRoleArgs{
		Metadata: autoscalerMetadata(""), Rules: rules(clusterRules()),
	}, c.objectOptions()...)
	if err != nil {
		return nil, fmt.Errorf("registering the autoscaler's cluster role: %w", err)
	}
	clusterBinding, err := rbacv1.NewClusterRoleBinding(ctx, name, &rbacv1.ClusterRoleBindingArgs{
		Metadata: autoscalerMetadata(""), Subjects: subjects, RoleRef: roleRef("ClusterRole"),
	}, append(c.objectOptions(), pulumi.DependsOn([]pulumi.Resource{clusterRole}))...)
	if err != nil {
		return nil, fmt.Errorf("binding the autoscaler's cluster role: %w", err)
	}
	role, err := rbacv1.NewRole(ctx, name, &rbacv1.RoleArgs{
		Metadata: autoscalerMetadata(systemNamespace), Rules: rules(namespaceRules()),
	}, c.objectOptions()...)
	if err != nil {
		return nil, fmt.Errorf("registering the autoscaler's role: %w", err)
	}
	binding, err := rbacv1.NewRoleBinding(ctx, name, &rbacv1.RoleBindingArgs{
		Metadata: autoscalerMetadata(systemNamespace), Subjects: subjects, RoleRef: roleRef("Role"),
	}, append(c.objectOptions(), pulumi.DependsOn([]pulumi.Resource{role}))...)
	if err != nil {
		return nil, fmt.Errorf("binding the autoscaler's role: %w", err)
	}
	return []pulumi.Resource{clusterBinding, binding}, nil
}

func roleRef(kind string) rbacv1.RoleRefArgs {
	return rbacv1.RoleRefArgs{
		ApiGroup: pulumi.String("rbac.authorization.k8s.io"),
		Kind:     pulumi.String(kind),
		Name:     pulumi.String(autoscalerName),
	}
}
