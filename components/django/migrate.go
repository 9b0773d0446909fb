package django

import (
	_ "embed"
	"fmt"
	"maps"
	"strconv"
	"strings"
)

// Migrate is how the databases are migrated.
type Migrate struct {
	// Command of the app's own, instead of manage.py migrate.
	Command []string
	// Databases are the aliases in DATABASES that are migrated in this order; empty for the
	// default database.
	Databases []string
	// SkipChecks skips Django's system checks.
	SkipChecks bool
	// AdvisoryLock is the key of an advisory lock that is held in each database
	// (https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS); nil for
	// none.
	AdvisoryLock *int64
}

// migrateScript runs migrate without the lock timeout for statements that wait by design,
// and names invalid indexes.
//
//go:embed migrate.py
var migrateScript string

// migrate bypasses the connection pooler, because its locks belong to one session.
func (a *ReleaseArgs) migrate(pods Pods) process {
	p := process{component: "migrate", command: a.Migrate.Command, pods: a.withPGOptions(pods), direct: true}
	if len(p.command) > 0 {
		return p
	}
	p.command = a.manage("shell", "-c", migrateScript)
	p.env = map[string]string{}
	if len(a.Migrate.Databases) > 0 {
		p.env["DJANGOSTACK_MIGRATE_DATABASES"] = strings.Join(a.Migrate.Databases, "\n")
	}
	if a.Migrate.SkipChecks {
		p.env["DJANGOSTACK_MIGRATE_SKIP_CHECKS"] = "1"
	}
	if a.Migrate.AdvisoryLock != nil {
		p.env["DJANGOSTACK_MIGRATE_LOCK"] = strconv.FormatInt(*a.Migrate.AdvisoryLock, 10)
	}
	return p
}

// withPGOptions adds libpq's options and the lock timeout to the variables of migrate.
func (a *ReleaseArgs) withPGOptions(pods Pods) Pods {
	options := a.PGOptions
	if stated, has := pods.Env["PGOPTIONS"]; has {
		options = stated
	}
	if a.LockTimeout > 0 {
		options = strings.TrimSpace(fmt.Sprintf("%s -c lock_timeout=%ds", options, a.LockTimeout))
	}
	if options == "" {
		return pods
	}
	pods.Env = maps.Clone(pods.Env)
	if pods.Env == nil {
		pods.Env = map[string]string{}
	}
	pods.Env["PGOPTIONS"] = options
	return pods
}
