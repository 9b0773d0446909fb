package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/deletion"
	components "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/stacks/app"
	"github.com/djangostack/djangostack/stacks/spec"
)

const (
	// oldVersionDays is how long a file that was overwritten can be brought back, and
	// softDeleteDays how long a deleted one.
	oldVersionDays = 30
	softDeleteDays = 30
	// storageBackend reads and writes Cloud Storage
	// (https://django-storages.readthedocs.io/en/latest/backends/gcloud.html).
	storageBackend = "storages.backends.gcloud.GoogleCloudStorage"
	// readAndWrite lets pods list, read, write and delete objects, not the bucket
	// (https://cloud.google.com/storage/docs/access-control/iam-roles).
	readAndWrite = "roles/storage.objectUser"
)

// buckets makes the buckets of static and uploaded files, and the CDN in front of
// the static ones.
func (w *wiring) buckets() error {
	if w.e.Static.Store == spec.StaticInBucket {
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
	w.platform.Media = &app.Files{Bucket: media.Name, Region: w.e.GCP.Region, Backend: storageBackend}
	w.grants = append(w.grants, components.BucketGrant{Bucket: media.Name, Role: readAndWrite})
	return nil
}

func (w *wiring) staticFiles() error {
	static, err := w.bucket("static", arguments.CDNBucket, w.e.Static.CORS, false)
	if err != nil {
		return err
	}
	domain := w.e.StaticHost()
	certificate, err := w.certificate(w.name+"-static", domain)
	if err != nil {
		return err
	}
	address, err := w.address(w.name + "-static")
	if err != nil {
		return err
	}
	cdn, err := components.NewCDN(w.ctx, w.name, &components.CDNArgs{
		Project:          w.e.GCP.Project,
		Bucket:           static,
		Hosts:            []string{domain},
		CertificateMapID: certificate.MapID,
		Address:          address,
		Labels:           w.labels,
	}, w.options...)
	if err != nil {
		return err
	}
	if err := w.point(w.name+"-static", domain, cdn.IP); err != nil {
		return err
	}
	w.platform.Static = &app.Files{Bucket: static.Name, URL: pulumi.String(cdn.URL + "/"), Region: w.e.GCP.Region, Backend: storageBackend}
	w.grants = append(w.grants, components.BucketGrant{Bucket: static.Name, Role: readAndWrite})
	return nil
}

func (w *wiring) bucket(name string, access arguments.BucketAccess, cors []spec.CORSRule, protect bool) (*components.Bucket, error) {
	args := &components.BucketArgs{
		Project:        w.e.GCP.Project,
		Name:           name,
		Location:       w.e.GCP.Region,
		Access:         access,
		Versioning:     arguments.VersioningSuspended,
		KeyID:          w.made.key.ID,
		DeletionPolicy: deletion.Delete,
		Protect:        protect,
		Labels:         w.labels,
	}
	if w.e.Tier == spec.Production {
		args.Versioning = arguments.VersioningEnabled
		args.Lifecycle = arguments.BucketLifecycle{OldVersionDays: oldVersionDays}
		args.SoftDeleteDays = softDeleteDays
	}
	if protect {
		args.DeletionPolicy = deletion.Retain
	}
	for _, rule := range cors {
		args.CORS = append(args.CORS, arguments.CORSRule{
			Origins: rule.Origins,
			Methods: rule.Methods,
			// Cloud Storage does not tell request headers from response headers.
			Headers:       append(append([]string{}, rule.Headers...), rule.Expose...),
			MaxAgeSeconds: rule.MaxAgeSeconds,
		})
	}
	return components.NewBucket(w.ctx, w.name, args, w.options...)
}

// identity lets the app's pods read and write the environment's buckets.
func (w *wiring) identity() error {
	w.platform.Options = with(w.options, pulumi.Providers(w.made.cluster.Provider))
	w.platform.Prerequisites = w.made.cluster.Ready
	if len(w.grants) == 0 {
		return nil
	}
	identity, err := components.NewIdentity(w.ctx, w.name, &components.IdentityArgs{
		Project:        w.e.GCP.Project,
		WorkloadPool:   w.made.cluster.WorkloadPool,
		Namespace:      pulumi.String(w.e.Namespace.Name),
		ServiceAccount: w.name,
		Buckets:        w.grants,
		// The addresses of private uploads are signed.
		Signing: arguments.On,
	}, w.after(w.made.cluster.Ready...)...)
	if err != nil {
		return err
	}
	w.platform.ServiceAccount = w.name
	w.platform.AccountAnnotations = identity.Annotations
	w.platform.Prerequisites = append(append([]pulumi.Resource{}, w.platform.Prerequisites...), identity.Bindings...)
	return nil
}
