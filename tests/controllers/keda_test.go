package controllers_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/djangostack/djangostack/tests/e2e"
)

const (
	// most is how many pods the worker may have. There are as many while more than enough tasks wait.
	most, enough = 3, 10
	least        = `minReplicas: 0, maxReplicas: 3, queueLength: 5, scaleDown: {stabilizationWindowSeconds: 20}`
	byLength     = `by: queue, ` + least
	byRows       = `by: query, query: "SELECT count(*) FROM drills_job WHERE started = 0", ` + least
	scaled       = "blog-worker-default"
)

// The servers accept TLS only, and NetworkPolicies are enforced.
func TestKEDAFollowsRedis(t *testing.T) {
	q := newQueues(t, "redis")
	q.installKEDA(t)
	q.follows(t)
	e2e.Step(t, "a task with a priority, which is in another list", func(t *testing.T) {
		q.django(t, `from drills.models import Job; from drills.tasks import work; job = Job.objects.create(run="urgent", seconds=0); work.apply_async((job.pk, 0), priority=6)`)
		q.finishes(t, "urgent", 1)
	})
	e2e.Step(t, "the rows of a table in place of the messages", func(t *testing.T) {
		q.mustUp(t, autoscaling(byRows))
		q.goesToZero(t)
		q.enqueue(t, "rows", 60, 1)
		q.grows(t, 2)
		q.finishes(t, "rows", 60)
		q.goesToZero(t)
	})
}

func TestKEDAFollowsRabbitMQ(t *testing.T) {
	q := newQueues(t, "rabbitmq")
	q.values = append(q.values, "broker={engine: rabbitmq}")
	e2e.Step(t, "without KEDA an update fails before anything is touched", func(t *testing.T) {
		out, err := q.up(autoscaling(byLength))
		require.Error(t, err)
		assert.Contains(t, out, "workers[0].autoscaling.by: the CustomResourceDefinition scaledobjects.keda.sh is not there")
	})
	q.installKEDA(t)
	e2e.Step(t, "a worker that follows its CPU", func(t *testing.T) {
		q.mustUp(t, autoscaling(`by: cpu, minReplicas: 1, maxReplicas: 3`))
		q.webhookChecks(t)
	})
	q.follows(t)
}

func autoscaling(text string) string { return "workers[0].autoscaling={" + text + "}" }

// queues is the sample app with a worker that KEDA scales.
type queues struct {
	*environment
}

func newQueues(t *testing.T, broker string) *queues {
	t.Helper()
	needsSoak(t)
	c := e2e.NewCluster(t)
	if broker != "redis" {
		out, err := c.Command("djangostack-image", "build", "--app", filepath.Join(c.Root, "examples", "blog"), "--out", c.Images, broker).CombinedOutput()
		require.NoError(t, err, string(out))
	}
	t.Cleanup(func() { c.Local(t, nil, "down") })
	c.Local(t, nil, "up", "--enforce-network-policies", "--publish", strings.TrimPrefix(c.Address, "http://")+"=blog-queues/blog-web:80")
	load := []string{"load-image"}
	for _, name := range []string{"blog-orange", "blog-maroon", "postgres", broker, "keda"} {
		load = append(load, filepath.Join(c.Images, name+".tar"))
	}
	c.Local(t, nil, load...)
	e := &environment{Cluster: c, stack: "queues", namespace: "blog-queues", values: []string{"app.url=" + c.Address}}
	e.project = c.CopyProject(t, filepath.Join(c.Root, "tests", "controllers", "testdata", "Pulumi.queues.yaml"))
	q := &queues{environment: e}
	t.Cleanup(func() {
		if t.Failed() {
			q.logs(t, "keda", "deployment/keda-operator", "deployment/keda-metrics-apiserver", "deployment/keda-admission")
			q.logs(t, q.namespace, "deployment/"+scaled)
			t.Log(q.Kubectl(t, q.namespace, "describe", "scaledobject,hpa"))
		}
	})
	return q
}

