package spec

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/djangostack/djangostack/components/contract"
)

// checkVariables reports variables that cannot be set, and variables that are set in
// several places.
func (e *Environment) checkVariables(problems *Problems) {
	places := map[string][]string{}
	for _, set := range e.variablePlaces() {
		for _, name := range set.names {
			checkVariable(problems, set.path+"."+name, name)
			if others := places[name]; len(others) > 0 {
				problems.add(set.path+"."+name, nil, "is in %s too; keep one of them", strings.Join(others, " and "))
			}
			places[name] = append(places[name], set.path)
		}
	}
	for _, name := range keys(e.App.Env) {
		e.checkPlain(problems, "app.env."+name, name, e.App.Env[name])
	}
	e.checkProcessAddresses(problems)
	for _, name := range keys(e.App.Bindings) {
		e.checkBinding(problems, name, e.App.Bindings[name])
	}
	for i, name := range e.App.Unset {
		e.checkUnset(problems, indexed("app.unset", i), name, places[name])
	}
}

// checkPlain reports a plain value for a variable that holds a secret by the contract.
func (e *Environment) checkPlain(problems *Problems, path, name, value string) {
	for _, known := range contract.Values() {
		if !known.Secret || !slices.Contains(known.NamesFor(e.profiles(), string(e.Cloud)), name) {
			continue
		}
		if value != "" && len(contract.References(value)) == 0 {
			problems.add(path, nil, "holds a secret (%s): put it in app.secretEnv or app.secretKeyRefs, or compose it of other variables, such as $(DATABASE_URL)", known.Path)
		}
	}
}

// variablePlaces are the fields that set variables of every process.
func (e *Environment) variablePlaces() []struct {
	path  string
	names []string
} {
	return []struct {
		path  string
		names []string
	}{
		{"app.env", keys(e.App.Env)},
		{"app.secretEnv", keys(e.App.SecretEnv)},
		{"app.bindings", keys(e.App.Bindings)},
		{"app.secretKeyRefs", slices.Sorted(maps.Keys(e.App.SecretKeyRefs))},
	}
}

func (e *Environment) checkBinding(problems *Problems, name, bound string) {
	at := "app.bindings." + name
	if strings.HasPrefix(bound, "process:") {
		problems.add(at, nil, "is the address of a process: write it into app.env, or into env of the process that needs it, as $(process:NAME.url)")
		return
	}
	if !slices.Contains(contract.Paths(), bound) {
		// What is no path may be a secret that belongs into app.secretEnv.
		var value any
		if contractPath.MatchString(bound) {
			value = bound
		}
		problems.add(at, value, "is not a value of the environment contract%s; docs/contract.md lists them", nearestPath(bound))
		return
	}
	if why := e.lacks(contract.Path(bound)); why != "" {
		problems.add(at, bound, "is a value that this environment does not have, because %s", why)
	}
}

var contractPath = regexp.MustCompile(`^[a-z]+\.[A-Za-z]+$`)

// nearestPath names the path that a wrong one probably means, or those of the same part.
func nearestPath(wrong string) string {
	best, distance := "", 1+len(wrong)/2
	part, _, _ := strings.Cut(wrong, ".")
	var same []string
	for _, path := range contract.Paths() {
		if d := levenshtein.ComputeDistance(strings.ToLower(wrong), strings.ToLower(path)); d < distance {
			best, distance = path, d
		}
		if strings.HasPrefix(path, part+".") {
			same = append(same, path)
		}
	}
	switch {
	case best != "":
		return fmt.Sprintf(" (did you mean %s?)", best)
	case len(same) > 0:
		return fmt.Sprintf(" (%s has %s)", part, strings.Join(same, ", "))
	default:
		return ""
	}
}

// checkUnset reports a name that is set elsewhere, or that the contract does not have.
func (e *Environment) checkUnset(problems *Problems, path, name string, places []string) {
	if len(places) > 0 {
		problems.add(path, name, "is set in %s; keep one of them", strings.Join(places, " and "))
		return
	}
	if contract.PathOf(name, e.profiles()) != "" {
		return
	}
	problems.add(path, name, "is not a variable that the environment contract sets%s", didYouMean(name, e.contractVariables()))
}

