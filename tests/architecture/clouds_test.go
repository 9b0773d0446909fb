package architecture_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestCloudsHaveTheSameFiles: whoever knows the wiring of one cloud finds the other's. The
// README of stacks names each exception and its reason.
func TestCloudsHaveTheSameFiles(t *testing.T) {
	readme, err := os.ReadFile("../../stacks/README.md")
	require.NoError(t, err)
	for cloud, sibling := range map[string]string{"aws": "gcp", "gcp": "aws"} {
		for _, path := range sourcesOf(t, cloud) {
			name := filepath.Base(path)
			if _, err := os.Stat(filepath.Join("../../stacks", sibling, name)); err == nil {
				continue
			}
			assert.Contains(t, string(readme), "`"+cloud+"/"+name+"`", "stacks/%s has no %s: add it, or name the reason in stacks/README.md", sibling, name)
		}
	}
}

// TestWiringIsNotChangedByItsSteps: a step that needs what another registers takes it as an
// argument.
func TestWiringIsNotChangedByItsSteps(t *testing.T) {
	assignment := regexp.MustCompile(`(?m)^\s*w\.[a-zA-Z.]+(, [a-zA-Z.]+)* =|func \(w \*wiring\)`)
	assert.Regexp(t, assignment, "\tw.platform.Cache = cache", "the control")
	assert.Regexp(t, assignment, "func (w *wiring) keys() error {", "the control")
	for _, directory := range []string{"aws", "gcp", "existing", "app"} {
		for _, path := range sourcesOf(t, directory) {
			source, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.NotRegexp(t, assignment, string(source), path)
		}
	}
}

func sourcesOf(t *testing.T, directory string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("../../stacks", directory, "*.go"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	var sources []string
	for _, path := range paths {
		if !strings.HasSuffix(path, "_test.go") {
			sources = append(sources, path)
		}
	}
	return sources
}