// follows shows the worker with no pod, with the most while there are tasks, and with no pod again.
func (q *queues) follows(t *testing.T) {
	e2e.Step(t, "no pod without a task", func(t *testing.T) {
		q.mustUp(t, autoscaling(byLength))
		q.goesToZero(t)
	})
	e2e.Step(t, "an update that changes nothing waits for no pod", func(t *testing.T) {
		began := time.Now()
		q.mustUp(t, autoscaling(byLength))
		assert.Less(t, time.Since(began), time.Minute)
		assert.Zero(t, q.replicas(t))
	})
	e2e.Step(t, "the most pods while tasks wait, also after a release", func(t *testing.T) {
		q.enqueue(t, "tasks", 200, 3)
		began := time.Now()
		q.grows(t, most)
		t.Logf("%d pods %s after the tasks came", most, time.Since(began).Round(time.Second))
		q.mustUp(t, autoscaling(byLength), "app.image=djangostack.local/blog:maroon")
		require.Greater(t, q.ledger(t, "tasks").Waiting, enough, "there is work for all pods still")
		assert.Equal(t, most, q.replicas(t))
		q.measure(t)
		q.finishes(t, "tasks", 200)
	})
	q.goesToZero(t)
}

// webhookChecks waits until KEDA's webhook refuses a ScaledObject for a Deployment that another autoscaler has. The
// worker's own says that it may be replaced.
func (q *queues) webhookChecks(t *testing.T) {
	t.Helper()
	const annotation = "validations.keda.sh/hpa-ownership"
	file := filepath.Join(t.TempDir(), "scaled.yaml")
	require.NoError(t, os.WriteFile(file, []byte(`apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: control}
spec:
  scaleTargetRef: {name: `+scaled+`}
  triggers: [{type: cron, metadata: {timezone: UTC, start: 0 6 * * *, end: 0 7 * * *, desiredReplicas: "1"}}]
`), 0o600))
	q.Kubectl(t, q.namespace, "annotate", "horizontalpodautoscaler", scaled, annotation+"-")
	e2e.Eventually(t, time.Minute, "the webhook refuses a second autoscaler", func() error {
		out, err := q.Command("djangostack-local", "kubectl", "--namespace", q.namespace, "apply", "--dry-run=server", "--filename", file).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "is already managed by the hpa") {
			return fmt.Errorf("it said: %s", out)
		}
		return nil
	})
	q.Kubectl(t, q.namespace, "annotate", "horizontalpodautoscaler", scaled, annotation+"=false")
}

// ledger is what the app reports about the tasks of a run.
type ledger struct {
	Enqueued, Done, Repeated, Waiting, Unacknowledged int
}

func (q *queues) ledger(t *testing.T, run string) ledger {
	t.Helper()
	var found ledger
	q.Ask(t, http.MethodGet, "/drills/"+run+"/ledger", &found)
	return found
}

func (q *queues) enqueue(t *testing.T, run string, count int, seconds float64) {
	t.Helper()
	for rest := count; rest > 0; rest -= 100 {
		var taken struct{ Enqueued int }
		q.Ask(t, http.MethodPost, fmt.Sprintf("/drills/%s/tasks?count=%d&shortest=%g&longest=%g", run, min(rest, 100), seconds, seconds), &taken)
		require.Equal(t, min(rest, 100), taken.Enqueued)
	}
}

// finishes waits until each task is done, and no task more than once.
func (q *queues) finishes(t *testing.T, run string, count int) {
	t.Helper()
	began := time.Now()
	var found ledger
	e2e.Eventually(t, 6*time.Minute, "all tasks are done", func() error {
		if found = q.ledger(t, run); found.Done < count || found.Waiting+found.Unacknowledged > 0 {
			return fmt.Errorf("%+v", found)
		}
		return nil
	})
	t.Logf("%+v, after %s", found, time.Since(began).Round(time.Second))
	assert.Equal(t, count, found.Done)
	assert.Zero(t, found.Repeated)
}

func (q *queues) goesToZero(t *testing.T) {
	t.Helper()
	began := time.Now()
	e2e.Eventually(t, 3*time.Minute, "no pod is left", func() error {
		if pods := q.pods(t); pods != "" || q.replicas(t) != 0 {
			return fmt.Errorf("%d wanted, pods: %s", q.replicas(t), pods)
		}
		return nil
	})
	t.Logf("no pod after %s", time.Since(began).Round(time.Second))
}