// didYouMean names the candidate that a wrong name probably means; empty if none is near.
func didYouMean(wrong string, candidates []string) string {
	closest := nearest(wrong, candidates)
	if closest == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %s?)", closest)
}

// contractVariables lists the variables that the contract sets in some environment.
func (e *Environment) contractVariables() []string {
	var names []string
	for _, value := range contract.Values() {
		names = append(names, value.NamesFor(e.profiles(), "")...)
	}
	return names
}

// UnsetVariables lists the variables of the contract that no process gets: those of
// app.unset, and Gunicorn's arguments where the web runs a command of the app's own.
// That command has its own arguments, which the variable would override.
func (e *Environment) UnsetVariables() []string {
	unset := slices.Clone(e.App.Unset)
	if len(e.Web.Command) == 0 {
		return unset
	}
	for _, value := range contract.Values() {
		if value.Path == contract.GunicornArgs {
			unset = append(unset, value.NamesFor(e.profiles(), string(e.Cloud))...)
		}
	}
	return unset
}

// checkReferences reports references to variables that do not exist, and circles.
func (e *Environment) checkReferences(problems *Problems) {
	known := e.variables()
	e.refer(problems, "app.env", e.App.Env, known)
	for _, process := range e.podsByPath() {
		all := maps.Clone(e.App.Env)
		if all == nil {
			all = map[string]string{}
		}
		maps.Copy(all, process.pods.Env)
		own := slices.Concat(known, keys(process.pods.Env), slices.Collect(maps.Keys(process.pods.SecretKeyRefs)), slices.Collect(maps.Keys(process.pods.FieldRefs)))
		if len(process.pods.Env) > 0 {
			circle(problems, process.path+".env", all)
		}
		// The names of the entries of an existing object are not known here.
		if len(process.pods.EnvFrom) == 0 {
			e.refer(problems, process.path+".env", process.pods.Env, own)
		}
	}
	circle(problems, "app.env", e.App.Env)
}

func (e *Environment) refer(problems *Problems, at string, variables map[string]string, known []string) {
	for _, name := range keys(variables) {
		for _, named := range contract.References(variables[name]) {
			if !slices.Contains(known, named) {
				problems.add(at+"."+name, nil, "names the variable %s, %s; $$(%s) stays as text", named, e.whyMissing(named, known), named)
			}
		}
	}
}

// whyMissing says why a variable does not exist, and what to do about it.
func (e *Environment) whyMissing(variable string, known []string) string {
	path := contract.PathOf(variable, e.profiles())
	if path == "" && podVariable.MatchString(variable) {
		return "which does not exist: fieldRefs of a process give a variable the value of a field of its pod"
	}
	if path == "" {
		return "which does not exist" + didYouMean(variable, known)
	}
	if why := e.lacks(path); why != "" {
		return "which this environment does not have, because " + why
	}
	return "which does not exist"
}

func circle(problems *Problems, at string, variables map[string]string) {
	if _, err := contract.Ordered(variables); err != nil {
		problems.add(at, nil, "%v; give one of them a value without a reference", err)
	}
}

// variables lists the names that every process has.
func (e *Environment) variables() []string {
	names := slices.Concat(contract.PodVariables(), keys(e.App.Env), keys(e.App.SecretEnv), keys(e.App.Bindings), slices.Collect(maps.Keys(e.App.SecretKeyRefs)), e.furtherVariables())
	for _, value := range contract.Values() {
		if value.Process == "" && e.has(value.Path) {
			names = append(names, value.NamesFor(e.profiles(), string(e.Cloud))...)
		}
	}
	return slices.DeleteFunc(names, func(name string) bool { return slices.Contains(e.App.Unset, name) })
}

// has reports whether the environment has a value of the contract.
func (e *Environment) has(value contract.Path) bool { return e.lacks(value) == "" }

