package processes_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/environments"
)

// upgrading is a protected environment on a cluster that exists, with backups, whose PostgreSQL is upgraded.
type upgrading struct {
	*enginetest.Environment
	home environments.Environment
	// fails makes the Job of the move fail.
	fails bool
}

func newUpgrading(t *testing.T) *upgrading {
	t.Helper()
	u := &upgrading{home: environments.Small(spec.NoCloud).Set(t, "protection=protected", "workers=[]", "beat.enabled=false", "cache.kind=none", "database={backups: {store: volume}, further: [{name: archive}]}")}
	u.Environment = enginetest.NewInterceptedEnvironment(t, u.home, onACluster, func(call enginetest.Call) enginetest.Verdict {
		if u.fails && call.Operation == "create" && strings.Contains(call.URN, "kubernetes:batch/v1:Job::blog-database-move-step") {
			return enginetest.Refuse
		}
		return enginetest.Pass
	})
	return u
}

// the servers of the app and of the move, as the configuration says them at a step.
func serversAt(image, other, step, generation string) []string {
	set := []string{"database.image=postgres:" + image, "database.generation=" + generation}
	if step != "" {
		set = append(set, "database.move={other: in-cluster, image: postgres:"+other+", step: "+step+"}")
	}
	return set
}

func (u *upgrading) at(t *testing.T, set []string) *upgrading {
	t.Helper()
	u.Configuration = u.home.Set(t, set...)
	return u
}

func (u *upgrading) try(t *testing.T) error {
	t.Helper()
	var failed error
	u.With(t, lifecycle.StackOptions{}, func(stack *lifecycle.Stack) { _, failed = stack.Up(context.Background()) })
	return failed
}

// resources are the inputs of the objects of a kind, by their names in the state.
func (u *upgrading) resources(t *testing.T, kind string) map[string]map[string]any {
	t.Helper()
	var state struct {
		Deployment struct {
			Resources []struct {
				URN, ID string
				Inputs  map[string]any
			}
		}
	}
	require.NoError(t, json.Unmarshal(u.Export(t), &state))
	found := map[string]map[string]any{}
	for _, r := range state.Deployment.Resources {
		if name := r.URN[strings.LastIndex(r.URN, "::")+2:]; strings.HasSuffix(strings.TrimSuffix(r.URN, "::"+name), ":"+kind) {
			r.Inputs["id"] = r.ID
			found[name] = r.Inputs
		}
	}
	return found
}

// volumes are the IDs of the volumes with the files of PostgreSQL.
func (u *upgrading) volumes(t *testing.T) map[string]any {
	t.Helper()
	ids := map[string]any{}
	for name, claim := range u.resources(t, "PersistentVolumeClaim") {
		if strings.HasPrefix(name, "blog-postgres") {
			ids[name] = claim["id"]
		}
	}
	return ids
}

// serves asserts which server the app and the backups use, with which image, and how many pods the app has.
func (u *upgrading) serves(t *testing.T, host, image string, pods float64) {
	t.Helper()
	text := func(of any) string {
		encoded, err := json.Marshal(of)
		require.NoError(t, err)
		return string(encoded)
	}
	backup := text(u.resources(t, "CronJob")["blog-backup"])
	assert.Contains(t, backup, `"`+host+`"`)
	assert.Contains(t, backup, `"postgres:`+image+`"`, "pg_dump is of the server's version")
	assert.Contains(t, text(u.resources(t, "ConfigMap")), `"PGHOST":"`+host+`"`)
	web := u.resources(t, "Deployment")["blog-web"]["spec"].(map[string]any)
	assert.InDelta(t, pods, web["replicas"], 0)
}

// moved is the image of the last Job of the move.
func (u *upgrading) moved(t *testing.T) string {
	t.Helper()
	job, err := json.Marshal(u.resources(t, "Job")["blog-database-move-step"])
	require.NoError(t, err)
	return string(job)
}

// goesTo upgrades from a server to the next one.
func (u *upgrading) goesTo(t *testing.T, image, other, generation, next string) {
	t.Helper()
	of := func(generation string) string {
		if generation == "1" {
			return "blog-postgres"
		}
		return "blog-postgres-" + generation
	}
	before := u.volumes(t)
	u.at(t, serversAt(image, other, "prepare", generation)).Up(t)
	both := u.volumes(t)
	assert.Equal(t, before[of(generation)+"-data"], both[of(generation)+"-data"])
	assert.Len(t, both, 2)
	u.serves(t, of(generation), image, 2)
	for _, kind := range []string{"StatefulSet", "Service", "NetworkPolicy"} {
		assert.Contains(t, u.resources(t, kind), of(next), kind)
	}

	u.at(t, serversAt(image, other, "copy", generation)).Up(t)
	u.serves(t, of(generation), image, 0)
	assert.Contains(t, u.moved(t), `"postgres:`+other+`"`, "the newer pg_dump reads both")

	u.at(t, serversAt(other, image, "keep", next)).Up(t)
	u.serves(t, of(next), other, 2)
	assert.Contains(t, u.moved(t), `"postgres:`+other+`"`)
	assert.Equal(t, both, u.volumes(t), "the old volume is kept")
	_, err := u.TryDestroy(t)
	require.ErrorAs(t, err, new(*lifecycle.RefusedError))
}

func (u *upgrading) finishes(t *testing.T, image, other, generation string) {
	t.Helper()
	before := len(u.volumes(t))
	u.at(t, serversAt(image, other, "discard", generation)).Up(t)
	assert.Len(t, u.volumes(t), before)
	u.at(t, serversAt(image, "", "", generation)).Up(t)
	assert.Equal(t, []string{"blog-postgres-" + generation + "-data"}, keysOf(u.volumes(t)))
	assert.False(t, u.Up(t).Any(), "nothing is left to do")
}

func keysOf(of map[string]any) []string {
	var keys []string
	for key := range of {
		keys = append(keys, key)
	}
	return keys
}

// The short form upgrades once, and returns to the old volume.
func TestPostgreSQLIsUpgradedBesideItsOldVolume(t *testing.T) {
	u := newUpgrading(t)
	u.at(t, serversAt("16", "", "", "1")).Up(t)
	first := u.volumes(t)

	// The kept volume is the way back, by a word.
	u.goesTo(t, "16", "17", "1", "2")
	back := serversAt("16", "17", "back", "1")
	require.ErrorContains(t, u.at(t, back).try(t), "list database in allowDataLoss")
	u.at(t, append(back, "allowDataLoss=[database]")).Up(t)
	u.serves(t, "blog-postgres", "16", 2)
	u.at(t, serversAt("16", "", "", "1")).Up(t)
	assert.Equal(t, first, u.volumes(t), "the volume is the one from before the upgrade")
	if testing.Short() {
		return
	}

	// A copy that failed leaves the app where it was.
	u.at(t, serversAt("16", "17", "prepare", "1")).Up(t)
	u.fails = true
	require.Error(t, u.at(t, serversAt("16", "17", "copy", "1")).try(t))
	u.fails = false
	require.ErrorContains(t, u.at(t, serversAt("17", "16", "keep", "2")).try(t), "must come after the step copy")
	u.at(t, serversAt("16", "17", "prepare", "1")).Up(t)
	u.at(t, serversAt("16", "", "", "1")).Up(t)
	assert.Equal(t, first, u.volumes(t))

	u.goesTo(t, "16", "17", "1", "2")
	u.finishes(t, "17", "16", "2")
	u.goesTo(t, "17", "18", "2", "3")
	u.finishes(t, "18", "17", "3")
	assert.False(t, u.Refresh(t).Any())
}
