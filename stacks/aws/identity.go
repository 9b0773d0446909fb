package aws

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/kubernetes"
)

// identity lets the app's pods read and write the environment's buckets. It returns nil if
// they use none.
func (w wiring) identity(cluster *components.Cluster, files fileServices, dump dumpAccess) (*components.Identity, error) {
	statements := slices.Concat(files.statements, dump.statements)
	if len(statements) == 0 {
		return nil, nil
	}
	return components.NewIdentity(w.ctx, w.name, &components.IdentityArgs{
		ClusterName:    cluster.Name,
		Region:         w.environment.AWS.Region,
		Namespace:      pulumi.String(w.environment.Namespace.Name),
		ServiceAccount: w.environment.Instance(),
		Statements:     statements,
		Tags:           w.tags,
	}, w.options...)
}

// credentials is the address of the agent that gives pods the credentials of their identity
// (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html). The metadata
// address, which has those of the node, is not among it.
func credentials() []kubernetes.EgressRule {
	return []kubernetes.EgressRule{{CIDRs: []string{"169.254.170.23/32", "fd00:ec2::23/128"}, Ports: []int{80}}}
}
