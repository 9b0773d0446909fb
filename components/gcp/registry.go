package gcp

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/artifactregistry"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/validate"
)

// secondsOfDay are the seconds of a day.
const secondsOfDay = 24 * 60 * 60

// RegistryArgs describes an Artifact Registry repository.
type RegistryArgs struct {
	Project string
	Region  string
	// Name of the repository: a lower-case letter and up to 62 more, digits and hyphens.
	Name string
	// KeyID is the KMS key of the images, with the user UserRegistry, or nil for Google's
	// own encryption. A change replaces the repository.
	KeyID pulumi.StringInput
	// UntaggedDays is how long an image without a tag is kept.
	UntaggedDays int
	// DeletionPolicy is Retain or Delete.
	DeletionPolicy deletion.Policy
	// Data that is protected refuses every plan that deletes or replaces the repository.
	Data   data.Held
	Labels Labels
}

// Registry is a repository with immutable tags. Google scans images if the project has
// containerscanning.googleapis.com enabled.
type Registry struct {
	pulumi.ResourceState

	// URL is the prefix of an image: URL/IMAGE:TAG.
	URL pulumi.StringOutput
}

// NewRegistry registers a repository.
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
			// Images with a tag are kept: one may be running, or needed for a rollback.
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
			component.Protect(args.Data), pulumi.RetainOnDelete(args.DeletionPolicy == deletion.Retain))
		if err != nil {
			return nil, fmt.Errorf("registering the repository %s: %w", args.Name, err)
		}
		r.URL = pulumi.Sprintf("%s-docker.pkg.dev/%s/%s", args.Region, args.Project, repository.RepositoryId)
		return component.DataOr(args.Data, pulumi.Map{"url": r.URL}), nil
	}, opts...)
}

func (a *RegistryArgs) check() error {
	name := regexp.MustCompile(`^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$`)
	return errors.Join(
		validate.Check("Registry", validate.Required("Name", a.Name != ""), validate.Required("Project", a.Project != ""), validate.Required("Region", a.Region != "")),
		checkProject("Registry", a.Project),
		checkRegion("Registry", a.Region),
		validate.RefuseIf(a.Name != "" && !name.MatchString(a.Name), "Registry",
			fmt.Sprintf("Name is %q; allowed are a lower-case letter and up to 62 more, digits and hyphens, without a hyphen at the end", a.Name)),
		validate.Within("Registry", "UntaggedDays", a.UntaggedDays, 1, 3650),
		validate.OneOf("Registry", "DeletionPolicy", a.DeletionPolicy, deletion.Retain, deletion.Delete),
		a.Labels.check("Registry"),
	)
}
