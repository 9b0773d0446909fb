package lifecycle

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ensurePassphrase returns the path of the passphrase file in the directory. If there is none, it creates
// one that only its owner can read. If several processes do so at once, all use the file of the first.
func ensurePassphrase(dir string) (string, error) {
	path := filepath.Join(dir, "passphrase")
	if isFile(path) {
		return path, nil
	}
	draft, err := os.CreateTemp(dir, ".passphrase-*") // CreateTemp uses mode 0600
	if err != nil {
		return "", fmt.Errorf("creating the passphrase: %w", err)
	}
	defer func() { _ = os.Remove(draft.Name()) }()
	if _, err := draft.WriteString(rand.Text()); err != nil {
		return "", fmt.Errorf("creating the passphrase: %w", err)
	}
	if err := draft.Sync(); err != nil {
		return "", fmt.Errorf("creating the passphrase: %w", err)
	}
	if err := draft.Close(); err != nil {
		return "", fmt.Errorf("creating the passphrase: %w", err)
	}
	// Unlike a rename, a link does not replace an existing file.
	if err := os.Link(draft.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("creating the passphrase: %w", err)
	}
	return path, nil
}