// lacks says why the environment does not have a value of the contract; empty if it has it.
func (e *Environment) lacks(value contract.Path) string {
	part, _, _ := strings.Cut(string(value), ".")
	because := func(lacking bool, why string) string {
		if lacking {
			return why
		}
		return ""
	}
	media := e.Media.Store == "bucket"
	if why := e.lacksOfMemcached(value); why != "" && e.RunsMemcached() {
		return why
	}
	switch {
	case part == "database" && e.Database.Kind == None:
		return "database.kind is none"
	case value == contract.DatabaseReplicaURL:
		return because(e.Database.Kind != Managed || e.Database.Managed.Replicas == 0, "the database has no read replicas (database.managed.replicas)")
	case value == contract.DatabasePooling || value == contract.DatabaseDirectURL:
		return because(e.Database.Pooler.Kind == NoPooler, "database.pooler.kind is none")
	case value == contract.VisibilityTimeout && e.Broker.Engine == RabbitMQ:
		return "broker.engine is rabbitmq"
	case value == contract.BrokerQueueType:
		return because(!e.RunsRabbitMQ(), "the broker is not RabbitMQ in the cluster")
	case value == contract.StaticBucket:
		return because(e.Static.Store != StaticInBucket, "static.store is not bucket")
	case value == contract.ScriptName:
		return because(e.BasePath() == "", "app.url has no path")
	case value == contract.GunicornArgs:
		return because(e.Web.Server != Gunicorn, "web.server is not gunicorn")
	case value == contract.MediaURL:
		return "uploads have no public address: the app signs the address of each"
	case value == contract.CachePlainURL && e.Cache.Kind != None:
		return because(e.cacheAuthority() && !e.TrustsByOpenSSL(), "a private authority signs the server's certificate, and only the options of cache.url name its file: use cache.url or cache.location, or bind SSL_CERT_DIR: openssl.certDir")
	case value == contract.OpenSSLCertDir:
		return because(!e.hasPrivateAuthority(), "no private authority signs a server's certificate")
	case value == contract.DatabaseURLPassword:
		return because(e.lacksURLPassword(), "no entry of a Secret holds the percent-encoded password (database.external.urlPasswordSecretKeyRef)")
	case value == contract.CacheUser || value == contract.CachePassword || value == contract.CacheURLPassword:
		return cmp.Or(because(e.Cache.Kind == None, "cache.kind is none"), because(e.Cache.External.login().asksNothing(), "cache.external.auth is off"))
	case value == contract.BrokerUser || value == contract.BrokerPassword || value == contract.BrokerURLPassword:
		return cmp.Or(because(e.Broker.Kind == None, "broker.kind is none"), because(e.Broker.External.login().asksNothing(), "broker.external.auth is off"))
	case value == contract.CacheCAFile && e.Cache.Kind != None:
		return because(!e.cacheAuthority(), "no private authority signs the server's certificate")
	case value == contract.BrokerCAFile && e.Broker.Kind != None:
		return because(!e.privateAuthority(e.Broker.Kind, e.Broker.TLS), "no private authority signs the server's certificate")
	case value == contract.DatabaseCAFile:
		return because(!e.databaseAuthority(), "no private authority signs the server's certificate")
	case value == contract.BrokerVirtualHost && e.Broker.Kind != None:
		return because(e.Broker.Engine != RabbitMQ, "broker.engine is redis, whose databases have numbers")
	case value == contract.BrokerNumber && e.Broker.Engine == RabbitMQ:
		return "broker.engine is rabbitmq, which has virtual hosts"
	case part == "cache":
		return because(e.Cache.Kind == None, "cache.kind is none")
	case part == "broker":
		return because(e.Broker.Kind == None, "broker.kind is none")
	case value == contract.SearchCAFile && e.Search.Kind != None:
		return because(!e.privateAuthority(e.Search.Kind, e.Search.TLS), "no private authority signs the server's certificate")
	case part == "search":
		return because(e.Search.Kind == None, "search.kind is none")
	case slices.Contains([]contract.Path{contract.MediaEndpoint, contract.MediaAccessKeyID, contract.MediaSecretAccessKey, contract.MediaChecksums}, value):
		return because(!e.HasAccessKeys(), "media.accessKeys is not on, with media.store bucket and cloud gcp")
	case part == "media":
		return because(!media, "media.store is not bucket")
	case part == "bucket":
		return because(!media && e.Static.Store != StaticInBucket, "neither media.store nor static.store is bucket")
	default:
		return ""
	}
}

