package testenv

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheVariableOrContinuousIntegrationAsksForTests(t *testing.T) {
	for _, one := range []struct {
		e2e, ci string
		want    bool
	}{
		{"", "", false}, {"", "false", false}, {"", "true", true}, {"0", "true", false}, {"1", "", true}, {"1", "true", true},
	} {
		assert.Equal(t, one.want, asked(one.e2e, one.ci), "DJANGOSTACK_E2E=%s CI=%s", one.e2e, one.ci)
	}
}

// recorder notes how a test ended.
type recorder struct {
	testing.TB
	skipped, failed bool
}

func (r *recorder) Helper()               {}
func (r *recorder) Skipf(string, ...any)  { r.skipped = true }
func (r *recorder) Errorf(string, ...any) { r.failed = true }
func (r *recorder) FailNow()              { r.failed = true }

func TestAMissingPartSkipsOnlyWhereTheTestWasNotAskedFor(t *testing.T) {
	t.Setenv("KUBECONFIG", filepath.Join(t.TempDir(), "missing"))
	t.Setenv("DJANGOSTACK_STATE", t.TempDir())
	t.Setenv("DJANGOSTACK_PULUMI", filepath.Join(t.TempDir(), "missing"))
	for name, needs := range map[string]func(testing.TB){
		"engine":     func(t testing.TB) { NeedsEngine(t) },
		"kubeconfig": func(t testing.TB) { NeedsKubeconfig(t) },
		"tool":       func(t testing.TB) { NeedsTool(t, "kube-score") },
		"cluster":    func(t testing.TB) { NeedsCluster(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("DJANGOSTACK_E2E", "1")
			asked := &recorder{TB: t}
			needs(asked)
			assert.True(t, asked.failed)
			assert.False(t, asked.skipped)

			t.Setenv("DJANGOSTACK_E2E", "0")
			notAsked := &recorder{TB: t}
			needs(notAsked)
			assert.True(t, notAsked.skipped)
		})
	}
}

func TestWithoutNodeATestFailsInContinuousIntegrationOnly(t *testing.T) {
	dir := t.TempDir()
	script := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+text+"\n"), 0o700))
	}
	t.Setenv("PATH", dir)
	t.Setenv("DJANGOSTACK_E2E", "1")
	missing := func(ci string) *recorder {
		t.Setenv("CI", ci)
		found := &recorder{TB: t}
		NeedsNode(found)
		return found
	}
	assert.True(t, missing("").skipped, "no Node.js")
	script("npm", "")
	script("node", "echo v18.20.4")
	assert.True(t, missing("").skipped, "too old")
	assert.True(t, missing("true").failed)
	script("node", "echo v20.0.0")
	assert.False(t, missing("true").failed)
	assert.False(t, missing("").skipped)
}

func TestRootHoldsTheProject(t *testing.T) {
	_, err := os.Stat(filepath.Join(Root(t), "go.mod"))
	assert.NoError(t, err)
}
