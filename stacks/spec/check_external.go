package spec

import (
	"regexp"
	"slices"
	"strings"
)

// checkExternal reports a cache or a broker without its server, or with one too many, and
// credentials that contradict each other.
func (e *Environment) checkExternal(problems *Problems) {
	login := func(section string, kind Kind, external *ExternalLogin) {
		if kind == External && external == nil {
			problems.add(section+".external", nil, "is required, because %s.kind is external", section)
		}
		if kind != External && external != nil {
			problems.add(section+".external", nil, "contradicts %s.kind %s", section, kind)
		}
		if external != nil && external.TLS == "off" && e.Tier == Production {
			problems.add(section+".external.tls", "off", "production needs TLS: required")
		}
	}
	login("cache", e.Cache.Kind, e.Cache.External.login())
	login("broker", e.Broker.Kind, e.Broker.External.login())
	for _, server := range e.ExternalServers() {
		server.check(problems)
	}
	e.checkExternalRabbitMQ(problems)
	e.checkOneRedis(problems)
}

func (r *ExternalRedis) login() *ExternalLogin {
	if r == nil {
		return nil
	}
	return &r.ExternalLogin
}

func (b *ExternalBroker) login() *ExternalLogin {
	if b == nil {
		return nil
	}
	return &b.ExternalLogin
}

// check reports credentials that are missing, or in two places.
func (s *ExternalServer) check(problems *Problems) {
	if s.auth == NoAuth {
		s.checkNoAuth(problems)
		return
	}
	switch {
	case s.Password == "" && s.PasswordSecretKeyRef == nil && s.service == "database":
		problems.add(s.path+".password", nil, "is required; or %s.passwordSecretKeyRef, if a Secret of the namespace has it", s.path)
	case s.Password == "" && s.PasswordSecretKeyRef == nil:
		problems.add(s.path+".password", nil, "is required; or %s.passwordSecretKeyRef, if a Secret of the namespace has it, or %s.auth: \"off\", if the server asks for none", s.path, s.path)
	case s.Password != "" && s.PasswordSecretKeyRef != nil:
		problems.add(s.path+".passwordSecretKeyRef", nil, "contradicts %s.password; keep one of them", s.path)
	}
	for field, ref := range map[string]*SecretKeyRef{"urlPasswordSecretKeyRef": s.URLPasswordSecretKeyRef, "userSecretKeyRef": s.UserSecretKeyRef} {
		if ref != nil && s.PasswordSecretKeyRef == nil {
			problems.add(s.path+"."+field, nil, "needs %s.passwordSecretKeyRef: variables that Kubernetes composes show a password of the configuration", s.path)
		}
	}
	if s.UserSecretKeyRef != nil && s.user != "" {
		problems.add(s.path+".userSecretKeyRef", nil, "contradicts %s; keep one of them", s.userPath)
	}
}

func (s *ExternalServer) checkNoAuth(problems *Problems) {
	stated := map[string]bool{
		s.userPath: s.user != "", s.path + ".password": s.Password != "",
		s.path + ".passwordSecretKeyRef": s.PasswordSecretKeyRef != nil, s.path + ".urlPasswordSecretKeyRef": s.URLPasswordSecretKeyRef != nil,
		s.path + ".userSecretKeyRef": s.UserSecretKeyRef != nil,
	}
	for path, is := range stated {
		if is {
			problems.add(path, nil, "contradicts %s.auth off; leave one of them out", s.path)
		}
	}
}

func (e *Environment) checkExternalRabbitMQ(problems *Problems) {
	broker := e.Broker.External
	if broker == nil || e.Broker.Engine != RabbitMQ {
		return
	}
	if broker.Auth == NoAuth {
		problems.add("broker.external.auth", string(NoAuth), "is for Redis: RabbitMQ needs a user and a password")
		return
	}
	if broker.User == "" && broker.UserSecretKeyRef == nil {
		problems.add("broker.external.user", nil, "is required with broker.engine rabbitmq; or broker.external.userSecretKeyRef, if a Secret of the namespace has it")
	}
}

