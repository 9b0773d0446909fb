package gcp

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	rbacv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/rbac/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/names"
)

const (
	// adminNameLimit keeps the names of the bindings readable.
	adminNameLimit = 60
	// memberGroup is the prefix of a group in an IAM policy.
	memberGroup = "group"
	rbacGroup   = "rbac.authorization.k8s.io"
)

// newAdmins grants the administrators their rights. Google's administrator role would apply
// to every cluster of the project, including the right to delete it. IAM therefore only
// lets them see this cluster, and RBAC in the cluster grants all rights.
func (c *Cluster) newAdmins(ctx *pulumi.Context, name string) error {
	for _, admin := range c.args.Admins {
		entry := name + "-admin-" + names.Distinct(adminNameLimit, plainMember, admin)
		viewer, err := projects.NewIAMMember(ctx, entry, &projects.IAMMemberArgs{
			Project:   pulumi.String(c.args.Project),
			Role:      pulumi.String("roles/container.clusterViewer"),
			Member:    pulumi.String(admin),
			Condition: c.args.onlyThisCluster(),
		}, pulumi.Parent(c))
		if err != nil {
			return fmt.Errorf("showing the cluster to %s: %w", admin, err)
		}
		binding, err := rbacv1.NewClusterRoleBinding(ctx, entry, &rbacv1.ClusterRoleBindingArgs{
			Metadata: metav1.ObjectMetaArgs{Name: pulumi.String("djangostack-admin-" + names.Distinct(adminNameLimit, plainMember, admin))},
			RoleRef: rbacv1.RoleRefArgs{
				ApiGroup: pulumi.String(rbacGroup), Kind: pulumi.String("ClusterRole"), Name: pulumi.String("cluster-admin"),
			},
			Subjects: rbacv1.SubjectArray{subjectOf(admin)},
		}, c.objectOptions()...)
		if err != nil {
			return fmt.Errorf("making %s an administrator of the cluster: %w", admin, err)
		}
		c.Ready = append(c.Ready, viewer, binding)
	}
	return nil
}

// onlyThisCluster limits a role to this cluster. It also makes the binding unique: other
// environments in the project may grant the same role to the same people.
func (a *ClusterArgs) onlyThisCluster() projects.IAMMemberConditionArgs {
	return projects.IAMMemberConditionArgs{
		Title:       pulumi.String("cluster " + a.name()),
		Description: pulumi.String("This cluster only"),
		Expression:  pulumi.Sprintf("resource.name.endsWith(\"/locations/%s/clusters/%s\")", a.Region, a.name()),
	}
}

// subjectOf is an administrator as a subject of RBAC. People and service accounts are users
// with their e-mail address.
func subjectOf(admin string) rbacv1.SubjectArgs {
	kind, address := splitMember(admin)
	if kind == memberGroup {
		return rbacv1.SubjectArgs{ApiGroup: pulumi.String(rbacGroup), Kind: pulumi.String("Group"), Name: pulumi.String(address)}
	}
	return rbacv1.SubjectArgs{ApiGroup: pulumi.String(rbacGroup), Kind: pulumi.String("User"), Name: pulumi.String(address)}
}

func splitMember(member string) (kind, address string) {
	kind, address, _ = strings.Cut(member, ":")
	return kind, address
}

// groups is the group of a domain whose members are groups that RBAC knows
// (https://cloud.google.com/kubernetes-engine/docs/how-to/google-groups-rbac).
func (a *ClusterArgs) groups() container.ClusterAuthenticatorGroupsConfigPtrInput {
	for _, admin := range a.Admins {
		if kind, address := splitMember(admin); kind == memberGroup {
			_, domain, _ := strings.Cut(address, "@")
			return container.ClusterAuthenticatorGroupsConfigArgs{SecurityGroup: pulumi.String("gke-security-groups@" + domain)}
		}
	}
	return nil
}
