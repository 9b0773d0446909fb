package spec

import (
	"maps"
	stdpath "path"
	"regexp"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/components/contract"
)

var filePath = regexp.MustCompile(`^/[A-Za-z0-9._/-]+$`)

// checkFiles finds files that cannot be put where they are wanted.
func (e *Environment) checkFiles(problems *Problems) {
	size := 0
	for _, file := range keys(e.App.Files) {
		size += len(e.App.Files[file])
		at := "app.files." + file
		if !filePath.MatchString(file) || stdpath.Clean(file) != file {
			problems.add(at, nil, "is not the path of a file from the root, for instance /etc/newrelic.ini")
		}
		for _, used := range []string{"/dev", "/proc", "/sys", "/tmp", "/etc/djangostack", e.Static.Root} {
			if strings.HasPrefix(file+"/", used+"/") {
				problems.add(at, nil, "may not lie in %s", used)
			}
		}
	}
	// A ConfigMap holds 1 MiB (https://kubernetes.io/docs/concepts/configuration/configmap/).
	const most = 1 << 20
	if size > most {
		problems.add("app.files", nil, "may have %d bytes together, have %d", most, size)
	}
}

// checkReferences finds values that name variables which are not there, or each other in
// a circle.
func (e *Environment) checkReferences(problems *Problems) {
	known := e.variables()
	e.refer(problems, "app.env", e.App.Env, known)
	for _, process := range e.podsByPath() {
		all := maps.Clone(e.App.Env)
		if all == nil {
			all = map[string]string{}
		}
		maps.Copy(all, process.pods.Env)
		own := slices.Concat(known, keys(process.pods.Env))
		if len(process.pods.Env) > 0 {
			e.refer(problems, process.path+".env", process.pods.Env, own)
			circle(problems, process.path+".env", all)
		}
	}
	circle(problems, "app.env", e.App.Env)
}

func (e *Environment) refer(problems *Problems, at string, variables map[string]string, known []string) {
	for _, name := range keys(variables) {
		for _, named := range contract.References(variables[name]) {
			if !slices.Contains(known, named) {
				problems.add(at+"."+name, nil, "names the variable %s, which is not there; $$(%s) is that text itself", named, named)
			}
		}
	}
}

func circle(problems *Problems, at string, variables map[string]string) {
	if _, err := contract.Ordered(variables); err != nil {
		problems.add(at, nil, "%v", err)
	}
}

// variables lists the names that every process has.
func (e *Environment) variables() []string {
	names := slices.Concat(contract.PodVariables(), keys(e.App.Env), keys(e.App.SecretEnv), keys(e.App.Bindings), slices.Collect(maps.Keys(e.App.SecretKeyRefs)))
	for _, value := range contract.Values() {
		if value.Process == "" && e.has(value.Path) {
			names = append(names, value.NamesFor(e.profiles())...)
		}
	}
	return names
}

// has tells whether the environment has a value of the contract.
func (e *Environment) has(value contract.Path) bool {
	part, _, _ := strings.Cut(string(value), ".")
	switch {
	case value == contract.DatabasePooling || value == contract.DatabaseDirectURL:
		return e.Database.Pooler.Kind != NoPooler
	case value == contract.VisibilityTimeout:
		return e.Broker.Kind != None && e.Broker.Engine != RabbitMQ
	case value == contract.StaticBucket:
		return e.Static.Store == StaticInBucket
	case part == "cache":
		return e.Cache.Kind != None
	case part == "broker":
		return e.Broker.Kind != None
	case part == "search":
		return e.Search.Kind == Managed
	case part == "media":
		return e.Media.Store == "bucket"
	case part == "bucket":
		return e.Media.Store == "bucket" || e.Static.Store == StaticInBucket
	default:
		return true
	}
}
