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
	if err := s.requireFile(ctx); err != nil {
		return err
	}
	_, err := s.pulumiIn(ctx, s.project.dir, value, "encrypting "+path+" of stack", "config", "set", "--secret", "--path", s.configPath(path))
	return err
}
