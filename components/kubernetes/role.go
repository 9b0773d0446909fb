package kubernetes

import (
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"slices"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/random"
	"github.com/djangostack/djangostack/components/validate"
)

// DatabaseRoleArgs describes the app's role on a PostgreSQL server.
type DatabaseRoleArgs struct {
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Image has sh and psql, for instance Docker's official postgres image.
	Image string
	// Admin may create roles and databases. It connects to a database that exists.
	Admin connection.Database
	// Database that the role owns, and User that is the name of the role: lower-case
	// letters, digits and underscores, 63 at most.
	Database  string
	User      string
	Resources pod.Resources
	// Before are what the Job waits for: the server, and what lets pods reach it. The
	// password does not wait.
	Before []pulumi.Resource
	// Data of the database.
	Data data.Held
}

// DatabaseRole is a role that owns one database and has no other rights on the server. The
// role stays on the server when the program no longer declares the component.
type DatabaseRole struct {
	pulumi.ResourceState

	// Database says how the app connects to its database, once the component is ready.
	Database connection.Database
}

const (
	rolePart = "database-role"
	// roleTimeout is enough for a server that accepts its first connection late, in
	// seconds.
	roleTimeout = 300
)

// roleScript is idempotent. It changes nothing that exists, except the password and the
// owner.
//
//go:embed role.sh
var roleScript string

// NewDatabaseRole registers the role's password and the Job that creates the role.
func NewDatabaseRole(ctx *pulumi.Context, name string, args *DatabaseRoleArgs, opts ...pulumi.ResourceOption) (*DatabaseRole, error) {
	r := &DatabaseRole{}
	return component.New(ctx, "djangostack:kubernetes:DatabaseRole", name+"-"+rolePart, r, args.check, func() (pulumi.Map, error) {
		values, err := random.NewImmutable(ctx, name+"-"+rolePart, args.Data, r)
		if err != nil {
			return nil, err
		}
		after := pulumi.DependsOn(values)
		password, err := random.NewPassword(ctx, name+"-"+rolePart+"-password", args.Data.Protected, r, after)
		if err != nil {
			return nil, err
		}
		secret, err := newSecret(ctx, name+"-"+rolePart, rolePart, args.Namespace, args.Labels, pulumi.StringMap{
			"admin-password": args.Admin.Password,
			"password":       password.Result,
		}, r, after)
		if err != nil {
			return nil, err
		}
		err = job{
			component: rolePart,
			namespace: args.Namespace,
			labels:    args.Labels,
			timeout:   roleTimeout,
			container: args.container(secret),
		}.register(ctx, name+"-"+rolePart, r, pulumi.DependsOn(slices.Concat(values, args.Before)))
		if err != nil {
			return nil, err
		}
		r.Database = args.Admin
		r.Database.Name, r.Database.User, r.Database.Password = args.Database, args.User, password.Result
		return component.WithData(args.Data, pulumi.Map{"database": pulumi.String(args.Database), "user": pulumi.String(args.User)}), nil
	}, opts...)
}

func (a *DatabaseRoleArgs) check() error {
	problems := []error{validate.Check("DatabaseRole",
		validate.Required("Namespace", a.Namespace != nil),
		validate.Required("Image", a.Image != ""),
		validate.Required("Admin.Host", a.Admin.Host != nil),
		validate.Required("Admin.Name", a.Admin.Name != ""),
		validate.Required("Admin.User", a.Admin.User != ""),
		validate.Required("Admin.Password", a.Admin.Password != nil),
		validate.Required("Database", a.Database != ""),
		validate.Required("User", a.User != ""),
	)}
	plain := regexp.MustCompile(`^([a-z_][a-z0-9_]{0,62})?$`)
	for field, value := range map[string]string{"Database": a.Database, "User": a.User} {
		if !plain.MatchString(value) {
			problems = append(problems, fmt.Errorf("DatabaseRole: %s is %q; allowed are lower-case letters, digits and underscores, 63 at most", field, value))
		}
	}
	if a.User != "" && a.User == a.Admin.User {
		problems = append(problems, fmt.Errorf("DatabaseRole: User is %q, the administrator; the app needs a separate role", a.User))
	}
	return errors.Join(problems...)
}

func (a *DatabaseRoleArgs) container(secret *corev1.Secret) corev1.ContainerArgs {
	return corev1.ContainerArgs{
		Image:   pulumi.String(a.Image),
		Command: pulumi.ToStringArray([]string{"sh", "-c", roleScript}),
		Env: append(psqlEnvironment(a.Admin, secret, "admin-password"),
			pod.Env("ROLE_DATABASE", pulumi.String(a.Database)),
			pod.Env("ROLE_NAME", pulumi.String(a.User)),
			pod.EnvFromSecret("ROLE_PASSWORD", secret.Metadata.Name().Elem(), "password"),
		),
		Resources: a.Resources.Requirements(),
	}
}
