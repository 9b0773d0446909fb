package lifecycle_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
)

// guarded is an environment whose first two things have no data and change before the data.
func guarded(names map[string]any, entries ...thing) map[string]any {
	return map[string]any{"things": entries, "names": names, "image": "shop:1"}
}

func plainThings() []thing {
	return []thing{{Name: "web", Label: "one"}, {Name: "cache", Label: "one"}}
}

func database() thing { return thing{Name: "db", Protect: true, Part: "database"} }

func (p *testProject) refusal(stack *lifecycle.Stack) *lifecycle.RefusedError {
	p.t.Helper()
	_, err := stack.Up(context.Background())
	var refused *lifecycle.RefusedError
	require.ErrorAs(p.t, err, &refused)
	return refused
}

func (p *testProject) prodState() map[string]map[string]any {
	p.t.Helper()
	raw, err := os.ReadFile(filepath.Join(p.dir, "state", "pulumi", "backend", ".pulumi", "stacks", "shop", "prod.json"))
	require.NoError(p.t, err)
	var state struct {
		Checkpoint struct {
			Latest struct {
				Resources []map[string]any `json:"resources"`
			} `json:"latest"`
		} `json:"checkpoint"`
	}
	require.NoError(p.t, json.Unmarshal(raw, &state))
	resources := map[string]map[string]any{}
	for _, resource := range state.Checkpoint.Latest.Resources {
		urn, _ := resource["urn"].(string)
		resources[urn[strings.LastIndex(urn, "::")+2:]] = resource
	}
	return resources
}

// A deletion that Pulumi itself refuses only after it has changed everything else.
func TestPlanThatDeletesDataIsRefusedBeforeItsFirstStep(t *testing.T) {
	p := newTestProject(t)
	p.configureAll("prod", guarded(nil, append(plainThings(), database())...))
	p.up("prod")
	before := p.prodState()
	changed := plainThings()
	changed[0].Label, changed[1].Label = "two", "two"
	p.configureAll("prod", guarded(nil, changed...))

	stack := p.open("prod", lifecycle.StackOptions{})
	refused := p.refusal(stack)
	require.Len(t, refused.Resources, 1)
	lost := refused.Resources[0]
	assert.Equal(t, "db", lost.Name)
	assert.Equal(t, "delete", lost.Op)
	assert.Equal(t, "all rows of db", lost.Loss)
	assert.Equal(t, []string{"database"}, lost.Parts)
	assert.Equal(t, "allowDataLoss=[database]", refused.Allow())
	assert.Contains(t, refused.Error(), "nothing was changed")

	_, err := stack.Preview(context.Background())
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, "db", refused.Resources[0].Name)
	assert.Equal(t, before, p.prodState(), "a refused plan changes nothing")
}

func TestRefusalNamesTheChangedValueThatCausesIt(t *testing.T) {
	p := newTestProject(t)
	entries := append(plainThings(), database(), thing{Name: "media", Protect: true, Part: "media"})
	p.configureAll("prod", guarded(map[string]any{"db": "one", "media": "one"}, entries...))
	p.up("prod")
	entries[0].Label = "two"
	environment := guarded(map[string]any{"db": "two", "media": "two"}, entries...)
	environment["image"] = "shop:2"
	p.configureAll("prod", environment)

	refused := p.refusal(p.open("prod", lifecycle.StackOptions{}))

	require.Len(t, refused.Resources, 2)
	assert.Equal(t, []lifecycle.Cause{{Path: "names.db", Old: "one", New: "two"}}, refused.Resources[0].Causes)
	assert.Equal(t, []lifecycle.Cause{{Path: "names.media", Old: "one", New: "two"}}, refused.Resources[1].Causes)
	assert.Contains(t, refused.Error(), "because of names.db: one → two")
	assert.Equal(t, "allowDataLoss=[database,media]", refused.Allow())
}

func TestTheWordOfTheRefusalWorksInTheSameRunAndForThatPartOnly(t *testing.T) {
	p := newTestProject(t)
	entries := append(plainThings(), database(), thing{Name: "media", Protect: true, Part: "media"})
	p.configureAll("prod", guarded(nil, entries...))
	p.up("prod")
	p.configureAll("prod", guarded(nil, plainThings()...))
	stack, err := p.project().Stack(context.Background(), "prod", lifecycle.StackOptions{})
	require.NoError(t, err)
	refused := p.refusal(stack)
	require.NoError(t, stack.Close())
	assert.Equal(t, "allowDataLoss=[database,media]", refused.Allow())

	database, err := stackfile.ParseOverride("allowDataLoss=[database]")
	require.NoError(t, err)
	stack, err = p.project().Stack(context.Background(), "prod", lifecycle.StackOptions{Overrides: []stackfile.Override{database}})
	require.NoError(t, err)
	refused = p.refusal(stack)
	require.NoError(t, stack.Close())
	require.Len(t, refused.Resources, 1, "the allowed part is not refused")
	assert.Equal(t, "media", refused.Resources[0].Name)
	assert.Equal(t, true, p.prodState()["db"]["protect"], "nothing is unprotected for a refused plan")

	word, err := stackfile.ParseOverride(refused.Allow())
	require.NoError(t, err)
	stack, err = p.project().Stack(context.Background(), "prod", lifecycle.StackOptions{Overrides: []stackfile.Override{word}})
	require.NoError(t, err)
	preview, err := stack.Preview(context.Background())
	require.NoError(t, err)
	assert.Len(t, preview.Lost, 2)
	assert.Equal(t, 4, preview.Changes["delete"], "counts of an allowed preview: %v", preview.Changes)
	result, err := stack.Up(context.Background())
	require.NoError(t, err)
	require.NoError(t, stack.Close())

	assert.NotContains(t, p.prodState(), "db")
	allowed, err := json.Marshal(result.Outputs["allowedDataLoss"].Value)
	require.NoError(t, err)
	assert.Contains(t, string(allowed), `"parts":["database","media"]`)
	history, err := filepath.Glob(filepath.Join(p.dir, "state", "pulumi", "backend", ".pulumi", "history", "shop", "prod", "*.history.json"))
	require.NoError(t, err)
	last, err := os.ReadFile(history[len(history)-1])
	require.NoError(t, err)
	assert.Contains(t, string(last), "the loss of data is allowed for: ")

	next := p.up("prod")
	assert.Contains(t, next.Outputs, "allowedDataLoss", "later updates keep what was allowed")
}

