package aws

import (
	"errors"
	"fmt"
	"regexp"

	awsecr "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecr"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/validate"
)

// RegistryArgs describes an ECR repository.
type RegistryArgs struct {
	// Name of the repository, for instance web-team/blog: 2 to 256 lower-case letters,
	// digits, and ., _, - or / between them.
	Name string
	// KeyARN is the KMS key of the images, or nil for the AWS managed key. A change
	// replaces the repository.
	KeyARN pulumi.StringInput
	// UntaggedDays is how long an image without a tag is kept.
	UntaggedDays int
	// DeletionPolicy is Retain, which refuses to delete a repository with images, or
	// Delete.
	DeletionPolicy deletion.Policy
	// Data that is protected refuses every plan that deletes or replaces the repository.
	Data data.Held
	Tags Tags
}

// Registry is a repository with immutable tags.
type Registry struct {
	pulumi.ResourceState

	// URL is the name of an image without its tag.
	URL pulumi.StringOutput
	// ARN names the repository in policies.
	ARN pulumi.StringOutput
}

// NewRegistry registers a repository.
func NewRegistry(ctx *pulumi.Context, name string, args *RegistryArgs, opts ...pulumi.ResourceOption) (*Registry, error) {
	r := &Registry{}
	return component.New(ctx, "djangostack:aws:Registry", name, r, args.check, func() (pulumi.Map, error) {
		encryption := awsecr.RepositoryEncryptionConfigurationArgs{EncryptionType: pulumi.String("KMS")}
		if args.KeyARN != nil {
			encryption.KmsKey = args.KeyARN.ToStringOutput().ToStringPtrOutput()
		}
		repository, err := awsecr.NewRepository(ctx, name+"-images", &awsecr.RepositoryArgs{
			Name:                       pulumi.String(args.Name),
			ImageTagMutability:         pulumi.String("IMMUTABLE"),
			ImageScanningConfiguration: awsecr.RepositoryImageScanningConfigurationArgs{ScanOnPush: pulumi.Bool(true)},
			EncryptionConfigurations:   awsecr.RepositoryEncryptionConfigurationArray{encryption},
			ForceDelete:                pulumi.Bool(args.DeletionPolicy == deletion.Delete),
			Tags:                       args.Tags.For(args.Name),
		}, pulumi.Parent(r), component.Protect(args.Data))
		if err != nil {
			return nil, fmt.Errorf("registering the repository %s: %w", args.Name, err)
		}
		_, err = awsecr.NewLifecyclePolicy(ctx, name+"-images", &awsecr.LifecyclePolicyArgs{
			Repository: repository.Name,
			Policy:     expireUntagged(args.UntaggedDays),
			// The provider cannot update a lifecycle policy (resourceLifecyclePolicy), and
			// a repository has only one: deleting the old one last would delete the new
			// one.
		}, pulumi.Parent(r), pulumi.DeleteBeforeReplace(true))
		if err != nil {
			return nil, fmt.Errorf("registering the lifecycle of the repository %s: %w", args.Name, err)
		}
		r.URL, r.ARN = repository.RepositoryUrl, repository.Arn
		return component.DataOr(args.Data, pulumi.Map{"url": r.URL, "arn": r.ARN}), nil
	}, opts...)
}

func (a *RegistryArgs) check() error {
	name := regexp.MustCompile(`^[a-z0-9]+(?:[._-][a-z0-9]+)*(?:/[a-z0-9]+(?:[._-][a-z0-9]+)*)*$`)
	return errors.Join(
		validate.Check("Registry", validate.Required("Name", a.Name != "")),
		validate.RefuseIf(a.Name != "" && (len(a.Name) < limits.MinRepositoryName || len(a.Name) > limits.MaxRepositoryName || !name.MatchString(a.Name)), "Registry",
			fmt.Sprintf("Name is %q; allowed are %d to %d lower-case letters and digits with single ., _, - or / between them",
				a.Name, limits.MinRepositoryName, limits.MaxRepositoryName)),
		validate.Within("Registry", "UntaggedDays", a.UntaggedDays, 1, 3650),
		validate.OneOf("Registry", "DeletionPolicy", a.DeletionPolicy, deletion.Retain, deletion.Delete),
	)
}

// expireUntagged keeps every image with a tag: it may be running, or needed for a rollback.
func expireUntagged(days int) pulumi.StringOutput {
	return pulumi.JSONMarshal(pulumi.Map{"rules": pulumi.Array{pulumi.Map{
		"rulePriority": pulumi.Int(1),
		"description":  pulumi.Sprintf("Delete images without a tag after %d days", days),
		"selection": pulumi.Map{
			"tagStatus":   pulumi.String("untagged"),
			"countType":   pulumi.String("sinceImagePushed"),
			"countUnit":   pulumi.String("days"),
			"countNumber": pulumi.Int(days),
		},
		"action": pulumi.Map{"type": pulumi.String("expire")},
	}}})
}
