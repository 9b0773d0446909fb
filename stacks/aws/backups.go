package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/stacks/app"
)

// backups registers the bucket of the backups of a database in the cluster, and the rights of
// their pods on it. It returns nil if the environment has none. The bucket deletes earlier
// versions of objects only: a rule for the age of backups would delete the last one too, if no
// later one were taken.
func (w wiring) backups(base foundation) (*app.BackupBucket, error) {
	if !w.environment.CreatesBackupBucket() {
		return nil, nil
	}
	bucket, err := w.bucket("backups", arguments.PrivateBucket, nil, w.environment.Held(data.Backups))
	if err != nil {
		return nil, err
	}
	account := w.environment.BackupAccount()
	identity, err := components.NewIdentity(w.ctx, w.name+"-backups", &components.IdentityArgs{
		ClusterName:    base.cluster.Name,
		Region:         w.environment.AWS.Region,
		Namespace:      pulumi.String(w.environment.Namespace.Name),
		ServiceAccount: account,
		Statements: []components.Statement{
			{Actions: []string{"s3:ListBucket"}, Resources: pulumi.StringArray{bucket.ARN}},
			{
				Actions:   []string{"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"},
				Resources: pulumi.StringArray{pulumi.Sprintf("%s/%s*", bucket.ARN, w.environment.BackupPrefix())},
			},
		},
		Tags: w.tags,
	}, w.options...)
	if err != nil {
		return nil, err
	}
	return &app.BackupBucket{
		Name:           bucket.Name,
		Remote:         kubernetes.S3Remote(w.environment.AWS.Region),
		ServiceAccount: account,
		Credentials:    credentials(),
		Prerequisites:  []pulumi.Resource{bucket, identity},
	}, nil
}
