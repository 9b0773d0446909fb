package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"

	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
)

// lockPoll is how often a lock that is held is tried again.
const lockRetryInterval = 500 * time.Millisecond

// workdir is the directory in which one stack's commands run. It holds copies of
// the project's files and the salt of the stack's secrets.
type workdir struct {
	path string
	// lock keeps a second run of this machine out; nil for a passing directory.
	lock *flock.Flock
	// obsolete says that the stack is gone and the directory is to go, too.
	removeOnClose bool
}

// settingsName is the part of a stack's name that names its files.
func settingsName(stack string) string { return stack[strings.LastIndexByte(stack, '/')+1:] }

// openWorkdir takes the stack's directory. A reader that finds it taken, or finds
// none, gets a passing one.
func (p *Project) openWorkdir(ctx context.Context, stack string, readOnly bool) (*workdir, error) {
	root := filepath.Join(p.state, "workspaces")
	locks := filepath.Join(root, ".locks")
	if err := os.MkdirAll(locks, 0o700); err != nil {
		return nil, fmt.Errorf("making the workspaces' directory: %w", err)
	}
	name := url.PathEscape(stack)
	path := filepath.Join(root, name)
	lock := flock.New(filepath.Join(locks, name), flock.SetPermissions(0o600))

	if _, err := os.Stat(path); readOnly && err != nil {
		return temporaryWorkdir(root, name)
	}
	wait := p.options.LockWait
	if readOnly {
		wait = 0
	}
	taken, err := acquire(ctx, lock, wait)
	if err != nil {
		return nil, fmt.Errorf("locking the workspace of stack %s: %w", stack, err)
	}
	if taken {
		if err := os.MkdirAll(path, 0o700); err != nil {
			return nil, fmt.Errorf("making the workspace of stack %s: %w", stack, err)
		}
		return &workdir{path: path, lock: lock}, nil
	}
	if !readOnly {
		return nil, &LockedError{Stack: stack, Owners: workdirOwners(lock.Path())}
	}
	return temporaryWorkdir(root, name)
}

func temporaryWorkdir(root, name string) (*workdir, error) {
	path, err := os.MkdirTemp(root, name+".reader-")
	if err != nil {
		return nil, fmt.Errorf("making a workspace for reading: %w", err)
	}
	return &workdir{path: path}, nil
}

func acquire(ctx context.Context, lock *flock.Flock, wait time.Duration) (bool, error) {
	deadline := time.Now().Add(wait)
	for {
		taken, err := lock.TryLock()
		if err != nil {
			return false, err
		}
		if taken {
			return true, os.WriteFile(lock.Path(), []byte(strconv.Itoa(os.Getpid())), 0o600)
		}
		if !time.Now().Before(deadline) {
			return false, nil
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(lockRetryInterval):
		}
	}
}

func workdirOwners(path string) []LockOwner {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return nil
	}
	return []LockOwner{{PID: pid}}
}

// close lets the directory go; a passing or obsolete one is removed.
func (w *workdir) close() error {
	if w.lock == nil {
		return os.RemoveAll(w.path)
	}
	if w.removeOnClose {
		if err := os.RemoveAll(w.path); err != nil {
			return errors.Join(err, w.lock.Close())
		}
	}
	return w.lock.Close()
}

// fill writes the copies. The salt that Pulumi wrote into the copy of an earlier
// run is kept, unless the project's own file has encryption settings.
func (w *workdir) writeFiles(p *Project, stack string, file *stackfile.File) error {
	path := filepath.Join(w.path, "Pulumi."+settingsName(stack)+".yaml")
	if file.Secrets().IsZero() {
		kept, err := p.savedSecrets(stack)
		if err != nil {
			return err
		}
		file.SetSecrets(kept)
	}
	raw, err := file.Encode()
	if err != nil {
		return err
	}
	if err := replaceFile(path, raw); err != nil {
		return err
	}
	return w.writeProject(p)
}

// keptSecrets reads the encryption settings that an earlier run left.
func (p *Project) savedSecrets(stack string) (stackfile.Secrets, error) {
	path := filepath.Join(p.state, "workspaces", url.PathEscape(stack), "Pulumi."+settingsName(stack)+".yaml")
	kept, err := stackfile.Read(path, p.Name())
	if errors.Is(err, fs.ErrNotExist) {
		return stackfile.Secrets{}, nil
	}
	if err != nil {
		return stackfile.Secrets{}, fmt.Errorf("reading the workspace's copy (delete it if it is damaged): %w", err)
	}
	return kept.Secrets(), nil
}

// fillProject writes the project's file with its paths made independent of the
// directory. The backend is chosen by variable.
func (w *workdir) writeProject(p *Project) error {
	project := *p.project
	project.Backend = nil
	project.StackConfigDir = ""
	project.Main = absolutePath(p.dir, project.Main)
	if p.project.Plugins != nil {
		project.Plugins = &workspace.Plugins{
			Providers: absolutePlugins(p.dir, p.project.Plugins.Providers),
			Languages: absolutePlugins(p.dir, p.project.Plugins.Languages),
			Analyzers: absolutePlugins(p.dir, p.project.Plugins.Analyzers),
		}
	}
	if err := project.Save(filepath.Join(w.path, "Pulumi.yaml")); err != nil {
		return fmt.Errorf("writing the workspace's project file: %w", err)
	}
	return nil
}

func absolutePlugins(dir string, plugins []workspace.PluginOptions) []workspace.PluginOptions {
	moved := make([]workspace.PluginOptions, len(plugins))
	for i, plugin := range plugins {
		moved[i] = plugin
		moved[i].Path = absolutePath(dir, plugin.Path)
	}
	return moved
}

func absolutePath(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// replaceFile writes a file in one step, so that a kill leaves the old or the new.
func replaceFile(path string, content []byte) error {
	draft, err := os.CreateTemp(filepath.Dir(path), ".draft-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer func() { _ = os.Remove(draft.Name()) }()
	if _, err := draft.Write(content); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := draft.Close(); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := os.Rename(draft.Name(), path); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
