package labels

import (
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/names"
)

// ComponentLabel distinguishes the components of one app: web, postgres, migrate.
const ComponentLabel = "app.kubernetes.io/component"

// The components of the backups, and a part of the names of their CronJobs.
const (
	Backup       = "backup"
	Restore      = "restore"
	RestoreDrill = "restore-drill"
)

// Components that have a volume.
const (
	Postgres    = "postgres"
	RabbitMQ    = "rabbitmq"
	RedisBroker = "redis-broker"
	OpenSearch  = "opensearch"
	Static      = "static"
	Beat        = "beat"
)

// PostgresOf is the component of a generation of the PostgreSQL server. An upgrade makes the next one. The first has the
// name that it had before there were more.
func PostgresOf(generation int) string {
	if generation <= 1 {
		return Postgres
	}
	return Postgres + "-" + strconv.Itoa(generation)
}

// Volume is the component of a volume that the environment creates for the app.
func Volume(name string) string { return "volume-" + name }

// NameLabel holds the name of the app.
const NameLabel = "app.kubernetes.io/name"

// InstanceLabel distinguishes the environments of one app that share a namespace. The names
// of an environment's objects begin with its value, as with the releases of a Helm chart.
const InstanceLabel = "app.kubernetes.io/instance"

// Labels are the labels of every object of an environment.
type Labels map[string]string

// For returns the labels of one component of the environment.
func (l Labels) For(component string) pulumi.StringMap {
	labels := pulumi.StringMap{ComponentLabel: pulumi.String(component)}
	for key, value := range l {
		labels[key] = pulumi.String(value)
	}
	return labels
}

// Selector selects the pods of one component. It holds only labels that never change,
// because a selector is immutable.
func (l Labels) Selector(component string) pulumi.StringMap {
	selector := l.App()
	selector[ComponentLabel] = pulumi.String(component)
	return selector
}

// App selects all pods of the app in this environment, and no pod of another environment
// in the same namespace.
func (l Labels) App() pulumi.StringMap {
	return pulumi.StringMap{
		NameLabel:     pulumi.String(l[NameLabel]),
		InstanceLabel: pulumi.String(l[InstanceLabel]),
	}
}

// ObjectName returns the name of an object of one component. No other environment has an
// object of that name in the same namespace. Parts follow each other, for instance a
// component and a hash.
func (l Labels) ObjectName(parts ...string) string {
	return names.Fit(names.MaxDNSLabel, append([]string{l[InstanceLabel]}, parts...)...)
}

// NamePrefix begins the names of all objects of the environment, and so of its pods.
func (l Labels) NamePrefix() string { return names.Prefix(names.MaxCronJob, l[InstanceLabel]) }

// CronJobName is ObjectName for a CronJob, whose name is shorter.
func (l Labels) CronJobName(parts ...string) string {
	return names.Fit(names.MaxCronJob, append([]string{l[InstanceLabel]}, parts...)...)
}

// ClaimName returns the name of the PersistentVolumeClaim of a component with its data.
func (l Labels) ClaimName(component string, held data.Held) string {
	if len(held.Immutable) == 0 {
		return l.ObjectName(component)
	}
	return l.ObjectName(component, held.Hash())
}

// Complete reports whether the labels name the app and the environment.
func (l Labels) Complete() bool { return l[NameLabel] != "" && l[InstanceLabel] != "" }
