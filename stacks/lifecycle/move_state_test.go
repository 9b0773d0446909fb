package lifecycle

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An update that failed may have recorded its configuration. Its Job says how far it came.
func TestAMoveIsAsFarAsItsJob(t *testing.T) {
	const job = `[{"urn": "urn:pulumi:dev::djangostack::kubernetes:batch/v1:Job::blog-database-move-step", "type": "kubernetes:batch/v1:Job", "initErrors": [%E],
		"inputs": {"spec": {"template": {"spec": {"containers": [{"env": [{"name": "PGPASSWORD", "valueFrom": {}}, {"name": "MOVE_STEP", "value": "%S"}]}]}}}}},
		{"urn": "urn:pulumi:dev::djangostack::kubernetes:apps/v1:Deployment::blog-web", "type": "kubernetes:apps/v1:Deployment", "inputs": {"spec": {"replicas": %R}}}]`
	at := func(kind, other, step string) map[string]any {
		return map[string]any{"cloud": "aws", "database": map[string]any{"kind": kind, "move": map[string]any{"other": other, "step": step}}}
	}
	prepared, copied, kept := at("in-cluster", "managed", "prepare"), at("in-cluster", "managed", "copy"), at("managed", "in-cluster", "keep")
	upgrading := func(step, image, other string, generation any) map[string]any {
		database := map[string]any{"kind": "in-cluster", "move": map[string]any{"other": "in-cluster", "image": other, "step": step}}
		for field, value := range map[string]any{"image": image, "generation": generation} {
			if value != nil {
				database[field] = value
			}
		}
		return map[string]any{"cloud": "none", "database": database}
	}
	for name, row := range map[string]struct {
		record       map[string]any
		step, errors string
		web          string
		want         map[string]any
	}{
		"copied":                            {copied, "copy", "", "0", copied},
		"a copy that failed":                {copied, "copy", `"failed"`, "0", prepared},
		"a copy that never began":           {copied, "prepare", "", "0", prepared},
		"kept":                              {kept, "keep", "", "0", kept},
		"a Job of keep that fails later":    {kept, "keep", `"failed"`, "2", kept},
		"a Job of keep that failed":         {kept, "keep", `"failed"`, "0", copied},
		"keep after a copy that failed":     {kept, "copy", `"failed"`, "0", prepared},
		"keep that was not recorded":        {copied, "keep", "", "0", kept},
		"an upgrade whose keep failed":      {upgrading("keep", "postgres:18", "postgres:17", 2.0), "keep", `"failed"`, "0", upgrading("copy", "postgres:17", "postgres:18", 1.0)},
		"an upgrade kept, not recorded":     {upgrading("copy", "postgres:17", "postgres:18", nil), "keep", "", "0", upgrading("keep", "postgres:18", "postgres:17", 2.0)},
		"a way back that failed":            {upgrading("back", "postgres:17", "postgres:18", 1.0), "back", `"failed"`, "2", upgrading("keep", "postgres:18", "postgres:17", 2.0)},
		"a way back that never began":       {upgrading("back", "postgres:17", "postgres:18", 1.0), "keep", "", "2", upgrading("keep", "postgres:18", "postgres:17", 2.0)},
		"on the old server again":           {upgrading("back", "postgres:17", "postgres:18", 1.0), "back", "", "2", upgrading("back", "postgres:17", "postgres:18", 1.0)},
		"without a move":                    {map[string]any{"cloud": "aws"}, "prepare", "", "0", map[string]any{"cloud": "aws"}},
		"discard":                           {at("managed", "in-cluster", "discard"), "keep", "", "0", at("managed", "in-cluster", "discard")},
		"without a Job, of another program": {copied, "", "", "0", copied},
	} {
		t.Run(name, func(t *testing.T) {
			var resources []stateResource
			if row.step != "" {
				text := strings.NewReplacer("%E", row.errors, "%S", row.step, "%R", row.web).Replace(job)
				require.NoError(t, json.Unmarshal([]byte(text), &resources))
			}
			state := newStackState(resources)
			state.exports.record.Environment = row.record
			assert.Equal(t, row.want, state.recorded())
		})
	}
	assert.Equal(t, "keep", kept["database"].(map[string]any)["move"].(map[string]any)["step"], "the record itself does not change")
}
