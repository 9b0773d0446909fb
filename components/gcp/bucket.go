package gcp

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	gcpstorage "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/validate"
)

// BucketAccess says who besides the project's own identities uses a bucket.
type BucketAccess string

// A private bucket is used by identities of the project alone; one behind a CDN is also
// read by the project's load balancers, which NewCDN lets in. Neither can be made
// public.
const (
	PrivateBucket BucketAccess = "private"
	CDNBucket     BucketAccess = "cdn"
)

// Versioning says whether earlier versions of objects are kept.
type Versioning string

// Versions that a bucket has kept stay when it no longer does.
const (
	KeepVersions    Versioning = "Enabled"
	SuspendVersions Versioning = "Suspended"
)

// BucketArgs describes one bucket.
type BucketArgs struct {
	Project string
	// Name tells the environment's buckets apart, for instance media.
	Name string
	// Location is a region, or EU, US or ASIA for one that spans several.
	Location   string
	Access     BucketAccess
	Versioning Versioning
	// KeyID is the KMS key of the objects, which Google's service storage uses; without it
	// Google's own. A kept bucket is unreadable once its key is gone: the key is kept as
	// well.
	KeyID     pulumi.StringInput
	CORS      []CORSRule
	Lifecycle BucketLifecycle
	// SoftDeleteDays is how long a deleted object can be brought back: 0, or 7 to 90.
	SoftDeleteDays int
	// DeletionPolicy says what becomes of the bucket at its end.
	DeletionPolicy deletion.Policy
	// Protect refuses every plan that deletes or replaces the bucket.
	Protect bool
	Labels  Labels
}

// Bucket is one bucket whose objects have no rights of their own.
type Bucket struct {
	pulumi.ResourceState

	// Name of the bucket in Cloud Storage.
	Name pulumi.StringOutput
	// URL is the bucket's own, gs://NAME.
	URL pulumi.StringOutput

	name   string
	access BucketAccess
}

// NewBucket registers a bucket. Its name is nobody else's in the world.
func NewBucket(ctx *pulumi.Context, name string, args *BucketArgs, opts ...pulumi.ResourceOption) (*Bucket, error) {
	if err := args.check(); err != nil {
		return nil, err
	}
	b := &Bucket{name: child(name, args.Name), access: args.Access}
	if err := ctx.RegisterComponentResource("djangostack:gcp:Bucket", name+"-"+args.Name, b, opts...); err != nil {
		return nil, fmt.Errorf("registering the bucket component %s: %w", args.Name, err)
	}
	bucket, err := gcpstorage.NewBucket(ctx, b.name, args.bucket(),
		pulumi.Parent(b), pulumi.Protect(args.Protect), pulumi.RetainOnDelete(args.DeletionPolicy == deletion.Retain))
	if err != nil {
		return nil, fmt.Errorf("registering the bucket %s: %w", args.Name, err)
	}
	b.Name, b.URL = bucket.Name, bucket.Url
	if err := ctx.RegisterResourceOutputs(b, pulumi.Map{"name": b.Name, "url": b.URL}); err != nil {
		return nil, fmt.Errorf("registering the outputs of the bucket component %s: %w", args.Name, err)
	}
	return b, nil
}

func (a *BucketArgs) check() error {
	// Soft deletion is off or at least a week (https://cloud.google.com/storage/docs/soft-delete).
	const leastSoft, mostSoft = 7, 90
	problems := []error{
		validate.Check("Bucket",
			required("Project", a.Project != ""),
			required("Name", a.Name != ""),
			required("Location", a.Location != ""),
		),
		checkProject("Bucket", a.Project),
		refused(a.Location != "" && !isRegion(a.Location) && !slices.Contains([]string{"EU", "US", "ASIA"}, strings.ToUpper(a.Location)), "Bucket",
			fmt.Sprintf("Location is %q, which is neither a region such as europe-west3 nor EU, US or ASIA", a.Location)),
		oneOf("Bucket", "Access", a.Access, PrivateBucket, CDNBucket),
		oneOf("Bucket", "Versioning", a.Versioning, KeepVersions, SuspendVersions),
		oneOf("Bucket", "DeletionPolicy", a.DeletionPolicy, deletion.Retain, deletion.Delete),
		checkCORS(a.CORS),
		a.Lifecycle.check(),
		a.Labels.check("Bucket"),
	}
	if a.SoftDeleteDays != 0 {
		problems = append(problems, within("Bucket", "SoftDeleteDays, which is not 0,", a.SoftDeleteDays, leastSoft, mostSoft))
	}
	return errors.Join(problems...)
}
