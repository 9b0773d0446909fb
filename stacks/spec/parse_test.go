package spec_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/stacks/spec"
)

// minimal is the smallest configuration of an environment.
const minimal = `
cloud: none
tier: staging
cluster: {context: kind-kind}
app: {name: blog, image: "registry.example.com/blog:1.0", settingsModule: blog.settings}
`

// production is a complete configuration that keeps its data.
const production = `
cloud: none
tier: production
cluster: {context: production}
app:
  name: blog
  image: registry.example.com/blog:1.0
  settingsModule: blog.settings
  celeryApp: blog
  url: https://blog.example.com
workers: [{name: default}]
database: {kind: in-cluster}
`

// onAWS is production with its own network and cluster on AWS.
const onAWS = `
cloud: aws
tier: production
aws: {region: eu-west-1, admins: ["arn:aws:iam::123456789012:role/deployer"]}
cluster: {endpoint: {allowedCIDRs: [203.0.113.0/24]}}
app:
  name: blog
  image: registry.example.com/blog:1.0
  settingsModule: blog.settings
  celeryApp: blog
  url: https://blog.example.com
workers: [{name: default}]
database: {kind: managed}
cache: {kind: managed}
broker: {kind: managed}
dns: {zone: example.com}
`

// onGCP is the same production on Google Cloud.
const onGCP = `
cloud: gcp
tier: production
gcp: {project: blog-production, region: europe-west1}
cluster: {endpoint: {allowedCIDRs: [203.0.113.0/24]}}
app:
  name: blog
  image: registry.example.com/blog:1.0
  settingsModule: blog.settings
  celeryApp: blog
  url: https://blog.example.com
workers: [{name: default}]
database: {kind: managed}
cache: {kind: managed}
broker: {kind: managed}
dns: {zone: example.com}
`

func parse(t *testing.T, text string) (*spec.Environment, error) {
	t.Helper()
	raw, err := yaml.YAMLToJSON([]byte(text))
	require.NoError(t, err)
	return spec.Parse(raw, "dev")
}

// changed sets one value below a configuration, by its path; nil removes it.
func changed(t *testing.T, text, path string, value any) string {
	t.Helper()
	var document map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &document))
	node := document
	steps := strings.Split(path, ".")
	for _, step := range steps[:len(steps)-1] {
		next, isMap := node[step].(map[string]any)
		if !isMap {
			next = map[string]any{}
			node[step] = next
		}
		node = next
	}
	last := steps[len(steps)-1]
	if value == nil {
		delete(node, last)
	} else {
		node[last] = value
	}
	out, err := yaml.Marshal(document)
	require.NoError(t, err)
	return string(out)
}

func TestTheSmallestConfigurationIsAWholeStagingEnvironment(t *testing.T) {
	e, err := parse(t, minimal)
	require.NoError(t, err)

	assert.Equal(t, "blog-dev", e.Namespace.Name)
	assert.Equal(t, "restricted", e.Namespace.PodSecurity)
	assert.Equal(t, spec.InCluster, e.Database.Kind)
	assert.Equal(t, "blog", e.Database.User)
	assert.Equal(t, spec.InCluster, e.Cache.Kind)
	assert.Equal(t, spec.None, e.Broker.Kind, "nothing queues")
	assert.Equal(t, spec.Disposable, e.Protection)
	assert.Equal(t, "blog.wsgi", e.App.WSGIModule)
	assert.Equal(t, spec.SourceExisting, e.Cluster.Source)
	assert.Equal(t, spec.Off, e.LoadBalancer.AccessLogs)
	assert.Equal(t, 2, e.Web.Replicas)
	assert.False(t, e.Held(data.Database).Protected)
}

func TestProductionKeepsItsData(t *testing.T) {
	e, err := parse(t, production)
	require.NoError(t, err)

	assert.True(t, e.Held(data.Database).Protected)
	assert.True(t, e.Held(data.Broker).Protected)
	assert.Equal(t, spec.InCluster, e.Broker.Kind, "a worker needs a broker")
	assert.Equal(t, 3, e.Web.Replicas)
	assert.False(t, e.Shell.Enabled)
}

func TestProductionOnACloudSurvivesTheLossOfAZone(t *testing.T) {
	e, err := parse(t, onAWS)
	require.NoError(t, err)

	assert.Equal(t, 3, e.Network.Zones)
	assert.Equal(t, "per-zone", e.Network.NAT)
	assert.Equal(t, spec.On, e.LoadBalancer.AccessLogs)
	assert.Equal(t, spec.On, e.Cluster.WorkloadLogs)
	assert.Equal(t, spec.MultiZone, e.Database.Managed.Availability)
	assert.Equal(t, 14, e.Database.Managed.BackupDays)
	assert.Equal(t, 1, e.Cache.Managed.Replicas)
	assert.True(t, e.Held(data.Database).Protected)
}

func TestProtectionIsLiftedByNameOnly(t *testing.T) {
	e, err := parse(t, changed(t, production, "allowDataLoss", []any{"database"}))
	require.NoError(t, err)

	assert.False(t, e.Held(data.Database).Protected)
	assert.True(t, e.Held(data.Broker).Protected)
}

