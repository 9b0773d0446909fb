package gcp

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/validate"
)

// apiDomain is where the APIs of Google Cloud are.
const apiDomain = ".googleapis.com"

// ServicesArgs names the APIs that a project needs.
type ServicesArgs struct {
	Project string
	// APIs are names such as container.googleapis.com.
	APIs []string
}

// Services are the APIs that a project has turned on. They stay on when the services
// go: others in the project may need them.
type Services struct {
	pulumi.ResourceState

	// Enabled is what everything else in the project waits for.
	Enabled []pulumi.Resource
}

// PlatformAPIs are the APIs that network, cluster, identities, keys, registry and
// budget need. A project that uses cloudresourcemanager.googleapis.com and
// serviceusage.googleapis.com can turn the others on.
func PlatformAPIs() []string {
	return []string{
		"artifactregistry" + apiDomain,
		"billingbudgets" + apiDomain,
		"binaryauthorization" + apiDomain,
		"cloudkms" + apiDomain,
		"cloudresourcemanager" + apiDomain,
		"compute" + apiDomain,
		"container" + apiDomain,
		// Scans the images of a registry.
		"containerscanning" + apiDomain,
		"dns" + apiDomain,
		"iam" + apiDomain,
		// Hands out the credentials of identities.
		"iamcredentials" + apiDomain,
		"logging" + apiDomain,
		"monitoring" + apiDomain,
		"serviceusage" + apiDomain,
	}
}

// DataAPIs are the APIs that databases, caches, buckets and certificates need besides.
func DataAPIs() []string {
	return []string{
		"certificatemanager" + apiDomain,
		"redis" + apiDomain,
		"sqladmin" + apiDomain,
		"storage" + apiDomain,
	}
}

// NewServices registers the APIs of a project.
func NewServices(ctx *pulumi.Context, name string, args *ServicesArgs, opts ...pulumi.ResourceOption) (*Services, error) {
	s := &Services{}
	return component.New(ctx, "djangostack:gcp:Services", name, s, args.check, func() (pulumi.Map, error) {
		for _, api := range args.APIs {
			enabled, err := projects.NewService(ctx, name+"-"+strings.TrimSuffix(api, apiDomain), &projects.ServiceArgs{
				Project:                  pulumi.String(args.Project),
				Service:                  pulumi.String(api),
				DisableOnDestroy:         pulumi.Bool(false),
				DisableDependentServices: pulumi.Bool(false),
			}, pulumi.Parent(s))
			if err != nil {
				return nil, fmt.Errorf("turning %s on: %w", api, err)
			}
			s.Enabled = append(s.Enabled, enabled)
		}
		return pulumi.Map{"apis": pulumi.ToStringArray(args.APIs)}, nil
	}, opts...)
}

func (a *ServicesArgs) check() error {
	problems := []error{
		validate.Check("Services", validate.Required("Project", a.Project != ""), validate.Required("APIs", len(a.APIs) > 0)),
		checkProject("Services", a.Project),
	}
	form := regexp.MustCompile(`^[a-z][a-z0-9-]*\.googleapis\.com$`)
	seen := map[string]bool{}
	for _, api := range a.APIs {
		problems = append(problems,
			validate.RefuseIf(!form.MatchString(api), "Services", fmt.Sprintf("APIs has %q, which is no API such as container.googleapis.com", api)),
			validate.RefuseIf(seen[api], "Services", fmt.Sprintf("APIs has %s twice", api)))
		seen[api] = true
	}
	return errors.Join(problems...)
}
