package main

import (
	"fmt"

	awssdk "github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	gcpsdk "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/stacks/spec"
)

// project is on Google Cloud.
const project = "blog-production"

// oldVersionDays is how long the buckets keep overwritten objects.
const oldVersionDays = 30

// buckets is a separate program, because a configuration has one bucket for static files, one for uploads, and no list
// of buckets.
func buckets(cloud spec.Cloud, many int) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		home, err := providerOf(ctx, cloud)
		if err != nil {
			return fmt.Errorf("registering the cloud's provider: %w", err)
		}
		chance, err := random.NewProvider(ctx, "random", &random.ProviderArgs{})
		if err != nil {
			return fmt.Errorf("registering the random provider: %w", err)
		}
		for i := range many {
			if err := bucket(ctx, cloud, fmt.Sprintf("bucket-%d", i+1), pulumi.Providers(home, chance)); err != nil {
				return err
			}
		}
		return nil
	}
}

func providerOf(ctx *pulumi.Context, cloud spec.Cloud) (pulumi.ProviderResource, error) {
	if cloud == spec.GCPCloud {
		return gcpsdk.NewProvider(ctx, "home", &gcpsdk.ProviderArgs{Project: pulumi.String(project), Region: pulumi.String("europe-west1")})
	}
	return awssdk.NewProvider(ctx, "home", &awssdk.ProviderArgs{Region: pulumi.String("eu-central-1")})
}

func bucket(ctx *pulumi.Context, cloud spec.Cloud, name string, providers pulumi.ResourceOption) error {
	origins := []string{"https://blog.example.com"}
	if cloud == spec.GCPCloud {
		_, err := gcp.NewBucket(ctx, "bench", &gcp.BucketArgs{
			Project:        project,
			Name:           name,
			Location:       "europe-west1",
			Access:         arguments.PrivateBucket,
			Versioning:     arguments.VersioningEnabled,
			DeletionPolicy: deletion.Delete,
			CORS:           []arguments.CORSRule{{Origins: origins, Methods: []string{"GET"}}},
			Lifecycle:      arguments.BucketLifecycle{OldVersionDays: oldVersionDays},
		}, providers)
		return err
	}
	_, err := aws.NewBucket(ctx, "bench", &aws.BucketArgs{
		Name:           name,
		Access:         arguments.PrivateBucket,
		Versioning:     arguments.VersioningEnabled,
		DeletionPolicy: deletion.Delete,
		CORS:           []arguments.CORSRule{{Origins: origins, Methods: []string{"GET"}}},
		Lifecycle:      arguments.BucketLifecycle{OldVersionDays: oldVersionDays},
	}, providers)
	return err
}
