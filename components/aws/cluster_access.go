package aws

import (
	"fmt"
	"strings"

	awseks "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/names"
)

// adminNameLimit keeps the names of the entries readable.
const adminNameLimit = 60

// newAdmins lets the administrators in.
func (c *Cluster) newAdmins(ctx *pulumi.Context, name string) error {
	all := fmt.Sprintf("arn:%s:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", partition(c.args.Region))
	for _, admin := range c.args.Admins {
		entry := name + "-admin-" + adminName(admin)
		entered, err := awseks.NewAccessEntry(ctx, entry, &awseks.AccessEntryArgs{
			ClusterName:  c.Name,
			PrincipalArn: pulumi.String(admin),
			Type:         pulumi.String("STANDARD"),
			Tags:         c.args.Tags.For(entry),
		}, pulumi.Parent(c))
		if err != nil {
			return fmt.Errorf("letting %s into the cluster: %w", admin, err)
		}
		allowed, err := awseks.NewAccessPolicyAssociation(ctx, entry, &awseks.AccessPolicyAssociationArgs{
			ClusterName:  c.Name,
			PrincipalArn: entered.PrincipalArn,
			PolicyArn:    pulumi.String(all),
			AccessScope:  awseks.AccessPolicyAssociationAccessScopeArgs{Type: pulumi.String("cluster")},
		}, pulumi.Parent(c))
		if err != nil {
			return fmt.Errorf("making %s an administrator of the cluster: %w", admin, err)
		}
		c.Ready = append(c.Ready, entered, allowed)
	}
	return nil
}

// adminName tells principals of several accounts and paths apart, whatever their order.
func adminName(arn string) string {
	return names.Fit(adminNameLimit, strings.Split(arn, "::")[1])
}
