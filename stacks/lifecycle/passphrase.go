package lifecycle

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ensurePassphrase returns the path of the passphrase file in the directory,
// making one that only its owner can read if there is none. Of several makers at
// once one wins and all use its file.
func ensurePassphrase(dir string) (string, error) {
	path := filepath.Join(dir, "passphrase")
	if isFile(path) {
		return path, nil
	}
	draft, err := os.CreateTemp(dir, ".passphrase-*") // made with mode 0600
	if err != nil {
		return "", fmt.Errorf("making the passphrase: %w", err)
	}
	defer func() { _ = os.Remove(draft.Name()) }()
	if _, err := draft.WriteString(rand.Text()); err != nil {
		return "", fmt.Errorf("making the passphrase: %w", err)
	}
	if err := draft.Sync(); err != nil {
		return "", fmt.Errorf("making the passphrase: %w", err)
	}
	if err := draft.Close(); err != nil {
		return "", fmt.Errorf("making the passphrase: %w", err)
	}
	// A link never replaces a file that is there.
	if err := os.Link(draft.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("making the passphrase: %w", err)
	}
	return path, nil
}