func TestAllowedReplacementWorksInTheSameRun(t *testing.T) {
	p := newTestProject(t)
	p.configureAll("prod", guarded(map[string]any{"db": "one"}, database()))
	p.up("prod")
	environment := guarded(map[string]any{"db": "two"}, database())
	environment["allowDataLoss"] = []string{"database"}
	p.configureAll("prod", environment)

	p.up("prod")

	assert.Equal(t, []string{"db", "db"}, p.slow.createdNames())
	const forgotten = "allowDataLoss names database, and nothing of this plan loses that"
	assert.NotContains(t, p.messages(), forgotten)
	p.up("prod")
	assert.Contains(t, p.messages(), forgotten, "the word is still in the configuration")
}

// The word of one run must not be one for the next: neither for data that the run kept, nor for data that it made.
func TestAnAllowanceEndsWithItsRun(t *testing.T) {
	p := newTestProject(t)
	p.configureAll("prod", guarded(map[string]any{"db": "one"}, database()))
	p.up("prod")
	word := func(environment map[string]any) map[string]any {
		environment["allowDataLoss"] = []string{"database"}
		return environment
	}

	p.configureAll("prod", word(guarded(map[string]any{"db": "one"}, append(plainThings(), database())...)))
	p.up("prod")
	p.configureAll("prod", guarded(nil, plainThings()...))
	stack := p.open("prod", lifecycle.StackOptions{})
	refused := p.refusal(stack)
	assert.Equal(t, "allowDataLoss=[database]", refused.Allow(), "what was allowed and kept")
	_, err := stack.Destroy(context.Background(), lifecycle.DestroyOptions{})
	require.ErrorAs(t, err, &refused)
	require.NoError(t, stack.Close())

	p.configureAll("prod", word(guarded(map[string]any{"db": "two"}, database())))
	p.up("prod")
	p.configureAll("prod", guarded(map[string]any{"db": "three"}, database()))
	refused = p.refusal(p.open("prod", lifecycle.StackOptions{}))
	assert.Equal(t, "allowDataLoss=[database]", refused.Allow(), "what took its place")
	assert.Equal(t, true, p.prodState()["db"]["protect"])
}

func TestDataIsProtectedAgainAfterAFailedRun(t *testing.T) {
	p := newTestProject(t)
	p.configureAll("prod", guarded(nil, database()))
	p.up("prod")
	environment := guarded(nil, thing{Name: "web", Broken: true})
	environment["allowDataLoss"] = []string{"database"}
	p.configureAll("prod", environment)

	_, err := p.open("prod", lifecycle.StackOptions{}).Up(context.Background())

	var failed *lifecycle.UpdateFailedError
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, true, p.prodState()["db"]["protect"])
}

func TestDataThatAKilledRunUnprotectedCountsAsProtected(t *testing.T) {
	p := newTestProject(t)
	p.configureAll("prod", guarded(nil, database()))
	p.up("prod")
	environment := guarded(nil, thing{Name: "web", Seconds: long})
	environment["allowDataLoss"] = []string{"database"}
	p.configureAll("prod", environment)
	child := p.startChild("prod", "web")
	p.killAll(child)
	require.NotEqual(t, true, p.prodState()["db"]["protect"], "the run was killed before it removed the protection")

	p.configureAll("prod", guarded(nil, thing{Name: "web"}))
	stack := p.open("prod", lifecycle.StackOptions{})
	refused := p.refusal(stack)
	assert.Equal(t, "db", refused.Resources[0].Name)
	_, err := stack.Destroy(context.Background(), lifecycle.DestroyOptions{})
	require.ErrorAs(t, err, &refused)

	require.NoError(t, stack.Close())
	p.configureAll("prod", guarded(nil, database()))
	p.up("prod")
	assert.Equal(t, true, p.prodState()["db"]["protect"])
}

// Without protection there is nothing to check, and an update costs no preview.
func TestPlanIsNotCheckedWhileNothingIsProtected(t *testing.T) {
	p := newTestProject(t)
	p.configureAll("dev", guarded(nil, plainThings()...))
	p.up("dev")
	p.up("dev")
	assert.NotContains(t, p.messages(), "checking the whole plan")
}
