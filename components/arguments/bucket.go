package arguments

import (
	"errors"
	"fmt"

	"github.com/djangostack/djangostack/components/validate"
)

// BucketAccess says who uses a bucket besides the identities of its account or project.
type BucketAccess string

const (
	// PrivateBucket is used by those identities alone.
	PrivateBucket BucketAccess = "private"
	// CDNBucket is also read by the CDN component that it is passed to.
	CDNBucket BucketAccess = "cdn"
	// LogBucket is also written by load balancers. Only AWS has it.
	LogBucket BucketAccess = "load-balancer-logs"
)

// Versioning says whether a bucket keeps earlier versions of objects. Suspending it
// keeps the versions that exist.
type Versioning string

// The states of a bucket's versioning.
const (
	VersioningEnabled   Versioning = "Enabled"
	VersioningSuspended Versioning = "Suspended"
)

// CORSRule lets pages of other origins use a bucket.
type CORSRule struct {
	// Origins with their scheme, for instance https://www.example.com; * is any.
	Origins []string
	// Methods are among GET, PUT, HEAD, POST and DELETE.
	Methods []string
	// Headers that a request may carry.
	Headers []string
	// Expose lists the response headers that a script of the page may read.
	Expose []string
	// MaxAgeSeconds is how long a browser caches the rule.
	MaxAgeSeconds int
}

// CheckCORS returns an error that names every rule without origins or methods, and every
// method that buckets do not know.
func CheckCORS(rules []CORSRule) error {
	var problems []error
	for i, rule := range rules {
		at := fmt.Sprintf("CORS[%d]", i)
		problems = append(problems, validate.Check("Bucket",
			validate.Required(at+".Origins", len(rule.Origins) > 0),
			validate.Required(at+".Methods", len(rule.Methods) > 0)))
		for _, method := range rule.Methods {
			problems = append(problems, validate.OneOf("Bucket", at+".Methods", method, "GET", "PUT", "HEAD", "POST", "DELETE"))
		}
	}
	return errors.Join(problems...)
}

// BucketLifecycle says when a bucket deletes objects, in days; 0 is never.
type BucketLifecycle struct {
	// OldVersionDays after which the bucket deletes an earlier version.
	OldVersionDays int
	// ExpireDays after which the bucket deletes an object.
	ExpireDays int
}

// UploadDays is how long a bucket keeps the parts of an unfinished upload, in days. They
// cost money and no listing of objects shows them.
const UploadDays = 7

// Check returns an error unless both numbers of days are from 0 to 36500.
func (l BucketLifecycle) Check() error {
	const century = 36500
	return errors.Join(
		validate.Within("Bucket", "Lifecycle.OldVersionDays", l.OldVersionDays, 0, century),
		validate.Within("Bucket", "Lifecycle.ExpireDays", l.ExpireDays, 0, century),
	)
}
