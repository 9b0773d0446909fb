package pods_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/configurations"
	"github.com/djangostack/djangostack/tests/e2e"
	"github.com/djangostack/djangostack/tests/environments"
)

// acceptedGenerated generates valid configurations, as many for each cloud, renders them, and asks the API server to check
// every object by server-side apply, which Pulumi's Kubernetes provider uses too. Objects of kinds that no API of this
// cluster has are counted instead.
func acceptedGenerated(t *testing.T, e *environment, seed uint64, each int) {
	kinds := filepath.Join(t.TempDir(), "kinds.yaml")
	require.NoError(t, os.WriteFile(kinds, []byte(e2e.Kinds()), 0o600))
	e.Kubectl(t, "", "apply", "--filename", kinds)
	served := e.served(t)
	generator, err := configurations.New(seed)
	require.NoError(t, err)
	accepted, absent := map[string]int{}, map[string]int{}
	for _, cloud := range []spec.Cloud{spec.AWSCloud, spec.GCPCloud, spec.NoCloud} {
		tried := 0
		for i := range each {
			environment, more := validOfTier(t, generator, cloud, []spec.Tier{spec.Staging, spec.Production}[i%2])
			tried += more
			manifests := e.rendered(t, environment)
			if manifests == nil {
				continue
			}
			sent := []map[string]any{}
			for _, manifest := range manifests {
				version, _ := manifest["apiVersion"].(string)
				kind, _ := manifest["kind"].(string)
				if !served[version+" "+kind] {
					absent[version+" "+kind]++
					continue
				}
				sent = append(sent, manifest)
			}
			if out, err := e.checked(t, sent); err != nil {
				t.Errorf("the API server refuses what is valid: %s\n%s", out, environment.JSON(t))
				continue
			}
			accepted[string(cloud)+" "+environment["tier"].(string)]++
			accepted["objects"] += len(sent)
		}
		t.Logf("seed %d, cloud %s: %d of %d generated configurations are valid", seed, cloud, each, tried)
	}
	t.Logf("the API server accepts %v", accepted)
	t.Logf("kinds that no API of this cluster has: %v", absent)
	assert.Len(t, slices.DeleteFunc(slices.Collect(maps.Keys(accepted)), func(key string) bool { return key == "objects" }), 6, "each cloud has both tiers")
}

// validOfTier returns a valid configuration of a tier, and how many configurations were tried.
func validOfTier(t *testing.T, generator *configurations.Generator, cloud spec.Cloud, tier spec.Tier) (environments.Environment, int) {
	t.Helper()
	const most = 100
	tried := 0
	for range most {
		environment, more, err := generator.Valid(cloud)
		require.NoError(t, err)
		tried += more
		if environment["tier"] == string(tier) {
			return environment, tried
		}
	}
	require.Failf(t, "no configuration", "none of %d valid ones of cloud %s has the tier %s", most, cloud, tier)
	return nil, tried
}

// served returns the kinds that this cluster has, each as "apps/v1 Deployment".
func (e *environment) served(t *testing.T) map[string]bool {
	t.Helper()
	served := map[string]bool{}
	for line := range strings.Lines(e.Kubectl(t, "", "api-resources", "--no-headers")) {
		// The second column, short names, may be empty.
		const version, kind = 3, 1
		fields := strings.Fields(line)
		require.Greater(t, len(fields), version, line)
		served[fields[len(fields)-version]+" "+fields[len(fields)-kind]] = true
	}
	require.True(t, served["apps/v1 Deployment"])
	return served
}

// rendered renders a configuration, and returns nil if that fails.
func (e *environment) rendered(t *testing.T, environment environments.Environment) []map[string]any {
	t.Helper()
	text, err := configurations.File(environment)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "Pulumi."+environments.Stack+".yaml")
	require.NoError(t, os.WriteFile(file, text, 0o600))
	command := e.command("djangostack", "--dir", e.CopyProject(t, file), "render", "-s", environments.Stack, "--generate-secrets", "--json")
	var out, problems bytes.Buffer
	command.Stdout, command.Stderr = &out, &problems
	if err := command.Run(); err != nil {
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
		t.Errorf("a valid configuration does not render: %s\n%s", problems.String(), environment.JSON(t))
		return nil
	}
	var manifests []map[string]any
	for decoder := json.NewDecoder(&out); decoder.More(); {
		var manifest map[string]any
		require.NoError(t, decoder.Decode(&manifest))
		manifests = append(manifests, manifest)
	}
	require.Greater(t, len(manifests), 10)
	return manifests
}

// checked asks the API server to check objects, after it made their namespaces.
func (e *environment) checked(t *testing.T, manifests []map[string]any) (string, error) {
	t.Helper()
	own, used := []map[string]any{}, map[string]bool{}
	for _, manifest := range manifests {
		metadata, _ := manifest["metadata"].(map[string]any)
		if manifest["kind"] == "Namespace" {
			own = append(own, manifest)
		}
		if name, _ := metadata["namespace"].(string); name != "" {
			used[name] = true
		}
	}
	for _, manifest := range own {
		metadata, _ := manifest["metadata"].(map[string]any)
		name, _ := metadata["name"].(string)
		delete(used, name)
	}
	for name := range used {
		own = append(own, map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": name}})
	}
	if out, err := e.apply(t, own); err != nil {
		return out, err
	}
	return e.apply(t, manifests, "--dry-run=server", "--warnings-as-errors")
}

// apply applies objects by server-side apply and returns what kubectl printed.
func (e *environment) apply(t *testing.T, manifests []map[string]any, options ...string) (string, error) {
	t.Helper()
	list, err := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "List", "items": manifests})
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "list.json")
	require.NoError(t, os.WriteFile(file, list, 0o600))
	arguments := append([]string{"kubectl", "--namespace=", "apply", "--server-side", "--force-conflicts", "--filename", file}, options...)
	out, err := e.command("djangostack-local", arguments...).CombinedOutput()
	return string(out), err
}

// The short form is a step of the test of the whole environment.
func TestTheAPIServerAcceptsGeneratedConfigurations(t *testing.T) {
	if os.Getenv("DJANGOSTACK_SOAK") == "" {
		t.Skip("set DJANGOSTACK_SOAK=1 to start a cluster for 300 generated configurations")
	}
	e := newEnvironment(t)
	t.Cleanup(func() { _ = e.command("djangostack-local", "down").Run() })
	e.Local(t, nil, "up")
	acceptedGenerated(t, e, configurations.Seed, 100)
}