func TestAWrittenValueWinsOverTheDefault(t *testing.T) {
	text := changed(t, production, "web.replicas", 5)
	text = changed(t, text, "shell", map[string]any{"enabled": true, "reason": "x"})
	text = changed(t, text, "workers", []any{map[string]any{"name": "slow", "longestTaskSeconds": 3600}})
	e, err := parse(t, text)
	require.NoError(t, err)

	assert.Equal(t, 5, e.Web.Replicas)
	assert.True(t, e.Shell.Enabled)
	assert.Equal(t, 3600, e.Workers[0].LongestTaskSeconds)
	assert.Equal(t, []string{"celery"}, e.Workers[0].Queues, "what is not written keeps its default")
}

func TestHostsFollowFromTheAddress(t *testing.T) {
	e, err := parse(t, changed(t, production, "app.hosts", []any{"www.example.com"}))
	require.NoError(t, err)

	assert.Equal(t, []string{"blog.example.com", "www.example.com", "blog-web.blog-dev.svc"}, e.AllowedHosts())
	assert.Equal(t, []string{"https://blog.example.com"}, e.TrustedOrigins())
	assert.Equal(t, "blog.example.com", e.ProbeHost())
}

func TestShippedConfigurationsAreValid(t *testing.T) {
	for stack, clouds := range map[string][]spec.Cloud{
		"local":      {spec.NoCloud},
		"staging":    {spec.AWSCloud, spec.GCPCloud},
		"production": {spec.AWSCloud, spec.GCPCloud},
	} {
		for _, cloud := range clouds {
			t.Run(stack+" on "+string(cloud), func(t *testing.T) {
				e, err := spec.Parse(shipped(t, stack, cloud), stack)
				require.NoError(t, err)
				assert.NoError(t, e.CheckSecrecy(nil), "nothing in it is secret")
			})
		}
	}
}

// Tests on real pods have their own stack files; a field that was renamed must not
// wait for them to be found.
func TestStackFilesOfTestsAreValid(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "tests", "*", "testdata", "Pulumi.*.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		raw, err := json.Marshal(environmentOf(t, file))
		require.NoError(t, err)
		_, err = spec.Parse(raw, "test")
		assert.NoError(t, err, file)
	}
}

// environmentOf reads the environment from a stack's file.
func environmentOf(t *testing.T, path string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var file struct {
		Config map[string]map[string]any `json:"config"`
	}
	require.NoError(t, yaml.Unmarshal(text, &file))
	return file.Config["djangostack:environment"]
}

// shipped is a stack's configuration with the cloud changed and nothing else.
func shipped(t *testing.T, stack string, cloud spec.Cloud) []byte {
	t.Helper()
	environment := environmentOf(t, filepath.Join("..", "..", "Pulumi."+stack+".yaml"))
	environment["cloud"] = cloud
	raw, err := json.Marshal(environment)
	require.NoError(t, err)
	return raw
}

func TestExternalServersAskForTheirPasswords(t *testing.T) {
	text := production
	for _, service := range []string{"database", "cache", "broker"} {
		text = changed(t, text, service, map[string]any{"kind": "external", "external": map[string]any{"host": service}})
	}
	_, err := parse(t, text)
	require.Error(t, err)
	for _, service := range []string{"database", "cache", "broker"} {
		assert.ErrorContains(t, err, service+".external.password: is required")
	}
}

func TestPlainTextPasswordsAreRefused(t *testing.T) {
	text := changed(t, minimal, "app.secretEnv.STRIPE_KEY", "sk_live_1")
	text = changed(t, text, "cache", map[string]any{"kind": "external", "external": map[string]any{"host": "cache", "password": "hunter2"}})
	e, err := parse(t, text)
	require.NoError(t, err)

	require.NoError(t, e.CheckSecrecy(func(string) bool { return true }))
	err = e.CheckSecrecy(nil)
	require.Error(t, err)
	assert.ErrorContains(t, err, "app.secretEnv.STRIPE_KEY: must be encrypted")
	assert.ErrorContains(t, err, "cache.external.password: must be encrypted")
	assert.NotContains(t, err.Error(), "sk_live_1")
	assert.NotContains(t, err.Error(), "hunter2")
}

func TestWholeNumbersOfAnyNotationAreIntegers(t *testing.T) {
	for _, number := range []string{"60", "60.0", "6e1", "6.0e+1"} {
		raw, err := yaml.YAMLToJSON([]byte(minimal))
		require.NoError(t, err)
		text := strings.Replace(string(raw), `{`, `{"web": {"longestRequestSeconds": `+number+`}, `, 1)
		environment, err := spec.Parse([]byte(text), "dev")
		require.NoError(t, err, number)
		assert.Equal(t, 60, environment.Web.LongestRequestSeconds, number)
	}
	raw, err := yaml.YAMLToJSON([]byte(minimal))
	require.NoError(t, err)
	_, err = spec.Parse([]byte(strings.Replace(string(raw), `{`, `{"web": {"longestRequestSeconds": 1e30}, `, 1)), "dev")
	var problems spec.Problems
	require.ErrorAs(t, err, &problems)
	assert.Contains(t, err.Error(), "web.longestRequestSeconds")
}
