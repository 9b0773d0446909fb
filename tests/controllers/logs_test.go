package controllers_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	logs "go.opentelemetry.io/proto/otlp/logs/v1"

	"github.com/djangostack/djangostack/tests/e2e"
)

// printer is the component of the process that writes what the blog does not.
const printer = "process-printer"

// NetworkPolicies are enforced. The receiver answers on another port than its Service, and wants the headers.
func TestTheLogsOfTheAppReachAReceiver(t *testing.T) {
	s := newShipped(t)
	e2e.Step(t, "a request to the app arrives as structured fields, with the labels of its pod", func(t *testing.T) {
		s.mustUp(t)
		s.ask(t, "/first")
		line := s.arrives(t, "the request", requestTo("/first"))
		pod := line.Resource["k8s.pod.name"]
		assert.Equal(t, "web", s.Kubectl(t, s.namespace, "get", "pod", pod, "--output", `jsonpath={.metadata.labels.app\.kubernetes\.io/component}`))
		node := s.Kubectl(t, s.namespace, "get", "pod", pod, "--output", "jsonpath={.spec.nodeName}")
		assert.Equal(t, map[string]string{
			"k8s.node.name": node, "k8s.namespace.name": "blog-shipped", "k8s.container.name": "web",
			"service.name": "web", "service.namespace": "blog", "deployment.environment.name": "shipped",
		}, only(line.Resource, "k8s.node.name", "k8s.namespace.name", "k8s.container.name", "service.name", "service.namespace", "deployment.environment.name"))
		assert.Equal(t, map[string]string{"status": "404", "method": "GET", "level": "info"}, only(line.Attributes, "status", "method", "level"))
		assert.Equal(t, "info", line.Severity)
	})
	e2e.Step(t, "the receiver gets the headers as they are written", func(t *testing.T) {
		for _, request := range s.requests(t) {
			assert.Equal(t, "/otlp/v1/logs", request.Path)
			assert.Equal(t, headers(), map[string]string{"Authorization": request.Authorization, "X-Scope-OrgID": request.Tenant})
		}
	})
	e2e.Step(t, "a traceback is one record, and JSON is one by itself", func(t *testing.T) {
		s.arrives(t, "the last line", func(r record) bool { return r.Body == "a line after" })
		var bodies []string
		for _, line := range s.records(t) {
			if line.Resource["service.name"] == printer {
				bodies = append(bodies, line.Body)
			}
		}
		require.Len(t, bodies, 4, "%q", bodies)
		assert.Regexp(t, `(?s)^a line before\nTraceback \(most recent call last\):\n.*\nValueError: first$`, bodies[0])
		critical := s.arrives(t, "the line of JSON", func(r record) bool { return strings.HasPrefix(r.Body, "{") && r.Resource["service.name"] == printer })
		assert.Equal(t, "CRITICAL", critical.Severity)
		assert.Equal(t, logs.SeverityNumber_SEVERITY_NUMBER_FATAL, critical.Number)
		assert.Contains(t, critical.Attributes["order"], "7")
	})
	e2e.Step(t, "lines wait while the receiver is away", func(t *testing.T) {
		s.Kubectl(t, "receiver", "scale", "deployment/receiver", "--replicas=0")
		s.Kubectl(t, "receiver", "wait", "--for=delete", "pod", "--selector=app=receiver", "--timeout=60s")
		s.ask(t, "/while-away")
		time.Sleep(5 * time.Second)
		s.startReceiver(t)
		line := s.arrives(t, "the request meanwhile", requestTo("/while-away"))
		assert.Equal(t, "web", line.Resource["service.name"])
	})
	e2e.Step(t, "no line of anyone else leaves", func(t *testing.T) {
		s.apply(t, filepath.Join(s.Root, "tests", "controllers", "testdata", "stranger.yaml"))
		s.Kubectl(t, s.namespace, "wait", "--for=jsonpath={.status.phase}=Succeeded", "pod/bloggers-tool", "pod/blog-tool", "pod/blog-x-web", "--timeout=60s")
		time.Sleep(5 * time.Second)
		s.ask(t, "/last")
		s.arrives(t, "a later line of the app", requestTo("/last"))
		for _, line := range s.records(t) {
			assert.Equal(t, "blog-shipped", line.Resource["k8s.namespace.name"], line)
			assert.NotContains(t, line.Body, "stranger")
		}
	})
	e2e.Step(t, "over gRPC to another collector, with the headers", func(t *testing.T) {
		s.apply(t, filepath.Join(s.Root, "tests", "controllers", "testdata", "gateway.yaml"))
		s.Kubectl(t, "receiver", "wait", "--for=condition=Available", "deployment/gateway", "--timeout=60s")
		s.mustUp(t, "monitoring.logs.exporter=otlp", "monitoring.logs.endpoint=http://gateway.receiver.svc:14317")
		s.ask(t, "/by-grpc")
		line := s.arrives(t, "the request by gRPC", requestTo("/by-grpc"))
		assert.Equal(t, map[string]string{
			"service.name": "web", "k8s.namespace.name": "blog-shipped", "tenant": headers()["X-Scope-OrgID"], "authorization": headers()["Authorization"],
		}, only(line.Resource, "service.name", "k8s.namespace.name", "tenant", "authorization"))
	})
	t.Logf("what the collector takes:\n%s", s.Kubectl(t, s.collector(), "top", "pods"))
	e2e.Step(t, "nothing is left when the environment is destroyed", func(t *testing.T) {
		out, err := s.Command("djangostack", "destroy", "--providers", "embedded", "-s", s.stack, "--dir", s.project, "--yes").CombinedOutput()
		require.NoError(t, err, string(out))
		assert.NotContains(t, s.Kubectl(t, "", "get", "namespaces", "--output", "name"), s.namespace)
		assert.NotContains(t, s.Kubectl(t, "", "get", "daemonsets,roles,rolebindings,clusterroles,clusterrolebindings", "--all-namespaces"), "blog")
	})
}

