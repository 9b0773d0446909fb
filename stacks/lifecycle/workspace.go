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

// lockRetryInterval is the time between two attempts to take a lock.
const lockRetryInterval = 500 * time.Millisecond

// workdir is the directory in which Pulumi runs for one stack. It holds copies of the project's files and the
// encryption settings of the stack.
type workdir struct {
	path string
	// lock excludes other runs on this machine.
	lock *flock.Flock
	// removeOnClose is set for a reader, for a new directory until the backend is seen to have the stack, and when the
	// stack was removed.
	removeOnClose bool
}

// settingsName returns the part of a stack's name that is in the names of its files.
func settingsName(stack string) string { return stack[strings.LastIndexByte(stack, '/')+1:] }

// openWorkdir locks the stack's directory. A read-only stack gets another directory, so that it never hinders
// another run.
func (p *Project) openWorkdir(ctx context.Context, stack string, readOnly bool) (*workdir, error) {
	root := filepath.Join(p.state, "workspaces")
	locks := filepath.Join(root, ".locks")
	if err := os.MkdirAll(locks, 0o700); err != nil {
		return nil, fmt.Errorf("creating the directory of workspaces: %w", err)
	}
	name := url.PathEscape(stack)
	if err := removeDeadReaders(root, name); err != nil {
		return nil, err
	}
	if readOnly {
		return openReader(root, name)
	}
	path := filepath.Join(root, name)
	lock := newFlock(root, name)
	locked, err := acquire(ctx, lock, p.options.LockWait)
	if err != nil {
		return nil, fmt.Errorf("locking the workspace of stack %s: %w", stack, err)
	}
	if !locked {
		return nil, &LockedError{Stack: stack, Owners: workdirOwners(lock.Path())}
	}
	_, missing := os.Stat(path)
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("creating the workspace of stack %s: %w", stack, err)
	}
	return &workdir{path: path, lock: lock, removeOnClose: errors.Is(missing, fs.ErrNotExist)}, nil
}

// newFlock returns the lock of a directory of workspaces. Its file is beside the directory, because a directory is
// removed while its lock is held.
func newFlock(root, name string) *flock.Flock {
	return flock.New(filepath.Join(root, ".locks", name), flock.SetPermissions(0o600))
}

// readerSuffix separates the name of a stack from the number of a reader in the names of readers' directories.
const readerSuffix = ".reader-"

// openReader creates the directory of a reader. Readers are numbered, so that each of Pulumi's settings of a
// directory serves many readers.
func openReader(root, name string) (*workdir, error) {
	for number := 0; ; number++ {
		reader := name + readerSuffix + strconv.Itoa(number)
		lock := newFlock(root, reader)
		locked, err := lock.TryLock()
		if err != nil {
			return nil, fmt.Errorf("locking a temporary workspace: %w", err)
		}
		if !locked {
			continue
		}
		path := filepath.Join(root, reader)
		if err := errors.Join(os.RemoveAll(path), os.Mkdir(path, 0o700)); err != nil {
			return nil, errors.Join(fmt.Errorf("creating a temporary workspace: %w", err), lock.Close())
		}
		return &workdir{path: path, lock: lock, removeOnClose: true}, nil
	}
}

// removeDeadReaders removes the directories of readers that were killed.
func removeDeadReaders(root, name string) error {
	entries, err := os.ReadDir(root)
	if err != nil {
		return fmt.Errorf("reading the directory of workspaces: %w", err)
	}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), name+readerSuffix) {
			continue
		}
		lock := newFlock(root, entry.Name())
		locked, err := lock.TryLock()
		if err != nil {
			return fmt.Errorf("locking a temporary workspace: %w", err)
		}
		if !locked {
			continue
		}
		if err := errors.Join(os.RemoveAll(filepath.Join(root, entry.Name())), lock.Close()); err != nil {
			return fmt.Errorf("removing a temporary workspace: %w", err)
		}
	}
	return nil
}

func acquire(ctx context.Context, lock *flock.Flock, wait time.Duration) (bool, error) {
	deadline := time.Now().Add(wait)
	for {
		locked, err := lock.TryLock()
		if err != nil {
			return false, err
		}
		if locked {
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

// close unlocks the directory. It removes that of a reader, and that of a stack that was removed or never created.
func (w *workdir) close() error {
	if w.removeOnClose {
		if err := os.RemoveAll(w.path); err != nil {
			return errors.Join(err, w.lock.Close())
		}
	}
	return w.lock.Close()
}

// writeFiles writes the copies of the project's files. If the stack's file has no encryption settings, those
// that Pulumi wrote into an earlier copy are kept.
func (w *workdir) writeFiles(p *Project, stack string, file *stackfile.File) error {
	if file.Secrets().IsZero() {
		saved, err := p.savedSecrets(stack)
		if err != nil {
			return err
		}
		file.SetSecrets(saved)
	}
	if err := w.writeStackFile(stack, file); err != nil {
		return err
	}
	return w.writeProject(p)
}

// writeStackFile writes a stack's configuration.
func (w *workdir) writeStackFile(stack string, file *stackfile.File) error {
	raw, err := file.Encode()
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(w.path, "Pulumi."+settingsName(stack)+".yaml"), raw)
}

// savedSecrets reads the encryption settings in the copy of an earlier run.
func (p *Project) savedSecrets(stack string) (stackfile.Secrets, error) {
	path := filepath.Join(p.state, "workspaces", url.PathEscape(stack), "Pulumi."+settingsName(stack)+".yaml")
	saved, err := stackfile.Read(path, p.Name())
	if errors.Is(err, fs.ErrNotExist) {
		return stackfile.Secrets{}, nil
	}
	var unread *fs.PathError
	if err != nil && !errors.As(err, &unread) {
		// A copy that a full disk or a machine that stopped has cut is as good as none: the state has the settings, too.
		return stackfile.Secrets{}, nil
	}
	if err != nil {
		return stackfile.Secrets{}, fmt.Errorf("reading the encryption settings in the workspace: %w", err)
	}
	return saved.Secrets(), nil
}

// writeProject writes Pulumi.yaml with absolute paths and without a backend, which a variable selects.
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
	absolute := make([]workspace.PluginOptions, len(plugins))
	for i, plugin := range plugins {
		absolute[i] = plugin
		absolute[i].Path = absolutePath(dir, plugin.Path)
	}
	return absolute
}

func absolutePath(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// replaceFile replaces a file atomically: a process that is killed leaves the old or the new content.
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
