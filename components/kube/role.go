package kube

import (
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"strconv"

	batchv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/batch/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/binding"
	"github.com/djangostack/djangostack/components/pod"
)

// DatabaseRoleArgs describes an app's own role on a PostgreSQL server.
type DatabaseRoleArgs struct {
	Namespace pulumi.StringInput
	Labels    binding.Labels
	// Image holds sh and psql; Docker's official postgres image does.
	Image string
	// Admin may make roles and databases, and signs in to a database that is there.
	Admin binding.Database
	// Database that the role owns, and User that is its name: small letters, digits
	// and underscores.
	Database  string
	User      string
	Resources pod.Resources
	// Protect refuses every plan that deletes or replaces the role's password.
	Protect bool
}

// DatabaseRole is a role that owns one database and can do nothing else on its
// server. It stays on the server when the program no longer has it.
type DatabaseRole struct {
	pulumi.ResourceState

	// Database is how the app reaches its database, once the component is ready.
	Database binding.Database
}

const (
	rolePart = "database-role"
	// roleTimeout is enough for a server that is slow to let the first connection in,
	// in seconds.
	roleTimeout = 300
	// roleRetries are worth it, because doing it twice changes nothing.
	roleRetries = 3
	roleGrace   = 10
)

// roleScript is the same at every run: what is there already is left as it is, but
// for the password and the owner.
//
//go:embed role.sh
var roleScript string

// NewDatabaseRole registers the role, and the Job that makes it.
func NewDatabaseRole(ctx *pulumi.Context, name string, args *DatabaseRoleArgs, opts ...pulumi.ResourceOption) (*DatabaseRole, error) {
	if err := args.check(); err != nil {
		return nil, err
	}
	r := &DatabaseRole{}
	if err := ctx.RegisterComponentResource("djangostack:kube:DatabaseRole", name+"-"+rolePart, r, opts...); err != nil {
		return nil, fmt.Errorf("registering the database role component: %w", err)
	}
	password, err := newPassword(ctx, name+"-"+rolePart+"-password", args.Protect, r)
	if err != nil {
		return nil, err
	}
	secret, err := newSecret(ctx, name+"-"+rolePart, rolePart, args.Namespace, args.Labels, pulumi.StringMap{
		"admin-password": args.Admin.Password,
		"password":       password.Result,
	}, r)
	if err != nil {
		return nil, err
	}
	_, err = batchv1.NewJob(ctx, name+"-"+rolePart, &batchv1.JobArgs{
		Metadata: metav1.ObjectMetaArgs{
			Namespace: args.Namespace,
			Labels:    args.Labels.For(rolePart),
			// A Job that failed is made anew by the next update, instead of failing for ever.
			Annotations: pulumi.StringMap{"pulumi.com/replaceUnready": pulumi.String("true")},
		},
		Spec: batchv1.JobSpecArgs{
			BackoffLimit:          pulumi.Int(roleRetries),
			ActiveDeadlineSeconds: pulumi.Int(roleTimeout),
			Template:              args.template(secret),
		},
	}, pulumi.Parent(r))
	if err != nil {
		return nil, fmt.Errorf("registering the Job of the database role: %w", err)
	}
	r.Database = args.Admin
	r.Database.Name, r.Database.User, r.Database.Password = args.Database, args.User, password.Result
	outputs := pulumi.Map{"database": pulumi.String(args.Database), "user": pulumi.String(args.User)}
	if err := ctx.RegisterResourceOutputs(r, outputs); err != nil {
		return nil, fmt.Errorf("registering the database role component's outputs: %w", err)
	}
	return r, nil
}

func (a *DatabaseRoleArgs) check() error {
	problems := []error{binding.Check("DatabaseRole",
		binding.Required{Field: "Namespace", Given: a.Namespace != nil},
		binding.Required{Field: "Image", Given: a.Image != ""},
		binding.Required{Field: "Admin.Host", Given: a.Admin.Host != nil},
		binding.Required{Field: "Admin.Name", Given: a.Admin.Name != ""},
		binding.Required{Field: "Admin.User", Given: a.Admin.User != ""},
		binding.Required{Field: "Admin.Password", Given: a.Admin.Password != nil},
		binding.Required{Field: "Database", Given: a.Database != ""},
		binding.Required{Field: "User", Given: a.User != ""},
	)}
	plain := regexp.MustCompile(`^([a-z_][a-z0-9_]{0,62})?$`)
	for field, value := range map[string]string{"Database": a.Database, "User": a.User} {
		if !plain.MatchString(value) {
			problems = append(problems, fmt.Errorf("DatabaseRole: %s is %q; allowed are small letters, digits and underscores, 63 at most", field, value))
		}
	}
	if a.User != "" && a.User == a.Admin.User {
		problems = append(problems, fmt.Errorf("DatabaseRole: User is %q, the administrator; the app needs a role of its own", a.User))
	}
	return errors.Join(problems...)
}

func (a *DatabaseRoleArgs) template(secret *corev1.Secret) corev1.PodTemplateSpecArgs {
	volumes := []pod.Volume{{Name: "tmp", Path: "/tmp"}}
	return corev1.PodTemplateSpecArgs{
		Metadata: metav1.ObjectMetaArgs{Labels: a.Labels.For(rolePart)},
		Spec: corev1.PodSpecArgs{
			AutomountServiceAccountToken:  pulumi.Bool(false),
			EnableServiceLinks:            pulumi.Bool(false),
			RestartPolicy:                 pulumi.String("Never"),
			TerminationGracePeriodSeconds: pulumi.Int(roleGrace),
			SecurityContext:               pod.SecurityContext(postgresUser),
			Containers: corev1.ContainerArray{corev1.ContainerArgs{
				Name:            pulumi.String(rolePart),
				Image:           pulumi.String(a.Image),
				Command:         pulumi.ToStringArray([]string{"sh", "-c", roleScript}),
				Env:             a.environment(secret),
				SecurityContext: pod.ContainerSecurityContext(),
				Resources:       a.Resources.Requirements(),
				VolumeMounts:    pod.Mounts(volumes),
			}},
			Volumes: pod.Volumes(volumes),
		},
	}
}

func (a *DatabaseRoleArgs) environment(secret *corev1.Secret) corev1.EnvVarArray {
	plain := func(name string, value pulumi.StringInput) corev1.EnvVarInput {
		return corev1.EnvVarArgs{Name: pulumi.String(name), Value: value.ToStringOutput().ToStringPtrOutput()}
	}
	hidden := func(name, key string) corev1.EnvVarInput {
		return corev1.EnvVarArgs{Name: pulumi.String(name), ValueFrom: corev1.EnvVarSourceArgs{
			SecretKeyRef: corev1.SecretKeySelectorArgs{Name: secret.Metadata.Name(), Key: pulumi.String(key)},
		}}
	}
	const connectSeconds = "10"
	return corev1.EnvVarArray{
		plain("PGHOST", a.Admin.Host),
		plain("PGPORT", pulumi.String(strconv.Itoa(a.Admin.Port))),
		plain("PGDATABASE", pulumi.String(a.Admin.Name)),
		plain("PGUSER", pulumi.String(a.Admin.User)),
		hidden("PGPASSWORD", "admin-password"),
		plain("PGSSLMODE", pulumi.String(a.Admin.SSLMode)),
		plain("PGCONNECT_TIMEOUT", pulumi.String(connectSeconds)),
		plain("ROLE_DATABASE", pulumi.String(a.Database)),
		plain("ROLE_NAME", pulumi.String(a.User)),
		hidden("ROLE_PASSWORD", "password"),
	}
}
