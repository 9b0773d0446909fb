package lifecycle

import (
	"context"
	"io"
)

// SetSecret encrypts one value of the environment and writes it into the stack's
// own configuration file, the one file of the project that is ever written to.
// The path is below the environment object, for instance
// database.external.password. The stack is made if there is none, since its
// encryption is what the value is encrypted with. Errors are *ConfigInvalidError
// where the stack has no configuration file, and those of Up.
func (s *Stack) SetSecret(ctx context.Context, path string, value io.Reader) error {
	if s.options.ReadOnly {
		return errReadOnly
	}
	if file := s.project.StackFile(s.name); !isFile(file) {
		return configInvalid("stack %s has no configuration file %s to write the secret to", s.name, file)
	}
	if _, _, err := s.selectOrCreate(ctx); err != nil {
		return err
	}
	key := s.project.Name() + ":environment." + path
	_, err := s.pulumiIn(ctx, s.project.dir, value, "encrypting "+path+" of stack", "config", "set", "--secret", "--path", key)
	return err
}
