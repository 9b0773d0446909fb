package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/show"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
)

func (a *app) databaseCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "database", Short: "Move the database between the cluster and a managed server", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var wanted moveWish
	var yes bool
	move := &cobra.Command{
		Use:   "move",
		Short: "Move the database to a managed server of the cloud, or back into the cluster",
		Long: `Move the database to a managed server of the cloud, or back into the cluster, by
updates that it writes into the stack's file as database.move, one after the other:

  prepare  creates the new server and checks that it can take the database
  copy     stops the app, copies the database and compares it, row by row
  keep     starts the app with the new server; the old one is kept, with its data

If copy fails, the app starts again on the old server. If this command is interrupted,
the same command continues. Until the app has used the new server, --undo returns to the
old one and deletes the new one. After that, --finish deletes the old server, which is
protected until then.
Commit the stack's file after each run.`,
		Example: "  djangostack database move -s production --to managed\n  djangostack database move -s production --finish",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.moveDatabase(cmd.Context(), wanted, yes) },
	}
	move.Flags().StringVar(&wanted.to, "to", "", "where the database goes: managed or in-cluster; optional once a move has begun")
	move.Flags().BoolVar(&wanted.undo, "undo", false, "return to the old server, and delete the new one")
	move.Flags().BoolVar(&wanted.finish, "finish", false, "delete the old server")
	move.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask for confirmation; required without a terminal")
	move.MarkFlagsMutuallyExclusive("to", "undo", "finish")
	command.AddCommand(move)
	return command
}

func (a *app) moveDatabase(ctx context.Context, wanted moveWish, yes bool) error {
	named, err := a.selected()
	if err != nil {
		return err
	}
	for _, override := range named.overrides {
		if strings.HasPrefix(override.Path, "database") {
			return usage("--set %s is for one run, and a move is more than one: write it into the stack's file", override.Path)
		}
	}
	environment, err := check(named.project, a.flags.stack, named.overrides)
	if err != nil {
		return err
	}
	steps, question, err := wanted.steps(environment.Database)
	if err != nil {
		return err
	}
	if err := a.confirmed(yes, question+"\nType the name of the environment, %s, to continue: "); err != nil {
		return err
	}
	mover := mover{
		write: func(ctx context.Context, step moveState) error { return a.writeMove(ctx, named, step) },
		up:    a.upMove,
		note: func(text string) {
			if !a.flags.json {
				_, _ = fmt.Fprintf(a.Stderr, "%s: %s\n", a.flags.stack, text)
			}
		},
	}
	last, err := mover.run(ctx, stateOf(environment.Database), steps)
	if err != nil {
		return err
	}
	return a.result(map[string]string{"kind": string(last.kind), "step": string(last.step)}, "%s: %s\n", a.flags.stack, a.afterMove(last))
}

func (a *app) afterMove(last moveState) string {
	if last.step != spec.KeepMove {
		return fmt.Sprintf("the database is %s", last.kind)
	}
	return fmt.Sprintf("the app uses the %s database, and the old server is kept; to delete it: %s", last.kind, a.flags.again("database move", "--finish"))
}

// writeMove checks the configuration with a step and writes the step into the stack's file.
func (a *app) writeMove(ctx context.Context, named selection, step moveState) (err error) {
	file, err := named.project.StackConfiguration(a.flags.stack, append(slices.Clone(named.overrides), step.overrides()...))
	if err != nil {
		return err
	}
	if step.step == "" {
		if err := file.Unset("database.move"); err != nil {
			return &lifecycle.ConfigInvalidError{Err: err}
		}
	}
	if _, err := lifecycle.CheckEnvironmentIn(named.project.ReadFile, file, a.flags.stack); err != nil {
		return fmt.Errorf("%s is not changed, because it would be wrong then: %w", named.project.StackFile(a.flags.stack), err)
	}
	session, err := a.open(ctx, sessionOptions{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.close()) }()
	if step.step == "" {
		return session.stack.Unconfigure(ctx, "database.move")
	}
	values := map[string]string{}
	for _, override := range step.overrides() {
		values[override.Path] = override.Value.(string)
	}
	return session.stack.Configure(ctx, values)
}

// upMove brings the environment up as its file says.
func (a *app) upMove(ctx context.Context) (err error) {
	session, err := a.open(ctx, sessionOptions{checkConfig: true, placeholders: refusePlaceholders, providers: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.close()) }()
	result, err := session.stack.Up(ctx)
	if err != nil || a.flags.json {
		return err
	}
	session.progress.Line("done", show.Counts(result.Result, false))
	return nil
}

// moveState is what the configuration says about the servers of the database. Without a step there
// is no move.
type moveState struct {
	kind, other spec.Kind
	step        spec.MoveStep
}

func stateOf(database spec.Database) moveState {
	if database.Move == nil {
		return moveState{kind: database.Kind}
	}
	return moveState{kind: database.Kind, other: database.Move.Other, step: database.Move.Step}
}

// overrides are the values of a step in the environment.
func (m moveState) overrides() []stackfile.Override {
	if m.step == "" {
		return nil
	}
	return []stackfile.Override{
		{Path: "database.kind", Value: string(m.kind)},
		{Path: "database.move.other", Value: string(m.other)},
		{Path: "database.move.step", Value: string(m.step)},
	}
}

// moveWish is what the flags ask for.
type moveWish struct {
	to           string
	undo, finish bool
}

