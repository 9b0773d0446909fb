package gcp

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/serviceaccount"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/validate"
)

// BucketGrant lets an identity use a bucket.
type BucketGrant struct {
	Bucket pulumi.StringInput
	// Role, for instance roles/storage.objectUser.
	Role string
}

// IdentityArgs describes what the pods of one Kubernetes service account may do on
// Google Cloud. Google knows no labels on service accounts.
type IdentityArgs struct {
	Project string
	// WorkloadPool is the cluster's: the pool is there when the cluster is.
	WorkloadPool   pulumi.StringInput
	Namespace      pulumi.StringInput
	ServiceAccount string
	Buckets        []BucketGrant
	// Signing says whether the pods sign URLs of private objects.
	Signing arguments.Switch
}

// Identity is a Google service account for the pods of one Kubernetes service account.
// The pods need no key: they ask the node, which knows them.
type Identity struct {
	pulumi.ResourceState

	// Email is the Google service account's address.
	Email pulumi.StringOutput
	// Annotations are what the Kubernetes service account carries. Whoever takes them
	// waits for what the identity may do.
	Annotations pulumi.StringMap
	// Bindings is what pods wait for: without it their first request is refused.
	Bindings []pulumi.Resource
}

// NewIdentity registers a Google service account and what it may do.
func NewIdentity(ctx *pulumi.Context, name string, args *IdentityArgs, opts ...pulumi.ResourceOption) (*Identity, error) {
	i := &Identity{}
	return component.New(ctx, "djangostack:gcp:Identity", name, i, args.check, func() (pulumi.Map, error) {
		made, err := newAccount(ctx, name+"-pods", accountArgs{
			project:     args.Project,
			description: "Pods of the service account " + args.ServiceAccount,
		}, i)
		if err != nil {
			return nil, err
		}
		pods := pulumi.Sprintf("serviceAccount:%s[%s/%s]", args.WorkloadPool, args.Namespace, args.ServiceAccount)
		if err := i.grant(ctx, name+"-pods", made, "roles/iam.workloadIdentityUser", pods); err != nil {
			return nil, err
		}
		if args.Signing == arguments.On {
			// A service account does not sign for itself unless it may act as itself.
			if err := i.grant(ctx, name+"-signing", made, "roles/iam.serviceAccountTokenCreator", made.Member); err != nil {
				return nil, err
			}
		}
		if err := i.grantBuckets(ctx, name, args, made); err != nil {
			return nil, err
		}
		i.Email = made.Email
		i.Annotations = pulumi.StringMap{"iam.gke.io/gcp-service-account": after(ctx, made.Email, i.Bindings...)}
		return pulumi.Map{"email": i.Email}, nil
	}, opts...)
}

func (a *IdentityArgs) check() error {
	problems := []error{
		validate.Check("Identity",
			validate.Required("Project", a.Project != ""),
			validate.Required("WorkloadPool", a.WorkloadPool != nil),
			validate.Required("Namespace", a.Namespace != nil),
			validate.Required("ServiceAccount", a.ServiceAccount != "")),
		checkProject("Identity", a.Project),
		validate.OneOf("Identity", "Signing", a.Signing, arguments.Off, arguments.On),
	}
	role := regexp.MustCompile(`^(?:roles/storage\.|(?:projects|organizations)/[^/]+/roles/)[a-zA-Z0-9_.]+$`)
	for index, grant := range a.Buckets {
		problems = append(problems,
			validate.RefuseIf(grant.Bucket == nil, "Identity", fmt.Sprintf("Buckets[%d].Bucket is required", index)),
			validate.RefuseIf(!role.MatchString(grant.Role), "Identity", fmt.Sprintf("Buckets[%d].Role is %q; allowed are roles such as roles/storage.objectUser", index, grant.Role)))
	}
	return errors.Join(problems...)
}

// allow lets a member use the service account.
func (i *Identity) grant(ctx *pulumi.Context, name string, made *account, role string, member pulumi.StringInput) error {
	granted, err := serviceaccount.NewIAMMember(ctx, name, &serviceaccount.IAMMemberArgs{
		ServiceAccountId: made.Name,
		Role:             pulumi.String(role),
		Member:           member,
	}, pulumi.Parent(i))
	if err != nil {
		return fmt.Errorf("giving the role %s on the service account of %s: %w", role, name, err)
	}
	i.Bindings = append(i.Bindings, granted)
	return nil
}

func (i *Identity) grantBuckets(ctx *pulumi.Context, name string, args *IdentityArgs, made *account) error {
	for index, grant := range args.Buckets {
		granted, err := storage.NewBucketIAMMember(ctx, fmt.Sprintf("%s-bucket-%d", name, index), &storage.BucketIAMMemberArgs{
			Bucket: grant.Bucket,
			Role:   pulumi.String(grant.Role),
			Member: made.Member,
		}, pulumi.Parent(i))
		if err != nil {
			return fmt.Errorf("giving the identity %s a bucket: %w", name, err)
		}
		i.Bindings = append(i.Bindings, granted)
	}
	return nil
}
