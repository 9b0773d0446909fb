package spec

import (
	"regexp"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/components/contract"
)

// downwardFields are the fields of a pod that a variable can have
// (https://kubernetes.io/docs/concepts/workloads/pods/downward-api/).
func downwardFields() []string {
	return []string{
		"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
		"status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
	}
}

// podEntry is one label or annotation of a pod as a field.
var podEntry = regexp.MustCompile(`^metadata\.(labels|annotations)\['[^']+'\]$`)

// checkFieldRefs reports variables of fields that pods do not have, and those that have another
// value already.
func checkFieldRefs(problems *Problems, path string, refs map[string]string, env map[string]string, secrets map[string]SecretKeyRef) {
	for _, name := range keys(refs) {
		at, field := path+".fieldRefs."+name, refs[name]
		if !isIdentity(name, field) {
			checkPodVariable(problems, at, name)
		}
		if !slices.Contains(downwardFields(), field) && !podEntry.MatchString(field) {
			problems.add(at, field, "is no field of a pod that a variable can have%s; allowed: %s, metadata.labels['KEY'], metadata.annotations['KEY']", didYouMean(field, downwardFields()), strings.Join(downwardFields(), ", "))
		}
		if _, both := env[name]; both {
			problems.add(at, nil, "is in %s.env too; keep one of them", path)
		}
		if _, both := secrets[name]; both {
			problems.add(at, nil, "is in %s.secretKeyRefs too; keep one of them", path)
		}
	}
}

// isIdentity reports whether a variable has the value that the pods of the app give it.
func isIdentity(name, field string) bool {
	return map[string]string{"POD_NAME": "metadata.name", "POD_IP": "status.podIP"}[name] == field
}

// checkContainerReferences reports references of a container's variables to variables that the
// container does not have.
func (e *Environment) checkContainerReferences(problems *Problems, at string, c Container) {
	// The names of the entries of an existing object are not known here.
	if len(c.EnvFrom) > 0 {
		return
	}
	known := slices.Concat(keys(c.Env), sortedNames(c.FieldRefs), sortedNames(c.SecretKeyRefs))
	if c.AppEnvironment {
		e.refer(problems, at+".env", c.Env, append(known, e.variables()...))
		return
	}
	for _, name := range keys(c.Env) {
		for _, named := range contract.References(c.Env[name]) {
			if !slices.Contains(known, named) {
				problems.add(at+".env."+name, nil, "names the variable %s, which the container does not have: set it in its env, fieldRefs or secretKeyRefs, or give the container the app's with %s.appEnvironment; $$(%s) stays as text", named, at, named)
			}
		}
	}
}

// checkHooks reports commands that Kubernetes would not run, or in place of which it would run
// one of the program.
func (p processPods) checkHooks(problems *Problems) {
	if p.port > 0 && len(p.pods.PreStopCommand) > 0 {
		problems.add(p.path+".preStopCommand", nil, "is for a process without a port: Kubernetes runs one hook before SIGTERM, and here it waits until proxies have removed the pod; leave it out, and let the process do the same after SIGTERM")
	}
	for i, container := range p.pods.InitContainers {
		at := indexed(p.path+".initContainers", i)
		if len(container.PostStartCommand) > 0 {
			problems.add(at+".postStartCommand", nil, "would be ignored: an init container runs to its end; a sidecar has hooks")
		}
		if len(container.PreStopCommand) > 0 {
			problems.add(at+".preStopCommand", nil, "would be ignored: an init container runs to its end; a sidecar has hooks")
		}
	}
}
