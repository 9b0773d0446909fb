package kubernetes

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/validate"
)

// BackupBucket is a bucket that exists, and how the pods of the backups reach it.
type BackupBucket struct {
	Name   pulumi.StringInput
	Remote BackupRemote
	// Prefix of the objects, with a slash at its end. Nothing outside of it is touched.
	Prefix string
	// Image has rclone at /usr/local/bin/rclone, without shared libraries.
	Image string
	// ServiceAccount is the name of a service account that is created for these pods alone, with
	// the annotations that give it rights on the bucket; empty for none.
	ServiceAccount string
	Annotations    pulumi.StringMap
	// Egress is what the pods connect to for the bucket and for their rights on it.
	Egress []EgressRule
}

// BackupRemote is the kind of a bucket's server, as rclone's settings.
type BackupRemote struct {
	plain   map[string]string
	secrets pulumi.StringMap
}

// s3Chunk is the size of the parts of an upload, in rclone's notation. S3 takes 10,000 of them,
// 312 GiB, and rclone has four of them in memory.
const s3Chunk = "32Mi"

// S3Remote is S3 on AWS, with the rights of the pods.
func S3Remote(region string) BackupRemote {
	return BackupRemote{plain: map[string]string{
		"TYPE": "s3", "PROVIDER": "AWS", "ENV_AUTH": "true", "REGION": region, "CHUNK_SIZE": s3Chunk, "NO_CHECK_BUCKET": "true",
	}}
}

// CloudStorageRemote is Cloud Storage, with the rights of the pods, on a bucket with uniform
// access.
func CloudStorageRemote() BackupRemote {
	return BackupRemote{plain: map[string]string{
		"TYPE": "google cloud storage", "ENV_AUTH": "true", "BUCKET_POLICY_ONLY": "true", "NO_CHECK_BUCKET": "true",
	}}
}

// S3CompatibleRemote is another server that speaks the S3 protocol, with an access key.
func S3CompatibleRemote(endpoint, region string, keyID, key pulumi.StringInput) BackupRemote {
	return BackupRemote{
		plain: map[string]string{
			"TYPE": "s3", "PROVIDER": "Other", "ENDPOINT": endpoint, "REGION": region, "CHUNK_SIZE": s3Chunk, "NO_CHECK_BUCKET": "true",
		},
		secrets: pulumi.StringMap{"ACCESS_KEY_ID": keyID, "SECRET_ACCESS_KEY": key},
	}
}

const (
	toolsFolder = "/tools"
	// toolsSize is enough for rclone with all its remotes.
	toolsSize = "256Mi"
)

func (b *BackupBucket) check() error {
	if b == nil {
		return nil
	}
	return errors.Join(
		validate.Check("DatabaseBackups",
			validate.Required("Bucket.Name", b.Name != nil),
			validate.Required("Bucket.Remote", len(b.Remote.plain) > 0),
			validate.Required("Bucket.Prefix", b.Prefix != ""),
			validate.Required("Bucket.Image", b.Image != ""),
		),
		validate.RefuseIf(!strings.HasSuffix(b.Prefix, "/"), "DatabaseBackups", fmt.Sprintf("Bucket.Prefix is %q, which does not end with a slash", b.Prefix)),
	)
}

// bucket registers the service account and the NetworkPolicy of the pods.
func (a *DatabaseBackupsArgs) bucket(ctx *pulumi.Context, name string, secret *corev1.Secret, parent pulumi.Resource) (backupStore, error) {
	tools, err := a.tools()
	if err != nil {
		return backupStore{}, err
	}
	if err := a.egress(ctx, name, parent); err != nil {
		return backupStore{}, err
	}
	account, err := a.account(ctx, name, parent)
	if err != nil {
		return backupStore{}, err
	}
	return backupStore{
		script:         bucketScript,
		environment:    a.Bucket.environment(secret),
		volumes:        []pod.Volume{{Name: "tools", Path: toolsFolder, Limit: toolsSize}},
		initContainers: []corev1.ContainerArgs{tools},
		serviceAccount: account,
	}, nil
}

