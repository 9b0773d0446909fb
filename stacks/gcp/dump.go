package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/components/kubernetes"
)

const (
	// cloudCLI brings a dump from Cloud Storage
	// (https://cloud.google.com/sdk/docs/downloads-docker).
	cloudCLI = "gcr.io/google.com/cloudsdktool/google-cloud-cli:517.0.0-slim"
	// readOnly lets pods list and read objects
	// (https://cloud.google.com/storage/docs/access-control/iam-roles).
	readOnly = "roles/storage.objectViewer"
)

// dump lets the app's pods read the dump that the database begins with.
func (w *wiring) dump() error {
	wanted := w.e.Database.Import
	if wanted == nil {
		return nil
	}
	w.platform.Fetch = kubernetes.DumpFetch{Image: cloudCLI, Command: []string{"gcloud", "storage", "cp", "--quiet"}}
	w.grants = append(w.grants, components.BucketGrant{Bucket: pulumi.String(wanted.Bucket()), Role: readOnly})
	return nil
}
