package aws

import (
	"errors"
	"fmt"

	awss3 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/validate"
)

// BucketArgs describes one bucket.
type BucketArgs struct {
	// Name distinguishes the buckets of the environment, for instance media.
	Name       string
	Access     arguments.BucketAccess
	Versioning arguments.Versioning
	// KeyARN is the KMS key of the objects. Without it S3 encrypts with its own keys. A
	// retained bucket is unreadable without its key, so retain the key too.
	KeyARN pulumi.StringInput
	// AccountID is the account whose load balancers write, with Access load-balancer-logs
	// only.
	AccountID pulumi.StringInput
	CORS      []arguments.CORSRule
	Lifecycle arguments.BucketLifecycle
	// DeletionPolicy is Retain or Delete.
	DeletionPolicy deletion.Policy
	// Data that is protected refuses every plan that deletes or replaces the bucket.
	Data data.Held
	Tags Tags
}

// Bucket is one S3 bucket. It refuses anonymous requests and requests without TLS.
type Bucket struct {
	pulumi.ResourceState

	// Name of the bucket in S3.
	Name pulumi.StringOutput
	ARN  pulumi.StringOutput
	// RegionalDomain is the host name that a CDN fetches objects from.
	RegionalDomain pulumi.StringOutput

	name           string
	access         arguments.BucketAccess
	deletionPolicy deletion.Policy
	// lastSetting is the last registered setting of the bucket. Each setting waits for the
	// one before.
	lastSetting pulumi.Resource
}

// NewBucket registers a bucket.
func NewBucket(ctx *pulumi.Context, name string, args *BucketArgs, opts ...pulumi.ResourceOption) (*Bucket, error) {
	b := &Bucket{
		name:           names.Fit(limits.MaxBucketName-autonameLength, name, args.Name),
		access:         args.Access,
		deletionPolicy: args.DeletionPolicy,
	}
	return component.New(ctx, "djangostack:aws:Bucket", name+"-"+args.Name, b, args.check, func() (pulumi.Map, error) {
		bucket, err := awss3.NewBucketV2(ctx, b.name, &awss3.BucketV2Args{
			ForceDestroy: pulumi.Bool(args.DeletionPolicy == deletion.Delete),
			Tags:         args.Tags.For(b.name),
		}, append(b.options(b), component.Protect(args.Data))...)
		if err != nil {
			return nil, fmt.Errorf("registering the bucket %s: %w", args.Name, err)
		}
		b.Name, b.ARN, b.RegionalDomain = bucket.Bucket, bucket.Arn, bucket.BucketRegionalDomainName

		if err := args.settings(ctx, b); err != nil {
			return nil, err
		}
		if args.Access != arguments.CDNBucket {
			if err := b.newPolicy(ctx, b, args.serviceStatements(b)); err != nil {
				return nil, err
			}
		}
		return component.DataOr(args.Data, pulumi.Map{"name": b.Name, "arn": b.ARN, "regionalDomain": b.RegionalDomain}), nil
	}, opts...)
}

func (a *BucketArgs) check() error {
	return errors.Join(
		validate.Check("Bucket",
			validate.Required("Name", a.Name != ""),
			validate.Required("AccountID, since Access is load-balancer-logs,", a.Access != arguments.LogBucket || a.AccountID != nil),
		),
		validate.OneOf("Bucket", "Access", a.Access, arguments.PrivateBucket, arguments.CDNBucket, arguments.LogBucket),
		validate.OneOf("Bucket", "Versioning", a.Versioning, arguments.VersioningEnabled, arguments.VersioningSuspended),
		validate.OneOf("Bucket", "DeletionPolicy", a.DeletionPolicy, deletion.Retain, deletion.Delete),
		// Load balancers write only with S3's own keys
		// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html).
		// A distribution reads objects encrypted with a key only if the policy of the key
		// names the distribution, which is created after the key.
		validate.RefuseIf(a.KeyARN != nil && a.Access != arguments.PrivateBucket, "Bucket", "KeyARN goes with Access private only"),
		validate.RefuseIf(a.AccountID != nil && a.Access != arguments.LogBucket, "Bucket", "AccountID goes with Access load-balancer-logs only"),
		checkCORS(a.CORS),
		a.Lifecycle.Check(),
	)
}

// options are the options of the bucket and its settings. A retained bucket keeps its
// settings, or it would lose its access restrictions.
func (b *Bucket) options(parent pulumi.Resource) []pulumi.ResourceOption {
	return []pulumi.ResourceOption{pulumi.Parent(parent), pulumi.RetainOnDelete(b.deletionPolicy == deletion.Retain)}
}
