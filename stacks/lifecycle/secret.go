package lifecycle

import (
	"context"
	"io"
)

// SetSecret encrypts one value of the environment and writes it into the stack's configuration file. The
// path is relative to the environment, for example database.external.password. If the stack does not exist,
// SetSecret creates it, because the stack's key encrypts the value. Errors are those of Up, and
// *ConfigInvalidError if the stack has no configuration file.
func (s *Stack) SetSecret(ctx context.Context, path string, value io.Reader) error {
	if s.options.ReadOnly {
		return errReadOnly
	}
	if file := s.project.StackFile(s.name); s.project.options.Name != "" || !isFile(file) {
		return &ConfigInvalidError{Err: &NoFileError{Stack: s.name, File: file}}
	}
	if _, _, err := s.selectOrCreate(ctx); err != nil {
		return err
	}
	key := s.project.Name() + ":environment." + path
	_, err := s.pulumiIn(ctx, s.project.dir, value, "encrypting "+path+" of stack", "config", "set", "--secret", "--path", key)
	return err
}
