package spec

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/components/contract"
)

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
			problems.add("app.secretEnv."+name, nil, "is in app.env too; keep one of them")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.App.SecretKeyRefs)) {
		_, plain := e.App.Env[name]
		_, secret := e.App.SecretEnv[name]
		if _, bound := e.App.Bindings[name]; plain || secret || bound {
			problems.add("app.secretKeyRefs."+name, nil, "is in app.env, app.secretEnv or app.bindings too; keep one of them")
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
		problems.add("app.bindings."+name, nil, "is in app.env or app.secretEnv too; keep one of them")
	}
	for _, path := range contract.Paths() {
		if path == bound {
			return
		}
	}
	problems.add("app.bindings."+name, bound, "must be one of %s", strings.Join(contract.Paths(), ", "))
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
				problems.add(at+"."+name, nil, "names the variable %s, which does not exist; $$(%s) stays as text", named, named)
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

// has reports whether the environment has a value of the contract.
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

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// checkVariable reports names that are not allowed, and names that are taken.
func (e *Environment) checkVariable(problems *Problems, path, name string) {
	if !variableName.MatchString(name) {
		problems.add(path, nil, "is not a variable name: letters, digits and underscores, not a digit first")
	}
	if slices.Contains(contract.PodVariables(), name) {
		problems.add(path, nil, "is set by every pod itself")
	}
	if taken := contract.PathOf(name, e.profiles()); taken != "" && e.has(taken) {
		problems.add(path, nil, "is set by the environment contract (%s)", taken)
	}
}

func (e *Environment) profiles() []string {
	names := make([]string, 0, len(e.App.Profiles))
	for _, profile := range e.App.Profiles {
		names = append(names, string(profile))
	}
	return names
}