// tools copies rclone and the certificates of public authorities from its image: the database's
// image has neither. It runs rclone itself, because images of one program have nothing else.
func (a *DatabaseBackupsArgs) tools() (corev1.ContainerArgs, error) {
	wanted, err := a.Resources.WithDisk(toolsSize)
	if err != nil {
		return corev1.ContainerArgs{}, err
	}
	return corev1.ContainerArgs{
		Name:  pulumi.String("rclone"),
		Image: pulumi.String(a.Bucket.Image),
		// Args leave the image's entry point, which is rclone.
		Args: pulumi.ToStringArray([]string{
			"copy", "--copy-links", "--include", "/usr/local/bin/rclone", "--include", "/etc/ssl/certs/ca-certificates.crt", "/", toolsFolder,
		}),
		Env:       rcloneEnvironment(),
		Resources: wanted.Requirements(),
	}, nil
}

// rcloneEnvironment is rclone without a configuration file, with times in UTC.
func rcloneEnvironment() corev1.EnvVarArray {
	return corev1.EnvVarArray{
		pod.Env("HOME", pulumi.String("/tmp")),
		pod.Env("TZ", pulumi.String("UTC")),
		pod.Env("RCLONE_CONFIG", pulumi.String("/notfound")),
		pod.Env("RCLONE_LOG_LEVEL", pulumi.String("ERROR")),
		// Otherwise rclone asks S3 for each object by itself when it was written.
		pod.Env("RCLONE_USE_SERVER_MODTIME", pulumi.String("true")),
	}
}

func (b *BackupBucket) environment(secret *corev1.Secret) corev1.EnvVarArray {
	const remote = "RCLONE_CONFIG_STORE_"
	environment := append(rcloneEnvironment(),
		pod.Env("BACKUP_TOOLS", pulumi.String(toolsFolder)),
		pod.Env("BACKUP_REMOTE", pulumi.Sprintf("store:%s/%s", b.Name, b.Prefix)),
	)
	for _, setting := range slices.Sorted(maps.Keys(b.Remote.plain)) {
		environment = append(environment, pod.Env(remote+setting, pulumi.String(b.Remote.plain[setting])))
	}
	for _, setting := range slices.Sorted(maps.Keys(b.Remote.secrets)) {
		environment = append(environment, pod.EnvFromSecret(remote+setting, secret.Metadata.Name().Elem(), setting))
	}
	return environment
}

func (a *DatabaseBackupsArgs) account(ctx *pulumi.Context, name string, parent pulumi.Resource) (pulumi.StringInput, error) {
	if a.Bucket.ServiceAccount == "" {
		return nil, nil
	}
	account, err := corev1.NewServiceAccount(ctx, name+"-backups", &corev1.ServiceAccountArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:        pulumi.String(a.Bucket.ServiceAccount),
			Namespace:   a.Namespace,
			Labels:      a.Labels.For(labels.Backup),
			Annotations: a.Bucket.Annotations,
		},
		// The pods get the cloud's token, not the cluster's.
		AutomountServiceAccountToken: pulumi.Bool(false),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the service account %s: %w", a.Bucket.ServiceAccount, err)
	}
	return account.Metadata.Name().Elem(), nil
}

// egress allows the pods of the backups what the app's other pods may not need: the bucket.
func (a *DatabaseBackupsArgs) egress(ctx *pulumi.Context, name string, parent pulumi.Resource) error {
	rules, err := egressRules(a.Bucket.Egress)
	if err != nil {
		return err
	}
	_, err = networkingv1.NewNetworkPolicy(ctx, name+"-backups", &networkingv1.NetworkPolicyArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:      pulumi.String(a.Labels.ObjectName("backups")),
			Namespace: a.Namespace,
			Labels:    a.Labels.For(labels.Backup),
		},
		Spec: networkingv1.NetworkPolicySpecArgs{
			PodSelector: metav1.LabelSelectorArgs{
				MatchLabels: a.Labels.App(),
				MatchExpressions: metav1.LabelSelectorRequirementArray{metav1.LabelSelectorRequirementArgs{
					Key: pulumi.String(labels.ComponentLabel), Operator: pulumi.String("In"),
					Values: pulumi.ToStringArray([]string{labels.Backup, labels.Restore, labels.RestoreDrill}),
				}},
			},
			PolicyTypes: pulumi.ToStringArray([]string{"Egress"}),
			Egress:      rules,
		},
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("registering the NetworkPolicy of the backups: %w", err)
	}
	return nil
}
