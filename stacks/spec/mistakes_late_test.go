package spec_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// lateMistakes are configurations that only the API server, a database or the calendar would refuse.
func lateMistakes() []wrong {
	withIngress := map[string]any{"web.ingress": object("ingressClassName", "nginx", "host", "blog.example.com", "tlsSecretName", "t"), "app.url": "https://blog.example.com"}
	routed := func(route map[string]any) map[string]any {
		all := map[string]any{"routes": list(route), "processes": list(object("name", "api", "command", list("api"), "port", 9000))}
		for path, value := range withIngress {
			all[path] = value
		}
		return all
	}
	manifest := func(text string) []any { return list(object("name", "more", "manifest", text)) }
	long := strings.Repeat("a", 64)
	return []wrong{
		{"path above the root", minimal, "", routed(object("path", "/../admin", "process", "api")), `routes[0].path: "/../admin": may have no part . or ..`},
		{"path that ends in a dot", minimal, "", routed(object("path", "/admin/.", "process", "api")), `routes[0].path: "/admin/.": may have no part . or ..`},
		{"label of a route above the limit", minimal, "", routed(object("host", long+".example.com", "process", "api")), `is no host name: labels of letters, digits and inner hyphens, 63 at most each`},
		{"label of the app above the limit", minimal, "app.url", "https://" + long + ".example.com", `app.url: "https://` + long + `.example.com": has a host that is neither an address nor a name`},
		{"address of two aliases", minimal, "web.hostAliases", list(object("ip", "10.0.0.3", "hostnames", list("a")), object("ip", "10.0.0.3", "hostnames", list("b"))), `web.hostAliases[1].ip: "10.0.0.3": is the address of web.hostAliases[0] already`},
		{"parameters that RabbitMQ does not read", minimal, "broker", object("kind", "in-cluster", "engine", "rabbitmq", "parameters", object("timeout", "300")), `broker.parameters: would be ignored, because the broker is RabbitMQ`},
		{"role of everybody", minimal, "database.user", "public", `database.user: "public": is a word of SQL that no role may have`},
		{"no role", minimal, "database.user", "none", `database.user: "none": is a word of SQL that no role may have`},
		{"search engine of an old version", minimal, "search", object("kind", "in-cluster", "image", "docker.io/opensearchproject/opensearch:1.3.20"), `search.image: "docker.io/opensearchproject/opensearch:1.3.20": is of version 1, which has other settings`},
		{"backup that is never taken", minimal, "database", object("kind", "in-cluster", "backups", object("store", "volume", "schedule", "0 0 31 4 *")), `database.backups.schedule: "0 0 31 4 *": never comes`},
		{"port with two hyphens", minimal, "web.ports", list(object("name", "a--b", "containerPort", 9113)), `web.ports[0].name: "a--b": may not have two hyphens in a row`},
		{"cluster that no cloud creates", onAWS, "cluster.version", "1.24", `cluster.version: "1.24": must be 1.31 or later`},
		{"entry of a Secret that has none", minimal, "secrets", list(object("name", "conf", "templates", object("A", "$(secret:conf.B)"))), `refers to the entry B of the Secret conf, which has no entries and generates none`},
		{"field that a kind does not have", minimal, "objects", manifest("{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: x}, spec: {podSelektor: {}}}"), `objects[0].manifest: has a field podSelektor, which a NetworkPolicy does not have`},
		{"value of another type", minimal, "objects", manifest("{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: x}, spec: {maxReplicas: many}}"), `objects[0].manifest: has a string at spec.maxReplicas, which is a whole number there`},
		{"version that was removed", minimal, "objects", manifest("{apiVersion: policy/v1beta1, kind: PodDisruptionBudget, metadata: {name: x}}"), `objects[0].manifest: has the apiVersion policy/v1beta1, which no supported Kubernetes has for a PodDisruptionBudget; write policy/v1`},
		{"label that is none", minimal, "objects", manifest("{apiVersion: v1, kind: ServiceAccount, metadata: {name: x, labels: {team: b c}}}"), `objects[0].manifest: has a label team whose value is none`},
		{"name of an annotation that is none", minimal, "objects", manifest("{apiVersion: v1, kind: ServiceAccount, metadata: {name: x, annotations: {a b: c}}}"), `objects[0].manifest: has a name in metadata.annotations that is none`},
	}
}

func TestWhatWorksIsNotRefused(t *testing.T) {
	for name, values := range map[string]map[string]any{
		"name that begins as a template's": {"app.name": "templates"},
		"command for a start by hand":      {"cron": list(object("name", "a", "schedule", "0 0 30 2 *", "command", list("a")))},
		"leap day":                         {"cron": list(object("name", "a", "schedule", "0 0 29 2 *", "command", list("a")))},
		"route of a hidden folder":         {"web.ingress": object("ingressClassName", "nginx", "host", "blog.example.com", "tlsSecretName", "t"), "app.url": "https://blog.example.com", "processes": list(object("name", "api", "command", list("api"), "port", 9000)), "routes": list(object("path", "/.well-known/x", "process", "api"))},
		"object of a kind of Kubernetes":   {"objects": list(object("name", "more", "manifest", "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: x, annotations: {Example.com/Team: 'a b'}}, spec: {podSelector: {}, egress: [{ports: [{port: http, protocol: TCP}]}]}}"))},
	} {
		t.Run(name, func(t *testing.T) {
			text := minimal
			for path, value := range values {
				text = changed(t, text, path, value)
			}
			_, err := parse(t, text)
			require.NoError(t, err)
		})
	}
}
