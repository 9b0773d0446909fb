package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/spf13/cobra"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/providers"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/spec"
)

// Dependencies are the parts of the command that package main provides.
type Dependencies struct {
	// Program is the Pulumi program.
	Program pulumi.RunFunc
	// ProviderNames are the Pulumi providers that every environment needs.
	ProviderNames []string
	// Plugins are the published plugins of ProviderNames. Main sets them.
	Plugins []providers.Plugin
	// CloudPlugins are the published plugins that an environment on a cloud needs, too. Main sets them.
	CloudPlugins map[spec.Cloud][]providers.Plugin
	// BuiltIn creates the built-in providers, by the names of the plugins that they replace.
	BuiltIn func() map[string]pulumirpc.ResourceProviderServer
	// Emulators starts the emulated cluster and accounts that an environment needs, for rehearse
	// and render. The caller closes them.
	Emulators func(*spec.Environment) (*Emulators, error)
	// AnswerWithin is the longest time in which a backend or a cluster must answer doctor. Zero: 30 seconds.
	AnswerWithin time.Duration
	// Version of this command. Main sets it.
	Version string
	// CalledAs is how a shell calls this command, for the next steps that it prints. Main sets it. Empty: djangostack.
	CalledAs string

	Stdin  *os.File
	Stdout io.Writer
	Stderr io.Writer
}

// app is one run of the command.
type app struct {
	Dependencies
	flags flags
	// abort, once closed, stops an interrupted operation without waiting for running changes.
	abort <-chan struct{}
}

// flags are the flags of all subcommands.
type flags struct {
	stack           string
	dir             string
	state           string
	set             []string
	json            bool
	providers       string
	switchProviders bool
	backend         string
	secretsProvider string
	pulumi          string
	parallel        int
	lockWait        time.Duration
	drain           time.Duration
	// calledAs is Dependencies.CalledAs.
	calledAs string
}

// Run runs the command with the arguments and returns its exit code. When ctx is cancelled, the
// running changes finish first; closing abort stops them at once.
func Run(ctx context.Context, dependencies Dependencies, abort <-chan struct{}, args []string) int {
	a := &app{Dependencies: dependencies, abort: abort, flags: flags{calledAs: dependencies.CalledAs}}
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
	if next := nextStep(err, a.flags); next != "" {
		_, _ = fmt.Fprintf(a.Stderr, "  next: %s\n", next)
	}
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "djangostack",
		Short: "Run a Django app on AWS, on Google Cloud or on any Kubernetes cluster",
		Long: `djangostack creates, updates, previews and destroys whole environments for a
Django app: network, cluster, database, cache, broker, buckets, names,
certificates, and the app itself. One stack is one environment. The file
Pulumi.<stack>.yaml describes it.

` + exitCodesHelp(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },

		PersistentPreRunE: refuseIgnoredFlags,
	}
	wrapUsageErrors(root)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err: err} })
	a.persistentFlags(root)
	root.AddCommand(
		a.initCommand(), a.upCommand(), a.previewCommand(), a.destroyCommand(), a.outputsCommand(), a.listCommand(),
		a.unlockCommand(), a.backupCommand(), a.restoreCommand(), a.databaseCommand(), a.doctorCommand(), a.configCommand(), a.renderCommand(), a.rehearseCommand(), a.versionCommand(),
		a.exitCodesCommand(),
	)
	for _, command := range root.Commands() {
		wrapUsageErrors(command)
	}
	helpWithoutIgnoredFlags(root)
	return root
}

// wrapUsageErrors turns wrong arguments of the command and its subcommands into usage errors.
func wrapUsageErrors(command *cobra.Command) {
	if check := command.Args; check != nil {
		command.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return wrongArguments(cmd, args, err)
			}
			return nil
		}
	}
	for _, child := range command.Commands() {
		wrapUsageErrors(child)
	}
}

// wrongArguments names the command or the flag that was probably meant.
func wrongArguments(cmd *cobra.Command, args []string, err error) error {
	see := "see " + cmd.CommandPath() + " --help"
	if len(args) == 0 {
		return usage("%w; %s", err, see)
	}
	if cmd.HasSubCommands() {
		cmd.SuggestionsMinimumDistance = 2
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			see = "did you mean " + strings.Join(near, " or ") + "? " + see
		}
		return usage("unknown command %q; %s", args[0], see)
	}
	last := args[len(args)-1]
	if slices.Contains(commonFlags()[nameOf(cmd)], "stack") {
		see = fmt.Sprintf("did you mean -s %s? %s", last, see)
	}
	return usage("unexpected argument %q of %s; %s", last, cmd.CommandPath(), see)
}

func (a *app) persistentFlags(root *cobra.Command) {
	all := root.PersistentFlags()
	all.StringVarP(&a.flags.stack, "stack", "s", "", "the stack, described by Pulumi.<stack>.yaml")
	all.StringVar(&a.flags.dir, "dir", "", "the project's directory (default: the nearest directory with a Pulumi.yaml, here or above)")
	all.StringVar(&a.flags.state, "state", "", "directory of state and tools (default: $DJANGOSTACK_STATE, else .djangostack in the project)")
	all.StringArrayVar(&a.flags.set, "set", nil, "override one value for this run, as path=value; for example app.image=shop:2 (repeatable)")
	all.BoolVar(&a.flags.json, "json", false, "write events and results as JSON, one object per line")
	all.StringVar(&a.flags.providers, "providers", string(lifecycle.Published), "which Pulumi providers to use: published (downloaded) or embedded (built into the command, for rehearsals and local environments)")
	all.BoolVar(&a.flags.switchProviders, "switch-providers", false, "let --providers change a stack that the other providers made")
	all.StringVar(&a.flags.backend, "backend", "", "URL of the state backend (default: $PULUMI_BACKEND_URL, Pulumi.yaml, pulumi login, else a directory in the state directory)")
	all.StringVar(&a.flags.secretsProvider, "secrets-provider", "", "what encrypts the secrets of a new stack: passphrase, awskms://..., gcpkms://..., ...")
	all.StringVar(&a.flags.pulumi, "pulumi", "", "path of Pulumi's CLI (default: $DJANGOSTACK_PULUMI, bin/pulumi in the state directory, else from PATH)")
	all.IntVar(&a.flags.parallel, "parallel", 0, "how many resources change at the same time (default: Pulumi's)")
	all.DurationVar(&a.flags.lockWait, "lock-wait", 20*time.Second, "how long to wait for another run of the same stack")
	all.DurationVar(&a.flags.drain, "drain", 10*time.Minute, "how long an interrupted run waits for running changes to finish")
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the versions of the command and of the providers it needs", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			version := versions{Version: a.Version, Providers: map[string]string{}}
			lines := "djangostack " + a.Version + "\n"
			for _, plugin := range a.Plugins {
				version.Providers[plugin.Name] = plugin.Version
				lines += fmt.Sprintf("provider %s\n", plugin)
			}
			return a.result(version, "%s", lines)
		},
	}
}

// versions is the result of version --json.
type versions struct {
	Version string `json:"version"`
	// Providers are the versions of the plugins that every environment needs, by name.
	Providers map[string]string `json:"providers"`
}
