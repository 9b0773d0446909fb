package kubernetes

import (
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

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
	Database string
	User     string
	// Further databases that the role owns, named as Database is.
	Further []string
	// Extensions that the administrator creates in the databases, with those that they need.
	// What the server lacks is an error of the Job.
	Extensions []string
	Resources  pod.Resources
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
// owner: a role that owned the database before gives what it owns to the new one.
//
//go:embed role.sh
var roleScript string

// demotionScript runs before roleScript on a server in the cluster. On a server that an
// earlier release created, whose first superuser is the app's user, it gives the objects
// of the database to a new role of the same name and password.
//
//go:embed demotion.sh
var demotionScript string

// extensionsScript runs after roleScript, if there are extensions.
//
//go:embed extensions.sh
var extensionsScript string

// missingExtension is the exit code of extensionsScript when the server lacks an extension.
const missingExtension = 65

// NewDatabaseRole registers the role's password and the Job that creates the role.
func NewDatabaseRole(ctx *pulumi.Context, name string, args *DatabaseRoleArgs, opts ...pulumi.ResourceOption) (*DatabaseRole, error) {
	r := &DatabaseRole{}
	return component.New(ctx, "djangostack:kubernetes:DatabaseRole", name+"-"+rolePart, r, args.check, func() (pulumi.Map, error) {
		password, values, err := random.NewImmutablePassword(ctx, name+"-"+rolePart, args.Data, r)
		if err != nil {
			return nil, err
		}
		after := pulumi.DependsOn(values)
		secret, err := newSecret(ctx, name+"-"+rolePart, rolePart, args.Namespace, args.Labels, pulumi.StringMap{
			"admin-password": args.Admin.Password,
			"password":       password.Result,
		}, r, after)
		if err != nil {
			return nil, err
		}
		err = role{
			namespace: args.Namespace, labels: args.Labels, image: args.Image, resources: args.Resources,
			script: roleScript,
			admin:  args.Admin, adminSecret: secret, adminKey: "admin-password",
			database: args.Database, further: args.Further, user: args.User, secret: secret, key: "password",
			extensions: args.Extensions,
			advice:     "The provider of the server lists the extensions that it offers for each version of PostgreSQL",
		}.register(ctx, name+"-"+rolePart, r, pulumi.DependsOn(slices.Concat(values, args.Before)))
		if err != nil {
			return nil, err
		}
		r.Database = args.Admin
		r.Database.Name, r.Database.User, r.Database.Account, r.Database.Password = args.Database, args.User, nil, password.Result
		return component.DataOr(args.Data, pulumi.Map{"database": pulumi.String(args.Database), "user": pulumi.String(args.User)}), nil
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
	return errors.Join(append(problems, checkRole("DatabaseRole", a.Database, a.User, a.Admin.User), checkFurther("DatabaseRole", a.Database, a.Further), checkExtensions("DatabaseRole", a.Extensions))...)
}

// checkExtensions reports names that a shell would read as more than one word.
func checkExtensions(component string, extensions []string) error {
	var problems []error
	plain := regexp.MustCompile(`^[a-z_][a-z0-9_-]{0,62}$`)
	for _, extension := range extensions {
		if !plain.MatchString(extension) {
			problems = append(problems, fmt.Errorf("%s: Extensions has %q; allowed are lower-case letters, digits, underscores and hyphens, 63 at most", component, extension))
		}
	}
	return errors.Join(problems...)
}

// plainName matches names that need no quotes, and an empty one.
var plainName = regexp.MustCompile(`^([a-z_][a-z0-9_]{0,62})?$`)

// checkFurther reports names of further databases that are not plain, or that are there twice.
func checkFurther(component, database string, further []string) error {
	var problems []error
	taken := []string{database}
	for i, name := range further {
		if name == "" || !plainName.MatchString(name) {
			problems = append(problems, fmt.Errorf("%s: Further[%d] is %q; allowed are lower-case letters, digits and underscores, 63 at most", component, i, name))
		}
		if slices.Contains(taken, name) {
			problems = append(problems, fmt.Errorf("%s: Further[%d] is %q, which is one of the databases already", component, i, name))
		}
		taken = append(taken, name)
	}
	return errors.Join(problems...)
}

// checkRole reports names that are not plain, and a role that is the administrator.
func checkRole(component, database, user, admin string) error {
	var problems []error
	for _, name := range []struct{ field, value string }{{"Database", database}, {"User", user}} {
		if !plainName.MatchString(name.value) {
			problems = append(problems, fmt.Errorf("%s: %s is %q; allowed are lower-case letters, digits and underscores, 63 at most", component, name.field, name.value))
		}
	}
	if user != "" && user == admin {
		problems = append(problems, fmt.Errorf("%s: User is %q, the administrator; the app needs a separate role", component, user))
	}
	return errors.Join(problems...)
}

// role is the Job that creates the app's role and its database.
type role struct {
	namespace pulumi.StringInput
	labels    labels.Labels
	image     string
	resources pod.Resources
	// script gives the role one database. before runs once, before it.
	before, script string
	// admin connects with the password in one entry of a Secret.
	admin       connection.Database
	adminSecret *corev1.Secret
	adminKey    string
	// database and further belong to user, whose password is one entry of a Secret.
	database, user string
	further        []string
	secret         *corev1.Secret
	key            string
	// extensions of the database, and advice for those that the server lacks.
	extensions []string
	advice     string
	// monitor is a further role, for an exporter.
	monitor monitor
}

func (r role) register(ctx *pulumi.Context, name string, parent pulumi.Resource, opts ...pulumi.ResourceOption) error {
	certificates, err := trusted(ctx, name, rolePart, r.namespace, r.labels, r.admin, parent)
	if err != nil {
		return err
	}
	environment := append(psqlEnvironment(r.admin, r.adminSecret, r.adminKey),
		pod.Env("ROLE_DATABASE", pulumi.String(r.database)),
		pod.Env("ROLE_NAME", pulumi.String(r.user)),
		pod.EnvFromSecret("ROLE_PASSWORD", r.secret.Metadata.Name().Elem(), r.key),
	)
	environment = append(environment, r.monitor.environment()...)
	var final []int
	if len(r.extensions) > 0 {
		r.script += extensionsScript
		environment = append(environment,
			pod.Env("ROLE_EXTENSIONS", pulumi.String(strings.Join(r.extensions, " "))),
			pod.Env("ROLE_ADVICE", pulumi.String(r.advice)),
		)
		final = []int{missingExtension}
	}
	return job{
		component:      rolePart,
		namespace:      r.namespace,
		labels:         r.labels,
		timeout:        roleTimeout,
		finalExitCodes: final,
		volumes:        certificates,
		container: corev1.ContainerArgs{
			Image:     pulumi.String(r.image),
			Command:   pulumi.ToStringArray([]string{"sh", "-c", r.whole()}),
			Env:       environment,
			Resources: r.resources.Requirements(),
		},
	}.register(ctx, name, parent, opts...)
}

// whole is the script for all databases. Each has a separate shell, so that no variable of one
// reaches the next.
func (r role) whole() string {
	if len(r.further) == 0 {
		return r.before + r.script + r.monitor.script()
	}
	script := "set -eu\n" + r.before + "\ngive() (\n" + r.script + ")\ngive\n"
	for _, database := range r.further {
		script += "ROLE_DATABASE=" + database + "\ngive\n"
	}
	return script + r.monitor.script()
}
