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

// Settles makes what the program says, and asserts that nothing differs afterwards.
func (e *Engine) Settles(t *testing.T) {
	t.Helper()
	started := time.Now()
	require.NoError(t, e.Preview(), "preview")
	t.Logf("preview in %v", time.Since(started))
	started = time.Now()
	require.NoError(t, e.Up(), "up")
	t.Logf("up in %v, %d things in the account", time.Since(started), len(e.Account.Left()))
	require.NoError(t, e.Up(optup.ExpectNoChanges()), "second up")
	require.NoError(t, e.Refresh(optrefresh.ExpectNoChanges()), "refresh")
}

// Leftovers are what stays and why, one in a line; it fails on what stays for no reason, in the account or in the
// cluster. The program keeps some kinds itself, of which a provider is never told.
func (e *Engine) Leftovers(t *testing.T, kept ...string) string {
	t.Helper()
	var stays []string
	for _, one := range e.Account.Left() {
		stays = append(stays, fmt.Sprintf("%s %s: %s", one.Token, one.ID, one.Stays))
		if !slices.Contains(kept, one.Token) {
			assert.NotEmpty(t, one.Stays, "%s %s is left over", one.Token, one.ID)
		}
	}
	assert.Empty(t, e.Cluster.Left())
	return strings.Join(stays, "\n")
}
