package django

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/validate"
)

// Rows describes the tasks in the database that a worker scales by. The cluster must run KEDA
// (https://keda.sh), and KEDA must reach the database. It keeps one connection open.
type Rows struct {
	Database connection.Database
	// Query returns the number of waiting tasks as an integer.
	Query string
	// Length is the number of waiting tasks per pod.
	Length int
}

// TasksQuery counts the tasks of Django's database backend that are waiting in queues: those
// that are due, and those without a time, which have none or, in later releases, the last one
// (https://github.com/RealOrangeOne/django-tasks). A task that a worker runs is not counted.
func TasksQuery(queues []string) string {
	quoted := make([]string, 0, len(queues))
	for _, queue := range queues {
		quoted = append(quoted, "'"+strings.ReplaceAll(queue, "'", "''")+"'")
	}
	return "SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE status IN ('READY', 'NEW') AND queue_name IN (" + strings.Join(quoted, ", ") + ")" +
		" AND (run_after IS NULL OR run_after <= now() OR run_after >= '9999-01-01')"
}

// TasksCommand is the command of a worker of Django's tasks with the database backend. It
// finishes its task after SIGTERM.
func TasksCommand(manage, queues []string) []string {
	return append(append([]string{}, manage...), "db_worker", "--queue-name="+strings.Join(queues, ","))
}

func (r *Rows) check(component string) error {
	return validate.Check(component,
		validate.Required("Scaling.Rows.Database", r.Database.Host != nil && r.Database.Password != nil),
		validate.Required("Scaling.Rows.Query", r.Query != ""),
		validate.Required("Scaling.Rows.Length", r.Length > 0),
	)
}

// scaleByRows registers KEDA's objects. The password is in a Secret that only the
// TriggerAuthentication refers to.
func (r *Runtime) scaleByRows(ctx *pulumi.Context, name, part string, s *Scaling, parent pulumi.Resource, options []pulumi.ResourceOption) error {
	name += "-" + part
	secret, err := corev1.NewSecret(ctx, name+"-rows", &corev1.SecretArgs{
		Metadata:   r.metadata(part),
		Immutable:  pulumi.Bool(true),
		StringData: pulumi.StringMap{"password": s.Rows.Database.Password},
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("registering the Secret of the tasks of %s: %w", part, err)
	}
	authentication, err := apiextensions.NewCustomResource(ctx, name+"-rows-access", &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String(kedaVersion),
		Kind:       pulumi.String("TriggerAuthentication"),
		Metadata:   r.named(part),
		OtherFields: kubernetes.UntypedArgs{"spec": pulumi.Map{"secretTargetRef": pulumi.Array{pulumi.Map{
			"parameter": pulumi.String("password"), "name": secret.Metadata.Name(), "key": pulumi.String("password"),
		}}}},
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("registering the TriggerAuthentication of %s: %w", part, err)
	}
	withoutQueues := *s
	withoutQueues.Queue = &Queue{}
	spec := withoutQueues.scaledObject(withoutQueues.Queue, r.Labels.ObjectName(part), authentication.Metadata.Name().Elem())
	spec["triggers"] = pulumi.Array{s.Rows.trigger(r.Namespace, authentication.Metadata.Name().Elem())}
	_, err = apiextensions.NewCustomResource(ctx, name+"-rows", &apiextensions.CustomResourceArgs{
		ApiVersion:  pulumi.String(kedaVersion),
		Kind:        pulumi.String("ScaledObject"),
		Metadata:    pod.WorkloadMetadata(r.named(part)),
		OtherFields: kubernetes.UntypedArgs{"spec": spec},
	}, options...)
	return wrap(err, "registering the ScaledObject of %s", part)
}

// trigger counts rows (https://keda.sh/docs/latest/scalers/postgresql/).
func (r *Rows) trigger(namespace, authentication pulumi.StringInput) pulumi.Map {
	mode := r.Database.SSLMode
	if r.Database.CA != nil {
		// KEDA's pod has no file of the private authority.
		mode = "require"
	}
	return pulumi.Map{
		"type":              pulumi.String("postgresql"),
		"authenticationRef": pulumi.Map{"name": authentication},
		"metadata": pulumi.Map{
			"host":             qualified(r.Database.Host, namespace),
			"port":             pulumi.String(strconv.Itoa(r.Database.Port)),
			"userName":         pulumi.String(r.Database.User),
			"dbName":           pulumi.String(r.Database.Name),
			"sslmode":          pulumi.String(mode),
			"query":            pulumi.String(r.Query),
			"targetQueryValue": pulumi.String(strconv.Itoa(r.Length)),
		},
	}
}
