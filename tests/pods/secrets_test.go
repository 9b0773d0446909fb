package pods_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// secretValues returns every value of every Secret of the environment.
func (e *environment) secretValues(t *testing.T) map[string]string {
	t.Helper()
	values := map[string]string{}
	for _, secret := range e.get(t, "secrets", "app.kubernetes.io/name=blog") {
		for key, value := range secret.Data {
			values[secret.Metadata.Name+"/"+key] = string(value)
		}
	}
	return values
}

// places returns every text that a secret could have leaked into.
func (e *environment) places(t *testing.T) map[string]string {
	t.Helper()
	places := map[string]string{
		"output of the commands": e.log.String(),
		"ConfigMaps":             e.kubectl(t, "get", "configmaps", "--output", "yaml"),
		"workloads":              e.kubectl(t, "get", "pods,jobs,deployments,replicasets,statefulsets", "--output", "yaml"),
		"events":                 e.kubectl(t, "get", "events", "--output", "yaml"),
	}
	for _, pod := range e.get(t, "pods", "app.kubernetes.io/name=blog") {
		places["log of "+pod.Metadata.Name] = e.kubectl(t, "logs", pod.Metadata.Name, "--all-containers")
	}
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	for _, line := range lines {
		// A process may end between listing and reading.
		if text, err := os.ReadFile(line); err == nil {
			places["arguments of "+filepath.Dir(line)] = strings.ReplaceAll(string(text), "\x00", " ")
		}
	}
	err = filepath.WalkDir(filepath.Join(e.State, "pulumi"), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		places["state file "+filepath.Base(path)] += string(text)
		return err
	})
	require.NoError(t, err)
	return places
}

// withoutGeneratedNames returns values by the names of their Secrets without generated ends.
func withoutGeneratedNames(values map[string]string) map[string]string {
	out := map[string]string{}
	for at, value := range values {
		secret, key, _ := strings.Cut(at, "/")
		out[generatedEnd.ReplaceAllString(secret, "")+"/"+key] = value
	}
	return out
}

func leaks(values, places map[string]string) []string {
	var found []string
	for where, text := range places {
		for name, value := range values {
			for _, line := range strings.Split(value, "\n") {
				// Short lines of a file, such as "port 6379", are not secrets.
				const least = 16
				if len(line) >= least && !public(line) && strings.Contains(text, line) {
					found = append(found, name+" in "+where)
				}
			}
		}
	}
	return found
}

// public tells which lines of Redis's configuration are not secret.
func public(line string) bool {
	return !strings.HasPrefix(line, "requirepass") && strings.Contains(line, " ") || strings.HasPrefix(line, "maxmemory")
}

func TestALeakIsFound(t *testing.T) {
	values := map[string]string{"blog-env/DATABASE_URL": "postgres://blog:0123456789abcdef@postgres/blog"}
	assert.Empty(t, leaks(values, map[string]string{"log": "connected to postgres"}))
	assert.Equal(t, []string{"blog-env/DATABASE_URL in log"}, leaks(values, map[string]string{"log": "cannot reach postgres://blog:0123456789abcdef@postgres/blog"}))
}
