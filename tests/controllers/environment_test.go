package controllers_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/djangostack/djangostack/tests/e2e"
)

const (
	stack     = "routes"
	namespace = "blog-routes"
	// own is the app's host, other redirects to it, and further leads to the app too.
	own, other, further = "example.test", "www.example.test", "further.test"
)

// environment is the sample app behind a controller.
type environment struct {
	*e2e.Cluster

	project          string
	stack, namespace string
	// values are set for every run.
	values []string
	// plain and secure are the controller's addresses on this machine, for http and https.
	plain, secure string
}

// newEnvironment starts a cluster with the images of the app, of the controller and of further addons.
func newEnvironment(t *testing.T, addons ...string) *environment {
	t.Helper()
	needsSoak(t)
	c := e2e.NewCluster(t)
	e := &environment{Cluster: c, stack: stack, namespace: namespace, plain: "127.0.0.1:" + e2e.FreePort(t), secure: "127.0.0.1:" + e2e.FreePort(t)}
	t.Cleanup(func() { c.Local(t, nil, "down") })
	c.Local(t, nil, "up", "--publish", e.plain+"=traefik/traefik:80", "--publish", e.secure+"=traefik/traefik:443")
	load := []string{"load-image"}
	for _, name := range append([]string{"blog-orange", "blog-maroon", "postgres", "traefik"}, addons...) {
		load = append(load, filepath.Join(c.Images, name+".tar"))
	}
	c.Local(t, nil, load...)
	e.project = e.CopyProject(t)
	return e
}

func needsSoak(t *testing.T) {
	t.Helper()
	if os.Getenv("DJANGOSTACK_SOAK") == "" {
		t.Skip("set DJANGOSTACK_SOAK=1 to install a controller, which is too much to compile for every run")
	}
}

// settings is a part of the environment's configuration.
type settings = map[string]any

// configure writes the stack's file with an address of the app, and with settings of web in place of its Ingress.
func (e *environment) configure(t *testing.T, url string, web settings) {
	t.Helper()
	folder := filepath.Join(e.Root, "tests", "controllers", "testdata")
	text, err := os.ReadFile(filepath.Join(folder, "Pulumi."+stack+".yaml"))
	require.NoError(t, err)
	program, err := os.ReadFile(filepath.Join(folder, "sockets.py"))
	require.NoError(t, err)
	var file settings
	require.NoError(t, yaml.Unmarshal(text, &file))
	wanted := file["config"].(settings)["djangostack:environment"].(settings)
	wanted["namespace"].(settings)["name"] = e.namespace
	wanted["app"].(settings)["url"] = url
	wanted["processes"].([]any)[0].(settings)["command"] = []any{"python", "-c", string(program)}
	delete(wanted["web"].(settings), "ingress")
	maps.Copy(wanted["web"].(settings), web)
	text, err = yaml.Marshal(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(e.project, "Pulumi."+e.stack+".yaml"), text, 0o600))
}

// stackOf is the environment's stack with the values of every run.
func (e *environment) stackOf() e2e.Project {
	return e2e.Project{Dir: e.project, Stack: e.stack, Values: e.values}
}

// up applies the configuration and returns what the command printed.
func (e *environment) up(values ...string) (string, error) { return e.Up(e.stackOf(), values...) }

func (e *environment) mustUp(t *testing.T, values ...string) {
	t.Helper()
	e.MustUp(t, e.stackOf(), values...)
}

// addonModule returns the folder of a module that one of local/addons is built from.
func (e *environment) addonModule(t *testing.T, addon, module string) string {
	t.Helper()
	command := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module)
	command.Dir = filepath.Join(e.Root, "local", "addons", addon)
	out, err := command.Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

// apply applies files to the cluster.
func (e *environment) apply(t *testing.T, files ...string) {
	t.Helper()
	for _, file := range files {
		e.Kubectl(t, "", "apply", "--server-side", "--filename", file)
	}
}

// logs writes the last lines of what controllers logged.
func (e *environment) logs(t *testing.T, namespace string, workloads ...string) {
	t.Helper()
	for _, workload := range workloads {
		out, err := e.Command("djangostack-local", "kubectl", "--namespace", namespace, "logs", workload, "--all-containers", "--tail=40").CombinedOutput()
		t.Logf("%s: %v\n%s", workload, err, out)
	}
}