// TrustsByOpenSSL reports whether a variable of the app names the folders of OpenSSL.
func (e *Environment) TrustsByOpenSSL() bool {
	return slices.Contains(slices.Collect(maps.Values(e.App.Bindings)), string(contract.OpenSSLCertDir))
}

// hasPrivateAuthority reports whether the pods have the certificate of a private authority.
func (e *Environment) hasPrivateAuthority() bool {
	return e.cacheAuthority() || e.privateAuthority(e.Broker.Kind, e.Broker.TLS) || e.privateAuthority(e.Search.Kind, e.Search.TLS) || e.databaseAuthority()
}

// privateAuthority reports whether a private authority signs the certificate of a Redis, RabbitMQ
// or OpenSearch of a kind: the environment's own in the cluster unless tls is off, and Memorystore's on Google Cloud.
func (e *Environment) privateAuthority(kind Kind, tls string) bool {
	switch kind {
	case InCluster:
		return tls == "required"
	case Managed:
		return e.Cloud == GCPCloud
	default:
		return false
	}
}

// cacheAuthority reports whether a private authority signs the certificate of the cache.
func (e *Environment) cacheAuthority() bool {
	return e.privateAuthority(e.Cache.Kind, e.Cache.TLS)
}

// databaseAuthority reports whether a private authority signs the certificate of what the app
// connects to as its database: the pooler, or the server.
func (e *Environment) databaseAuthority() bool {
	return e.Namespace.TLS == "required" && (e.Database.Kind == InCluster || e.Database.Pooler.Kind != NoPooler)
}

// podVariable is what people call variables that describe the pod and its node.
var podVariable = regexp.MustCompile(`^(MY_)?(POD|NODE|HOST)_(NAME|NAMESPACE|UID|IP|IPS)$`)

// dottedName is the name of a variable of one process: programs of Java, such as Elasticsearch,
// read names with dots.
var (
	variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	dottedName   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)
)

// checkVariable reports names that are not allowed.
func checkVariable(problems *Problems, path, name string) {
	if !variableName.MatchString(name) {
		problems.add(path, nil, "is not a variable name: letters, digits and underscores, not a digit first")
	}
	checkIdentity(problems, path, name)
}

// checkPodVariable reports names that a variable of one process may not have.
func checkPodVariable(problems *Problems, path, name string) {
	if !dottedName.MatchString(name) {
		problems.add(path, nil, "is not a variable name: letters, digits, underscores and dots, neither a digit nor a dot first")
	}
	checkIdentity(problems, path, name)
}

func checkIdentity(problems *Problems, path, name string) {
	if slices.Contains(contract.IdentityVariables(), name) {
		problems.add(path, nil, "describes the pod itself and cannot be overridden; choose another name")
	}
}

// checkOverride reports a variable of one process that has a value from elsewhere in the same
// list of its container, which the API server refuses. Those of app.env and app.secretEnv are
// in another list, and are overridden.
func (e *Environment) checkOverride(problems *Problems, path, name string) {
	_, isBound := e.App.Bindings[name]
	_, isReference := e.App.SecretKeyRefs[name]
	if isBound || isReference {
		problems.add(path, nil, "is in app.bindings or app.secretKeyRefs too, which every process has; keep one of them")
	}
}

func (e *Environment) profiles() []string {
	names := make([]string, 0, len(e.App.Profiles))
	for _, profile := range e.App.Profiles {
		names = append(names, string(profile))
	}
	return names
}
