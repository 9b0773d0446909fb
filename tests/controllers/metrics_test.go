package controllers_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/djangostack/djangostack/tests/e2e"
)

// A Prometheus with a kubelet and kube-state-metrics has what the dashboard draws, and what the rules ask for.
func TestTheDashboardAndTheAlertsReadRealMetrics(t *testing.T) {
	w := newWatched(t)
	e2e.Step(t, "each graph of the dashboard has values", func(t *testing.T) {
		queries := w.queries(t)
		require.Greater(t, len(queries), 15)
		e2e.Eventually(t, 4*time.Minute, "each query finds a series", func() error {
			var empty []string
			for title, query := range queries {
				if len(w.query(t, query)) == 0 {
					empty = append(empty, title+": "+query)
				}
			}
			if len(empty) > 0 {
				return fmt.Errorf("%d find none:\n%s", len(empty), strings.Join(empty, "\n"))
			}
			return nil
		})
	})
	e2e.Step(t, "nothing fires", func(t *testing.T) {
		e2e.Eventually(t, 3*time.Minute, "no alert is there", func() error { return w.firing(t) })
		time.Sleep(30 * time.Second)
		require.NoError(t, w.firing(t))
	})
	e2e.Step(t, "a web without a pod, a worker without one, and a server that does not start", func(t *testing.T) {
		w.Kubectl(t, w.namespace, "delete", "horizontalpodautoscaler", "blog-web")
		for deployment, alert := range map[string]string{"deployment/blog-web": "DjangoWebDown", "deployment/blog-worker-default": "DjangoProcessDown"} {
			w.Kubectl(t, w.namespace, "scale", deployment, "--replicas=0")
			e2e.Eventually(t, time.Minute, alert+" alone fires", func() error { return w.firing(t, alert) })
			w.Kubectl(t, w.namespace, "scale", deployment, "--replicas=1")
			e2e.Eventually(t, 2*time.Minute, "no alert is there", func() error { return w.firing(t) })
		}
		w.Kubectl(t, w.namespace, "set", "image", "statefulset/blog-redis-cache", "*=djangostack.local/none:1")
		e2e.Eventually(t, 2*time.Minute, "DjangoServerDown alone fires", func() error { return w.firing(t, "DjangoServerDown") })
	})
}

// watched is the sample app with a Prometheus.
type watched struct{ *environment }

func newWatched(t *testing.T) *watched {
	t.Helper()
	needsSoak(t)
	c := e2e.NewCluster(t)
	out, err := c.Command("djangostack-image", "build", "--app", filepath.Join(c.Root, "examples", "blog"), "--out", c.Images, "prometheus").CombinedOutput()
	require.NoError(t, err, string(out))
	t.Cleanup(func() { c.Local(t, nil, "down") })
	c.Local(t, nil, "up", "--publish", strings.TrimPrefix(c.Address, "http://")+"=blog-watched/blog-web:80")
	load := []string{"load-image"}
	for _, name := range []string{"blog-orange", "postgres", "redis", "pgbouncer", "prometheus", "kube-state-metrics"} {
		load = append(load, filepath.Join(c.Images, name+".tar"))
	}
	c.Local(t, nil, load...)
	testdata := filepath.Join(c.Root, "tests", "controllers", "testdata")
	w := &watched{&environment{Cluster: c, stack: "watched", namespace: "blog-watched", values: []string{"app.url=" + c.Address}}}
	w.project = c.CopyProject(t, filepath.Join(testdata, "Pulumi.watched.yaml"))
	t.Cleanup(func() {
		if t.Failed() {
			w.logs(t, "monitoring", "deployment/prometheus", "deployment/kube-state-metrics")
			t.Log(w.Kubectl(t, w.namespace, "get", "pods"))
		}
	})
	w.mustUp(t)
	w.Kubectl(t, "", "create", "namespace", "monitoring")
	w.Kubectl(t, "monitoring", "create", "configmap", "rules", "--from-file=rules.yaml="+w.rules(t))
	w.apply(t, filepath.Join(testdata, "prometheus.yaml"))
	w.Kubectl(t, "monitoring", "wait", "--for=condition=Available", "deployment/prometheus", "deployment/kube-state-metrics", "--timeout=2m")
	return w
}

// delay is how long what a rule finds has to last.
var delay = regexp.MustCompile(`(?m)^(\s+for: ).*$`)

// rules writes the rules of the environment as the operator gives them to Prometheus, with shorter delays.
func (w *watched) rules(t *testing.T) string {
	t.Helper()
	rendered, err := w.Command("djangostack", "--dir", w.project, "render", "-s", w.stack, "--generate-secrets", "--set", "app.url="+w.Address, "--set", "monitoring.alerts={}").Output()
	require.NoError(t, err)
	for _, document := range bytes.Split(rendered, []byte("\n---\n")) {
		var object struct {
			Kind string
			Spec settings
		}
		require.NoError(t, yaml.Unmarshal(document, &object))
		if object.Kind != "PrometheusRule" {
			continue
		}
		text, err := yaml.Marshal(object.Spec)
		require.NoError(t, err)
		file := filepath.Join(t.TempDir(), "rules.yaml")
		require.NoError(t, os.WriteFile(file, delay.ReplaceAll(text, []byte("${1}10s")), 0o600))
		return file
	}
	require.Fail(t, "no PrometheusRule is rendered")
	return ""
}

// queries returns those of the dashboard in the cluster, by their graphs.
func (w *watched) queries(t *testing.T) map[string]string {
	t.Helper()
	var found struct {
		Items []struct{ Data map[string]string }
	}
	require.NoError(t, json.Unmarshal([]byte(w.Kubectl(t, w.namespace, "get", "configmaps", "--selector=grafana_dashboard=1", "--output=json")), &found))
	require.Len(t, found.Items, 1)
	queries, row := map[string]string{}, ""
	for _, text := range found.Items[0].Data {
		var dashboard struct {
			Panels []struct {
				Title, Type string
				Targets     []struct{ Expr string }
			}
		}
		require.NoError(t, json.Unmarshal([]byte(text), &dashboard))
		for _, panel := range dashboard.Panels {
			if panel.Type == "row" {
				row = panel.Title
			}
			for i, target := range panel.Targets {
				queries[fmt.Sprintf("%s, %s, %d", row, panel.Title, i)] = target.Expr
			}
		}
	}
	return queries
}

// series is one that a query found.
type series struct{ Metric map[string]string }

func (w *watched) query(t *testing.T, expr string) []series {
	t.Helper()
	var answer struct {
		Status string
		Data   struct{ Result []series }
	}
	text := w.Kubectl(t, "", "get", "--raw", "/api/v1/namespaces/monitoring/services/prometheus:9090/proxy/api/v1/query?query="+url.QueryEscape(expr))
	require.NoError(t, json.Unmarshal([]byte(text), &answer))
	assert.Equal(t, "success", answer.Status)
	return answer.Data.Result
}

// firing returns an error unless these alerts fire, and no others. Those of volumes are left out: a volume is a folder of this
// machine's disk, which everything else fills, too.
func (w *watched) firing(t *testing.T, wanted ...string) error {
	t.Helper()
	found := map[string]bool{}
	for _, alert := range w.query(t, `ALERTS{alertstate="firing", alertname!~"DjangoVolume.*"}`) {
		found[alert.Metric["alertname"]] = true
	}
	for _, name := range wanted {
		if !found[name] {
			return fmt.Errorf("%s does not fire; there are %v", name, found)
		}
		delete(found, name)
	}
	if len(found) > 0 {
		return fmt.Errorf("there are %v", found)
	}
	return nil
}
