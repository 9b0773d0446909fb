package aws

import (
	"fmt"

	awss3 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
)

// newPolicy registers the policy of the bucket: it denies requests without TLS 1.2, and
// allows the statements. A bucket has one policy, so this is called once: by the bucket, or
// by the CDN that reads it.
func (b *Bucket) newPolicy(ctx *pulumi.Context, parent pulumi.Resource, statements []Statement) error {
	everything := pulumi.Array{b.ARN, pulumi.Sprintf("%s/*", b.ARN)}
	document := []pulumi.Map{
		{
			"Sid":       pulumi.String("RefusePlainText"),
			"Effect":    pulumi.String("Deny"),
			"Principal": pulumi.String("*"),
			"Action":    pulumi.String("s3:*"),
			"Resource":  everything,
			"Condition": pulumi.Map{"Bool": pulumi.Map{"aws:SecureTransport": pulumi.String("false")}},
		},
		{
			"Sid":       pulumi.String("RefuseOldTLS"),
			"Effect":    pulumi.String("Deny"),
			"Principal": pulumi.String("*"),
			"Action":    pulumi.String("s3:*"),
			"Resource":  everything,
			"Condition": pulumi.Map{"NumericLessThan": pulumi.Map{"s3:TlsVersion": pulumi.String("1.2")}},
		},
	}
	for _, statement := range statements {
		document = append(document, statement.document())
	}
	options := append(b.options(parent), pulumi.DependsOn([]pulumi.Resource{b.lastSetting}))
	bucketPolicy, err := awss3.NewBucketPolicy(ctx, b.name+"-policy", &awss3.BucketPolicyArgs{Bucket: b.Name, Policy: policy(document...)}, options...)
	if err != nil {
		return fmt.Errorf("registering the policy of the bucket %s: %w", b.name, err)
	}
	b.lastSetting = bucketPolicy
	return nil
}

// serviceStatements are the statements for AWS services. The service that delivers load
// balancers' logs has the same name in every region; AWS recommends it instead of the
// accounts of the older regions. It delivers the logs of every account, and the path limits
// it to this one
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html).
func (a *BucketArgs) serviceStatements(b *Bucket) []Statement {
	if a.Access != arguments.LogBucket {
		return nil
	}
	return []Statement{{
		Services:  []string{"logdelivery.elasticloadbalancing.amazonaws.com"},
		Actions:   []string{"s3:PutObject"},
		Resources: pulumi.StringArray{pulumi.Sprintf("%s/AWSLogs/%s/*", b.ARN, a.AccountID)},
	}}
}
