package spec

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	awslimits "github.com/djangostack/djangostack/components/aws/limits"
	gcplimits "github.com/djangostack/djangostack/components/gcp/limits"
)

// connections is the number of database connections of one part of the environment.
type connections struct {
	count int
	// how says how the count is computed.
	how string
}

// connectionsOf lists the highest number of connections of every part. During a rolling
// update old pods still finish their work next to the new ones, so such a process counts
// twice.
func (e *Environment) connectionsOf() []connections {
	all := []connections{deployed("web", e.Web.Strategy, e.Web.MostPods(), e.webConnections())}
	for _, worker := range e.Workers {
		all = append(all, deployed("worker "+worker.Name, worker.Strategy, worker.MostPods(), worker.connections()))
	}
	for _, process := range e.Processes {
		all = append(all, deployed("process "+process.Name, process.Strategy, process.MostPods(), process.DatabaseConnections))
	}
	if e.Beat.Enabled {
		all = append(all, connections{1, "beat 1"})
	}
	if len(e.Cron) > 0 {
		all = append(all, connections{len(e.Cron), fmt.Sprintf("cron %d", len(e.Cron))})
	}
	return all
}

// deployed is the number of connections of a Deployment with the given update strategy.
func deployed(what string, strategy Strategy, pods, each int) connections {
	if strategy == Recreate {
		return connections{pods * each, fmt.Sprintf("%s %d pods × %d", what, pods, each)}
	}
	return rolled(what, pods, each)
}

// connections returns the highest number of connections of one pod of the worker: one for
// each concurrent task, unless the configuration says another.
func (w *Worker) connections() int {
	if w.DatabaseConnections > 0 {
		return w.DatabaseConnections
	}
	return w.Concurrency
}

func rolled(what string, pods, each int) connections {
	return connections{2 * pods * each, fmt.Sprintf("%s 2 × %d pods × %d", what, pods, each)}
}

func (e *Environment) webConnections() int {
	switch {
	case e.Web.DatabaseConnections > 0:
		return e.Web.DatabaseConnections
	case !e.Web.threaded():
		// Required in production; staging uses an estimate.
		return e.Web.Workers * uvicornGuess
	default:
		return e.Web.Workers * e.Web.Threads
	}
}

// uvicornGuess is the estimated number of concurrent requests of a worker in staging.
const uvicornGuess = 10

// directConnections lists the connections that bypass the pooler: one release command at a
// time, and in a shell one user with psql and one with manage.py.
func (e *Environment) directConnections() []connections {
	direct := []connections{{1, "release 1"}}
	for _, worker := range e.Workers {
		if worker.ScaledBy() == ByRows {
			direct = append(direct, connections{1, "KEDA for worker " + worker.Name + " 1"})
		}
	}
	if e.Shell.Enabled {
		direct = append(direct, connections{2, "shell 2"})
	}
	return direct
}

// connectionLimit returns the number of connections that the database allows the app, and
// how it is computed; 0 when it is unknown.
func (e *Environment) connectionLimit() (int, string) {
	// A managed server keeps more, for the cloud.
	const managed = 10
	switch {
	case e.Database.Kind == Managed:
		most, how := e.managedConnections()
		return most - managed, fmt.Sprintf("%s, less %d that are kept", how, managed)
	case e.Database.MaxConnections > 0:
		return e.Database.MaxConnections - reservedConnections, fmt.Sprintf("database.maxConnections %d, less %d that PostgreSQL keeps", e.Database.MaxConnections, reservedConnections)
	default:
		return 0, ""
	}
}

// managedConnections is max_connections of a managed server by its memory.
func (e *Environment) managedConnections() (int, string) {
	memory, err := resource.ParseQuantity(string(e.Database.Managed.Memory))
	if err != nil {
		return 0, ""
	}
	if e.Cloud == AWSCloud {
		most := awslimits.DatabaseConnections(memory.Value())
		return most, fmt.Sprintf("RDS allows %d with %s", most, e.Database.Managed.Memory)
	}
	most := gcplimits.DatabaseConnections(memory.Value())
	return most, fmt.Sprintf("Cloud SQL allows %d with %s", most, e.Database.Managed.Memory)
}

// serverConnections lists the connections that the server takes: those of the pool, or of the
// processes, and those that bypass the pool.
func (e *Environment) serverConnections() []connections {
	parts := e.connectionsOf()
	if pooler := e.Database.Pooler; pooler.Kind != NoPooler {
		parts = []connections{rolled("pool", pooler.Replicas, pooler.PoolSize)}
	}
	// Each of them to every database, but the exporter to one.
	return append(e.perDatabase(append(parts, e.directConnections()...)), e.monitorConnections()...)
}

// checkConnections reports more connections than the database allows.
func (e *Environment) checkConnections(problems *Problems) {
	e.checkStatedConnections(problems)
	e.checkServerMemory(problems)
	if pooler := e.Database.Pooler; pooler.Kind != NoPooler {
		clients := e.perDatabase(e.connectionsOf())
		taken := pooler.Replicas * pooler.MaxClients
		if needed := total(clients); needed > taken {
			problems.add("database.pooler.maxClients", pooler.MaxClients, "the app may open %d = %s, but the pool takes %d = %d pods × %d", needed, sum(clients), taken, pooler.Replicas, pooler.MaxClients)
		}
	}
	parts := e.serverConnections()
	limit, how := e.connectionLimit()
	if needed := total(parts); how != "" && needed > limit {
		problems.add(e.connectionsPath(), nil, "the app may open %d connections = %s, but the database has %d for it: %s", needed, sum(parts), limit, how)
	}
}

// checkStatedConnections requires, in production, the number of connections where it does
// not follow from the configuration: of Uvicorn, and of a command of the app's own.
func (e *Environment) checkStatedConnections(problems *Problems) {
	if e.Tier != Production || (e.Database.Kind == None && !e.RunsMemcached()) {
		return
	}
	if e.Web.DatabaseConnections == 0 {
		switch {
		case len(e.Web.Command) > 0 || e.Web.Server == ImageServer:
			problems.add("web.databaseConnections", nil, "is required in production with a command of the app's own: how many one pod opens at most")
		case !e.Web.threaded():
			problems.add("web.databaseConnections", nil, "is required in production with %s, which opens one for each request that is served at once", e.Web.serves())
		}
	}
	for i, worker := range e.Workers {
		if worker.Own() && worker.DatabaseConnections == 0 {
			problems.add(indexed("workers", i)+".databaseConnections", nil, "is required in production with a command of the app's own: how many one pod opens at most")
		}
	}
}

func (e *Environment) connectionsPath() string {
	if e.Database.Kind == Managed {
		return "database.managed.memory"
	}
	return "database.maxConnections"
}

func total(parts []connections) int {
	all := 0
	for _, part := range parts {
		all += part.count
	}
	return all
}

func sum(parts []connections) string {
	var texts []string
	for _, part := range parts {
		texts = append(texts, part.how)
	}
	return strings.Join(texts, " + ")
}
