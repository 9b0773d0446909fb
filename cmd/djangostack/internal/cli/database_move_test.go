package cli

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/spec"
)

func database(now moveState) spec.Database {
	if now.step == "" {
		return spec.Database{Kind: now.kind, Image: "postgres:17", Generation: 2}
	}
	return spec.Database{Kind: now.kind, Image: now.image, Generation: now.generation, Move: &spec.DatabaseMove{Other: now.other, Image: now.otherImage, Step: now.step}}
}

// The steps of a move from the cluster to a managed server.
var (
	atHome    = moveState{kind: spec.InCluster}
	prepared  = moveState{kind: spec.InCluster, other: spec.Managed, step: spec.PrepareMove}
	copied    = moveState{kind: spec.InCluster, other: spec.Managed, step: spec.CopyMove}
	kept      = moveState{kind: spec.Managed, other: spec.InCluster, step: spec.KeepMove}
	discarded = moveState{kind: spec.Managed, other: spec.InCluster, step: spec.DiscardMove}
	away      = moveState{kind: spec.Managed}
	back      = moveState{kind: spec.InCluster, other: spec.Managed, step: spec.BackMove}
	returning = moveState{kind: spec.Managed, other: spec.InCluster, step: spec.PrepareMove}
)

// The steps of an upgrade of the second server in the cluster, which was an upgrade of the first one.
var (
	older = moveState{kind: spec.InCluster, other: spec.InCluster, step: spec.PrepareMove, image: "postgres:17", otherImage: "postgres:18", generation: 2}
	newer = moveState{kind: spec.InCluster, other: spec.InCluster, step: spec.KeepMove, image: "postgres:18", otherImage: "postgres:17", generation: 3}
)

func TestAMoveGoesOnFromWhereTheFileIs(t *testing.T) {
	for name, row := range map[string]struct {
		now  moveState
		wish moveWish
		want []moveState
	}{
		"from the beginning":     {atHome, moveWish{to: "managed"}, []moveState{prepared, copied, kept}},
		"after prepare":          {prepared, moveWish{}, []moveState{prepared, copied, kept}},
		"after copy":             {copied, moveWish{to: "managed"}, []moveState{copied, kept}},
		"after keep":             {kept, moveWish{}, []moveState{kept}},
		"undone":                 {copied, moveWish{undo: true}, []moveState{prepared, atHome}},
		"undone before a copy":   {prepared, moveWish{undo: true}, []moveState{atHome}},
		"undone after keep":      {kept, moveWish{undo: true}, []moveState{prepared, atHome}},
		"given up after keep":    {kept, moveWish{back: true}, []moveState{back}},
		"given up again":         {back, moveWish{back: true}, []moveState{back}},
		"finished after that":    {back, moveWish{finish: true}, []moveState{back, atHome}},
		"upgrade":                {atHome, moveWish{upgrade: true, image: "postgres:18"}, []moveState{older, older.at(spec.CopyMove), newer}},
		"upgrade after copy":     {older.at(spec.CopyMove), moveWish{upgrade: true}, []moveState{older.at(spec.CopyMove), newer}},
		"upgrade after keep":     {newer, moveWish{upgrade: true, image: "postgres:18"}, []moveState{newer}},
		"upgrade undone":         {newer, moveWish{undo: true}, []moveState{older, atHome}},
		"upgrade given up":       {newer, moveWish{back: true}, []moveState{older.at(spec.BackMove)}},
		"upgrade finished":       {newer, moveWish{finish: true}, []moveState{newer.at(spec.DiscardMove), atHome}},
		"finished":               {kept, moveWish{finish: true}, []moveState{discarded, away}},
		"finished at the second": {discarded, moveWish{finish: true}, []moveState{discarded, away}},
		"back":                   {away, moveWish{to: "in-cluster"}, []moveState{returning, returning.at(spec.CopyMove), returning.exchanged(spec.KeepMove)}},
	} {
		steps, question, err := row.wish.steps(database(row.now))
		require.NoError(t, err, name)
		assert.Equal(t, row.want, steps, name)
		assert.NotEmpty(t, question, name)
	}
}

func TestAMoveThatCannotBeIsRefused(t *testing.T) {
	for want, row := range map[string]struct {
		now  moveState
		wish moveWish
	}{
		"say where the database goes":                 {atHome, moveWish{}},
		"say where the database goes: --to":           {atHome, moveWish{to: "external"}},
		"the database is managed already":             {away, moveWish{to: "managed"}},
		"a move to managed is under way":              {prepared, moveWish{to: "in-cluster"}},
		"end it with --undo or --finish first":        {kept, moveWish{to: "in-cluster"}},
		"there is no move to undo":                    {atHome, moveWish{undo: true}},
		"the app uses the new server already":         {discarded, moveWish{undo: true}},
		"database.move has not reached the step keep": {copied, moveWish{finish: true}},
		"--finish deletes the server that":            {discarded, moveWish{}},
		"--finish deletes the new one":                {back, moveWish{undo: true}},
		"there is no kept server to return to":        {copied, moveWish{back: true}},
		"say which server comes next: --image":        {atHome, moveWish{upgrade: true}},
		"only a server in the cluster is upgraded":    {away, moveWish{upgrade: true, image: "postgres:18"}},
		"a move to postgres:18 is under way":          {older, moveWish{upgrade: true, image: "postgres:19"}},
		"so the database cannot go to managed":        {newer, moveWish{to: "managed"}},
		"the old one is given up: use --finish":       {newer.at(spec.DiscardMove), moveWish{undo: true}},
	} {
		_, _, err := row.wish.steps(database(row.now))
		require.ErrorContains(t, err, want)
		assert.Equal(t, exitUsage, exitCode(err))
	}
}

