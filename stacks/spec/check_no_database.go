package spec

import "strings"

// checkNoDatabase reports what needs the PostgreSQL that the environment does not have.
func (e *Environment) checkNoDatabase(problems *Problems) {
	if e.Database.Kind != None {
		return
	}
	if e.Database.Pooler.Kind != NoPooler {
		problems.add("database.pooler.kind", string(e.Database.Pooler.Kind), "needs a database, and database.kind is none")
	}
	if e.Database.Import != nil {
		problems.add("database.import", nil, "needs a database, and database.kind is none")
	}
	if e.Release.Migrate.AdvisoryLock != nil {
		problems.add("release.migrate.advisoryLock", nil, "would be ignored, because it is a lock of PostgreSQL, and database.kind is none")
	}
	for i, worker := range e.Workers {
		if worker.ScaledBy() == ByRows {
			problems.add(indexed("workers", i)+".autoscaling.by", string(worker.Autoscaling.By), "needs a database, whose tasks it counts, and database.kind is none")
		}
	}
}

// checkNoConnections reports numbers of connections to a database that the environment does
// not have.
func (e *Environment) checkNoConnections(problems *Problems, value any) {
	// The servers of Memcached count on the same numbers.
	if e.Database.Kind != None || e.RunsMemcached() {
		return
	}
	fields := []string{"web.databaseConnections"}
	for i := range e.Workers {
		fields = append(fields, indexed("workers", i)+".databaseConnections")
	}
	for i := range e.Processes {
		fields = append(fields, indexed("processes", i)+".databaseConnections")
	}
	for _, field := range fields {
		if lookup(value, strings.Split(steps(field), ".")) != nil {
			problems.add(field, nil, "would be ignored, because database.kind is none")
		}
	}
}
