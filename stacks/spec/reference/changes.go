package reference

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// changeFiles are written by the tests that measure the changes, with -update:
// tests/processes and tests/clouds.
//
//go:embed changes/*.json
var changeFiles embed.FS

// Change is what one change of a running environment does. A test measured it.
type Change struct {
	// Table is the environment that was changed: processes, aws or gcp.
	Table string `json:"-"`
	// Group names the rows of a table that belong together.
	Group string `json:"group,omitempty"`
	// Set are the values that change, as --set writes them. The first names the row; the
	// others are needed with it.
	Set []string `json:"set"`
	// Restarts are the processes whose pods are replaced.
	Restarts []string `json:"restarts,omitempty"`
	// RunsAgain are the release's commands, and the shell, that start again.
	RunsAgain []string `json:"runsAgain,omitempty"`
	// Creates, Updates, Replaces and Deletes are resources by type and name. A cloud's table
	// counts the objects of Kubernetes.
	Creates  []string `json:"creates,omitempty"`
	Updates  []string `json:"updates,omitempty"`
	Replaces []string `json:"replaces,omitempty"`
	Deletes  []string `json:"deletes,omitempty"`
	// HoldsData are protected resources that the change would delete or replace, for which
	// a production refuses it.
	HoldsData []string `json:"holdsData,omitempty"`
	// Refused is why the change is refused for another reason.
	Refused string `json:"refused,omitempty"`
}

// Path is the field that the change is about, for instance workers[].queues. Setting an
// object to one field is about that field.
func (c Change) Path() string {
	_, value, _ := strings.Cut(c.Set[0], "=")
	if only, found := onlyKey(value); found {
		return c.object() + "." + only
	}
	return c.object()
}

// object is the path that the change sets.
func (c Change) object() string {
	path, _, _ := strings.Cut(c.Set[0], "=")
	return index.ReplaceAllString(strings.TrimSpace(path), "[]")
}

// onlyKey is the key of an object that has one: {kind: managed} sets kind.
func onlyKey(value string) (string, bool) {
	inner, isObject := strings.CutPrefix(strings.TrimSpace(value), "{")
	if !isObject || strings.Contains(inner, ",") {
		return "", false
	}
	key, rest, found := strings.Cut(inner, ":")
	return key, found && !strings.HasPrefix(strings.TrimSpace(rest), "{")
}

// together are the paths that the change sets besides its first.
func (c Change) together() []string {
	var paths []string
	for _, set := range c.Set[1:] {
		path, _, _ := strings.Cut(set, "=")
		paths = append(paths, path)
	}
	return paths
}

