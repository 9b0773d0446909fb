package spec

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/components/contract"
)

var hostname = regexp.MustCompile(`^(\*|\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)$`)

// check finds contradictions between values that are each allowed.
func (e *Environment) check() Problems {
	var problems Problems
	e.checkCloud(&problems)
	e.checkHost(&problems)
	e.checkAWSServices(&problems)
	e.checkNamespace(&problems)
	e.checkImage(&problems)
	e.checkAddress(&problems)
	e.checkVariables(&problems)
	e.checkCelery(&problems)
	e.checkDatabase(&problems)
	e.checkImport(&problems)
	e.checkRedis(&problems)
	e.checkStatic(&problems)
	e.checkProtection(&problems)
	e.checkResources(&problems)
	e.checkPods(&problems)
	e.checkProbes(&problems)
	e.checkRelease(&problems)
	e.checkProcesses(&problems)
	e.checkCron(&problems)
	e.checkShutdown(&problems)
	e.checkShell(&problems)
	e.checkFiles(&problems)
	e.checkReferences(&problems)
	e.checkVisibility(&problems)
	e.checkPooler(&problems)
	e.checkConnections(&problems)
	e.checkStaticServer(&problems)
	e.checkCDN(&problems)
	e.checkScaling(&problems)
	return problems.sorted()
}

func (e *Environment) checkNamespace(problems *Problems) {
	name := e.Namespace.Name
	system := name == "default" || strings.HasPrefix(name, "kube-")
	if e.Namespace.Source == SourceCreate && system {
		problems.add("namespace.name", name, "belongs to the cluster; name another, or set namespace.source to existing")
	}
}

// checkImage wants a tag or a digest, because an image without either changes
// under the same configuration.
func (e *Environment) checkImage(problems *Problems) {
	for path, image := range map[string]string{"app.image": e.App.Image, "database.image": e.Database.Image, "cache.image": e.Cache.Image, "broker.image": e.Broker.Image} {
		tag := imageTag(image)
		if tag == "" {
			problems.add(path, image, "must end in a tag or a digest, for instance %s:1.0", image)
		}
		if tag == "latest" && e.Tier == Production {
			problems.add(path, image, "must name one release in production, not latest")
		}
	}
}

func imageTag(image string) string {
	if at := strings.LastIndex(image, "@"); at >= 0 {
		return image[at+1:]
	}
	colon := strings.LastIndex(image, ":")
	if colon <= strings.LastIndex(image, "/") {
		return ""
	}
	return image[colon+1:]
}

func (e *Environment) checkAddress(problems *Problems) {
	reachable := e.App.URL != "" || len(e.App.Hosts) > 0 || e.Web.Ingress != nil
	if e.Tier == Production && !reachable {
		problems.add("app.url", nil, "is required in production: without it, app.hosts or web.ingress, Django answers every request with 400")
	}
	for i, host := range e.App.Hosts {
		if !hostname.MatchString(host) {
			problems.add(indexed("app.hosts", i), host, "must be a host name without scheme, port or path")
		}
		if host == "*" && e.Tier == Production {
			problems.add(indexed("app.hosts", i), host, "must name the hosts in production")
		}
	}
	ingress := e.Web.Ingress
	if ingress != nil && ingress.TLSSecretName == "" && strings.HasPrefix(e.App.URL, "https://") {
		problems.add("web.ingress.tlsSecretName", nil, "is required, because app.url is %q", e.App.URL)
	}
}

func (e *Environment) checkVariables(problems *Problems) {
	for _, set := range []struct {
		path  string
		names []string
	}{{"app.env", keys(e.App.Env)}, {"app.secretEnv", keys(e.App.SecretEnv)}, {"app.bindings", keys(e.App.Bindings)}, {"app.secretKeyRefs", slices.Sorted(maps.Keys(e.App.SecretKeyRefs))}} {
		for _, name := range set.names {
			e.checkVariable(problems, set.path+"."+name, name)
		}
	}
	for _, name := range keys(e.App.SecretEnv) {
		if _, both := e.App.Env[name]; both {
			problems.add("app.secretEnv."+name, nil, "stands in app.env too; keep one of them")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.App.SecretKeyRefs)) {
		_, plain := e.App.Env[name]
		_, secret := e.App.SecretEnv[name]
		if _, bound := e.App.Bindings[name]; plain || secret || bound {
			problems.add("app.secretKeyRefs."+name, nil, "stands in app.env, app.secretEnv or app.bindings too; keep one of them")
		}
	}
	for _, name := range keys(e.App.Bindings) {
		e.checkBinding(problems, name, e.App.Bindings[name])
	}
}

func (e *Environment) checkBinding(problems *Problems, name, bound string) {
	_, plain := e.App.Env[name]
	_, secret := e.App.SecretEnv[name]
	if plain || secret {
		problems.add("app.bindings."+name, nil, "stands in app.env or app.secretEnv too; keep one of them")
	}
	for _, path := range contract.Paths() {
		if path == bound {
			return
		}
	}
	problems.add("app.bindings."+name, bound, "must be one of %s", strings.Join(contract.Paths(), ", "))
}

