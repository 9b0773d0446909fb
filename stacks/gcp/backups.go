package gcp

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/data"
	components "github.com/djangostack/djangostack/components/gcp"
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
	bucket, err := w.bucket(base.key, "backups", arguments.PrivateBucket, nil, w.environment.Held(data.Backups))
	if err != nil {
		return nil, err
	}
	account := w.environment.BackupAccount()
	identity, err := components.NewIdentity(w.ctx, w.name+"-backups", &components.IdentityArgs{
		Project:        w.environment.GCP.Project,
		WorkloadPool:   base.cluster.WorkloadPool,
		Namespace:      pulumi.String(w.environment.Namespace.Name),
		ServiceAccount: account,
		Buckets:        grantsOn(bucket),
		AccessKeys:     arguments.Off,
		Signing:        arguments.Off,
	}, w.options...)
	if err != nil {
		return nil, err
	}
	return &app.BackupBucket{
		Name:               bucket.Name,
		Remote:             kubernetes.CloudStorageRemote(),
		ServiceAccount:     account,
		AccountAnnotations: identity.Annotations,
		Credentials:        credentials(),
		Prerequisites:      slices.Concat([]pulumi.Resource{bucket}, identity.Bindings),
	}, nil
}
