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
	"github.com/djangostack/djangostack/stacks/spec"
)

func (a *app) databaseCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "database", Short: "Move the database to another server, or to a newer PostgreSQL", Args: cobra.NoArgs,
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
protected until then, and --back returns to it as it was kept.
Commit the stack's file after each run.`,
		Example: "  djangostack database move -s production --to managed\n  djangostack database move -s production --finish",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.moveDatabase(cmd.Context(), wanted, yes) },
	}
	move.Flags().StringVar(&wanted.to, "to", "", "where the database goes: managed or in-cluster; optional once a move has begun")
	moveFlags(move, &wanted, &yes, "to")
	command.AddCommand(move, a.upgradeCommand())
	return command
}

// moveFlags are those that every command of a move has, besides the one that says where the database goes.
func moveFlags(command *cobra.Command, wanted *moveWish, yes *bool, where string) {
	command.Flags().BoolVar(&wanted.undo, "undo", false, "return to the old server, and delete the new one, before the app has used it")
	command.Flags().BoolVar(&wanted.back, "back", false, "return to the old server after the app has used the new one: what was written since is lost")
	command.Flags().BoolVar(&wanted.finish, "finish", false, "delete the server that the app does not use")
	command.Flags().BoolVarP(yes, "yes", "y", false, "do not ask for confirmation; required without a terminal")
	command.MarkFlagsMutuallyExclusive(where, "undo", "back", "finish")
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
	command, server := "database move", string(last.kind)
	if last.upgrades() {
		command, server = "database upgrade", string(last.image)
	}
	switch last.step {
	case spec.KeepMove:
		return fmt.Sprintf("the app uses the %s database, and the old server is kept; to delete it: %s", server, a.flags.again(command, "--finish"))
	case spec.BackMove:
		return fmt.Sprintf("the app uses the %s database, as it was kept; to delete the new server with what was written to it: %s", server, a.flags.again(command, "--finish"))
	default:
		return fmt.Sprintf("the database is %s", last.kind)
	}
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
		values[override.Path] = fmt.Sprint(override.Value)
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
	back := step.at(spec.PrepareMove)
	if again := m.write(ctx, back); again != nil {
		return fmt.Errorf("the step copy of database.move: %w", errors.Join(err, fmt.Errorf("the app is still stopped: %w", again)))
	}
	if again := m.up(ctx); again != nil {
		return fmt.Errorf("the step copy of database.move: %w", errors.Join(err, fmt.Errorf("the app is still stopped: %w", again)))
	}
	return fmt.Errorf("the database was not moved, and the app runs on the old server: the step copy of database.move: %w", err)
}
