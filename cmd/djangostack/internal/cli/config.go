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
		Use:   "validate [FILE]",
		Short: "Check a stack's configuration file and name every mistake",
		Long: `Check a stack's configuration file and name every mistake. The check needs no
Pulumi CLI, no cluster and no account. Encrypted values are not decrypted: each is
assumed to be valid. It lists the values that have to be replaced: those that are
still as init wrote them, which up refuses, and others that can only be examples.`,
		Example: "  djangostack config validate Pulumi.production.yaml\n  djangostack config validate -s production",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			path, err := a.fileToValidate(args)
			if err != nil {
				return err
			}
			return a.validate(path)
		},
	})
	command.AddCommand(a.explainCommand(), a.secretCommand())
	return command
}

// fileToValidate returns the argument, or else the file of the stack.
func (a *app) fileToValidate(args []string) (string, error) {
	if len(args) == 1 && a.flags.stack != "" {
		return "", usage("name the file or the stack, not both")
	}
	if len(args) == 1 {
		return args[0], nil
	}
	dirs, err := a.directories()
	if err != nil {
		return "", err
	}
	if a.flags.stack == "" {
		files, err := filepath.Glob(filepath.Join(dirs.project, "Pulumi.*.yaml"))
		if err != nil || len(files) == 0 {
			return "", usage("name the file to check; there is no Pulumi.<stack>.yaml in %s, and djangostack init writes one", dirs.project)
		}
		names := make([]string, len(files))
		for i, file := range files {
			names[i] = filepath.Base(file)
		}
		return "", usage("name the file to check: %s", strings.Join(names, ", "))
	}
	project, err := lifecycle.Open(a.projectOptions(dirs, nil, nil))
	if err != nil {
		return "", err
	}
	return project.StackFile(a.flags.stack), nil
}

func (a *app) validate(path string) error {
	found, err := a.validateFile(path)
	if a.flags.json {
		if writeErr := json.NewEncoder(a.Stdout).Encode(validationOf(found, err)); writeErr != nil {
			return writeErr
		}
		return err
	}
	if err != nil {
		return err
	}
	if _, err = fmt.Fprintf(a.Stdout, "%s is valid\n", path); err != nil {
		return err
	}
	for _, each := range found {
		if _, err := fmt.Fprintf(a.Stdout, "  to replace: %s\n", each); err != nil {
			return err
		}
	}
	if requireReplaced(path, found) == nil {
		return nil
	}
	_, err = fmt.Fprintf(a.Stdout, "  next: %s\n", replaceThem)
	return err
}

// validateFile checks a stack's file and lists what has to be replaced in it.
func (a *app) validateFile(path string) ([]placeholder, error) {
	file, err := stackfile.Read(path, a.projectOf(path))
	if stackfile.IsMissing(err) && strings.HasPrefix(filepath.Base(path), "Pulumi.") {
		err = &lifecycle.NoFileError{Stack: stackOf(path), File: path}
	}
	if err != nil {
		return nil, &lifecycle.ConfigInvalidError{Err: err}
	}
	overrides, err := a.overrides()
	if err != nil {
		return nil, err
	}
	if err := errors.Join(stackfile.CheckOverrides(overrides), file.Apply(overrides)); err != nil {
		return nil, &lifecycle.ConfigInvalidError{Err: err}
	}
	if _, err := lifecycle.CheckEnvironmentIn(a.inProjectOf(path), file, stackOf(path)); err != nil {
		return nil, &lifecycle.ConfigInvalidError{Err: fmt.Errorf("%s: %w", path, err)}
	}
	return placeholders(path, file)
}

// validation is the result of config validate --json.
type validation struct {
	Valid    bool           `json:"valid"`
	Problems []spec.Problem `json:"problems,omitempty"`
	Error    string         `json:"error,omitempty"`
	// ToReplace are values of init that no one replaced, and others that can only be examples.
	ToReplace []placeholder `json:"toReplace,omitempty"`
}

func validationOf(found []placeholder, err error) validation {
	var problems spec.Problems
	switch {
	case err == nil:
		return validation{Valid: true, ToReplace: found}
	case errors.As(err, &problems):
		return validation{Problems: problems}
	default:
		return validation{Error: err.Error()}
	}
}

// inProjectOf reads files relative to the directory of the Pulumi.yaml that a stack's file belongs
// to, or else to the file's own.
func (a *app) inProjectOf(path string) spec.ReadFile {
	dir, err := a.projectDirOf(path)
	if err != nil {
		dir = filepath.Dir(path)
	}
	return func(name string) ([]byte, error) {
		if !filepath.IsAbs(name) {
			name = filepath.Join(dir, name)
		}
		return stackfile.ReadProcfile(name)
	}
}

// stackOf returns the stack that a file Pulumi.<stack>.yaml configures.
func stackOf(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	return strings.TrimPrefix(name, "Pulumi.")
}

// projectDirOf returns the directory of the project that a stack's file belongs to: that of --dir, or the nearest.
func (a *app) projectDirOf(path string) (string, error) {
	if a.flags.dir != "" {
		return a.flags.dir, nil
	}
	return findProject(filepath.Dir(path))
}

// projectOf returns the name of the project that a stack's file belongs to.
func (a *app) projectOf(path string) string {
	dir, err := a.projectDirOf(path)
	if err != nil {
		return defaultProject
	}
	name, err := lifecycle.ProjectName(dir)
	if err != nil {
		return defaultProject
	}
	return name
}
