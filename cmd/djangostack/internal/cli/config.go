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

// projectName is the namespace of configuration where no Pulumi.yaml says it.
const projectName = "djangostack"

func (a *app) configCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "config", Short: "Check configuration files and encrypt values in them", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	command.AddCommand(&cobra.Command{
		Use:     "validate FILE",
		Short:   "Check a stack's configuration file and name every mistake",
		Long:    "Check a stack's configuration file and name every mistake. Encrypted values are\ntaken for granted; no Pulumi, no cluster and no account are needed.",
		Example: "  djangostack config validate Pulumi.production.yaml",
		Args:    cobra.ExactArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return a.validate(args[0]) },
	})
	command.AddCommand(a.secretCommand())
	return command
}

func (a *app) validate(path string) error {
	err := a.validateFile(path)
	if a.flags.json {
		if writing := json.NewEncoder(a.Stdout).Encode(verdictOf(err)); writing != nil {
			return writing
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
	for _, text := range a.flags.set {
		override, err := stackfile.ParseOverride(text)
		if err != nil {
			return &usageError{err: err}
		}
		if err := file.Apply([]stackfile.Override{override}); err != nil {
			return &lifecycle.ConfigInvalidError{Err: err}
		}
	}
	if _, err := checkFile(file, stackOf(path)); err != nil {
		return &lifecycle.ConfigInvalidError{Err: fmt.Errorf("%s: %w", path, err)}
	}
	return nil
}

// verdict is the result of a check as JSON.
type verdict struct {
	Valid    bool           `json:"valid"`
	Problems []spec.Problem `json:"problems,omitempty"`
	Error    string         `json:"error,omitempty"`
}

func verdictOf(err error) verdict {
	var problems spec.Problems
	switch {
	case err == nil:
		return verdict{Valid: true}
	case errors.As(err, &problems):
		return verdict{Problems: problems}
	default:
		return verdict{Error: err.Error()}
	}
}

// stackOf is the stack that a file Pulumi.<stack>.yaml configures.
func stackOf(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	return strings.TrimPrefix(name, "Pulumi.")
}

// projectOf is the name of the project which a stack's file belongs to.
func projectOf(path string) string {
	dir, err := projectAbove(filepath.Dir(path))
	if err != nil {
		return projectName
	}
	name, err := lifecycle.ProjectName(dir)
	if err != nil {
		return projectName
	}
	return name
}
