package django

import (
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/connection"
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
		validate.Required("Scaling.Rows.Database", r.Database.Host != nil && (r.Database.Password != nil || r.Database.Stored != nil)),
		validate.Required("Scaling.Rows.Query", r.Query != ""),
		validate.Required("Scaling.Rows.Length", r.Length > 0),
	)
}

// scaleByRows registers KEDA's objects.
func (r *Runtime) scaleByRows(ctx *pulumi.Context, name, part string, s *Scaling, parent pulumi.Resource, options []pulumi.ResourceOption) error {
	name += "-" + part
	access, err := r.scalerAccess(ctx, name+"-queue", part, s.Rows.secret(), s.Rows.stored(), parent)
	if err != nil {
		return err
	}
	return r.scaleByTriggers(ctx, name+"-queue", part, s, pulumi.Array{s.Rows.trigger(r.Namespace, access)}, options)
}

// trigger counts rows (https://keda.sh/docs/latest/scalers/postgresql/).
func (r *Rows) trigger(namespace, authentication pulumi.StringInput) pulumi.Map {
	mode := r.Database.SSLMode
	if r.Database.CA != nil {
		// KEDA's pod has no file of the private authority.
		mode = "require"
	}
	metadata := pulumi.Map{
		"host":             qualified(r.Database.Host, namespace),
		"port":             pulumi.String(strconv.Itoa(r.Database.Port)),
		"dbName":           pulumi.String(r.Database.Name),
		"sslmode":          pulumi.String(mode),
		"query":            pulumi.String(r.Query),
		"targetQueryValue": pulumi.String(strconv.Itoa(r.Length)),
	}
	if r.Database.Stored == nil || r.Database.Stored.User == nil {
		metadata["userName"] = pulumi.String(r.Database.User)
	}
	return pulumi.Map{
		"type":              pulumi.String("postgresql"),
		"authenticationRef": pulumi.Map{"name": authentication},
		"metadata":          metadata,
	}
}

// secret and stored are the parameters of KEDA's authentication.
func (r *Rows) secret() pulumi.StringMap {
	if r.Database.Stored != nil {
		return nil
	}
	return pulumi.StringMap{"password": r.Database.Password}
}

func (r *Rows) stored() map[string]connection.SecretKey {
	if r.Database.Stored == nil {
		return nil
	}
	parameters := map[string]connection.SecretKey{"password": *r.Database.Stored.Password}
	if r.Database.Stored.User != nil {
		parameters["userName"] = *r.Database.Stored.User
	}
	return parameters
}
