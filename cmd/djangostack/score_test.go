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

// ignored are the checks of kube-score that do not hold for good reasons.
func ignored() map[string]string {
	return map[string]string{
		"container-image-pull-policy":              "a tag names one release for ever, and a registry that is away must not keep a pod from coming back",
		"container-security-context-user-group-id": "the users are those of the images; app.runAsUser chooses the app's, and no pod sees a folder of its node",
		"statefulset-has-servicename":              "a server of one pod is asked for by its Service; nobody asks for a pod by its name",
	}
}

// scored are the configurations of the repository, where each can stand.
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

func TestWhatIsShippedIsSound(t *testing.T) {
	testenv.NeedsTool(t, "kube-score")
	for _, configuration := range scored() {
		t.Run(strings.Join(configuration, " "), func(t *testing.T) {
			found := critical(t, rendered(t, configuration))
			assert.Empty(t, found, strings.Join(found, "\n"))
		})
	}
}

// rendered are the manifests of a configuration of the repository.
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

// finding is one object and what kube-score says of it.
type finding struct {
	Name   string `json:"object_name"`
	Checks []struct {
		Check    struct{ ID string }
		Grade    int
		Skipped  bool
		Comments []struct{ Path, Summary string }
	}
}

// gradeCritical is kube-score's worst.
const gradeCritical = 1

// critical are the findings that are critical and have no reason to be ignored.
func critical(t *testing.T, manifests []byte) []string {
	t.Helper()
	command := exec.CommandContext(t.Context(), testenv.NeedsTool(t, "kube-score"), "score", "--output-format", "json", "--output-version", "v2", "--kubernetes-version", "v1.35",
		// A limit on CPU only slows a process down when there is CPU to spare.
		"--ignore-container-cpu-limit", "-")
	command.Stdin = bytes.NewReader(manifests)
	out, err := command.Output()
	// It exits with 1 when it found something.
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
