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

// apiDomain is the domain of Google Cloud's APIs.
const apiDomain = ".googleapis.com"

// ServicesArgs lists the APIs that a project needs.
type ServicesArgs struct {
	Project string
	// APIs are names such as container.googleapis.com.
	APIs []string
}

// Services are the enabled APIs of a project. They stay enabled when the component is
// deleted, because others in the project may need them.
type Services struct {
	pulumi.ResourceState

	// Enabled are the enabled APIs, which all other resources in the project depend on.
	Enabled []pulumi.Resource
}

// PlatformAPIs are the APIs for network, cluster, identities, keys, registry and budget. To
// enable the others, a project must have cloudresourcemanager.googleapis.com and
// serviceusage.googleapis.com enabled.
func PlatformAPIs() []string {
	return []string{
		"artifactregistry" + apiDomain,
		"billingbudgets" + apiDomain,
		"binaryauthorization" + apiDomain,
		"cloudkms" + apiDomain,
		"cloudresourcemanager" + apiDomain,
		"compute" + apiDomain,
		"container" + apiDomain,
		"dns" + apiDomain,
		"iam" + apiDomain,
		// Issues the credentials of identities.
		"iamcredentials" + apiDomain,
		"logging" + apiDomain,
		"monitoring" + apiDomain,
		"serviceusage" + apiDomain,
	}
}

// ScanningAPIs scan images as they are pushed. They scan those of every registry in the
// project, and each image is paid for
// (https://cloud.google.com/artifact-analysis/pricing).
func ScanningAPIs() []string {
	return []string{"containerscanning" + apiDomain}
}

// DataAPIs are the additional APIs for databases, caches, buckets and certificates.
func DataAPIs() []string {
	return []string{
		"certificatemanager" + apiDomain,
		"redis" + apiDomain,
		"sqladmin" + apiDomain,
		"storage" + apiDomain,
	}
}

// NewServices enables the APIs of a project.
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
				return nil, fmt.Errorf("enabling %s: %w", api, err)
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
