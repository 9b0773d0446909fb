package load_test

import (
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/e2e"
)

// environment is one environment on its own cluster.
type environment struct {
	*e2e.Cluster

	// project holds Pulumi.yaml and the stack's configuration.
	project   string
	stack     string
	namespace string
	// values are set for every run.
	values []string
}

// newEnvironment starts a cluster with the images that the stack "load" needs.
func newEnvironment(t *testing.T) *environment {
	t.Helper()
	return startCluster(t, "load", "blog-load", "blog-web", "blog-orange", "blog-maroon", "postgres", "redis")
}

func startCluster(t *testing.T, stack, namespace, service string, images ...string) *environment {
	t.Helper()
	c := e2e.StartCluster(t, namespace+"/"+service, images...)
	return &environment{
		Cluster: c, project: c.CopyProject(t, filepath.Join("testdata", "Pulumi."+stack+".yaml")), stack: stack, namespace: namespace,
		values: []string{"app.url=" + c.Address},
	}
}

// kubectl runs kubectl in the environment's namespace and returns its output.
func (e *environment) kubectl(t *testing.T, arguments ...string) string {
	t.Helper()
	return e.Kubectl(t, e.namespace, arguments...)
}

// stackOf is the environment's stack with the values of every run.
func (e *environment) stackOf() e2e.Project {
	return e2e.Project{Dir: e.project, Stack: e.stack, Values: e.values}
}

// up applies the configuration and the values, and returns the output.
func (e *environment) up(values ...string) (string, error) { return e.Up(e.stackOf(), values...) }

func (e *environment) mustUp(t *testing.T, values ...string) {
	t.Helper()
	e.MustUp(t, e.stackOf(), values...)
}

// rolledOut waits until a Deployment is rolled out.
func (e *environment) rolledOut(t *testing.T, deployment string) {
	t.Helper()
	e.kubectl(t, "rollout", "status", "deployment/"+deployment, "--timeout=3m")
}

// undo takes back what a control changed in a Deployment. It waits for the end of the rollout: the test that follows is
// not to meet a pod of the control.
func (e *environment) undo(t *testing.T, deployment string) {
	t.Helper()
	e.kubectl(t, "rollout", "undo", "deployment/"+deployment)
	e.rolledOut(t, deployment)
}

// pods returns the names of the ready pods of a part of the app that are not being deleted.
func (e *environment) pods(t *testing.T, part string) []string {
	t.Helper()
	var found struct {
		Items []struct {
			Metadata struct {
				Name              string    `json:"name"`
				DeletionTimestamp time.Time `json:"deletionTimestamp"`
			} `json:"metadata"`
			Status struct {
				Conditions []struct{ Type, Status string } `json:"conditions"`
			} `json:"status"`
		} `json:"items"`
	}
	out := e.kubectl(t, "get", "pods", "--selector", "app.kubernetes.io/component="+part, "--output", "json")
	require.NoError(t, json.Unmarshal([]byte(out), &found))
	var names []string
	for _, pod := range found.Items {
		for _, condition := range pod.Status.Conditions {
			if pod.Metadata.DeletionTimestamp.IsZero() && condition.Type == "Ready" && condition.Status == "True" {
				names = append(names, pod.Metadata.Name)
			}
		}
	}
	return names
}

// repeat calls a function at once and then at an interval, until done is closed.
func repeat(every time.Duration, done <-chan struct{}, do func()) {
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	for {
		do()
		select {
		case <-done:
			return
		case <-ticks.C:
		}
	}
}
