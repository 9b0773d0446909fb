package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func (a *app) secretCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "secret PATH",
		Short: "Encrypt one value into a stack's configuration file",
		Long: `Encrypt one value of the environment, such as a password, into the stack's
configuration file. The value is read from the terminal without echo, or from
stdin. It is never an argument, because other users can see arguments.`,
		Example: "  djangostack config secret -s production database.external.password\n" +
			"  pass show blog/postgres | djangostack config secret -s production database.external.password",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.secret(cmd, args[0]) },
	}
}

func (a *app) secret(cmd *cobra.Command, path string) (err error) {
	// A missing CLI or stack is reported before the user types the secret.
	dirs, err := a.directories()
	if err != nil {
		return err
	}
	if err := a.requireStack(dirs.project); err != nil {
		return err
	}
	if _, err := a.findPulumi(cmd.Context(), dirs); err != nil {
		return err
	}
	value, err := a.readSecret(path)
	if err != nil {
		return err
	}
	session, err := a.open(cmd.Context(), sessionOptions{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.close()) }()
	if err := session.stack.SetSecret(cmd.Context(), path, bytes.NewReader(value)); err != nil {
		return err
	}
	file := session.project.StackFile(a.flags.stack)
	return a.result(map[string]string{"path": path, "file": file}, "%s is now encrypted in %s\n", path, file)
}

func (a *app) readSecret(path string) ([]byte, error) {
	value, err := a.promptSecret(path)
	if err != nil {
		return nil, fmt.Errorf("reading the value of %s: %w", path, err)
	}
	value = bytes.TrimRight(value, "\r\n")
	if len(value) == 0 {
		return nil, usage("the value of %s is empty; type it, or write it to stdin", path)
	}
	return value, nil
}

func (a *app) promptSecret(path string) ([]byte, error) {
	terminal := int(a.Stdin.Fd())
	if !term.IsTerminal(terminal) {
		return io.ReadAll(a.Stdin)
	}
	if _, err := fmt.Fprintf(a.Stderr, "Value of %s: ", path); err != nil {
		return nil, err
	}
	value, err := term.ReadPassword(terminal)
	_, newline := fmt.Fprintln(a.Stderr)
	return value, errors.Join(err, newline)
}
