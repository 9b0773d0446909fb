package gcp

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// BucketAccess says who besides the project's own identities uses a bucket.
type BucketAccess string

// A private bucket is used by identities of the project alone, and can never be made
// public; the objects of one behind a CDN are also read by everyone, which NewCDN
// allows.
const (
	PrivateBucket BucketAccess = "private"
	CDNBucket     BucketAccess = "cdn"
)

// BucketEnd says what becomes of a bucket that the program no longer has.
type BucketEnd string

// A kept bucket stays in the project with its objects; an emptied one goes with all
// its objects.
const (
	KeepBucket  BucketEnd = "keep"
	EmptyBucket BucketEnd = "empty"
)

// Versioning says whether earlier versions of objects are kept.
type Versioning string

// Versions that a bucket has kept stay when it no longer does.
const (
	KeepVersions    Versioning = "Enabled"
	SuspendVersions Versioning = "Suspended"
)

// CORSRule lets pages of other origins use a bucket.
type CORSRule struct {
	// Origins with scheme, for instance https://www.example.com; * is any.
	Origins []string
	// Methods are among GET, PUT, HEAD, POST and DELETE.
	Methods []string
	// Headers that a request may carry and that a page's script may read of an answer:
	// Cloud Storage does not tell them apart.
	Headers []string
	// MaxAgeSeconds is how long a browser remembers the rule.
	MaxAgeSeconds int
}

// BucketLifecycle says when Cloud Storage removes objects by itself, in days; 0 is
// never.
type BucketLifecycle struct {
	// OldVersionDays after which an earlier version is removed.
	OldVersionDays int
	// ExpireDays after which an object is removed.
	ExpireDays int
}

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
	// Destroy says what becomes of the bucket at its end.
	Destroy BucketEnd
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
