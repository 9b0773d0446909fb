package enginetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// UpWithoutDrift previews and updates the stack, and asserts that a second update and a refresh find no difference.
func (e *Engine) UpWithoutDrift(t testing.TB) {
	t.Helper()
	started := time.Now()
	require.NoError(t, e.Preview(), "preview")
	t.Logf("preview in %v", time.Since(started))
	started = time.Now()
	require.NoError(t, e.Up(), "up")
	t.Logf("up in %v, %d resources in the account", time.Since(started), len(e.Account.Left()))
	e.NoChanges(t)
}

// NoChanges asserts that neither an update nor a refresh finds a difference.
func (e *Engine) NoChanges(t testing.TB) {
	t.Helper()
	require.NoError(t, e.Up(optup.ExpectNoChanges()), "an unchanged program changes nothing\n%s", e.Output.String())
	require.NoError(t, e.Refresh(optrefresh.ExpectNoChanges()), "a refresh finds no difference\n%s", e.Output.String())
}

// Remaining returns what is left in the account and why, one resource a line. It fails on resources that are left
// without a reason, unless their type is one of kept: types that the program retains, which a provider is not told.
func (e *Engine) Remaining(t testing.TB, kept ...string) string {
	t.Helper()
	var lines []string
	for _, one := range e.Account.Left() {
		lines = append(lines, fmt.Sprintf("%s %s: %s", one.Token, one.ID, one.KeptBecause))
		if !slices.Contains(kept, one.Token) {
			assert.NotEmpty(t, one.KeptBecause, "%s %s is left over", one.Token, one.ID)
		}
	}
	assert.Empty(t, e.Cluster.Left(), "in the cluster")
	return strings.Join(lines, "\n")
}
