package lifecycle

import (
	"context"
	"maps"
	"slices"
)

// Configure writes plain texts into the environment in the stack's configuration file, by their paths, all of them at
// once or none. Comments of the file stay. Errors are those of SetSecret.
func (s *Stack) Configure(ctx context.Context, values map[string]string) error {
	args := []string{"config", "set-all", "--path"}
	for _, path := range slices.Sorted(maps.Keys(values)) {
		args = append(args, "--plaintext", s.configPath(path)+"="+values[path])
	}
	return s.editConfiguration(ctx, "writing the configuration of stack", args)
}

// Unconfigure removes the value at a path of the environment from the stack's configuration file. Errors are those of
// SetSecret.
func (s *Stack) Unconfigure(ctx context.Context, path string) error {
	return s.editConfiguration(ctx, "writing the configuration of stack", []string{"config", "rm", "--path", s.configPath(path)})
}

// configPath is the path of a value of the environment for Pulumi's commands.
func (s *Stack) configPath(path string) string { return s.project.Name() + ":environment." + path }

// editConfiguration runs a command of Pulumi that changes the stack's configuration file. It creates a stack that does
// not exist.
func (s *Stack) editConfiguration(ctx context.Context, doing string, args []string) error {
	if err := s.requireFile(ctx); err != nil {
		return err
	}
	_, err := s.pulumiIn(ctx, s.project.dir, nil, doing, args...)
	return err
}

// requireFile returns an error unless the stack has a configuration file that may be changed.
func (s *Stack) requireFile(ctx context.Context) error {
	if s.options.ReadOnly {
		return errReadOnly
	}
	if file := s.project.StackFile(s.name); s.project.options.Name != "" || !isFile(file) {
		return &ConfigInvalidError{Err: &NoFileError{Stack: s.name, File: file}}
	}
	_, _, err := s.selectOrCreate(ctx)
	return err
}
