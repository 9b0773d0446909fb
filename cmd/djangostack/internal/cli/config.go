package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
)

// defaultProject is the project whose configuration keys are read where no Pulumi.yaml names one.
const defaultProject = "djangostack"

func (a *app) configCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "config", Short: "Check and explain configuration files, and encrypt values in them", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	command.AddCommand(&cobra.Command{
		Use:   "validate FILE",
		Short: "Check a stack's configuration file and name every mistake",
		Long: `Check a stack's configuration file and name every mistake. The check needs no
Pulumi CLI, no cluster and no account. Encrypted values are not decrypted: each is
assumed to be valid.`,
		Example: "  djangostack config validate Pulumi.production.yaml",
		Args:    cobra.ExactArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return a.validate(args[0]) },
	})
	command.AddCommand(a.explainCommand(), a.secretCommand())
	return command
}

func (a *app) validate(path string) error {
	err := a.validateFile(path)
	if a.flags.json {
		if writeErr := json.NewEncoder(a.Stdout).Encode(validationOf(err)); writeErr != nil {
			return writeErr
		}
		return err
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Stdout, "%s is valid\n", path)
	return err
}

func (a *app) validateFile(path string) error {
	file, err := stackfile.Read(path, projectOf(path))
	if err != nil {
		return &lifecycle.ConfigInvalidError{Err: err}
	}
	overrides, err := a.overrides()
	if err != nil {
		return err
	}
	if err := file.Apply(overrides); err != nil {
		return &lifecycle.ConfigInvalidError{Err: err}
	}
	if _, err := lifecycle.CheckEnvironment(file, stackOf(path)); err != nil {
		return &lifecycle.ConfigInvalidError{Err: fmt.Errorf("%s: %w", path, err)}
	}
	return nil
}

// validation is the result of config validate --json.
type validation struct {
	Valid    bool           `json:"valid"`
	Problems []spec.Problem `json:"problems,omitempty"`
	Error    string         `json:"error,omitempty"`
}

func validationOf(err error) validation {
	var problems spec.Problems
	switch {
	case err == nil:
		return validation{Valid: true}
	case errors.As(err, &problems):
		return validation{Problems: problems}
	default:
		return validation{Error: err.Error()}
	}
}

// stackOf returns the stack that a file Pulumi.<stack>.yaml configures.
func stackOf(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	return strings.TrimPrefix(name, "Pulumi.")
}

// projectOf returns the name of the project that a stack's file belongs to.
func projectOf(path string) string {
	dir, err := findProject(filepath.Dir(path))
	if err != nil {
		return defaultProject
	}
	name, err := lifecycle.ProjectName(dir)
	if err != nil {
		return defaultProject
	}
	return name
}