// steps is a mover that records what it does, and fails at some updates.
func moverThat(fails map[int]error, done *[]string) mover {
	ups := 0
	return mover{
		write: func(_ context.Context, step moveState) error { *done = append(*done, "write "+step.name()); return nil },
		up: func(context.Context) error {
			ups++
			*done = append(*done, "up")
			return fails[ups]
		},
		note: func(string) {},
	}
}

func TestEachStepIsWrittenBeforeItIsMade(t *testing.T) {
	var done []string
	last, err := moverThat(nil, &done).run(t.Context(), atHome, []moveState{prepared, copied, kept})
	require.NoError(t, err)
	assert.Equal(t, kept, last)
	assert.Equal(t, []string{"write prepare", "up", "write copy", "up", "write keep", "up"}, done)

	done = nil
	_, err = moverThat(nil, &done).run(t.Context(), copied, []moveState{copied, kept})
	require.NoError(t, err)
	assert.Equal(t, []string{"up", "write keep", "up"}, done, "a step that is in the file is repeated")
}

func TestAFailedCopyStartsTheAppAgain(t *testing.T) {
	fault := errors.New("the rows differ")
	var done []string
	last, err := moverThat(map[int]error{2: fault}, &done).run(t.Context(), atHome, []moveState{prepared, copied, kept})
	require.ErrorIs(t, err, fault)
	assert.ErrorContains(t, err, "the app runs on the old server")
	assert.Equal(t, copied, last)
	assert.Equal(t, []string{"write prepare", "up", "write copy", "up", "write prepare", "up"}, done)

	_, err = moverThat(map[int]error{2: fault, 3: errors.New("no cluster")}, &done).run(t.Context(), atHome, []moveState{prepared, copied, kept})
	assert.ErrorContains(t, err, "the app is still stopped: no cluster")

	done = nil
	_, err = moverThat(map[int]error{1: fault}, &done).run(t.Context(), atHome, []moveState{prepared, copied, kept})
	require.ErrorIs(t, err, fault)
	assert.Equal(t, []string{"write prepare", "up"}, done, "no other step is undone")
}

// Someone else's run may be the copy itself.
func TestACopyThatSomeoneElseMakesIsNotUndone(t *testing.T) {
	var done []string
	_, err := moverThat(map[int]error{1: &lifecycle.LockedError{Stack: "dev"}}, &done).run(t.Context(), copied, []moveState{copied, kept})
	require.ErrorContains(t, err, "nothing was begun")
	assert.Equal(t, exitCode(&lifecycle.LockedError{}), exitCode(err))
	assert.Equal(t, []string{"up"}, done)
}

// The state may say more than the file: that the app uses the new server already.
func TestAStepThatIsRefusedIsNotLeftInTheFile(t *testing.T) {
	refused := &lifecycle.ConfigInvalidError{Err: errors.New("database.kind must stay managed")}
	var done []string
	last, err := moverThat(map[int]error{1: refused}, &done).run(t.Context(), kept, []moveState{prepared, atHome})
	require.ErrorIs(t, err, refused)
	assert.ErrorContains(t, err, "nothing was begun")
	assert.Equal(t, kept, last)
	assert.Equal(t, []string{"write prepare", "up", "write keep"}, done)
}

func TestAFailedKeepSaysHowToGoBack(t *testing.T) {
	var done []string
	_, err := moverThat(map[int]error{3: errors.New("the rows differ")}, &done).run(t.Context(), atHome, []moveState{prepared, copied, kept})
	require.ErrorContains(t, err, "if the app is stopped, run the same command again, or with --undo")
	assert.Equal(t, []string{"write prepare", "up", "write copy", "up", "write keep", "up"}, done, "what is to be done is for a person to say")
}

func TestAnInterruptedCopyIsLeftForTheNextRun(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	var done []string
	m := moverThat(nil, &done)
	m.up = func(context.Context) error { done = append(done, "up"); interrupt(); return context.Canceled }
	_, err := m.run(ctx, copied, []moveState{copied, kept})
	require.ErrorContains(t, err, "the app is stopped until the same command is run again")
	assert.Equal(t, exitCancelled, exitCode(err))
	assert.Equal(t, []string{"up"}, done)
}
