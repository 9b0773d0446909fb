package aws

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/kubernetes"
)

// awsCLI is the image that downloads a dump from S3
// (https://gallery.ecr.aws/aws-cli/aws-cli).
const awsCLI = "public.ecr.aws/aws-cli/aws-cli:2.27.0"

// dumpAccess is how the app's pods read the dump that is imported into the database.
// Without an import it is empty.
type dumpAccess struct {
	fetch      kubernetes.DumpFetch
	statements []components.Statement
}

// dump grants access to the dump's object. If its bucket is encrypted with a KMS key, the
// key's policy must also let the pods decrypt with it.
func (w wiring) dump() dumpAccess {
	wanted := w.environment.Database.Import
	if wanted == nil {
		return dumpAccess{}
	}
	bucket := "arn:aws:s3:::" + wanted.Bucket()
	return dumpAccess{
		fetch: kubernetes.DumpFetch{Image: awsCLI, Command: []string{"aws", "s3", "cp", "--no-progress"}},
		statements: []components.Statement{
			{Actions: []string{"s3:ListBucket"}, Resources: pulumi.StringArray{pulumi.String(bucket)}},
			{Actions: []string{"s3:GetObject"}, Resources: pulumi.StringArray{pulumi.String(fmt.Sprintf("%s/%s", bucket, wanted.Object()))}},
		},
	}
}