// unmeasured says what changes of a field do that no test measures alone; empty for others.
func unmeasured(path string) string {
	words := map[string]string{
		"prepared":                                  "nothing",
		"app.procfile":                              "what changes of the commands in it do",
		"app.secretEnv":                             "what changes of app.env do, on a Secret",
		"cluster.context":                           "what a change of cluster.identifier does, unless that is set",
		"cluster.kubeconfig":                        "nothing",
		"cluster.charts.keda.version":               "updates the chart alone",
		"cluster.charts.certManager.version":        "updates the chart alone",
		"cluster.charts.prometheusOperator.version": "updates the chart alone",
		"cluster.charts.externalSecrets.version":    "updates the chart alone",
		"cluster.identifier":                        "replaces every object of Kubernetes; refused in production",
		"release.ports":                             "refused, because the release's Jobs serve nothing",
		"broker.external.replicas":                  "refused, because a queue is read where it is written",
		"broker.external.consumerTimeoutSeconds":    "nothing",
		"database.import.from":                      "runs another import, which fails on a database that has tables",
		"database.import.size":                      "runs the import again, which finds the dump imported",
		"database.import.activeDeadlineSeconds":     "runs the import again, which finds the dump imported",
		"database.generation":                       "refused, but for the step keep or back of a move",
		"database.move.image":                       "in place: updates the StatefulSet of the other server; refused if its files are of another version",
		"database.move.other":                       "creates the other server, and an administrator's namespace for a managed one",
		"database.move.step":                        "prepare creates the new server; copy stops every process and copies the database; keep closes the old database and starts every process with the new server; discard lifts the protection of the old one; back starts every process with the old server again",
		"database.move.waitSeconds":                 "runs the Job of the step again, which finds the database moved",
		"database.move.activeDeadlineSeconds":       "runs the Job of the step again, which finds the database moved",
		"secrets[].type":                            "creates another Secret and rolls the pods that use it",
		"workers[].autoscaling.query":               "in place: updates ScaledObject",
		"namespace.quota.cpu":                       "in place: updates ResourceQuota",
		"namespace.quota.memory":                    "in place: updates ResourceQuota",
		"namespace.quota.cpuLimit":                  "in place: updates ResourceQuota",
		"namespace.quota.memoryLimit":               "in place: updates ResourceQuota",
		"namespace.quota.pods":                      "in place: updates ResourceQuota",
		"namespace.quota.persistentVolumeClaims":    "in place: updates ResourceQuota",
		"namespace.quota.storage":                   "in place: updates ResourceQuota",
		"namespace.limitRange.cpu":                  "in place: updates LimitRange; a container that states none gets it when its pod is replaced",
		"namespace.limitRange.memory":               "in place: updates LimitRange; a container that states none gets it when its pod is replaced",
		"namespace.limitRange.cpuLimit":             "in place: updates LimitRange; a container that states none gets it when its pod is replaced",
		"namespace.limitRange.memoryLimit":          "in place: updates LimitRange; a container that states none gets it when its pod is replaced",
		"aws.assumeRole.sessionName":                "nothing, but that the sessions are named so",
		"aws.assumeRole.externalId":                 "what a change of the role does",
		"aws.assumeRole.durationSeconds":            "nothing",
		"media.accessKeys":                          "creates or deletes the key, and rolls every process, which reads it",
		"monitoring.alarms.topicARN":                "in place: updates MetricAlarm",
		"monitoring.alarms.queueLength":             "in place: updates MetricAlarm",
		"monitoring.logs.exporter":                  "replaces ConfigMap; the collector's pods roll, and send what the nodes have again",
		"monitoring.logs.endpoint":                  "what a change of the exporter does",
		"monitoring.logs.headers":                   "what a change of the exporter does, on a Secret",
		"monitoring.logs.image":                     "in place: updates DaemonSet",
		"monitoring.exporters.postgres.image":       "in place: updates the Deployment of the exporter",
		"monitoring.exporters.redis.image":          "in place: updates the Deployments of the exporters",
		"monitoring.alerts.labels":                  "in place: updates PrometheusRule",
		"web.ingress.defaultCertificate":            "in place: updates Ingress",
		"web.gateway.name":                          "in place: updates HTTPRoute",
		"web.gateway.namespace":                     "in place: updates HTTPRoute",
		"web.gateway.sectionName":                   "in place: updates HTTPRoute",
		"web.gateway.annotations":                   "in place: updates HTTPRoute",
		"web.gateway.httpSectionName":               "creates or updates HTTPRoute",
		"static.cdn":                                "creates or deletes the CDN, and rolls every process, which reads its address",
	}
	switch {
	case words[path] != "":
		return words[path]
	case strings.HasSuffix(path, ".allowPrivilegeEscalation"):
		return "what a change of capabilities does"
	case path == "web.preStopCommand":
		return "refused, because web has a port"
	case strings.HasSuffix(path, ".preStopCommand"):
		return "what a change of postStartCommand does"
	case strings.HasPrefix(path, "monitoring.exporters.") && strings.Contains(path, ".resources"):
		return "in place: updates the Deployment of the exporter"
	case strings.HasPrefix(path, "monitoring.logs.resources"):
		return "in place: updates DaemonSet"
	case strings.HasPrefix(path, "web.ingress.acme."):
		return "in place: updates Issuer"
	case strings.HasPrefix(path, "web.ingress.issuer."):
		return "in place: updates Ingress"
	case strings.HasSuffix(path, ".autoscaling.by"), strings.HasSuffix(path, ".autoscaling.queueLength"), strings.HasSuffix(path, ".autoscaling.query"):
		return "refused, because only workers have queues"
	case path == "workers[].autoscaling.targetCPUUtilizationPercentage":
		return "what a change of web.autoscaling.targetCPUUtilizationPercentage does"
	case path == "workers[].autoscaling.targetMemoryUtilizationPercentage":
		return "what a change of web.autoscaling.targetMemoryUtilizationPercentage does"
	case strings.HasSuffix(path, ".nodePool"):
		return "rolls the pods, onto nodes of the pool"
	case strings.HasSuffix(path, ".source"):
		return "away from create, deletes what this stack created; production refuses that where it holds data"
	case strings.HasSuffix(path, ".stack"):
		return "reads the outputs of another stack"
	default:
		return ""
	}
}

// Tables are the names of the tables of changes, in the order of the documentation.
func Tables() []string { return []string{"processes", "aws", "gcp"} }

// Changes returns every measured change.
func Changes() ([]Change, error) {
	var all []Change
	for _, table := range Tables() {
		raw, err := changeFiles.ReadFile("changes/" + table + ".json")
		if err != nil {
			return nil, fmt.Errorf("reading the measured changes: %w", err)
		}
		var changes []Change
		if err := json.Unmarshal(raw, &changes); err != nil {
			return nil, fmt.Errorf("reading the measured changes of %s: %w", table, err)
		}
		for i := range changes {
			changes[i].Table = table
		}
		all = append(all, changes...)
	}
	return all, nil
}

