package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/stacks/app"
	"github.com/djangostack/djangostack/stacks/spec"
)

// oldVersionDays is how long a file that was overwritten or deleted can be brought
// back.
const oldVersionDays = 30

// storageBackend reads and writes S3
// (https://django-storages.readthedocs.io/en/latest/backends/amazon-S3.html).
const storageBackend = "storages.backends.s3.S3Storage"

// buckets makes the buckets of static and uploaded files, and the CDN in front of
// the static ones.
func (w *wiring) buckets() error {
	if w.e.Static.CDN == spec.On {
		if err := w.staticFiles(); err != nil {
			return err
		}
	}
	if w.e.Media.Store != "bucket" {
		return nil
	}
	media, err := w.bucket("media", arguments.PrivateBucket, w.e.Media.CORS, w.e.ProtectionOf(spec.MediaData))
	if err != nil {
		return err
	}
	w.platform.Media = &app.Files{Bucket: media.Name, Region: w.e.AWS.Region, Backend: storageBackend}
	w.grants = append(w.grants, readAndWrite(media))
	return nil
}

// staticFiles puts the CDN before a bucket, or before the app's own host.
func (w *wiring) staticFiles() error {
	if w.e.Static.Store != spec.StaticInBucket {
		cdn, err := w.cdn(components.CDNArgs{
			Origins:      []components.CDNOrigin{{Host: w.e.Host(), Path: w.e.Static.URL + "*"}},
			RedirectHost: w.e.Host(),
		})
		if err != nil {
			return err
		}
		w.platform.Static = &app.Files{URL: pulumi.Sprintf("%s%s", cdn.URL, w.e.Static.URL)}
		return nil
	}
	static, err := w.bucket("static", arguments.CDNBucket, w.e.Static.CORS, false)
	if err != nil {
		return err
	}
	cdn, err := w.cdn(components.CDNArgs{Origins: []components.CDNOrigin{{Bucket: static}}})
	if err != nil {
		return err
	}
	w.platform.Static = &app.Files{Bucket: static.Name, URL: pulumi.Sprintf("%s/", cdn.URL), Region: w.e.AWS.Region, Backend: storageBackend}
	w.grants = append(w.grants, readAndWrite(static))
	return nil
}

// cdn makes the CDN at the host of the static files.
func (w *wiring) cdn(args components.CDNArgs) (*components.CDN, error) {
	host := w.e.StaticHost()
	certificate, err := w.certificate(w.name+"-static", host, pulumi.Provider(w.virginia))
	if err != nil {
		return nil, err
	}
	args.Aliases, args.CertificateARN = []string{host}, certificate.ARN
	args.PriceClass, args.Tags = components.NorthAmericaAndEurope, w.tags
	cdn, err := components.NewCDN(w.ctx, w.name, &args, w.options...)
	if err != nil {
		return nil, err
	}
	return cdn, w.point(w.name+"-static", host, components.Alias{DNSName: cdn.Domain, ZoneID: cdn.HostedZoneID})
}

func (w *wiring) bucket(name string, access arguments.BucketAccess, cors []spec.CORSRule, protect bool) (*components.Bucket, error) {
	args := &components.BucketArgs{
		Name:           name,
		Access:         access,
		Versioning:     arguments.VersioningSuspended,
		DeletionPolicy: deletion.Delete,
		Protect:        protect,
		Tags:           w.tags,
	}
	if w.e.Tier == spec.Production {
		args.Versioning = arguments.VersioningEnabled
		args.Lifecycle = arguments.BucketLifecycle{OldVersionDays: oldVersionDays}
	}
	if protect {
		args.DeletionPolicy = deletion.Retain
	}
	for _, rule := range cors {
		args.CORS = append(args.CORS, arguments.CORSRule{
			Origins:       rule.Origins,
			Methods:       rule.Methods,
			Headers:       rule.Headers,
			Expose:        rule.Expose,
			MaxAgeSeconds: rule.MaxAgeSeconds,
		})
	}
	return components.NewBucket(w.ctx, w.name, args, w.options...)
}

func readAndWrite(bucket *components.Bucket) components.Statement {
	return components.Statement{
		Actions:   []string{"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"},
		Resources: pulumi.StringArray{bucket.ARN, pulumi.Sprintf("%s/*", bucket.ARN)},
	}
}

// identity lets the app's pods read and write the environment's buckets.
func (w *wiring) identity() error {
	w.platform.Options = append(append([]pulumi.ResourceOption{}, w.options...), pulumi.Providers(w.made.cluster.Provider))
	w.platform.Prerequisites = append(w.platform.Prerequisites, w.made.cluster.Ready...)
	if len(w.grants) == 0 {
		return nil
	}
	identity, err := components.NewIdentity(w.ctx, w.name, &components.IdentityArgs{
		ClusterName:    w.made.cluster.Name,
		Region:         w.e.AWS.Region,
		Namespace:      pulumi.String(w.e.Namespace.Name),
		ServiceAccount: w.name,
		Statements:     w.grants,
		Tags:           w.tags,
	}, w.options...)
	if err != nil {
		return err
	}
	w.platform.ServiceAccount = w.name
	w.platform.Prerequisites = append(w.platform.Prerequisites, identity)
	return nil
}
