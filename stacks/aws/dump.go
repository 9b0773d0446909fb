package aws

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/kubernetes"
)

// awsCLI brings a dump from S3 (https://gallery.ecr.aws/aws-cli/aws-cli).
const awsCLI = "public.ecr.aws/aws-cli/aws-cli:2.27.0"

// dump lets the app's pods read the dump that the database begins with. A bucket
// that is encrypted with a key of its own must let them use the key.
func (w *wiring) dump() error {
	wanted := w.e.Database.Import
	if wanted == nil {
		return nil
	}
	w.platform.Fetch = kubernetes.DumpFetch{Image: awsCLI, Command: []string{"aws", "s3", "cp", "--no-progress"}}
	bucket := "arn:aws:s3:::" + wanted.Bucket()
	w.grants = append(w.grants,
		components.Statement{Actions: []string{"s3:ListBucket"}, Resources: pulumi.StringArray{pulumi.String(bucket)}},
		components.Statement{Actions: []string{"s3:GetObject"}, Resources: pulumi.StringArray{pulumi.String(fmt.Sprintf("%s/%s", bucket, wanted.Object()))}},
	)
	return nil
}