// EncodeChanges writes changes in the form of the embedded files.
func EncodeChanges(changes []Change) (string, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(changes); err != nil {
		return "", fmt.Errorf("encoding the measured changes: %w", err)
	}
	return text.String(), nil
}

// Effect is what one change does, in words.
type Effect struct {
	// Where the change was measured; empty for the processes, which are the same on every cluster.
	Where string
	// Set is the change.
	Set string
	// Does says what the change does.
	Does string
	// InPlace says that the change only starts pods again or updates resources.
	InPlace bool
}

// effect puts a change into words, unless an effect among those before it says the same.
func (c Change) effect(before []Effect) (effect Effect, does bool) {
	words := c.does(len(before) > 0 && before[0].Where == "")
	return Effect{Where: where(c.Table), Set: strings.Join(c.Set, ", "), Does: words, InPlace: c.inPlace()}, words != ""
}

func where(table string) string {
	switch table {
	case "aws":
		return "AWS"
	case "gcp":
		return "Google Cloud"
	default:
		return ""
	}
}

// does puts a change into words. What a table of the processes has said already is left out.
func (c Change) does(processesKnown bool) string {
	if len(c.HoldsData) > 0 {
		return "refused in production, because it would delete or replace " + kinds(c.HoldsData)
	}
	if c.Refused != "" {
		return "may be refused, by what exists or by other settings"
	}
	var parts []string
	if len(c.Restarts) > 0 {
		parts = append(parts, "rolls "+c.rolled())
	}
	if len(c.RunsAgain) > 0 {
		parts = append(parts, "runs "+c.again()+" again")
	}
	resources := c.resources(processesKnown)
	if len(resources) == 0 && len(parts) == 0 {
		if processesKnown {
			return ""
		}
		return "nothing"
	}
	return strings.Join(append(parts, resources...), "; ")
}

func (c Change) inPlace() bool {
	return len(c.Creates)+len(c.Replaces)+len(c.Deletes)+len(c.HoldsData) == 0 && c.Refused == ""
}

// everyProcess are the processes of the environment that the table of the processes changes.
func everyProcess() []string {
	return []string{"beat", "cron-clean", "process-bot", "web", "worker-mail"}
}

func (c Change) rolled() string {
	if slices.Equal(c.Restarts, everyProcess()) {
		return "every process"
	}
	section, _, _ := strings.Cut(c.Path(), ".")
	section = strings.TrimSuffix(section, "[]")
	own := map[string]string{"web": "web", "beat": "beat", "workers": "worker-mail", "processes": "process-bot", "cron": "cron-clean"}[section]
	var names []string
	for _, name := range c.Restarts {
		if name == own {
			names = append(names, "its pods")
			continue
		}
		names = append(names, general(name))
	}
	return and(names)
}

// general names a process of the measured environment by its kind.
func general(name string) string {
	switch name {
	case "worker-mail":
		return "the workers"
	case "process-bot":
		return "the further processes"
	case "cron-clean":
		return "the cron jobs"
	default:
		return name
	}
}

func (c Change) again() string {
	if slices.Contains(c.RunsAgain, "migrate") && slices.Contains(c.RunsAgain, "check") {
		if slices.Contains(c.RunsAgain, "shell") {
			return "the release's commands and the shell"
		}
		return "the release's commands"
	}
	var names []string
	for _, name := range c.RunsAgain {
		names = append(names, strings.TrimPrefix(strings.TrimPrefix(name, "before-"), "after-"))
	}
	return and(names)
}

func (c Change) resources(onlyCloud bool) []string {
	var parts []string
	for _, group := range []struct {
		verb      string
		resources []string
	}{{"creates", c.Creates}, {"updates", c.Updates}, {"replaces", c.Replaces}, {"deletes", c.Deletes}} {
		named := group.resources
		if onlyCloud {
			named = slices.DeleteFunc(slices.Clone(named), counted)
		}
		if len(named) > 0 {
			parts = append(parts, group.verb+" "+kinds(named))
		}
	}
	if len(parts) == 1 && len(c.Updates) > 0 && len(c.Restarts)+len(c.RunsAgain) == 0 {
		return []string{"in place: " + parts[0]}
	}
	return parts
}

// counted tells whether an entry is a number of objects, not a name.
func counted(resource string) bool {
	return resource != "" && resource[0] >= '0' && resource[0] <= '9'
}

// kinds are the types of resources, each once, without their names.
func kinds(resources []string) string {
	var kinds []string
	for _, resource := range resources {
		kind, _, _ := strings.Cut(resource, " ")
		if counted(resource) {
			kind = objects(resource)
		}
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return and(kinds)
}

func objects(resource string) string {
	number, what, _ := strings.Cut(resource, " ")
	switch {
	case what == "more":
		return number + " more"
	case number == "1":
		return "1 object of Kubernetes"
	default:
		return number + " objects of Kubernetes"
	}
}

func and(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
