// Package cli is the djangostack command: flags, wiring and words over
// stacks/lifecycle.
package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/spf13/cobra"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/providers"
	"github.com/djangostack/djangostack/stacks/spec"
)

// Dependencies are what the command is built from; the heavy ones come from main.
type Dependencies struct {
	// Program is the Pulumi program.
	Program pulumi.RunFunc
	// Needs names the Pulumi providers which the program needs.
	Needs []string
	// Plugins are their published plugins; Main finds the versions.
	Plugins []providers.Plugin
	// Embedded makes the built-in stand-ins of the plugins.
	Embedded func() map[string]pulumirpc.ResourceProviderServer
	// Rehearsal sets the stage for one rehearsal of an environment.
	Rehearsal func(*spec.Environment) (*Stage, error)
	// Version of this command; Main finds it.
	Version string

	Stdin  *os.File
	Stdout io.Writer
	Stderr io.Writer
}

// app is one call of the command.
type app struct {
	Dependencies
	flags flags
	// abort, when closed, ends the draining of an interrupted operation.
	abort <-chan struct{}
}

// flags are those which all subcommands have.
type flags struct {
	stack           string
	dir             string
	state           string
	set             []string
	json            bool
	providers       string
	backend         string
	secretsProvider string
	pulumi          string
	parallel        int
	lockWait        time.Duration
	drain           time.Duration
}

// Run runs the command with the arguments and returns its exit code. Closing
// abort ends the draining that follows the context's end.
func Run(ctx context.Context, dependencies Dependencies, abort <-chan struct{}, args []string) int {
	a := &app{Dependencies: dependencies, abort: abort}
	root := a.root()
	root.SetArgs(args)
	root.SetOut(a.Stdout)
	root.SetErr(a.Stderr)
	err := root.ExecuteContext(ctx)
	if err != nil {
		a.report(err)
	}
	return exitCode(err)
}

func (a *app) report(err error) {
	_, _ = fmt.Fprintf(a.Stderr, "djangostack: %v\n", err)
	if next := advice(err, a.flags.stack); next != "" {
		_, _ = fmt.Fprintf(a.Stderr, "  next: %s\n", next)
	}
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "djangostack",
		Short: "Whole environments for a Django app, from an image name",
		Long: `djangostack brings whole environments for a Django app up, shows what would
change, and takes them down. One stack is one environment; the file
Pulumi.<stack>.yaml says all about it.

` + exitCodesHelp,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err: err} })
	a.persistentFlags(root)
	root.AddCommand(
		a.upCommand(), a.previewCommand(), a.destroyCommand(), a.outputsCommand(),
		a.doctorCommand(), a.configCommand(), a.renderCommand(), a.rehearseCommand(), a.versionCommand(),
		&cobra.Command{Use: "exit-codes", Short: "The exit codes, for scripts", Long: exitCodesHelp},
	)
	for _, command := range root.Commands() {
		typedUsage(command)
	}
	return root
}

// typedUsage makes wrong arguments usage errors, down the tree.
func typedUsage(command *cobra.Command) {
	if check := command.Args; check != nil {
		command.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return &usageError{err: fmt.Errorf("%s: %w", cmd.CommandPath(), err)}
			}
			return nil
		}
	}
	for _, child := range command.Commands() {
		typedUsage(child)
	}
}

func (a *app) persistentFlags(root *cobra.Command) {
	all := root.PersistentFlags()
	all.StringVarP(&a.flags.stack, "stack", "s", "", "the stack: its configuration is Pulumi.<stack>.yaml")
	all.StringVar(&a.flags.dir, "dir", "", "the project's directory (default: the nearest one upwards with a Pulumi.yaml)")
	all.StringVar(&a.flags.state, "state", "", "directory of state and tools (default: $DJANGOSTACK_STATE, else .djangostack in the project)")
	all.StringArrayVar(&a.flags.set, "set", nil, "path=value: override one value of the environment for this run, for instance app.image=shop:2 (repeatable)")
	all.BoolVar(&a.flags.json, "json", false, "write events and results as JSON, one object a line")
	all.StringVar(&a.flags.providers, "providers", string(providers.Auto), "Pulumi providers: auto, published or embedded")
	all.StringVar(&a.flags.backend, "backend", "", "URL of the state's backend (default: $PULUMI_BACKEND_URL, Pulumi.yaml, pulumi login, else in the state directory)")
	all.StringVar(&a.flags.secretsProvider, "secrets-provider", "", "what encrypts the secrets of a new stack: passphrase, awskms://..., gcpkms://..., ...")
	all.StringVar(&a.flags.pulumi, "pulumi", "", "Pulumi's command line (default: $DJANGOSTACK_PULUMI, else bin/pulumi in the state directory, else from PATH)")
	all.IntVar(&a.flags.parallel, "parallel", 0, "how many resources change at once (default: Pulumi's)")
	all.DurationVar(&a.flags.lockWait, "lock-wait", 20*time.Second, "how long to wait for another run of the stack to end")
	all.DurationVar(&a.flags.drain, "drain", 10*time.Minute, "how long an interrupted run may take to end what is under way")
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "The versions of this command and of what it was built for", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(a.Stdout, "djangostack %s\n", a.Version)
			for _, plugin := range a.Plugins {
				_, err = fmt.Fprintf(a.Stdout, "provider %s\n", plugin)
			}
			return err
		},
	}
}
