package existing_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/mocks"
)

// entryNamed returns the entry of a list of the API that has a name.
func entryNamed(t *testing.T, entries any, name string) map[string]any {
	t.Helper()
	list, _ := entries.([]any)
	for _, entry := range list {
		if fields, _ := entry.(map[string]any); fields["name"] == name {
			return fields
		}
	}
	require.Failf(t, "no entry", "nothing is named %s in %v", name, entries)
	return nil
}

const baseline = `"namespace": {"podSecurity": "baseline"}, ` + smallApp

func TestAProcessHasTheRightsThatItAsksFor(t *testing.T) {
	ran := chosen(t, mocks.Known, baseline+`, "processes": [
		{"name": "proxy", "image": "docker.io/library/caddy:2", "capabilities": ["NET_BIND_SERVICE"]},
		{"name": "all", "args": ["all"], "allowPrivilegeEscalation": true, "sidecars": [
			{"name": "plain", "allowPrivilegeEscalation": false}, {"name": "owner", "runAsUser": 0, "capabilities": ["CHOWN"]}]}]`)
	securityOf := func(process string, list string, container string) map[string]any {
		spec := ran.Find(t, "Deployment", process).At(t, "spec.template.spec").(map[string]any)
		return entryNamed(t, spec[list], container)["securityContext"].(map[string]any)
	}
	drop := []any{"ALL"}

	proxy := securityOf("blog-process-proxy", "containers", "process-proxy")
	assert.Equal(t, map[string]any{"add": []any{"NET_BIND_SERVICE"}, "drop": drop}, proxy["capabilities"])
	assert.Equal(t, false, proxy["allowPrivilegeEscalation"])

	all := securityOf("blog-process-all", "containers", "process-all")
	assert.Equal(t, true, all["allowPrivilegeEscalation"])
	assert.NotContains(t, all, "capabilities", "sudo gets no capability that its container has dropped")
	plain := securityOf("blog-process-all", "initContainers", "plain")
	assert.Equal(t, false, plain["allowPrivilegeEscalation"])
	assert.Equal(t, map[string]any{"drop": drop}, plain["capabilities"])
	owner := securityOf("blog-process-all", "initContainers", "owner")
	assert.Equal(t, map[string]any{"add": []any{"CHOWN"}}, owner["capabilities"], "root keeps those of the container runtime")
}

func TestAVariableHasTheValueOfAFieldOfThePod(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "workers": [{"name": "default", "kind": "other", "args": ["worker"],
		"fieldRefs": {"DD_AGENT_HOST": "status.hostIP", "TEAM": "metadata.labels['team']"}, "env": {"AGENT": "http://$(DD_AGENT_HOST):8126"}, "labels": {"team": "web"},
		"initContainers": [{"name": "init", "command": ["init"], "fieldRefs": {"MY_POD_NAME": "metadata.name", "POD_IP": "status.podIP"}, "env": {"NODE": "receptor-$(MY_POD_NAME)"}}]}]`)
	pod := ran.Find(t, "Deployment", "blog-worker-default").At(t, "spec.template.spec").(map[string]any)
	field := func(variables any, name string) any {
		return entryNamed(t, variables, name)["valueFrom"].(map[string]any)["fieldRef"].(map[string]any)["fieldPath"]
	}
	worker := entryNamed(t, pod["containers"], "worker-default")["env"]
	assert.Equal(t, "status.hostIP", field(worker, "DD_AGENT_HOST"))
	assert.Equal(t, "metadata.labels['team']", field(worker, "TEAM"))
	assert.Equal(t, "http://$(DD_AGENT_HOST):8126", entryNamed(t, worker, "AGENT")["value"])
	init := entryNamed(t, pod["initContainers"], "init")["env"]
	assert.Equal(t, "metadata.name", field(init, "MY_POD_NAME"))
	assert.Equal(t, "status.podIP", field(init, "POD_IP"))
	assert.Equal(t, "receptor-$(MY_POD_NAME)", entryNamed(t, init, "NODE")["value"])
}

func TestAContainerStartsInAFolderWithCommandsAroundItsLife(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "processes": [{"name": "queue", "image": "docker.io/library/rabbitmq:4", "appEnvironment": false,
		"hostname": "queue", "workingDir": "/var/lib/rabbitmq", "postStartCommand": ["register", "$(process:web.host)"], "preStopCommand": ["rabbitmq-upgrade", "drain"],
		"sidecars": [{"name": "exporter", "workingDir": "/srv", "preStopCommand": ["flush"]}]}],
		"web": {"postStartCommand": ["warm"]}`)
	pod := ran.Find(t, "Deployment", "blog-process-queue").At(t, "spec.template.spec").(map[string]any)
	command := func(container map[string]any, hook string) any {
		lifecycle, _ := container["lifecycle"].(map[string]any)
		handler, _ := lifecycle[hook].(map[string]any)
		exec, _ := handler["exec"].(map[string]any)
		return exec["command"]
	}
	queue := entryNamed(t, pod["containers"], "process-queue")
	assert.Equal(t, "queue", pod["hostname"])
	assert.Equal(t, "/var/lib/rabbitmq", queue["workingDir"])
	assert.Equal(t, []any{"register", "blog-web.blog-dev.svc"}, command(queue, "postStart"))
	assert.Equal(t, []any{"rabbitmq-upgrade", "drain"}, command(queue, "preStop"))
	exporter := entryNamed(t, pod["initContainers"], "exporter")
	assert.Equal(t, "/srv", exporter["workingDir"])
	assert.Equal(t, []any{"flush"}, command(exporter, "preStop"))

	web := ran.Find(t, "Deployment", "blog-web").At(t, first).(map[string]any)
	assert.Equal(t, []any{"warm"}, command(web, "postStart"))
	assert.Contains(t, web["lifecycle"].(map[string]any)["preStop"], "sleep", "the pod still serves until proxies have removed it")
	assert.NotContains(t, web, "workingDir")
}

