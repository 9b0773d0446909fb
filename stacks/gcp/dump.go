package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/components/kubernetes"
)

const (
	// cloudCLI is the image that downloads a dump from Cloud Storage
	// (https://cloud.google.com/sdk/docs/downloads-docker).
	cloudCLI = "gcr.io/google.com/cloudsdktool/google-cloud-cli:517.0.0-slim"
	// readOnly lets pods list and read objects
	// (https://cloud.google.com/storage/docs/access-control/iam-roles).
	readOnly = "roles/storage.objectViewer"
)

// dumpAccess is how the app's pods read the dump that is imported into the database.
// Without an import it is empty.
type dumpAccess struct {
	fetch  kubernetes.DumpFetch
	grants []components.BucketGrant
}

// dump grants access to the bucket of the dump.
func (w wiring) dump() dumpAccess {
	wanted := w.environment.Database.Import
	if wanted == nil {
		return dumpAccess{}
	}
	return dumpAccess{
		fetch:  kubernetes.DumpFetch{Image: cloudCLI, Command: []string{"gcloud", "storage", "cp", "--quiet"}},
		grants: []components.BucketGrant{{Bucket: pulumi.String(wanted.Bucket()), Role: readOnly}},
	}
}
