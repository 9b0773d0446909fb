package gcp

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/serviceaccount"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/random"
)

// accountArgs describes a service account.
type accountArgs struct {
	project     string
	description string
	// roles are the roles of the account in the project.
	roles []string
}

// account is a service account and its roles. Users of the account depend on the roles.
type account struct {
	*serviceaccount.Account
	roles []pulumi.Resource
}

// newAccount registers a service account. Its id has a random suffix, so that rights
// granted to a deleted account of the same id do not apply to it.
func newAccount(ctx *pulumi.Context, name string, args accountArgs, parent pulumi.Resource) (*account, error) {
	suffix, err := random.NewSuffix(ctx, name+"-suffix", nil, parent)
	if err != nil {
		return nil, err
	}
	created, err := serviceaccount.NewAccount(ctx, name, &serviceaccount.AccountArgs{
		Project:     pulumi.String(args.project),
		AccountId:   pulumi.Sprintf("%s-%s", names.Fit(limits.MaxServiceAccountID-random.SuffixLength, name), suffix),
		DisplayName: pulumi.String(name),
		Description: pulumi.String(args.description),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the service account %s: %w", name, err)
	}
	a := &account{Account: created}
	for _, role := range args.roles {
		binding, err := projects.NewIAMMember(ctx, name+"-"+strings.ToLower(role[strings.LastIndexAny(role, "./")+1:]), &projects.IAMMemberArgs{
			Project: pulumi.String(args.project),
			Role:    pulumi.String(role),
			Member:  created.Member,
		}, pulumi.Parent(created))
		if err != nil {
			return nil, fmt.Errorf("granting the service account %s the role %s: %w", name, role, err)
		}
		a.roles = append(a.roles, binding)
	}
	return a, nil
}
