package aws

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/stacks/app"
	"github.com/djangostack/djangostack/stacks/cloud"
	"github.com/djangostack/djangostack/stacks/spec"
)

// storageBackend is the class of django-storages for S3
// (https://django-storages.readthedocs.io/en/latest/backends/amazon-S3.html).
const storageBackend = "storages.backends.s3.S3Storage"

// fileServices are the buckets and the CDN of static and uploaded files, nil where the
// environment has none, and what the app's pods may do with the buckets.
type fileServices struct {
	static     *app.Files
	media      *app.Files
	statements []components.Statement
}

func (w wiring) files(zone *components.DNS) (fileServices, error) {
	static, staticStatements, err := w.static(zone)
	if err != nil {
		return fileServices{}, err
	}
	media, mediaStatements, err := w.media()
	if err != nil {
		return fileServices{}, err
	}
	return fileServices{static: static, media: media, statements: slices.Concat(staticStatements, mediaStatements)}, nil
}

// static registers the CDN with a bucket as its origin, or with the app's own host.
func (w wiring) static(zone *components.DNS) (*app.Files, []components.Statement, error) {
	wanted := w.environment.Static
	if wanted.CDN != spec.On {
		return nil, nil, nil
	}
	if wanted.Store != spec.StaticInBucket {
		host := w.environment.Host()
		cdn, err := w.cdn(zone, components.CDNArgs{
			Origins:      []components.CDNOrigin{{Host: host, Path: wanted.URL + "*"}},
			RedirectHost: host,
		})
		if err != nil {
			return nil, nil, err
		}
		return &app.Files{URL: pulumi.Sprintf("%s%s", cdn.URL, wanted.URL)}, nil, nil
	}
	bucket, err := w.bucket("static", arguments.CDNBucket, wanted.CORS, data.Held{})
	if err != nil {
		return nil, nil, err
	}
	cdn, err := w.cdn(zone, components.CDNArgs{Origins: []components.CDNOrigin{{Bucket: bucket}}})
	if err != nil {
		return nil, nil, err
	}
	files := w.filesIn(bucket)
	files.URL = pulumi.Sprintf("%s/", cdn.URL)
	return files, readAndWrite(bucket), nil
}

func (w wiring) media() (*app.Files, []components.Statement, error) {
	wanted := w.environment.Media
	if wanted.Store != "bucket" {
		return nil, nil, nil
	}
	bucket, err := w.bucket("media", arguments.PrivateBucket, wanted.CORS, w.environment.Held(data.Media))
	if err != nil {
		return nil, nil, err
	}
	return w.filesIn(bucket), readAndWrite(bucket), nil
}

func (w wiring) filesIn(bucket *components.Bucket) *app.Files {
	return &app.Files{Bucket: bucket.Name, Region: w.environment.AWS.Region, Backend: storageBackend}
}

// cdn registers the CDN at the host of the static files.
func (w wiring) cdn(zone *components.DNS, args components.CDNArgs) (*components.CDN, error) {
	host := w.environment.StaticHost()
	certificate, err := w.certificate(zone, w.name+"-static", []string{host}, pulumi.Provider(w.usEast1))
	if err != nil {
		return nil, err
	}
	args.Aliases, args.CertificateARN = []string{host}, certificate.ARN
	args.PriceClass, args.Tags = components.NorthAmericaAndEurope, w.tags
	cdn, err := components.NewCDN(w.ctx, w.name, &args, w.options...)
	if err != nil {
		return nil, err
	}
	return cdn, w.record(zone, w.name+"-static", components.Alias{DNSName: cdn.Domain, ZoneID: cdn.HostedZoneID}, host)
}

func (w wiring) bucket(name string, access arguments.BucketAccess, cors []spec.CORSRule, held data.Held) (*components.Bucket, error) {
	args := &components.BucketArgs{
		Name:           name,
		Access:         access,
		Versioning:     arguments.VersioningSuspended,
		DeletionPolicy: deletion.Delete,
		CORS:           cloud.CORS(cors),
		Data:           held,
		Tags:           w.tags,
	}
	if w.production() {
		args.Versioning = arguments.VersioningEnabled
		args.Lifecycle = arguments.BucketLifecycle{OldVersionDays: cloud.OldVersionDays}
	}
	if held.Protected {
		args.DeletionPolicy = deletion.Retain
	}
	return components.NewBucket(w.ctx, w.name, args, w.options...)
}

func readAndWrite(bucket *components.Bucket) []components.Statement {
	return []components.Statement{{
		Actions:   []string{"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"},
		Resources: pulumi.StringArray{bucket.ARN, pulumi.Sprintf("%s/*", bucket.ARN)},
	}}
}
