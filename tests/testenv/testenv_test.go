package testenv

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
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

func TestRootHoldsTheProject(t *testing.T) {
	_, err := os.Stat(filepath.Join(Root(t), "go.mod"))
	assert.NoError(t, err)
}
