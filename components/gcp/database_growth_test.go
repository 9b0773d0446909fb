package gcp_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/emulators/cloud"
	emulatedgcp "github.com/djangostack/djangostack/emulators/gcp"
)

func TestADiskThatGrewByItselfBreaksNoUpdate(t *testing.T) {
	s := &services{}
	e := newEngine(t, s.run)
	require.NoError(t, e.Up(), e.Output.String())
	servers := e.Account.Objects(emulatedgcp.Token("sql/databaseInstance"))
	require.NotEmpty(t, servers)
	for _, server := range servers {
		require.NoError(t, e.Account.Drift(server.Token, server.ID, func(live cloud.Values) {
			for _, settings := range live.Objects("settings") {
				settings["diskSize"] = 77.0
			}
		}))
	}

	// No one has refreshed, so the state has the size of the beginning.
	s.change = changes{database: func(a *gcp.DatabaseArgs) { a.Insights = arguments.Off }}
	require.NoError(t, e.Up(), e.Output.String())
	for _, server := range e.Account.Objects(emulatedgcp.Token("sql/databaseInstance")) {
		assert.Equal(t, 77.0, server.Values.Number("settings.diskSize"), server.ID)
	}
	assert.Len(t, e.Account.Objects(emulatedgcp.Token("sql/databaseInstance")), len(servers), "none was replaced")
	require.NoError(t, e.Up(optup.ExpectNoChanges()), e.Output.String())
	require.NoError(t, e.Refresh())
	require.NoError(t, e.Up(optup.ExpectNoChanges()), e.Output.String())
}
