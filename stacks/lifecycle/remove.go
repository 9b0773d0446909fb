package lifecycle

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
)

// remove removes the stack, which has no resources, from the backend with everything that was kept about it: its
// history, the copies of its state, which hold encrypted secrets, and its tags. Close removes its workspace.
func (s *Stack) remove(ctx context.Context) error {
	args := []string{"stack", "rm", "--yes", "--preserve-config"}
	if !s.backend.isService() { // Pulumi Cloud keeps no copies of a removed stack's state
		args = append(args, "--remove-backups")
	}
	if _, err := s.pulumi(ctx, "removing stack", args...); err != nil {
		return err
	}
	s.workdir.removeOnClose = true
	return s.removeEmptyDirectories()
}

// removeEmptyDirectories removes the directories that Pulumi leaves of a removed stack in a directory.
func (s *Stack) removeEmptyDirectories() error {
	at, err := url.Parse(s.backend.url)
	if err != nil || at.Scheme != "file" {
		return nil
	}
	root := filepath.Join(filepath.FromSlash(at.Path), workspace.BookkeepingDir)
	stack := settingsName(s.name)
	for _, dir := range []string{
		filepath.Join("locks", "organization", s.project.Name(), stack),
		filepath.Join("history", s.project.Name(), stack),
		filepath.Join("backups", s.project.Name(), stack),
	} {
		// A directory that is not empty stays: another run may use a new stack of the name.
		if err := os.Remove(filepath.Join(root, dir)); err != nil && !errors.Is(err, fs.ErrNotExist) && !isNotEmpty(err) {
			return err
		}
	}
	return nil
}
