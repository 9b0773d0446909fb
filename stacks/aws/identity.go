package aws

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/djangostack/djangostack/components/aws"
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