func (e *Environment) checkCelery(problems *Problems) {
	celery := len(e.Workers) > 0 || e.Beat.Enabled
	ownCommands := !e.Beat.Enabled || len(e.Beat.Command) > 0
	for _, worker := range e.Workers {
		ownCommands = ownCommands && len(worker.Command) > 0
	}
	if celery && !ownCommands && e.App.CeleryApp == "" {
		problems.add("app.celeryApp", nil, "is required, because workers or beat are configured")
	}
	if celery && e.Broker.Kind == None {
		problems.add("broker.kind", string(None), "workers and beat need a broker: in-cluster or external")
	}
	seen := map[string]int{}
	for i, worker := range e.Workers {
		if first, twice := seen[worker.Name]; twice {
			problems.add(indexed("workers", i)+".name", worker.Name, "is the name of workers[%d] already", first)
			continue
		}
		seen[worker.Name] = i
	}
}

func (e *Environment) checkShell(problems *Problems) {
	if e.Shell.Enabled && e.Shell.Reason == "" && e.Tier == Production {
		problems.add("shell.reason", nil, "is required in production: why the shell is opened")
	}
}

func (e *Environment) checkDatabase(problems *Problems) {
	database := e.Database
	if database.Kind == "" {
		problems.add("database.kind", nil, "is required in production: in-cluster, external, or managed on a cloud")
	}
	if database.Kind == External && database.External == nil {
		problems.add("database.external", nil, "is required, because database.kind is external")
	}
	if database.Kind != External && database.External != nil {
		problems.add("database.external", nil, "contradicts database.kind %s", database.Kind)
	}
	if database.External != nil && database.External.SSLMode == "disable" && e.Tier == Production {
		problems.add("database.external.sslMode", "disable", "production needs TLS: require, verify-ca or verify-full")
	}
	for path, name := range map[string]string{"database.name": database.Name, "database.user": database.User} {
		if strings.HasPrefix(name, "pg_") {
			problems.add(path, name, "names that begin with pg_ belong to PostgreSQL")
		}
	}
	if strings.HasPrefix(database.Name, "template") || database.Name == "postgres" {
		problems.add("database.name", database.Name, "belongs to PostgreSQL; name another")
	}
}

func (e *Environment) checkRedis(problems *Problems) {
	if e.Broker.Engine == RabbitMQ && (e.Broker.Kind != Managed || e.Cloud != AWSCloud) {
		problems.add("broker.engine", string(RabbitMQ), "needs broker.kind managed with cloud aws; elsewhere: redis")
	}
	for _, server := range []struct {
		path     string
		kind     Kind
		external *ExternalRedis
	}{{"cache", e.Cache.Kind, e.Cache.External}, {"broker", e.Broker.Kind, e.Broker.External}} {
		if server.kind == External && server.external == nil {
			problems.add(server.path+".external", nil, "is required, because %s.kind is external", server.path)
		}
		if server.kind != External && server.external != nil {
			problems.add(server.path+".external", nil, "contradicts %s.kind %s", server.path, server.kind)
		}
		if server.external != nil && server.external.TLS == "off" && e.Tier == Production {
			problems.add(server.path+".external.tls", "off", "production needs TLS: required")
		}
	}
}

func (e *Environment) checkStatic(problems *Problems) {
	root := e.Static.Root
	for _, used := range []string{"/tmp", "/dev", "/proc", "/sys", "/etc", "/var/run"} {
		if root == used || strings.HasPrefix(root, used+"/") {
			problems.add("static.root", root, "may not lie in %s", used)
		}
	}
	one := e.Static.AccessMode == "ReadWriteOnce"
	if e.Static.Store == StaticInVolume && one && e.Tier == Production && e.Web.MostPods() > 1 {
		problems.add("static.accessMode", "ReadWriteOnce", "with several web pods production needs ReadWriteMany, or static.store pod or image")
	}
}

func (e *Environment) checkProtection(problems *Problems) {
	for i, holder := range e.AllowDataLoss {
		path := indexed("allowDataLoss", i)
		if e.Protection == Disposable {
			problems.add(path, string(holder), "changes nothing, because protection is disposable")
			continue
		}
		if !e.holds(holder) {
			problems.add(path, string(holder), "this environment holds no such data: see %s", holder)
		}
	}
}

func (e *Environment) holds(holder DataHolder) bool {
	switch holder {
	case DatabaseData:
		return e.Database.Kind == InCluster || e.Database.Kind == Managed
	case BrokerData:
		return e.Broker.Kind == InCluster || e.Broker.Kind == Managed
	case SearchData:
		return e.Search.Kind == Managed
	case MediaData:
		return e.Media.Store == "bucket"
	default:
		return false
	}
}

func (e *Environment) profiles() []string {
	names := make([]string, 0, len(e.App.Profiles))
	for _, profile := range e.App.Profiles {
		names = append(names, string(profile))
	}
	return names
}
