package lifecycle

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
)

// sidecarExtension is that of the files in which gocloud.dev keeps the attributes of a file
// (https://pkg.go.dev/gocloud.dev/blob/fileblob).
const sidecarExtension = ".attrs"

// withoutSidecars returns the URL of the backend for Pulumi. In a directory, Pulumi replaces
// a file in one step, but writes its sidecar in place: a run that is killed in between leaves
// an empty sidecar, and no later run can read the file. Without sidecars there is no such
// moment.
func (b backend) withoutSidecars() string {
	if !strings.HasPrefix(b.url, "file://") || strings.Contains(b.url, "metadata=") {
		return b.url
	}
	separator := "?"
	if strings.Contains(b.url, "?") {
		separator = "&"
	}
	return b.url + separator + "metadata=skip"
}

// removeEmptySidecars removes the empty sidecars that killed runs of the ordinary pulumi
// left in a directory. A file without a sidecar is readable.
func (b backend) removeEmptySidecars() error {
	path, isDirectory := strings.CutPrefix(b.url, "file://")
	if !isDirectory {
		return nil
	}
	path, _, _ = strings.Cut(path, "?")
	root := filepath.Join(filepath.FromSlash(path), workspace.BookkeepingDir)
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // another run removed it, or there is no state yet
		}
		if err != nil {
			return err
		}
		// Pulumi never reads the copies of older states, of which there are many.
		if entry.IsDir() && filepath.Dir(file) == root && entry.Name() == "backups" {
			return fs.SkipDir
		}
		if entry.IsDir() || filepath.Ext(file) != sidecarExtension {
			return nil
		}
		info, err := entry.Info()
		if err != nil || info.Size() > 0 {
			return nil // another run removed it
		}
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("removing what a killed run left in the backend %s: %w", b.url, err)
	}
	return nil
}
