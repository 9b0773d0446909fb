package gcp

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	gcpstorage "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/validate"
)

// BucketArgs describes one bucket.
type BucketArgs struct {
	Project string
	// Name distinguishes the buckets of the environment, for instance media.
	Name string
	// Location is a region, or EU, US or ASIA for a multi-region.
	Location   string
	Access     arguments.BucketAccess
	Versioning arguments.Versioning
	// KeyID is the KMS key of the objects, which must have the user UserStorage; without it
	// Google uses its own key. A retained bucket is unreadable without its key, so retain
	// the key too.
	KeyID     pulumi.StringInput
	CORS      []arguments.CORSRule
	Lifecycle arguments.BucketLifecycle
	// SoftDeleteDays is how long a deleted object can be restored: 0, or 7 to 90.
	SoftDeleteDays int
	// DeletionPolicy is Retain or Delete.
	DeletionPolicy deletion.Policy
	// Data that is protected refuses every plan that deletes or replaces the bucket.
	Data   data.Held
	Labels Labels
}

// Bucket is one bucket with uniform bucket-level access. Public access is prevented.
type Bucket struct {
	pulumi.ResourceState

	// Name of the bucket in Cloud Storage.
	Name pulumi.StringOutput
	// URL of the bucket, gs://NAME.
	URL pulumi.StringOutput

	name   string
	access arguments.BucketAccess
}

// NewBucket registers a bucket. The provider adds a random suffix to its name, which must
// be unique in all of Google Cloud.
func NewBucket(ctx *pulumi.Context, name string, args *BucketArgs, opts ...pulumi.ResourceOption) (*Bucket, error) {
	b := &Bucket{name: child(name, args.Name), access: args.Access}
	return component.New(ctx, "djangostack:gcp:Bucket", name+"-"+args.Name, b, args.check, func() (pulumi.Map, error) {
		bucket, err := gcpstorage.NewBucket(ctx, b.name, args.bucket(),
			pulumi.Parent(b), component.Protect(args.Data), pulumi.RetainOnDelete(args.DeletionPolicy == deletion.Retain))
		if err != nil {
			return nil, fmt.Errorf("registering the bucket %s: %w", args.Name, err)
		}
		b.Name, b.URL = bucket.Name, bucket.Url
		return component.DataOr(args.Data, pulumi.Map{"name": b.Name, "url": b.URL}), nil
	}, opts...)
}

func (a *BucketArgs) check() error {
	problems := []error{
		validate.Check("Bucket",
			validate.Required("Project", a.Project != ""),
			validate.Required("Name", a.Name != ""),
			validate.Required("Location", a.Location != ""),
		),
		checkProject("Bucket", a.Project),
		validate.RefuseIf(a.Location != "" && !isRegion(a.Location) && !slices.Contains([]string{"EU", "US", "ASIA"}, strings.ToUpper(a.Location)), "Bucket",
			fmt.Sprintf("Location is %q, which is neither a region such as europe-west3 nor EU, US or ASIA", a.Location)),
		validate.OneOf("Bucket", "Access", a.Access, arguments.PrivateBucket, arguments.CDNBucket),
		validate.OneOf("Bucket", "Versioning", a.Versioning, arguments.VersioningEnabled, arguments.VersioningSuspended),
		validate.OneOf("Bucket", "DeletionPolicy", a.DeletionPolicy, deletion.Retain, deletion.Delete),
		arguments.CheckCORS(a.CORS),
		a.Lifecycle.Check(),
		a.Labels.check("Bucket"),
	}
	if a.SoftDeleteDays != 0 {
		problems = append(problems, validate.Within("Bucket", "SoftDeleteDays, which is not 0,", a.SoftDeleteDays, limits.MinSoftDeleteDays, limits.MaxSoftDeleteDays))
	}
	return errors.Join(problems...)
}