// shipped is the sample app whose logs leave the cluster.
type shipped struct {
	*environment

	receiver *e2e.Visitor
}

func newShipped(t *testing.T) *shipped {
	t.Helper()
	needsSoak(t)
	c := e2e.NewCluster(t)
	receiver := "127.0.0.1:" + e2e.FreePort(t)
	t.Cleanup(func() { c.Local(t, nil, "down") })
	c.Local(t, nil, "up", "--enforce-network-policies", "--publish", strings.TrimPrefix(c.Address, "http://")+"=blog-shipped/blog-web:80", "--publish", receiver+"=receiver/receiver:80")
	load := []string{"load-image"}
	for _, name := range []string{"blog-orange", "postgres", "otelcol"} {
		load = append(load, filepath.Join(c.Images, name+".tar"))
	}
	c.Local(t, nil, load...)
	testdata := filepath.Join(c.Root, "tests", "controllers", "testdata")
	program, err := os.ReadFile(filepath.Join(testdata, "printer.py"))
	require.NoError(t, err)
	command, err := json.Marshal([]string{"python", "-c", string(program)})
	require.NoError(t, err)
	e := &environment{Cluster: c, stack: "shipped", namespace: "blog-shipped", values: []string{"app.url=" + c.Address, "processes[0].command=" + string(command)}}
	e.project = c.CopyProject(t, filepath.Join(testdata, "Pulumi.shipped.yaml"))
	for header, value := range headers() {
		command := c.Command("djangostack", "config", "secret", "-s", e.stack, "--dir", e.project, "monitoring.logs.headers."+header)
		command.Stdin = strings.NewReader(value)
		out, err := command.CombinedOutput()
		require.NoError(t, err, string(out))
	}
	s := &shipped{environment: e, receiver: e2e.NewVisitor(t, "http://"+receiver)}
	t.Cleanup(func() {
		if t.Failed() {
			s.logs(t, s.collector(), "daemonset/blog-logs")
			t.Log(s.Kubectl(t, s.collector(), "describe", "daemonset,pod"))
		}
	})
	s.apply(t, filepath.Join(testdata, "receiver.yaml"))
	s.Kubectl(t, "receiver", "create", "configmap", "receiver", "--from-file="+filepath.Join(testdata, "receiver.py"))
	s.Kubectl(t, "receiver", "wait", "--for=condition=Available", "deployment/receiver", "--timeout=60s")
	return s
}

// headers are those of each request to the receiver, with what the collector would expand or read as YAML.
func headers() map[string]string {
	return map[string]string{"Authorization": "Bearer a: $b ${c} #d", "X-Scope-OrgID": "0123"}
}

// collector is the namespace of the collector.
func (s *shipped) collector() string { return "blog-shipped-logs" }

func (s *shipped) startReceiver(t *testing.T) {
	t.Helper()
	s.Kubectl(t, "receiver", "scale", "deployment/receiver", "--replicas=1")
	s.Kubectl(t, "receiver", "wait", "--for=condition=Available", "deployment/receiver", "--timeout=60s")
}

// ask requests a page that the app does not have.
func (s *shipped) ask(t *testing.T, path string) {
	t.Helper()
	visitor := e2e.NewVisitor(t, s.Address)
	e2e.Eventually(t, time.Minute, "the app answers", func() error {
		if _, err := visitor.Page(path); err == nil || !strings.Contains(err.Error(), "404") {
			return fmt.Errorf("it answered: %w", err)
		}
		return nil
	})
}

// arrival is a request that the receiver got.
type arrival struct {
	Path          string `json:"path"`
	Authorization string `json:"authorization"`
	Tenant        string `json:"tenant"`
	Body          string `json:"body"`
}

func (s *shipped) requests(t *testing.T) []arrival {
	t.Helper()
	var got []arrival
	// For a moment, its Service can lead to a deleted pod.
	e2e.Eventually(t, 30*time.Second, "the receiver answers", func() error {
		text, err := s.receiver.Page("/")
		if err != nil {
			return err
		}
		return json.Unmarshal([]byte(text), &got)
	})
	return got
}

func (s *shipped) records(t *testing.T) []record {
	t.Helper()
	var all []record
	for _, request := range s.requests(t) {
		body, err := base64.StdEncoding.DecodeString(request.Body)
		require.NoError(t, err)
		all = append(all, recordsOf(t, body)...)
	}
	return all
}

// arrives waits for a record.
func (s *shipped) arrives(t *testing.T, what string, wanted func(record) bool) record {
	t.Helper()
	var found record
	e2e.Eventually(t, time.Minute, what+" arrives", func() error {
		for _, line := range s.records(t) {
			if wanted(line) {
				found = line
				return nil
			}
		}
		return errors.New("it has not")
	})
	return found
}

func requestTo(path string) func(record) bool {
	return func(r record) bool {
		return r.Attributes["logger"] == "gunicorn.access" && r.Attributes["path"] == path
	}
}

func only(all map[string]string, keys ...string) map[string]string {
	some := map[string]string{}
	for _, key := range keys {
		some[key] = all[key]
	}
	return some
}
