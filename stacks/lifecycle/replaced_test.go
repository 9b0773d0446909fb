package lifecycle

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	stackURN   = "urn:pulumi:dev::blog::pulumi:pulumi:Stack::blog-dev"
	serviceURN = "urn:pulumi:dev::blog::kubernetes:core/v1:Service::blog-web"
	claimURN   = "urn:pulumi:dev::blog::kubernetes:core/v1:PersistentVolumeClaim::blog-data"
)

func former(name string) stateResource {
	return stateResource{URN: serviceURN, ID: "blog/" + name, Delete: true, Inputs: map[string]any{
		"metadata": map[string]any{"name": name}, "secret": map[string]any{"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"},
	}}
}

func renamedTo(name any) Event {
	return Event{URN: serviceURN, Op: "replace", Properties: []PropertyChange{
		{Path: "metadata.name", Kind: "update-replace", Old: "two", New: name},
		{Path: "metadata.labels", Kind: "update", New: "of no interest"},
	}}
}

func TestWhatThePlanWouldCreateAgainIsFound(t *testing.T) {
	present := stateResource{URN: serviceURN, ID: "blog/two"}
	for _, row := range []struct {
		what   string
		plan   Event
		wanted map[string]string
	}{
		{"the former name", renamedTo("one"), map[string]string{serviceURN: "blog/one"}},
		{"a third name", renamedTo("three"), map[string]string{}},
		{"a name that is known later", renamedTo(unknownValue), map[string]string{}},
		{"nothing that forces a replacement", Event{URN: serviceURN, Op: "replace"}, map[string]string{}},
		{"an update in place", Event{URN: serviceURN, Op: "update", Properties: renamedTo("one").Properties}, map[string]string{}},
		{"a secret, which may be the former one", Event{URN: serviceURN, Op: "replace", Properties: []PropertyChange{
			{Path: "secret", Kind: "update-replace", New: maskedSecret},
		}}, map[string]string{serviceURN: "blog/one"}},
	} {
		t.Run(row.what, func(t *testing.T) {
			state := newStackState([]stateResource{former("one"), present})
			tried := map[string]bool{}
			assert.Equal(t, row.wanted, state.wantedAgain([]Event{row.plan}, tried))
			assert.Empty(t, state.wantedAgain([]Event{row.plan}, tried), "each is tried once")
		})
	}
}

func TestOnlyAReplacementThatIsNotFinishedCounts(t *testing.T) {
	present := stateResource{URN: serviceURN, ID: "blog/two"}
	assert.True(t, newStackState([]stateResource{former("one"), present}).hasReplaced())
	assert.False(t, newStackState([]stateResource{former("one")}).hasReplaced(), "an object that a killed run left")
	assert.False(t, newStackState([]stateResource{present}).hasReplaced())
}

type entry struct {
	URN     string   `json:"urn"`
	ID      string   `json:"id,omitempty"`
	Delete  bool     `json:"delete,omitempty"`
	Protect bool     `json:"protect,omitempty"`
	Parent  string   `json:"parent,omitempty"`
	Needs   []string `json:"dependencies,omitempty"`
}

func exchangedEntries(t *testing.T, entries ...entry) []entry {
	t.Helper()
	encoded, err := json.Marshal(entries)
	require.NoError(t, err)
	var resources []map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(encoded, &resources))
	require.True(t, exchange(resources, map[string]string{serviceURN: "blog/one"}))
	encoded, err = json.Marshal(resources)
	require.NoError(t, err)
	var after []entry
	require.NoError(t, json.Unmarshal(encoded, &after))
	return after
}

func TestTheFormerResourceTakesThePlaceOfItsReplacement(t *testing.T) {
	stack, claim := entry{URN: stackURN}, entry{URN: claimURN, Parent: stackURN, Needs: []string{serviceURN}}
	after := exchangedEntries(t, stack,
		entry{URN: serviceURN, ID: "blog/two", Parent: stackURN, Protect: true}, claim,
		entry{URN: serviceURN, ID: "blog/one", Parent: stackURN, Delete: true})
	assert.Equal(t, []entry{
		stack, {URN: serviceURN, ID: "blog/one", Parent: stackURN}, claim,
		{URN: serviceURN, ID: "blog/two", Parent: stackURN, Delete: true},
	}, after)
}

// Pulumi refuses a state in which a resource comes before one that it refers to.
func TestAFormerResourceStaysBehindWhatItRefersTo(t *testing.T) {
	stack, claim := entry{URN: stackURN}, entry{URN: claimURN, Parent: stackURN}
	after := exchangedEntries(t, stack,
		entry{URN: serviceURN, ID: "blog/two", Parent: stackURN}, claim,
		entry{URN: serviceURN, ID: "blog/one", Parent: stackURN, Delete: true, Needs: []string{claimURN}})
	assert.Equal(t, []entry{
		stack, {URN: serviceURN, ID: "blog/two", Parent: stackURN, Delete: true}, claim,
		{URN: serviceURN, ID: "blog/one", Parent: stackURN, Needs: []string{claimURN}},
	}, after)
}
