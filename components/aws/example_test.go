package aws_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/tests/mocks"
)

// A program registers a private bucket. The mocks replace AWS.
func Example() {
	program := func(ctx *pulumi.Context) error {
		_, err := aws.NewBucket(ctx, "blog", &aws.BucketArgs{
			Name:           "media",
			Access:         arguments.PrivateBucket,
			Versioning:     arguments.VersioningEnabled,
			DeletionPolicy: deletion.Retain,
			Data:           data.Held{Protected: true},
			Tags:           aws.Tags{"owner": "web-team"},
		})
		return err
	}
	ran, err := mocks.Try(mocks.Known, nil, program)
	fmt.Println(len(ran.OfKind("BucketV2")), "bucket,", len(ran.OfKind("BucketPolicy")), "policy,", err)
	// Output: 1 bucket, 1 policy, <nil>
}
