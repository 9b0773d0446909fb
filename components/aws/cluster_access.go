package aws

import (
	"fmt"
	"regexp"
	"strings"

	awseks "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/names"
)

// adminNameLimit keeps the names of the access entries readable.
const adminNameLimit = 60

// newAdmins registers the access entries of the administrators.
func (c *Cluster) newAdmins(ctx *pulumi.Context, name string) error {
	policy := fmt.Sprintf("arn:%s:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", partition(c.args.Region))
	for _, admin := range c.args.Admins {
		entry := name + "-admin-" + adminName(admin)
		accessEntry, err := awseks.NewAccessEntry(ctx, entry, &awseks.AccessEntryArgs{
			ClusterName:  c.Name,
			PrincipalArn: pulumi.String(admin),
			Type:         pulumi.String("STANDARD"),
			Tags:         c.args.Tags.For(entry),
		}, pulumi.Parent(c))
		if err != nil {
			return fmt.Errorf("registering the access entry of %s: %w", admin, err)
		}
		association, err := awseks.NewAccessPolicyAssociation(ctx, entry, &awseks.AccessPolicyAssociationArgs{
			ClusterName:  c.Name,
			PrincipalArn: accessEntry.PrincipalArn,
			PolicyArn:    pulumi.String(policy),
			AccessScope:  awseks.AccessPolicyAssociationAccessScopeArgs{Type: pulumi.String("cluster")},
		}, pulumi.Parent(c))
		if err != nil {
			return fmt.Errorf("making %s an administrator of the cluster: %w", admin, err)
		}
		c.Ready = append(c.Ready, accessEntry, association)
	}
	return nil
}

// plainPrincipal matches principals of which names.Fit makes different names.
var plainPrincipal = regexp.MustCompile(`^[0-9]{12}:(role|user)/[a-z0-9]+$`)

// adminName distinguishes principals of several accounts and paths, regardless of their
// order. AWS distinguishes capitals as well.
func adminName(arn string) string {
	return names.Distinct(adminNameLimit, plainPrincipal, strings.Split(arn, "::")[1])
}
