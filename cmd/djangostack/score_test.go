package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/cli"
	"github.com/djangostack/djangostack/tests/testenv"
)

// ignored are the checks of kube-score that the manifests fail on purpose, with the reasons.
func ignored() map[string]string {
	return map[string]string{
		"container-image-pull-policy":              "a tag never moves to another image, and a pod must be able to restart while the registry is unreachable",
		"pod-probes-identical":                     "both open a connection to the web server: a request of a pod that serves slowly would take it out of its Service",
		"container-security-context-user-group-id": "each image sets its own user, app.runAsUser sets the app's, and no pod mounts a directory of its node",
		"statefulset-has-servicename":              "clients use the Service of a single-pod server; none uses the name of a pod",
	}
}

// scored are the configurations of the repository, on every cloud that they allow.
func scored() [][]string {
	return [][]string{
		{"local"},
		{"staging", "--set", "cloud=aws"},
		{"staging", "--set", "cloud=gcp"},
		{"production", "--set", "cloud=aws"},
		{"production", "--set", "cloud=gcp"},
		{"local", "--set", "static.server=nginx", "--set", "database.pooler={kind: pgbouncer}", "--set", "workers[0].autoscaling={maxReplicas: 5}"},
	}
}

func TestManifestsPassKubeScore(t *testing.T) {
	testenv.NeedsTool(t, "kube-score")
	for _, configuration := range scored() {
		t.Run(strings.Join(configuration, " "), func(t *testing.T) {
			found := critical(t, rendered(t, configuration))
			assert.Empty(t, found, strings.Join(found, "\n"))
		})
	}
}

// rendered returns the manifests of a configuration of the repository.
func rendered(t *testing.T, configuration []string) []byte {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	require.NoError(t, err)
	var out, messages bytes.Buffer
	needed := dependencies()
	needed.Stdin, needed.Stdout, needed.Stderr = nil, &out, &messages
	args := append([]string{"render", "--dir", root, "-s"}, configuration...)
	require.Zero(t, cli.Run(t.Context(), needed, nil, args), "%s", messages.String())
	return out.Bytes()
}

// finding is the result of kube-score for one object.
type finding struct {
	Name   string `json:"object_name"`
	Checks []struct {
		Check    struct{ ID string }
		Grade    int
		Skipped  bool
		Comments []struct{ Path, Summary string }
	}
}

// gradeCritical is kube-score's worst grade.
const gradeCritical = 1

// critical returns the critical findings that are not ignored.
func critical(t *testing.T, manifests []byte) []string {
	t.Helper()
	command := exec.CommandContext(t.Context(), testenv.NeedsTool(t, "kube-score"), "score", "--output-format", "json", "--output-version", "v2", "--kubernetes-version", "v1.35",
		// A limit on CPU only slows a process down when there is CPU to spare.
		"--ignore-container-cpu-limit", "-")
	command.Stdin = bytes.NewReader(manifests)
	out, err := command.Output()
	// kube-score exits with 1 if it finds something.
	var exit *exec.ExitError
	require.True(t, err == nil || errors.As(err, &exit), "running kube-score: %v", err)
	var objects []finding
	require.NoError(t, json.Unmarshal(out, &objects), "%s", out)
	require.NotEmpty(t, objects)

	var found []string
	for _, object := range objects {
		for _, check := range object.Checks {
			if check.Skipped || check.Grade != gradeCritical || ignored()[check.Check.ID] != "" {
				continue
			}
			for _, comment := range check.Comments {
				found = append(found, fmt.Sprintf("%s: %s: %s: %s", check.Check.ID, object.Name, comment.Path, comment.Summary))
			}
		}
	}
	slices.Sort(found)
	return found
}
