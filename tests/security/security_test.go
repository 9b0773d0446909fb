package security_test

import (
	"path/filepath"
	"regexp"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/aws"
	"github.com/djangostack/djangostack/stacks/gcp"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/golden"
	"github.com/djangostack/djangostack/tests/mocks"
	"github.com/djangostack/djangostack/tests/security"
)

// deploy returns a cloud's program.
func deploy(cloud spec.Cloud) func(*pulumi.Context, *spec.Environment) error {
	return map[spec.Cloud]func(*pulumi.Context, *spec.Environment) error{spec.AWSCloud: aws.Deploy, spec.GCPCloud: gcp.Deploy}[cloud]
}

// asked returns what the program registers for an environment.
func asked(t *testing.T, cloud spec.Cloud, tier spec.Tier, setting security.Setting) security.State {
	t.Helper()
	configuration, err := security.Configuration(cloud, tier, setting)
	require.NoError(t, err)
	environment := configuration.Parse(t)
	return stateOf(t, mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error { return deploy(cloud)(ctx, environment) }))
}

// stateOf returns what a program registered.
func stateOf(t *testing.T, ran mocks.Program) security.State {
	t.Helper()
	var state security.State
	for _, r := range ran.Resources {
		if !r.Custom {
			continue
		}
		inputs, _ := r.At(t, "").(map[string]any)
		state = append(state, security.Resource{Type: r.Type, Name: r.Name, Handles: handles(r), Inputs: security.Protected(inputs, r.Protect)})
	}
	return state.WithPods()
}

// handles returns the identifiers that the mocks give a resource.
func handles(r mocks.Resource) []string {
	return []string{
		r.Name + "-id", r.Name + "-1a2b3c4", "eipalloc-" + r.Name, r.Name,
		"arn:aws:mock:eu-central-1:" + mocks.Account + ":" + r.Name,
	}
}

func TestTheProgramRegistersWhatTheTableRequires(t *testing.T) {
	for _, table := range security.Tables() {
		for _, tier := range security.Tiers() {
			for _, setting := range security.Settings() {
				t.Run(string(table.Cloud)+"/"+string(tier)+"/"+string(setting), func(t *testing.T) {
					for _, wrong := range table.Check(asked(t, table.Cloud, tier, setting), tier, setting) {
						assert.Fail(t, wrong)
					}
				})
			}
		}
	}
}

func TestEveryLineIsComplete(t *testing.T) {
	number := regexp.MustCompile(`^(CKV2?_(AWS|GCP|K8S)_[0-9]+|CIS (EKS|AWS|GKE|GCP) [0-9]+(\.[0-9]+)+)$`)
	for _, table := range security.Tables() {
		for _, line := range table.Lines() {
			for _, id := range line.IDs {
				assert.Regexp(t, number, id)
			}
			assert.NotEmpty(t, line.IDs, line.Asks)
			assert.NotEmpty(t, line.Asks, line.Name())
			assert.NotEmpty(t, line.Of, line.Name())
			assert.NotEmpty(t, line.Needs, line.Name())
		}
	}
}

func TestALineWithoutAResourceDoesNotHold(t *testing.T) {
	for _, table := range security.Tables() {
		for _, line := range table.Lines() {
			assert.NotEmpty(t, line.Problems(nil), line.Name())
		}
	}
}

func TestAnExportedStateIsReadWithItsSecrets(t *testing.T) {
	exported := `{"version": 3, "deployment": {"manifest": {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""}, "resources": [
		{"urn": "urn:pulumi:dev::shop::aws:rds/instance:Instance::shop-database", "custom": true, "protect": true, "type": "aws:rds/instance:Instance", "id": "shop-1",
		 "inputs": {"__defaults": [], "password": {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": "\"word\""}},
		 "outputs": {"arn": "arn:aws:rds:shop-1"}}]}}`

	state, err := security.FromExport([]byte(exported))

	require.NoError(t, err)
	require.Len(t, state, 1)
	assert.Equal(t, security.Resource{
		Type: "aws:rds/instance:Instance", Name: "shop-database", Handles: []string{"shop-1", "arn:aws:rds:shop-1"},
		Inputs: map[string]any{"password": "word", "pulumi:protect": true},
	}, state[0])
	_, err = security.FromExport([]byte("{"))
	assert.ErrorContains(t, err, "reading an exported state")
}

func TestThePagesAreCurrent(t *testing.T) {
	for _, table := range security.Tables() {
		golden.Equal(t, filepath.Join("..", "..", "docs", "security-"+string(table.Cloud)+".md"), table.Page())
	}
}
