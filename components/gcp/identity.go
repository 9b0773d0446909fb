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

// BucketGrant grants an identity a role on a bucket.
type BucketGrant struct {
	Bucket pulumi.StringInput
	// Role, for instance roles/storage.objectUser.
	Role string
}

// IdentityArgs describes the rights of the pods of one Kubernetes service account on Google
// Cloud. Google service accounts have no labels.
type IdentityArgs struct {
	Project string
	// WorkloadPool is the cluster's. It exists once the cluster does.
	WorkloadPool   pulumi.StringInput
	Namespace      pulumi.StringInput
	ServiceAccount string
	Buckets        []BucketGrant
	// AccessKeys registers a key for clients that speak the S3 protocol only.
	AccessKeys arguments.Switch
	// Signing lets the pods sign URLs of private objects.
	Signing arguments.Switch
}

// Identity is a Google service account for the pods of one Kubernetes service account. The
// pods need no key: the metadata server of the node gives them tokens.
type Identity struct {
	pulumi.ResourceState

	// Email is the address of the Google service account.
	Email pulumi.StringOutput
	// Annotations of the Kubernetes service account. Resources that take them as an input
	// are created after the bindings.
	Annotations pulumi.StringMap
	// AccessKeyID and SecretAccessKey are the key; nil without one. SecretAccessKey is secret.
	AccessKeyID, SecretAccessKey pulumi.StringInput
	// Bindings are what pods depend on: without them the first requests are denied.
	Bindings []pulumi.Resource
}

// NewIdentity registers a Google service account and its bindings.
func NewIdentity(ctx *pulumi.Context, name string, args *IdentityArgs, opts ...pulumi.ResourceOption) (*Identity, error) {
	i := &Identity{}
	return component.New(ctx, "djangostack:gcp:Identity", name, i, args.check, func() (pulumi.Map, error) {
		account, err := newAccount(ctx, name+"-pods", accountArgs{
			project:     args.Project,
			description: "Pods of the service account " + args.ServiceAccount,
		}, i)
		if err != nil {
			return nil, err
		}
		pods := pulumi.Sprintf("serviceAccount:%s[%s/%s]", args.WorkloadPool, args.Namespace, args.ServiceAccount)
		if err := i.grant(ctx, name+"-pods", account, "roles/iam.workloadIdentityUser", pods); err != nil {
			return nil, err
		}
		if args.Signing == arguments.On {
			// A service account may sign only if it has this role on itself.
			if err := i.grant(ctx, name+"-signing", account, "roles/iam.serviceAccountTokenCreator", account.Member); err != nil {
				return nil, err
			}
		}
		if err := i.grantBuckets(ctx, name, args, account); err != nil {
			return nil, err
		}
		if err := i.accessKey(ctx, name, args, account); err != nil {
			return nil, err
		}
		i.Email = account.Email
		i.Annotations = pulumi.StringMap{"iam.gke.io/gcp-service-account": after(ctx, account.Email, i.Bindings...)}
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
		validate.OneOf("Identity", "AccessKeys", a.AccessKeys, arguments.Off, arguments.On),
	}
	role := regexp.MustCompile(`^(?:roles/storage\.|(?:projects|organizations)/[^/]+/roles/)[a-zA-Z0-9_.]+$`)
	for index, grant := range a.Buckets {
		problems = append(problems,
			validate.RefuseIf(grant.Bucket == nil, "Identity", fmt.Sprintf("Buckets[%d].Bucket is required", index)),
			validate.RefuseIf(!role.MatchString(grant.Role), "Identity", fmt.Sprintf("Buckets[%d].Role is %q; allowed are roles such as roles/storage.objectUser", index, grant.Role)))
	}
	return errors.Join(problems...)
}

// grant grants a member a role on the service account.
func (i *Identity) grant(ctx *pulumi.Context, name string, on *account, role string, member pulumi.StringInput) error {
	binding, err := serviceaccount.NewIAMMember(ctx, name, &serviceaccount.IAMMemberArgs{
		ServiceAccountId: on.Name,
		Role:             pulumi.String(role),
		Member:           member,
	}, pulumi.Parent(i))
	if err != nil {
		return fmt.Errorf("granting the role %s on the service account of %s: %w", role, name, err)
	}
	i.Bindings = append(i.Bindings, binding)
	return nil
}

func (i *Identity) grantBuckets(ctx *pulumi.Context, name string, args *IdentityArgs, account *account) error {
	for index, grant := range args.Buckets {
		binding, err := storage.NewBucketIAMMember(ctx, fmt.Sprintf("%s-bucket-%d", name, index), &storage.BucketIAMMemberArgs{
			Bucket: grant.Bucket,
			Role:   pulumi.String(grant.Role),
			Member: account.Member,
		}, pulumi.Parent(i))
		if err != nil {
			return fmt.Errorf("granting the identity %s access to a bucket: %w", name, err)
		}
		i.Bindings = append(i.Bindings, binding)
	}
	return nil
}

// accessKey registers a key of the service account for the S3 protocol
// (https://cloud.google.com/storage/docs/authentication/hmackeys).
func (i *Identity) accessKey(ctx *pulumi.Context, name string, args *IdentityArgs, account *account) error {
	if args.AccessKeys != arguments.On {
		return nil
	}
	key, err := storage.NewHmacKey(ctx, name+"-access-key", &storage.HmacKeyArgs{
		Project:             pulumi.String(args.Project),
		ServiceAccountEmail: account.Email,
	}, pulumi.Parent(i))
	if err != nil {
		return fmt.Errorf("registering the access key of the identity %s: %w", name, err)
	}
	i.AccessKeyID, i.SecretAccessKey = key.AccessId, pulumi.ToSecret(key.Secret).(pulumi.StringOutput)
	return nil
}
