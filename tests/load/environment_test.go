package load_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/e2e"
)

// environment is one environment on a cluster of its own.
type environment struct {
	tools e2e.Tools
	// project holds Pulumi.yaml and the stack's configuration.
	project string
	state   string
	stack   string
	// namespace of the environment.
	namespace string
	// address on this machine leads to the web Service's cluster address, through which
	// kube-proxy picks a pod for each connection.
	address string
	// values are set for every run.
	values []string
}

// newEnvironment starts a cluster with the images that an environment needs.
func newEnvironment(t *testing.T) *environment {
	t.Helper()
	return startCluster(t, "load", "blog-load", "blog-web", "blog-orange", "blog-maroon", "postgres", "redis")
}

func startCluster(t *testing.T, stack, namespace, service string, images ...string) *environment {
	t.Helper()
	tools := e2e.NewTools(t)
	at := "127.0.0.1:" + e2e.FreePort(t)
	e := &environment{
		tools: tools, project: t.TempDir(), state: t.TempDir(), stack: stack, namespace: namespace,
		address: "http://" + at, values: []string{"app.url=http://" + at},
	}
	for from, to := range map[string]string{
		filepath.Join(tools.Root, "Pulumi.yaml"):           "Pulumi.yaml",
		filepath.Join("testdata", "Pulumi."+stack+".yaml"): "Pulumi." + stack + ".yaml",
	} {
		text, err := os.ReadFile(from)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(e.project, to), text, 0o600))
	}
	t.Cleanup(func() { e.local(t, "down") })
	began := time.Now()
	e.local(t, "up", "--publish", at+"="+namespace+"/"+service+":80")
	load := []string{"load-image"}
	for _, name := range images {
		load = append(load, filepath.Join(tools.Images, name+".tar"))
	}
	e.local(t, load...)
	t.Logf("the cluster is up with its images: %s", time.Since(began).Round(time.Second))
	return e
}

func (e *environment) command(program string, arguments ...string) *exec.Cmd {
	command := exec.Command(filepath.Join(e.tools.Bin, program), arguments...)
	command.Env = append(os.Environ(),
		"DJANGOSTACK_STATE="+e.state,
		"DJANGOSTACK_PULUMI="+filepath.Join(e.tools.Bin, "pulumi"),
		"KUBECONFIG="+filepath.Join(e.state, "cluster", "kubeconfig"),
	)
	return command
}

// local runs the local cluster's command and returns what it printed.
func (e *environment) local(t *testing.T, arguments ...string) string {
	t.Helper()
	command := e.command("djangostack-local", arguments...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	require.NoError(t, err, "%s:\n%s", strings.Join(arguments, " "), stderr.String())
	return string(out)
}

// kubectl runs one command in the environment's namespace and returns what it
// printed.
func (e *environment) kubectl(t *testing.T, arguments ...string) string {
	t.Helper()
	return e.local(t, append([]string{"kubectl", "--namespace", e.namespace}, arguments...)...)
}

// up brings the environment to what its configuration and the values say, and
// returns what was printed.
func (e *environment) up(values ...string) (string, error) {
	arguments := []string{"up", "-s", e.stack, "--dir", e.project}
	for _, value := range append(append([]string{}, e.values...), values...) {
		arguments = append(arguments, "--set", value)
	}
	out, err := e.command("djangostack", arguments...).CombinedOutput()
	return string(out), err
}

func (e *environment) mustUp(t *testing.T, values ...string) {
	t.Helper()
	began := time.Now()
	out, err := e.up(values...)
	require.NoError(t, err, out)
	t.Logf("up %s: %s", strings.Join(values, " "), time.Since(began).Round(time.Second))
}

// rolledOut waits until a Deployment is what its template says.
func (e *environment) rolledOut(t *testing.T, deployment string) {
	t.Helper()
	e.kubectl(t, "rollout", "status", "deployment/"+deployment, "--timeout=3m")
}

// pods returns the names of the pods of a part of the app that are ready and not on
// their way out.
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

// ask gets a page of JSON from the app, or posts to it.
func (e *environment) ask(t *testing.T, method, path string, into any) {
	t.Helper()
	e2e.Eventually(t, 30*time.Second, method+" "+path+" is answered", func() error {
		request, err := http.NewRequest(method, e.address+path, nil)
		if err != nil {
			return err
		}
		request.Close = true
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err != nil {
			return err
		}
		return json.Unmarshal(text, into)
	})
}

// repeat does something at once and then again and again, until done is closed.
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
