package pods_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/e2e"
)

// environment is one sample environment on a cluster of its own, brought up by
// the commands that a person types.
type environment struct {
	root  string
	state string
	bin   string
	// images are the archives that the cluster is given.
	images string
	port   string
	// log is everything that the commands printed.
	log bytes.Buffer
}

const namespace = "blog-local"

func newEnvironment(t *testing.T) *environment {
	t.Helper()
	tools := e2e.NewTools(t)
	return &environment{root: tools.Root, state: t.TempDir(), bin: tools.Bin, images: tools.Images, port: e2e.FreePort(t)}
}

// make runs a target as a person does, and logs how long it took.
func (e *environment) make(t *testing.T, target string, variables ...string) {
	t.Helper()
	arguments := append([]string{
		"--no-print-directory", "-C", e.root, target,
		"STATE=" + e.state, "BIN=" + e.bin, "IMAGES=" + filepath.Join(filepath.Dir(e.bin), "images"), "PORT=" + e.port,
	}, variables...)
	began := time.Now()
	out, err := e.command("make", arguments...).CombinedOutput()
	e.log.Write(out)
	require.NoError(t, err, "make %s:\n%s", target, tail(out))
	t.Logf("make %s %s: %s", target, strings.Join(variables, " "), time.Since(began).Round(time.Second/10))
}

func (e *environment) command(name string, arguments ...string) *exec.Cmd {
	command := exec.Command(name, arguments...)
	command.Dir = e.root
	command.Env = append(os.Environ(),
		"DJANGOSTACK_STATE="+e.state,
		"DJANGOSTACK_PULUMI="+filepath.Join(e.bin, "pulumi"),
		"KUBECONFIG="+filepath.Join(e.state, "cluster", "kubeconfig"),
		// A make that runs this test hands its variables down, which would win.
		"MAKEFLAGS=", "MAKEOVERRIDES=", "STATE=", "BIN=", "IMAGES=",
	)
	return command
}

// kubectl runs one command in the environment's namespace and returns what it
// printed.
func (e *environment) kubectl(t *testing.T, arguments ...string) string {
	t.Helper()
	return e.kubectlIn(t, namespace, arguments...)
}

// kubectlIn runs one command in a namespace, or in those that its manifests name.
func (e *environment) kubectlIn(t *testing.T, namespace string, arguments ...string) string {
	t.Helper()
	command := e.command(filepath.Join(e.bin, "djangostack-local"), append([]string{"kubectl", "--namespace=" + namespace}, arguments...)...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	require.NoError(t, err, "kubectl %s:\n%s", strings.Join(arguments, " "), stderr.String())
	return string(out)
}

// get reads objects of a kind by a label selector.
func (e *environment) get(t *testing.T, kind, selector string) []object {
	t.Helper()
	var found struct {
		Items []object `json:"items"`
	}
	out := e.kubectl(t, "get", kind, "--selector", selector, "--output", "json")
	require.NoError(t, json.Unmarshal([]byte(out), &found))
	return found.Items
}

// pods returns the pods of a part of the app that are not on their way out.
func (e *environment) pods(t *testing.T, part string) []object {
	t.Helper()
	var running []object
	for _, pod := range e.get(t, "pods", "app.kubernetes.io/component="+part) {
		if pod.Metadata.DeletionTimestamp.IsZero() {
			running = append(running, pod)
		}
	}
	return running
}

// object is what the tests read of a Kubernetes object.
type object struct {
	Metadata struct {
		Name              string    `json:"name"`
		UID               string    `json:"uid"`
		CreationTimestamp time.Time `json:"creationTimestamp"`
		DeletionTimestamp time.Time `json:"deletionTimestamp"`
	} `json:"metadata"`
	Data map[string][]byte `json:"data"`
	Spec struct {
		Containers []container `json:"containers"`
		Template   struct {
			Spec struct {
				Containers []container `json:"containers"`
			} `json:"spec"`
		} `json:"template"`
	} `json:"spec"`
	Status struct {
		CompletionTime time.Time `json:"completionTime"`
	} `json:"status"`
}

type container struct {
	Image     string `json:"image"`
	Resources struct {
		Requests map[string]string `json:"requests"`
	} `json:"resources"`
}

// up is the command that make up runs, with further values set.
func (e *environment) up(values ...string) []string {
	arguments := []string{"up", "-s", "local", "--set", "app.url=http://127.0.0.1:" + e.port}
	for _, value := range values {
		arguments = append(arguments, "--set", value)
	}
	return arguments
}

// djangostack runs the command and returns its exit code.
func (e *environment) djangostack(t *testing.T, arguments ...string) int {
	t.Helper()
	command := e.command(filepath.Join(e.bin, "djangostack"), arguments...)
	out, err := command.CombinedOutput()
	e.log.Write(out)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	t.Logf("djangostack %s: exit code %d", strings.Join(arguments, " "), command.ProcessState.ExitCode())
	return command.ProcessState.ExitCode()
}

// output reads one output of the stack.
func (e *environment) output(t *testing.T, arguments ...string) string {
	t.Helper()
	out, err := e.command(filepath.Join(e.bin, "djangostack"), append([]string{"outputs", "-s", "local"}, arguments...)...).Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

func tail(out []byte) string {
	const most = 6000
	if len(out) > most {
		out = out[len(out)-most:]
	}
	return string(out)
}
