package cli

import (
	"bufio"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/show"
	"github.com/djangostack/djangostack/stacks/lifecycle"
)

func (a *app) destroyCommand() *cobra.Command {
	var options lifecycle.DestroyOptions
	var yes bool
	command := &cobra.Command{
		Use:   "destroy",
		Short: "Delete an environment and its stack",
		Long: `Delete an environment and then its stack. Resources that hold data are protected in
production: while there are any, destroy is refused. --delete-data names those to
delete anyway.`,
		Example: "  djangostack destroy -s review-17\n  djangostack destroy -s production --delete-data postgres",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.destroy(cmd, options, yes) },
	}
	command.Flags().StringSliceVar(&options.DeleteData, "delete-data", nil, "names of protected resources to delete too (comma-separated, repeatable)")
	command.Flags().BoolVar(&options.KeepStack, "keep-stack", false, "keep the empty stack with its history")
	command.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask for confirmation")
	return command
}

func (a *app) destroy(cmd *cobra.Command, options lifecycle.DestroyOptions, yes bool) (err error) {
	if err := a.confirm(yes); err != nil {
		return err
	}
	session, err := a.open(cmd.Context(), sessionOptions{providers: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.close()) }()
	result, err := session.stack.Destroy(cmd.Context(), options)
	if err != nil || a.flags.json {
		return err
	}
	if result.Absent {
		_, err = fmt.Fprintf(a.Stdout, "%s: the stack does not exist; there is nothing to delete\n", a.flags.stack)
		return err
	}
	_, err = fmt.Fprintf(a.Stdout, "%s: %s in %s\n", a.flags.stack, show.Counts(result.Result, false), show.Seconds(result.Duration))
	return err
}

// confirm asks for the name of the stack, if stdin is a terminal. A script is not asked.
func (a *app) confirm(yes bool) error {
	if yes || a.flags.stack == "" || !a.onTerminal() {
		return nil
	}
	return a.askForName("This deletes the environment %s with all its data that is not protected.\nType its name to continue: ")
}

// confirmed asks for the name of the stack, and refuses a script that does not say --yes.
func (a *app) confirmed(yes bool, question string) error {
	switch {
	case yes || a.flags.stack == "":
		return nil
	case !a.onTerminal():
		return usage("there is no terminal to ask for confirmation; --yes confirms")
	default:
		return a.askForName(question)
	}
}

func (a *app) onTerminal() bool { return a.Stdin != nil && term.IsTerminal(int(a.Stdin.Fd())) }

// askForName asks for the name of the stack, which the question names by %s.
func (a *app) askForName(question string) error {
	if _, err := fmt.Fprintf(a.Stderr, question, a.flags.stack); err != nil {
		return err
	}
	answer, err := bufio.NewReader(a.Stdin).ReadString('\n')
	if err != nil {
		return usage("no answer, so nothing was changed; --yes skips the question")
	}
	if strings.TrimSpace(answer) != a.flags.stack {
		return usage("%q is not %q, so nothing was changed", strings.TrimSpace(answer), a.flags.stack)
	}
	return nil
}