// steps are the updates that lead from a configuration to what is asked for, and the question that is
// answered before the first. The first update repeats the step of the configuration, which an earlier run may not have
// completed.
func (w moveWish) steps(database spec.Database) (steps []moveState, question string, err error) {
	now := stateOf(database)
	begun := now.step == spec.PrepareMove || now.step == spec.CopyMove
	switch {
	case w.undo && begun:
		return now.undone(), undoQuestion(now.kind, now.other), nil
	case w.undo && now.step == spec.KeepMove:
		// Its Job may have failed, so that the app is stopped. The state says whether the app uses the new server.
		back := moveState{now.other, now.kind, spec.CopyMove}
		return back.undone(), undoQuestion(back.kind, back.other), nil
	case w.undo && now.step == "":
		return nil, "", usage("there is no move to undo: the stack's file has no database.move")
	case w.undo:
		return nil, "", usage("the app uses the new server already, and what it has written is not in the old one: use --finish, and then move the database back with --to %s", now.other)
	case w.finish && now.step != "" && !begun:
		lost := "its data"
		if now.other == spec.InCluster {
			lost += " and its backups, in a bucket of the stack too"
		}
		return []moveState{{now.kind, now.other, spec.DiscardMove}, {kind: now.kind}},
			fmt.Sprintf("This deletes the old server, which is %s, with %s.", now.other, lost), nil
	case w.finish:
		return nil, "", usage("there is no old server to delete: database.move has not reached the step keep")
	case now.step == spec.DiscardMove:
		return nil, "", usage("the database is moved; --finish deletes the old server")
	}
	from, to, err := w.direction(now)
	if err != nil {
		return nil, "", err
	}
	all := []moveState{{from, to, spec.PrepareMove}, {from, to, spec.CopyMove}, {to, from, spec.KeepMove}}
	if at := slices.Index(all, now); at > 0 {
		all = all[at:]
	}
	return all, "The app stops while its database is copied.", nil
}

// undone are the updates that give up a move in one of its first steps.
func (m moveState) undone() []moveState {
	if m.step == spec.PrepareMove {
		// What it checks may fail again.
		return []moveState{{kind: m.kind}}
	}
	return []moveState{{m.kind, m.other, spec.PrepareMove}, {kind: m.kind}}
}

func undoQuestion(old, next spec.Kind) string {
	return fmt.Sprintf("This deletes the new server, which is %s. The app uses the one that is %s.", next, old)
}

// direction is from where to where the database goes.
func (w moveWish) direction(now moveState) (from, to spec.Kind, err error) {
	from, to = now.kind, spec.Kind(w.to)
	switch now.step {
	case spec.PrepareMove, spec.CopyMove:
		to = now.other
	case spec.KeepMove:
		from, to = now.other, now.kind
	}
	switch {
	case w.to != "" && w.to != string(to):
		return "", "", usage("a move to %s is under way, so the database cannot go to %s: end it with --undo or --finish first", to, w.to)
	case to != spec.InCluster && to != spec.Managed:
		return "", "", usage("say where the database goes: --to managed or --to in-cluster")
	case from == to:
		return "", "", usage("the database is %s already", to)
	}
	return from, to, nil
}

// mover writes steps and brings the environment up after each.
type mover struct {
	write func(ctx context.Context, step moveState) error
	up    func(ctx context.Context) error
	note  func(text string)
}

// run returns the last step. A step that does not follow from the last update is refused before anything is changed,
// so the file says again what it said before.
func (m mover) run(ctx context.Context, now moveState, steps []moveState) (moveState, error) {
	for _, step := range steps {
		before := now
		if step != now {
			if err := m.write(ctx, step); err != nil {
				return now, fmt.Errorf("writing the step %s of database.move: %w", step.name(), err)
			}
			now = step
		}
		m.note("step " + step.name())
		err := m.up(ctx)
		if err == nil {
			continue
		}
		if step != before && errors.As(err, new(*lifecycle.ConfigInvalidError)) {
			return before, errors.Join(fmt.Errorf("nothing was begun: the step %s of database.move: %w", step.name(), err), m.write(ctx, before))
		}
		return now, m.failed(ctx, step, err)
	}
	return now, nil
}

func (m moveState) name() string {
	if m.step == "" {
		return "without a move"
	}
	return string(m.step)
}

// failed starts the app again on the old server if the copy failed. An interrupted one is left as it is, for the
// next run to continue.
func (m mover) failed(ctx context.Context, step moveState, err error) error {
	switch {
	case step.step == spec.KeepMove:
		return fmt.Errorf("if the app is stopped, run the same command again, or with --undo: the step keep of database.move: %w", err)
	case step.step != spec.CopyMove:
		return fmt.Errorf("the step %s of database.move: %w", step.name(), err)
	case errors.As(err, new(*lifecycle.LockedError)):
		return fmt.Errorf("nothing was begun: the step copy of database.move: %w", err)
	case ctx.Err() != nil:
		return fmt.Errorf("the app is stopped until the same command is run again, or with --undo: the step copy of database.move: %w", err)
	}
	m.note("the copy failed; starting the app again on the old server")
	back := step
	back.step = spec.PrepareMove
	if again := m.write(ctx, back); again != nil {
		return fmt.Errorf("the step copy of database.move: %w", errors.Join(err, fmt.Errorf("the app is still stopped: %w", again)))
	}
	if again := m.up(ctx); again != nil {
		return fmt.Errorf("the step copy of database.move: %w", errors.Join(err, fmt.Errorf("the app is still stopped: %w", again)))
	}
	return fmt.Errorf("the database was not moved, and the app runs on the old server: the step copy of database.move: %w", err)
}
