package gcp

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/artifactregistry"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/validate"
)

// secondsOfDay is how Google writes a day.
const secondsOfDay = 24 * 60 * 60

// RegistryArgs describes a repository of images.
type RegistryArgs struct {
	Project string
	Region  string
	// Name is the repository's name: a lower-case letter and up to 62 more, digits and
	// hyphens.
	Name string
	// KeyID is a key that encrypts the images, or nil for Google's own encryption. Google's
	// service registry must be one of its users. A change replaces the repository.
	KeyID pulumi.StringInput
	// UntaggedDays is how long an image is kept that no tag names any more.
	UntaggedDays int
	// DeletionPolicy says what becomes of the images when the repository goes.
	DeletionPolicy deletion.Policy
	// Protect refuses every plan that deletes or replaces the repository.
	Protect bool
	Labels  Labels
}

// Registry is a repository whose tags, once pushed, always name the same image. Images
// are scanned when the project uses containerscanning.googleapis.com.
type Registry struct {
	pulumi.ResourceState

	// URL is the beginning of an image's name: URL/IMAGE:TAG.
	URL pulumi.StringOutput
}

// NewRegistry registers a repository of images.
func NewRegistry(ctx *pulumi.Context, name string, args *RegistryArgs, opts ...pulumi.ResourceOption) (*Registry, error) {
	r := &Registry{}
	return component.New(ctx, "djangostack:gcp:Registry", name, r, args.check, func() (pulumi.Map, error) {
		wanted := &artifactregistry.RepositoryArgs{
			Project:      pulumi.String(args.Project),
			Location:     pulumi.String(args.Region),
			RepositoryId: pulumi.String(args.Name),
			Format:       pulumi.String("DOCKER"),
			Mode:         pulumi.String("STANDARD_REPOSITORY"),
			DockerConfig: artifactregistry.RepositoryDockerConfigArgs{ImmutableTags: pulumi.Bool(true)},
			// An image with a tag never goes: it may be the one that runs, or the one to go
			// back to.
			CleanupPolicies: artifactregistry.RepositoryCleanupPolicyArray{artifactregistry.RepositoryCleanupPolicyArgs{
				Id:     pulumi.String("untagged"),
				Action: pulumi.String("DELETE"),
				Condition: artifactregistry.RepositoryCleanupPolicyConditionArgs{
					TagState:  pulumi.String("UNTAGGED"),
					OlderThan: pulumi.Sprintf("%ds", args.UntaggedDays*secondsOfDay),
				},
			}},
			CleanupPolicyDryRun: pulumi.Bool(false),
			Labels:              args.Labels.All(),
		}
		if args.KeyID != nil {
			wanted.KmsKeyName = args.KeyID.ToStringOutput().ToStringPtrOutput()
		}
		repository, err := artifactregistry.NewRepository(ctx, name+"-images", wanted, pulumi.Parent(r),
			pulumi.Protect(args.Protect), pulumi.RetainOnDelete(args.DeletionPolicy == deletion.Retain))
		if err != nil {
			return nil, fmt.Errorf("registering the repository %s: %w", args.Name, err)
		}
		r.URL = pulumi.Sprintf("%s-docker.pkg.dev/%s/%s", args.Region, args.Project, repository.RepositoryId)
		return pulumi.Map{"url": r.URL}, nil
	}, opts...)
}

func (a *RegistryArgs) check() error {
	name := regexp.MustCompile(`^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$`)
	return errors.Join(
		validate.Check("Registry", validate.Required("Name", a.Name != ""), validate.Required("Project", a.Project != ""), validate.Required("Region", a.Region != "")),
		checkProject("Registry", a.Project),
		checkRegion("Registry", a.Region),
		validate.RefuseIf(a.Name != "" && !name.MatchString(a.Name), "Registry",
			fmt.Sprintf("Name is %q; allowed are a lower-case letter and up to 62 more, digits and hyphens, the last of them no hyphen", a.Name)),
		validate.Within("Registry", "UntaggedDays", a.UntaggedDays, 1, 3650),
		validate.OneOf("Registry", "DeletionPolicy", a.DeletionPolicy, deletion.Retain, deletion.Delete),
		a.Labels.check("Registry"),
	)
}
