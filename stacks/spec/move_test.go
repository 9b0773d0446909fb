package spec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/stacks/spec"
)

// moved is a production with a step of a move; without a step it has no move.
func moved(t *testing.T, base, kind, other, step string) map[string]any {
	t.Helper()
	document := stated(t, base, "", nil)
	put(document, "database", moving(kind, other, step))
	if step == "" {
		put(document, "database", object("kind", kind))
	}
	return document
}

// A database that joins in the middle has no copy, and the last step would delete what leaves.
func TestTheDatabasesOfAMoveStay(t *testing.T) {
	const want = `database.further: must stay archive until database.move has ended`
	for step, row := range map[string]struct{ kind, other, next, want string }{
		"prepare": {"in-cluster", "managed", "copy", ""},
		"copy":    {"in-cluster", "managed", "copy", want},
		"keep":    {"managed", "in-cluster", "discard", want},
		"discard": {"managed", "in-cluster", "discard", ""},
	} {
		before, now := moved(t, onAWS, row.kind, row.other, step), moved(t, onAWS, row.kind, row.other, row.next)
		put(before, "database.further", list(object("name", "archive")))
		put(now, "database.further", list(object("name", "archive"), object("name", "reports")))
		problems := spec.CheckChange(before, now, "production")
		if row.want == "" {
			assert.Empty(t, problems, step)
			continue
		}
		assert.ErrorContains(t, problems, row.want, step)
		put(now, "database.further", list(object("name", "archive")))
		assert.Empty(t, spec.CheckChange(before, now, "production"), step)
	}
}

// A step that does not follow would lead the app to a server without its rows, or with old ones.
func TestAMoveIsMadeStepByStep(t *testing.T) {
	const inside, managed = "in-cluster", "managed"
	type state struct{ kind, other, step string }
	atHome, prepared, copied := state{inside, "", ""}, state{inside, managed, "prepare"}, state{inside, managed, "copy"}
	kept, discarded, away := state{managed, inside, "keep"}, state{managed, inside, "discard"}, state{managed, "", ""}
	for name, row := range map[string]struct {
		before, now state
		want        string
	}{
		"begins":                     {atHome, prepared, ""},
		"is stopped and copied":      {prepared, copied, ""},
		"is repeated":                {copied, copied, ""},
		"is given up":                {copied, prepared, ""},
		"is taken back":              {prepared, atHome, ""},
		"out of a copy":              {copied, atHome, `database.move: may not be removed yet: first the step prepare`},
		"is used":                    {copied, kept, ""},
		"is final":                   {kept, discarded, ""},
		"is kept after all":          {discarded, kept, ""},
		"ends":                       {discarded, away, ""},
		"goes back":                  {away, state{managed, inside, "prepare"}, ""},
		"without a copy":             {prepared, kept, `database.move.step: "keep": must come after the step copy; the last complete update had the step prepare`},
		"from nothing":               {atHome, kept, `database.move.step: "keep": must come after the step copy: begin with database.kind in-cluster, database.move.other managed and the step prepare`},
		"too early":                  {copied, discarded, `database.move.step: "discard": must come after the step keep`},
		"with the old kind":          {copied, state{inside, managed, "keep"}, `database.move.step: "keep": needs database.kind managed and database.move.other in-cluster`},
		"with the new kind":          {prepared, state{managed, inside, "copy"}, `database.kind: "managed": must stay in-cluster in the step copy`},
		"with another kind at first": {atHome, state{managed, inside, "prepare"}, `database.kind: "managed": must stay in-cluster until the database is copied`},
		"without keeping":            {copied, away, `database.move: may not be removed with another database.kind: first the step keep`},
		"back to old rows":           {kept, prepared, `database.kind: "in-cluster": must stay managed, which the app has used since`},
		"back to the old server":     {kept, atHome, `database.kind: "in-cluster": must stay managed, which the app has used since`},
		"over what is kept":          {kept, state{managed, inside, "copy"}, `must stay managed, which the app has used since`},
		"with all at once":           {kept, away, `database.move: may not be removed yet: first the step discard`},
	} {
		t.Run(name, func(t *testing.T) {
			for _, base := range []string{onAWS, onGCP} {
				of := func(s state) map[string]any { return moved(t, base, s.kind, s.other, s.step) }
				problems := spec.CheckChange(of(row.before), of(row.now), "production")
				if row.want == "" {
					assert.Empty(t, problems)
					continue
				}
				require.Len(t, problems, 1)
				assert.Contains(t, problems.Error(), row.want)
			}
		})
	}
}

func TestTheServerWithTheRowsIsProtectedInEachStep(t *testing.T) {
	for _, row := range []struct {
		kind, other, step    string
		inCluster, isManaged bool
	}{
		{"in-cluster", "managed", "prepare", true, false},
		{"in-cluster", "managed", "copy", true, false},
		{"managed", "in-cluster", "keep", true, true},
		{"managed", "in-cluster", "discard", false, true},
		{"managed", "in-cluster", "prepare", false, true},
	} {
		environment, err := parse(t, changed(t, onAWS, "database", moving(row.kind, row.other, row.step)))
		require.NoError(t, err)
		assert.Equal(t, row.inCluster, environment.HeldDatabase(spec.InCluster).Protected, "in the cluster: %v", row)
		assert.Equal(t, row.isManaged, environment.HeldDatabase(spec.Managed).Protected, "managed: %v", row)
		assert.Equal(t, row.inCluster, environment.Held(data.Backups).Protected, "the backups, which go with the server: %v", row)
		assert.True(t, environment.HeldInNamespace().Protected)
	}
}

// The server in the cluster is the same one before, during and after a move.
func TestAMoveChangesNoServer(t *testing.T) {
	hashes := map[string]bool{}
	for _, database := range []map[string]any{
		object("kind", "in-cluster"), moving("in-cluster", "managed", "prepare"), moving("in-cluster", "managed", "copy"), moving("managed", "in-cluster", "keep"), moving("managed", "in-cluster", "discard"),
	} {
		environment, err := parse(t, changed(t, onGCP, "database", database))
		require.NoError(t, err)
		hashes[environment.HeldDatabase(spec.InCluster).Hash()] = true
		assert.Equal(t, 100, environment.Database.MaxConnections)
		assert.Equal(t, spec.BackupsInVolume, environment.Database.Backups.Store)
		assert.True(t, environment.CertifiesDataServices())
	}
	assert.Len(t, hashes, 1)
}