func TestAPortIsOfUDP(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "processes": [{"name": "turn", "image": "docker.io/coturn/coturn:4.7", "appEnvironment": false, "port": 3478,
		"service": {"type": "LoadBalancer"}, "ports": [{"name": "udp", "containerPort": 3478, "protocol": "UDP", "servicePort": 3478}]}]`)
	ports := func(kind, path string) []any { return ran.Find(t, kind, "blog-process-turn").At(t, path).([]any) }
	assert.Equal(t, "UDP", entryNamed(t, ports("Deployment", first+".ports"), "udp")["protocol"])
	assert.Equal(t, "UDP", entryNamed(t, ports("Service", "spec.ports"), "udp")["protocol"])
	assert.NotContains(t, entryNamed(t, ports("Service", "spec.ports"), "http"), "protocol")
	assert.Equal(t, []any{
		map[string]any{"port": 3478.0, "protocol": "TCP"}, map[string]any{"port": 3478.0, "protocol": "UDP"},
	}, ports("NetworkPolicy", "spec.ingress[0].ports"))
}

func TestADriverOfTheClusterMakesAVolume(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "secrets": [{"name": "vault", "generate": {"key": {}}}], "web": {"volumes": [
		{"name": "keys", "source": "csi", "driver": "secrets-store.csi.k8s.io", "volumeAttributes": {"secretProviderClass": "blog"}, "from": "vault", "mountPath": "/keys", "readOnly": true}]}`)
	pod := ran.Find(t, "Deployment", "blog-web").At(t, "spec.template.spec").(map[string]any)
	csi := entryNamed(t, pod["volumes"], "keys")["csi"].(map[string]any)
	assert.Equal(t, "secrets-store.csi.k8s.io", csi["driver"])
	assert.Equal(t, map[string]any{"secretProviderClass": "blog"}, csi["volumeAttributes"])
	assert.Equal(t, true, csi["readOnly"])
	secret, _ := csi["nodePublishSecretRef"].(map[string]any)
	assert.Contains(t, secret["name"], "vault")
}

func TestAProcessThatSpeaksTLSIsProbed(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "processes": [{"name": "api", "port": 8443, "probes": {"readiness": {"handler": "httpGet", "path": "/alive", "scheme": "HTTPS"}}}]`)
	get := ran.Find(t, "Deployment", "blog-process-api").At(t, first+".readinessProbe.httpGet").(map[string]any)
	assert.Equal(t, "HTTPS", get["scheme"])
	assert.Equal(t, "/alive", get["path"])
}

func TestAServersVariableHasDots(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "processes": [{"name": "search", "image": "docker.elastic.co/elasticsearch/elasticsearch:8.17.0", "appEnvironment": false,
		"env": {"discovery.type": "single-node"}}]`)
	assert.Equal(t, "single-node", environmentOf(t, ran.Find(t, "Deployment", "blog-process-search"), "discovery.type"))
}
