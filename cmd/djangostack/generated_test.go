package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/cli"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/configurations"
	"github.com/djangostack/djangostack/tests/environments"
	"github.com/djangostack/djangostack/tests/testenv"
)

// What is valid rehearses. The shipped configurations and the public apps are the short form.
func TestGeneratedConfigurationsRehearse(t *testing.T) {
	if os.Getenv("DJANGOSTACK_SOAK") == "" {
		t.Skip("set DJANGOSTACK_SOAK=1 to rehearse 60 generated configurations")
	}
	const each = 20
	t.Setenv("DJANGOSTACK_PULUMI", testenv.NeedsEngine(t).Path)
	for _, cloud := range []spec.Cloud{spec.AWSCloud, spec.GCPCloud, spec.NoCloud} {
		generator, err := configurations.New(configurations.Seed + 1)
		require.NoError(t, err)
		passed := map[string]int{}
		for i := range each {
			environment, _, err := generator.Valid(cloud)
			require.NoError(t, err)
			tier, _ := environment["tier"].(string)
			if t.Run(fmt.Sprintf("%s %s %d", cloud, tier, i), func(t *testing.T) { rehearse(t, environment) }) {
				passed[tier]++
			}
		}
		t.Logf("seed %d, cloud %s: these valid configurations rehearse: %v", configurations.Seed+1, cloud, passed)
		assert.Len(t, passed, 2, "both tiers")
	}
}

func rehearse(t *testing.T, environment environments.Environment) {
	t.Helper()
	project := t.TempDir()
	text, err := os.ReadFile(filepath.Join(testenv.Root(t), "Pulumi.yaml"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(project, "Pulumi.yaml"), text, 0o600))
	text, err = configurations.File(environment)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(project, "Pulumi."+environments.Stack+".yaml"), text, 0o600))
	t.Setenv("KUBECONFIG", filepath.Join(project, "there-is-none"))
	var out bytes.Buffer
	needed := dependencies()
	needed.Stdout, needed.Stderr = &out, &out
	code := cli.Run(t.Context(), needed, nil, []string{"rehearse", "-s", environments.Stack, "--dir", project})
	require.Equal(t, 0, code, "%s\n%s", out.String(), environment.JSON(t))
	assert.Contains(t, out.String(), "the rehearsal of "+environments.Stack+" passed in")
}