// grows waits for a number of ready pods.
func (q *queues) grows(t *testing.T, count int) {
	t.Helper()
	e2e.Eventually(t, 3*time.Minute, fmt.Sprintf("%d pods are ready", count), func() error {
		out := q.Kubectl(t, q.namespace, "get", "deployment", scaled, "--output", "jsonpath={.status.readyReplicas}")
		if ready, _ := strconv.Atoi(out); ready < count {
			return fmt.Errorf("%s are ready, %d wanted", out, q.replicas(t))
		}
		return nil
	})
}

func (q *queues) replicas(t *testing.T) int {
	t.Helper()
	count, err := strconv.Atoi(q.Kubectl(t, q.namespace, "get", "deployment", scaled, "--output", "jsonpath={.spec.replicas}"))
	require.NoError(t, err)
	return count
}

func (q *queues) pods(t *testing.T) string {
	t.Helper()
	return strings.TrimSpace(q.Kubectl(t, q.namespace, "get", "pods", "--selector", "app.kubernetes.io/component=worker-default", "--output", "name"))
}

// django runs a statement in a web pod.
func (q *queues) django(t *testing.T, statement string) {
	t.Helper()
	q.Kubectl(t, q.namespace, "exec", "deployment/blog-web", "--", "python", "manage.py", "shell", "--command", statement)
}

// measure writes what KEDA's programs take.
func (q *queues) measure(t *testing.T) {
	t.Helper()
	t.Log("KEDA:\n" + q.Kubectl(t, "keda", "top", "pods", "--no-headers"))
}

// installKinds creates the definitions of KEDA's kinds.
func (q *queues) installKinds(t *testing.T) {
	t.Helper()
	q.apply(t, q.kedaFiles(t, "crd/bases")...)
}

// installKEDA installs KEDA's operator, its metrics server and its webhooks, as its module has them.
func (q *queues) installKEDA(t *testing.T) {
	t.Helper()
	began := time.Now()
	q.installKinds(t)
	for _, part := range []string{"general", "service_account", "rbac", "metrics-server", "manager", "webhooks"} {
		for _, file := range q.kedaFiles(t, part) {
			q.apply(t, withImage(t, file))
		}
	}
	for _, name := range []string{"keda-operator", "keda-metrics-apiserver", "keda-admission"} {
		q.Kubectl(t, "keda", "rollout", "status", "deployment/"+name, "--timeout=3m")
	}
	q.Kubectl(t, "", "wait", "--for=condition=Available", "apiservice/v1beta1.external.metrics.k8s.io", "--timeout=2m")
	t.Logf("installed KEDA in %s", time.Since(began).Round(time.Second))
}

func (q *queues) kedaFiles(t *testing.T, folder string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(q.addonModule(t, "keda", "github.com/kedacore/keda/v2"), "config", filepath.FromSlash(folder), "*.yaml"))
	require.NoError(t, err)
	var files []string
	for _, file := range found {
		if filepath.Base(file) != "kustomization.yaml" {
			files = append(files, file)
		}
	}
	require.NotEmpty(t, files, folder)
	return files
}

// withImage returns a copy of a file whose Deployments run the programs of the local image, and are ready sooner.
func withImage(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var documents []string
	for _, document := range strings.Split(string(text), "\n---\n") {
		var object settings
		require.NoError(t, yaml.Unmarshal([]byte(document), &object))
		if object["kind"] == "Deployment" {
			container := object["spec"].(settings)["template"].(settings)["spec"].(settings)["containers"].([]any)[0].(settings)
			container["image"], container["imagePullPolicy"] = "djangostack.local/keda:addon", "Never"
			program := map[string]string{"keda-operator": "/operator", "keda-metrics-apiserver": "/adapter", "keda-admission-webhooks": "/webhooks"}
			container["command"] = []any{program[container["name"].(string)]}
			container["readinessProbe"].(settings)["initialDelaySeconds"] = 1
		}
		encoded, err := yaml.Marshal(object)
		require.NoError(t, err)
		documents = append(documents, string(encoded))
	}
	copied := filepath.Join(t.TempDir(), filepath.Base(file))
	require.NoError(t, os.WriteFile(copied, []byte(strings.Join(documents, "---\n")), 0o600))
	return copied
}
