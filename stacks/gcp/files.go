package gcp

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
	components "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/stacks/app"
	"github.com/djangostack/djangostack/stacks/cloud"
	"github.com/djangostack/djangostack/stacks/spec"
)

const (
	// softDeleteDays is how long a bucket of a production keeps deleted files.
	softDeleteDays = 30
	// storageBackend is the class of django-storages for Cloud Storage
	// (https://django-storages.readthedocs.io/en/latest/backends/gcloud.html).
	storageBackend = "storages.backends.gcloud.GoogleCloudStorage"
	// readAndWrite lets pods list, read, write and delete objects, not the bucket
	// (https://cloud.google.com/storage/docs/access-control/iam-roles).
	readAndWrite = "roles/storage.objectUser"
)

// fileServices are the buckets and the CDN of static and uploaded files, nil where the
// environment has none, and what the app's pods may do with the buckets.
type fileServices struct {
	static *app.Files
	media  *app.Files
	grants []components.BucketGrant
}

func (w wiring) files(key *components.Key, zone *components.DNS) (fileServices, error) {
	static, staticGrants, err := w.static(key, zone)
	if err != nil {
		return fileServices{}, err
	}
	media, mediaGrants, err := w.media(key)
	if err != nil {
		return fileServices{}, err
	}
	return fileServices{static: static, media: media, grants: slices.Concat(staticGrants, mediaGrants)}, nil
}

// static registers the CDN with a bucket as its origin. A CDN of files that the app's pods
// serve is part of the load balancer.
func (w wiring) static(key *components.Key, zone *components.DNS) (*app.Files, []components.BucketGrant, error) {
	wanted := w.environment.Static
	if wanted.Store != spec.StaticInBucket {
		return nil, nil, nil
	}
	bucket, err := w.bucket(key, "static", arguments.CDNBucket, wanted.CORS, data.Held{})
	if err != nil {
		return nil, nil, err
	}
	cdn, err := w.cdn(zone, bucket)
	if err != nil {
		return nil, nil, err
	}
	files := w.filesIn(bucket)
	files.URL = pulumi.String(cdn.URL + "/")
	return files, grantsOn(bucket), nil
}

func (w wiring) media(key *components.Key) (*app.Files, []components.BucketGrant, error) {
	wanted := w.environment.Media
	if wanted.Store != "bucket" {
		return nil, nil, nil
	}
	bucket, err := w.bucket(key, "media", arguments.PrivateBucket, wanted.CORS, w.environment.Held(data.Media))
	if err != nil {
		return nil, nil, err
	}
	return w.filesIn(bucket), grantsOn(bucket), nil
}

func (w wiring) filesIn(bucket *components.Bucket) *app.Files {
	return &app.Files{Bucket: bucket.Name, Region: w.environment.GCP.Region, Backend: storageBackend}
}

// cdn registers the CDN at the host of the static files.
func (w wiring) cdn(zone *components.DNS, bucket *components.Bucket) (*components.CDN, error) {
	name, host := w.name+"-static", w.environment.StaticHost()
	certificate, err := w.certificate(zone, name, []string{host}, nil)
	if err != nil {
		return nil, err
	}
	address, err := w.address(name)
	if err != nil {
		return nil, err
	}
	cdn, err := components.NewCDN(w.ctx, w.name, &components.CDNArgs{
		Project:          w.environment.GCP.Project,
		Bucket:           bucket,
		Hosts:            []string{host},
		CertificateMapID: certificate.MapID,
		Address:          address,
		Labels:           w.labels,
	}, w.options...)
	if err != nil {
		return nil, err
	}
	return cdn, w.record(zone, name, cdn.IP, host)
}

func (w wiring) bucket(key *components.Key, name string, access arguments.BucketAccess, cors []spec.CORSRule, held data.Held) (*components.Bucket, error) {
	args := &components.BucketArgs{
		Project:        w.environment.GCP.Project,
		Name:           name,
		Location:       w.environment.GCP.Region,
		Access:         access,
		Versioning:     arguments.VersioningSuspended,
		KeyID:          key.ID,
		DeletionPolicy: deletion.Delete,
		CORS:           cloud.CORS(cors),
		Data:           held,
		Labels:         w.labels,
	}
	if w.production() {
		args.Versioning = arguments.VersioningEnabled
		args.Lifecycle = arguments.BucketLifecycle{OldVersionDays: cloud.OldVersionDays}
		args.SoftDeleteDays = softDeleteDays
	}
	if held.Protected {
		args.DeletionPolicy = deletion.Retain
	}
	return components.NewBucket(w.ctx, w.name, args, w.options...)
}

func grantsOn(bucket *components.Bucket) []components.BucketGrant {
	return []components.BucketGrant{{Bucket: bucket.Name, Role: readAndWrite}}
}