// checkOneRedis reports a broker in the database of the cache: clearing the cache removes its
// messages (https://docs.djangoproject.com/en/stable/topics/cache/#clearing-the-cache).
func (e *Environment) checkOneRedis(problems *Problems) {
	cache, broker := e.Cache.External, e.Broker.External
	if cache == nil || broker == nil || e.Broker.Engine == RabbitMQ {
		return
	}
	if !strings.EqualFold(cache.Host, broker.Host) || cache.Port != broker.Port {
		return
	}
	if cache.Number == broker.Number {
		problems.add("broker.external.number", broker.Number, "is the database of the cache on the same server, and clearing the cache would remove its messages: give it another")
		return
	}
	if cache.Number == *broker.ResultNumber {
		problems.add("broker.external.resultNumber", *broker.ResultNumber, "is the database of the cache on the same server, and clearing the cache would remove the results: give it another")
	}
}

// Names that need no quotes, and those of servers that somebody else runs. PgBouncer reads no
// other name of a database (https://www.pgbouncer.org/config.html#section-databases).
var (
	createdName      = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)
	externalDatabase = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)
	externalUser     = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.@-]*$`)
)

// checkDatabaseNames reports names that the program does not create, or that belong to
// PostgreSQL.
func (e *Environment) checkDatabaseNames(problems *Problems) {
	if e.Database.Kind == None {
		return
	}
	if e.Database.Kind == External {
		e.checkExternalNames(problems)
		return
	}
	checkDatabaseName(problems, "database.name", e.Database.Name)
	checkCreatedName(problems, "database.user", e.Database.User)
	if slices.Contains([]string{"public", "none"}, e.Database.User) {
		problems.add("database.user", e.Database.User, "is a word of SQL that no role may have as its name; choose another")
	}
	if slices.Contains([]string{DatabaseAdministrator, formerAdministrator}, e.Database.User) {
		problems.add("database.user", e.Database.User, "is the administrator of the server, which creates the app's user; name another")
	}
	if e.Database.User == monitorRole {
		problems.add("database.user", e.Database.User, "is the user of the exporter of monitoring.exporters; name another")
	}
}

// checkDatabaseName reports the name of a database that the program does not create.
func checkDatabaseName(problems *Problems, path, name string) {
	checkCreatedName(problems, path, name)
	if slices.Contains([]string{"template0", "template1", "postgres"}, name) {
		problems.add(path, name, "belongs to PostgreSQL; name another")
	}
}

func checkCreatedName(problems *Problems, path, name string) {
	if name == "" {
		return // it follows from app.name, which has a mistake
	}
	if !createdName.MatchString(name) {
		problems.add(path, name, "may have lower-case letters, digits and underscores, and begins with no digit; a name that exists on another server needs database.kind external")
	}
	if strings.HasPrefix(name, "pg_") {
		problems.add(path, name, "names that begin with pg_ belong to PostgreSQL")
	}
}

func (e *Environment) checkExternalNames(problems *Problems) {
	name, user := e.Database.Name, e.Database.User
	named := e.Database.External == nil || e.Database.External.UserSecretKeyRef == nil
	if !externalDatabase.MatchString(name) {
		problems.add("database.name", name, "may have letters, digits, underscores, dots and hyphens, and begins with a letter, a digit or an underscore")
	}
	if named && !externalUser.MatchString(user) {
		problems.add("database.user", user, "may have letters, digits, underscores, dots, hyphens and @, and begins with a letter, a digit or an underscore")
	}
	if name == "template0" || name == "template1" {
		problems.add("database.name", name, "is a template of PostgreSQL: choose another")
	}
	e.checkPoolerDatabase(problems, "database.name", name)
	if named && strings.HasPrefix(user, "pg_") {
		problems.add("database.user", user, "names that begin with pg_ belong to PostgreSQL: choose another")
	}
}
