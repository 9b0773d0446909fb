package pods_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/e2e"
)

// environment is the sample environment on its own cluster. The commands that a person types bring it up.
type environment struct {
	*e2e.Cluster

	// log is everything that the commands printed.
	log bytes.Buffer
}

const namespace = "blog-local"

func newEnvironment(t *testing.T) *environment {
	t.Helper()
	return &environment{Cluster: e2e.NewCluster(t)}
}

// stopAfter stops the cluster when the test ends, whatever failed.
func (e *environment) stopAfter(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the last that was printed:\n%s", tail(e.log.Bytes()))
		}
		_ = e.command("djangostack-local", "down").Run()
	})
}

// make runs a make target and logs how long it took.
func (e *environment) make(t *testing.T, target string, variables ...string) {
	t.Helper()
	arguments := append([]string{
		"--no-print-directory", "-C", e.Root, target,
		"STATE=" + e.State, "BIN=" + e.Bin, "IMAGES=" + e.Images, "PORT=" + e.port(),
	}, variables...)
	began := time.Now()
	command := exec.Command("make", arguments...)
	// A make that runs this test passes its variables on, and they take precedence.
	command.Env = append(e.Env(), "MAKEFLAGS=", "MAKEOVERRIDES=", "STATE=", "BIN=", "IMAGES=")
	out, err := command.CombinedOutput()
	e.log.Write(out)
	require.NoError(t, err, "make %s:\n%s", target, tail(out))
	t.Logf("make %s %s: %s", target, strings.Join(variables, " "), time.Since(began).Round(time.Second/10))
}

// port is the port of the published Service.
func (e *environment) port() string {
	return e.Address[strings.LastIndex(e.Address, ":")+1:]
}

func (e *environment) command(program string, arguments ...string) *exec.Cmd {
	command := e.Command(program, arguments...)
	command.Dir = e.Root
	return command
}

// kubectl runs kubectl in the environment's namespace and returns its standard output.
func (e *environment) kubectl(t *testing.T, arguments ...string) string {
	t.Helper()
	return e.Kubectl(t, namespace, arguments...)
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

// pods returns the pods of a part of the app that are not being deleted.
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

// object has the fields of a Kubernetes object that the tests read.
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

// up returns the command that make up runs, with further values set.
func (e *environment) up(values ...string) []string {
	arguments := []string{"up", "--providers", "embedded", "-s", "local", "--set", "app.url=" + e.Address}
	for _, value := range values {
		arguments = append(arguments, "--set", value)
	}
	return arguments
}

// djangostack runs the command and returns its exit code.
func (e *environment) djangostack(t *testing.T, arguments ...string) int {
	t.Helper()
	command := e.command("djangostack", arguments...)
	out, err := command.CombinedOutput()
	e.log.Write(out)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	t.Logf("djangostack %s: exit code %d", strings.Join(arguments, " "), command.ProcessState.ExitCode())
	return command.ProcessState.ExitCode()
}

// output returns one output of the stack.
func (e *environment) output(t *testing.T, arguments ...string) string {
	t.Helper()
	out, err := e.command("djangostack", append([]string{"outputs", "-s", "local"}, arguments...)...).Output()
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
