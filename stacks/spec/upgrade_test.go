package spec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/stacks/spec"
)

// The states of an upgrade of a production without a cloud.
var (
	before17   = object("kind", "in-cluster", "image", "postgres:17")
	prepared18 = upgrading("postgres:17", "postgres:18", "prepare", 1)
	copied18   = upgrading("postgres:17", "postgres:18", "copy", 1)
	kept17     = upgrading("postgres:18", "postgres:17", "keep", 2)
	discards17 = upgrading("postgres:18", "postgres:17", "discard", 2)
	back17     = upgrading("postgres:17", "postgres:18", "back", 1)
	on18       = object("kind", "in-cluster", "image", "postgres:18", "generation", 2)
)

// What does not follow would lead the app to an empty server, or delete the one with the rows.
func TestAnUpgradeIsMadeStepByStep(t *testing.T) {
	const moved = "; the step back after keep returns to the old server"
	for name, row := range map[string]struct {
		before, now map[string]any
		want        string
	}{
		"begins":                     {before17, prepared18, ""},
		"is stopped and copied":      {prepared18, copied18, ""},
		"is given up":                {copied18, prepared18, ""},
		"is taken back":              {prepared18, before17, ""},
		"is used":                    {copied18, kept17, ""},
		"is final":                   {kept17, discards17, ""},
		"ends":                       {discards17, on18, ""},
		"is followed by another one": {on18, upgrading("postgres:18", "postgres:19", "prepare", 2), ""},
		"another one is used":        {upgrading("postgres:18", "postgres:19", "copy", 2), upgrading("postgres:19", "postgres:18", "keep", 3), ""},
		"goes on after its way back": {back17, back17, ""},
		"ends after its way back":    {back17, before17, ""},
		"another C library":          {before17, upgrading("postgres:17", "postgres:17-alpine", "prepare", 1), ""},

		"by the number alone":        {before17, object("kind", "in-cluster", "image", "postgres:17", "generation", 2), `database.generation: 2: must stay 1: another server begins empty, and djangostack database upgrade copies`},
		"back by the number":         {on18, object("kind", "in-cluster", "image", "postgres:18"), `database.generation: 1: must stay 2: another server begins empty`},
		"at the number":              {before17, upgrading("postgres:17", "postgres:18", "prepare", 2), `database.generation: 2: must stay 1 until the database is copied`},
		"without a copy":             {prepared18, kept17, `database.move.step: "keep": must come after the step copy; the last complete update had the step prepare`},
		"out of a copy":              {copied18, before17, `database.move: may not be removed yet: first the step prepare`},
		"from nothing":               {before17, kept17, `database.move.step: "keep": must come after the step copy`},
		"with the old server":        {copied18, upgrading("postgres:17", "postgres:18", "keep", 1), `database.move: must keep the server that is in-cluster of database.generation 2 until the move has ended`},
		"without keeping":            {copied18, on18, `database.move: may not be removed with another database.generation: first the step keep`},
		"to another version":         {prepared18, upgrading("postgres:17", "postgres:19", "copy", 1), `database.move.image: "postgres:19": must stay PostgreSQL 18, whose files the server has`},
		"with another image of both": {before17, upgrading("postgres:16", "postgres:18", "prepare", 1), `database.image: "postgres:16": must stay PostgreSQL 17, whose files the server has`},
		"with the kept one replaced": {kept17, upgrading("postgres:18", "postgres:16", "keep", 2), `database.move.image: "postgres:16": must stay PostgreSQL 17`},
		"with a server skipped":      {copied18, upgrading("postgres:18", "postgres:17", "keep", 3), `must keep the server that is in-cluster of database.generation 1`},
		"back to old rows":           {kept17, prepared18, `database.generation: 1: must stay 2, which the app has used since its database was moved there`},
		"back without a word":        {kept17, back17, `database.move.step: "back": would lose what was written since the step keep: list database in allowDataLoss`},
		"back from what is given up": {discards17, back17, moved},
		"back from nothing":          {before17, back17, `database.move.step: "back": must come after the step keep, and there is no move`},
		"back before it is used":     {copied18, back17, `database.move.step: "back": must come after the step keep; the last complete update had the step copy`},
		"with all at once":           {kept17, on18, `database.move: may not be removed yet: first the step discard`},
		"used again after back":      {back17, kept17, `database.move.step: "keep": must come after the step copy; the last complete update had the step back`},
	} {
		t.Run(name, func(t *testing.T) {
			of := func(database map[string]any) map[string]any {
				document := stated(t, production, "", nil)
				put(document, "database", database)
				return document
			}
			problems := spec.CheckChange(of(row.before), of(row.now), "production")
			if row.want == "" {
				assert.Empty(t, problems)
				again := spec.CheckChange(of(row.now), of(row.now), "production")
				assert.Empty(t, again, "a step is repeated")
				return
			}
			require.Len(t, problems, 1)
			assert.Contains(t, problems.Error(), row.want)
		})
	}
}

func TestTheWayBackNeedsAWordInAProtectedEnvironment(t *testing.T) {
	of := func(database map[string]any, more map[string]any) map[string]any {
		document := stated(t, production, "", nil)
		put(document, "database", database)
		for path, value := range more {
			put(document, path, value)
		}
		return document
	}
	for _, more := range []map[string]any{object("allowDataLoss", list("database")), object("protection", "disposable")} {
		assert.Empty(t, spec.CheckChange(of(kept17, nil), of(back17, more), "production"))
	}
}

// The old volume must outlive everything but the last two steps, and the backups all of them.
func TestTheServersOfAnUpgradeAreProtected(t *testing.T) {
	for _, row := range []struct {
		database   map[string]any
		app, other bool
		parts      []string
	}{
		{before17, true, false, []string{"postgres"}},
		{prepared18, true, false, []string{"postgres", "postgres-2"}},
		{copied18, true, false, []string{"postgres", "postgres-2"}},
		{kept17, true, true, []string{"postgres-2", "postgres"}},
		{discards17, true, false, []string{"postgres-2", "postgres"}},
		{back17, true, false, []string{"postgres", "postgres-2"}},
		{on18, true, false, []string{"postgres-2"}},
	} {
		environment, err := parse(t, changed(t, production, "database", row.database))
		require.NoError(t, err)
		assert.Equal(t, row.app, environment.HeldServer(environment.DatabaseServer()).Protected, "%v", row.database)
		assert.Equal(t, row.other, environment.HeldServer(environment.OtherServer()).Protected, "%v", row.database)
		assert.True(t, environment.Held(data.Backups).Protected, "the backups are those of both: %v", row.database)
		var parts []string
		for _, server := range environment.PostgresServers() {
			parts = append(parts, server.Part())
		}
		assert.Equal(t, row.parts, parts)
	}
}

// A volume keeps its name and its values whichever server the app uses.
func TestAnUpgradeChangesNoVolume(t *testing.T) {
	claims := map[string]map[string]bool{}
	for _, database := range []map[string]any{before17, prepared18, copied18, kept17, discards17, back17, on18} {
		environment, err := parse(t, changed(t, production, "database", database))
		require.NoError(t, err)
		for _, claim := range environment.CreatedClaims() {
			if claim.Path != "database.volume.size" {
				continue
			}
			if claims[claim.Component] == nil {
				claims[claim.Component] = map[string]bool{}
			}
			claims[claim.Component][claim.Held.Hash()] = true
		}
	}
	assert.Len(t, claims["postgres"], 1)
	assert.Len(t, claims["postgres-2"], 1)
}
