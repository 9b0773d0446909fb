package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	rooms "github.com/djangostack/djangostack/components/gcp"
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
	media, err := w.bucket("media", rooms.PrivateBucket, w.e.Media.CORS, w.e.ProtectionOf(spec.MediaData))
	if err != nil {
		return err
	}
	w.place.Media = &app.Files{Bucket: media.Name, Region: w.e.GCP.Region, Backend: storageBackend}
	w.grants = append(w.grants, rooms.BucketGrant{Bucket: media.Name, Role: readAndWrite})
	return nil
}

func (w *wiring) staticFiles() error {
	static, err := w.bucket("static", rooms.CDNBucket, w.e.Static.CORS, false)
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
	cdn, err := rooms.NewCDN(w.ctx, w.name, &rooms.CDNArgs{
		Project:          w.e.GCP.Project,
		Bucket:           static,
		Hosts:            []string{domain},
		CertificateMapID: certificate.MapID,
		Address:          address,
		Labels:           w.labels,
	}, w.inside...)
	if err != nil {
		return err
	}
	if err := w.point(w.name+"-static", domain, cdn.IP); err != nil {
		return err
	}
	w.place.Static = &app.Files{Bucket: static.Name, URL: pulumi.String(cdn.URL + "/"), Region: w.e.GCP.Region, Backend: storageBackend}
	w.grants = append(w.grants, rooms.BucketGrant{Bucket: static.Name, Role: readAndWrite})
	return nil
}

func (w *wiring) bucket(name string, access rooms.BucketAccess, cors []spec.CORSRule, protect bool) (*rooms.Bucket, error) {
	args := &rooms.BucketArgs{
		Project:    w.e.GCP.Project,
		Name:       name,
		Location:   w.e.GCP.Region,
		Access:     access,
		Versioning: rooms.SuspendVersions,
		KeyID:      w.made.key.ID,
		Destroy:    rooms.EmptyBucket,
		Protect:    protect,
		Labels:     w.labels,
	}
	if w.e.Shape == spec.Production {
		args.Versioning = rooms.KeepVersions
		args.Lifecycle = rooms.BucketLifecycle{OldVersionDays: oldVersionDays}
		args.SoftDeleteDays = softDeleteDays
	}
	if protect {
		args.Destroy = rooms.KeepBucket
	}
	for _, rule := range cors {
		args.CORS = append(args.CORS, rooms.CORSRule{
			Origins: rule.Origins,
			Methods: rule.Methods,
			// Cloud Storage does not tell request headers from response headers.
			Headers:       append(append([]string{}, rule.Headers...), rule.Expose...),
			MaxAgeSeconds: rule.MaxAgeSeconds,
		})
	}
	return rooms.NewBucket(w.ctx, w.name, args, w.inside...)
}

// identity lets the app's pods read and write the environment's buckets.
func (w *wiring) identity() error {
	w.place.Inside = with(w.inside, pulumi.Providers(w.made.cluster.Provider))
	w.place.Granted = w.made.cluster.Ready
	if len(w.grants) == 0 {
		return nil
	}
	identity, err := rooms.NewIdentity(w.ctx, w.name, &rooms.IdentityArgs{
		Project:        w.e.GCP.Project,
		WorkloadPool:   w.made.cluster.WorkloadPool,
		Namespace:      pulumi.String(w.e.Namespace.Name),
		ServiceAccount: w.name,
		Buckets:        w.grants,
		// The addresses of private uploads are signed.
		Signing: rooms.SigningOn,
	}, w.after(w.made.cluster.Ready...)...)
	if err != nil {
		return err
	}
	w.place.ServiceAccount = w.name
	w.place.AccountAnnotations = identity.Annotations
	w.place.Granted = append(append([]pulumi.Resource{}, w.place.Granted...), identity.Granted...)
	return nil
}
