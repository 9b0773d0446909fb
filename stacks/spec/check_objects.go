package spec

import (
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// Limits of the Kubernetes API and of Linux.
const (
	// mostData is the size of a ConfigMap and of a Secret
	// (https://kubernetes.io/docs/concepts/configuration/configmap/).
	mostData = 1 << 20
	// mostAnnotations is the size of the annotations of one object
	// (https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/).
	mostAnnotations = 256 << 10
	// mostVariable is the size of one variable or argument of a process, with its name
	// (MAX_ARG_STRLEN, https://man7.org/linux/man-pages/man2/execve.2.html).
	mostVariable = 128 << 10
	// ownData is kept free for what the environment adds to an object.
	ownData = 64 << 10
	// ownAnnotations is kept free for what the environment adds to the annotations.
	ownAnnotations = 8 << 10
)

// checkObjects reports what the Kubernetes API, or Linux, would refuse.
func (e *Environment) checkObjects(problems *Problems) {
	checkSizes(problems, "app.env", e.App.Env)
	checkSizes(problems, "app.secretEnv", e.App.SecretEnv)
	for _, process := range e.podsByPath() {
		checkSizes(problems, process.path+".env", process.pods.Env)
		checkAnnotations(problems, process.path+".annotations", process.pods.Annotations)
		e.checkPodObjects(problems, process)
	}
	checkAnnotations(problems, "web.service.annotations", e.Web.Service.Annotations)
	for i, name := range e.App.ImagePullSecrets {
		checkName(problems, indexed("app.imagePullSecrets", i), name)
	}
	for _, name := range sortedNames(e.App.SecretKeyRefs) {
		checkName(problems, "app.secretKeyRefs."+name+".name", e.App.SecretKeyRefs[name].Name)
		for _, wrong := range validation.IsConfigMapKey(e.App.SecretKeyRefs[name].Key) {
			problems.add("app.secretKeyRefs."+name+".key", e.App.SecretKeyRefs[name].Key, "is no key of a Secret: %s", wrong)
		}
	}
	e.checkExternalRefs(problems)
	e.checkUnsetPassword(problems)
	for path, name := range map[string]string{
		"database.volume.storageClassName": e.Database.Volume.StorageClassName,
		"broker.volume.storageClassName":   e.Broker.Volume.StorageClassName,
		"search.volume.storageClassName":   e.Search.Volume.StorageClassName,
		"static.volume.storageClassName":   e.Static.Volume.StorageClassName,
	} {
		checkName(problems, path, name)
	}
	e.checkIngress(problems)
	if prometheus := e.Monitoring.Prometheus; prometheus != nil {
		checkLabels(problems, "monitoring.prometheus.labels", prometheus.Labels)
	}
	if alerts := e.Monitoring.Alerts; alerts != nil {
		checkLabels(problems, "monitoring.alerts.labels", alerts.Labels)
	}
	e.checkCommands(problems)
}

// checkPodObjects reports names in the pods of a process that no object has, and variables and
// arguments that no container starts with.
func (e *Environment) checkPodObjects(problems *Problems, process processPods) {
	check := func(path string, refs map[string]SecretKeyRef, from []EnvFrom) {
		for _, name := range sortedNames(refs) {
			checkName(problems, path+".secretKeyRefs."+name+".name", refs[name].Name)
		}
		for i, source := range from {
			checkName(problems, indexed(path+".envFrom", i)+".secret", source.Secret)
			checkName(problems, indexed(path+".envFrom", i)+".configMap", source.ConfigMap)
		}
	}
	check(process.path, process.pods.SecretKeyRefs, process.pods.EnvFrom)
	checkName(problems, process.path+".serviceAccountName", process.pods.ServiceAccountName)
	containers := process.containers()
	for _, path := range sortedNames(containers) {
		for i, container := range containers[path] {
			at := indexed(path, i)
			check(at, container.SecretKeyRefs, container.EnvFrom)
			checkSizes(problems, at+".env", container.Env)
			checkWords(problems, at+".command", container.Command)
			checkWords(problems, at+".args", container.Args)
		}
	}
}

func (e *Environment) checkIngress(problems *Problems) {
	ingress := e.Web.Ingress
	if ingress == nil {
		return
	}
	checkAnnotations(problems, "web.ingress.annotations", ingress.Annotations)
	checkName(problems, "web.ingress.ingressClassName", ingress.IngressClassName)
	checkName(problems, "web.ingress.tlsSecretName", ingress.TLSSecretName)
	checkName(problems, "web.ingress.host", ingress.Host)
	e.checkDefaultCertificate(problems)
	e.checkIssuer(problems)
	e.checkIssuerKind(problems)
}

// checkName reports a text that is not the name of an object; an empty one is none.
func checkName(problems *Problems, path, name string) {
	if name == "" {
		return
	}
	if wrong := validation.IsDNS1123Subdomain(name); len(wrong) > 0 {
		problems.add(path, name, "is no name that Kubernetes allows: lower case letters, digits, dots and hyphens, a letter or digit at the ends and beside each dot, at most %d characters", validation.DNS1123SubdomainMaxLength)
	}
}

// checkSizes reports variables that their ConfigMap or Secret cannot hold, or with which no
// process starts.
func checkSizes(problems *Problems, path string, variables map[string]string) {
	size := 0
	for _, name := range keys(variables) {
		value := variables[name]
		size += len(name) + len(value)
		if len(name)+1+len(value) >= mostVariable {
			problems.add(path+"."+name, nil, "has %d bytes; a process of Linux starts with variables of less than %d", len(value), mostVariable)
		}
		if strings.ContainsRune(value, 0) {
			problems.add(path+"."+name, nil, "has a NUL character, which no variable can have")
		}
	}
	if size > mostData-ownData {
		problems.add(path, nil, "may have %d bytes together with its names, has %d", mostData-ownData, size)
	}
}

func checkAnnotations(problems *Problems, path string, annotations map[string]string) {
	size := 0
	for _, name := range keys(annotations) {
		size += len(name) + len(annotations[name])
		if wrong := validation.IsQualifiedName(strings.ToLower(name)); len(wrong) > 0 {
			problems.add(path+"."+name, nil, "is not an annotation's key, for instance example.com/team")
		}
	}
	if size > mostAnnotations-ownAnnotations {
		problems.add(path, nil, "may have %d bytes together with its keys, has %d", mostAnnotations-ownAnnotations, size)
	}
}

func checkLabels(problems *Problems, path string, labels map[string]string) {
	for _, name := range keys(labels) {
		if wrong := validation.IsQualifiedName(name); len(wrong) > 0 {
			problems.add(path+"."+name, nil, "is not a label's key, for instance kubernetes.io/arch")
		}
		if wrong := validation.IsValidLabelValue(labels[name]); len(wrong) > 0 {
			problems.add(path+"."+name, labels[name], "is not a label's value: letters, digits, dots, hyphens and underscores, at most %d", validation.LabelValueMaxLength)
		}
	}
}

// checkCommands reports words that no process can be started with.
func (e *Environment) checkCommands(problems *Problems) {
	commands := map[string][]string{
		"app.manageCommand": e.App.ManageCommand,
		"web.command":       e.Web.Command, "web.args": e.Web.Args,
		"beat.command": e.Beat.Command, "beat.args": e.Beat.Args,
	}
	for i, worker := range e.Workers {
		commands[indexed("workers", i)+".command"], commands[indexed("workers", i)+".args"] = worker.Command, worker.Args
	}
	for i, process := range e.Processes {
		commands[indexed("processes", i)+".command"], commands[indexed("processes", i)+".args"] = process.Command, process.Args
	}
	for i, job := range e.Cron {
		commands[indexed("cron", i)+".command"], commands[indexed("cron", i)+".args"] = job.Command, job.Args
	}
	for _, step := range e.ReleaseSteps() {
		commands[step.Path+".command"] = step.Command
	}
	commands["release.migrate.command"], commands["static.command"] = e.Release.Migrate.Command, e.Static.Command
	if e.Release.Superuser != nil {
		commands["release.superuser.command"] = e.Release.Superuser.Command
		checkSizes(problems, "release.superuser.fields", e.Release.Superuser.Fields)
	}
	for _, path := range slices.Sorted(maps.Keys(commands)) {
		checkWords(problems, path, commands[path])
	}
}

func checkWords(problems *Problems, path string, words []string) {
	for i, word := range words {
		if len(word) >= mostVariable || strings.ContainsRune(word, 0) {
			problems.add(indexed(path, i), nil, "has %d bytes; an argument has less than %d, and no NUL character", len(word), mostVariable)
		}
	}
}

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
