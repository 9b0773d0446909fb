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
	// lock excludes other runs on this machine. It is nil for a temporary directory.
	lock *flock.Flock
	// removeOnClose is set when the stack was removed.
	removeOnClose bool
}

// settingsName returns the part of a stack's name that is in the names of its files.
func settingsName(stack string) string { return stack[strings.LastIndexByte(stack, '/')+1:] }

// openWorkdir locks the stack's directory. For a read-only stack it uses a temporary directory instead if the
// stack's is locked or does not exist.
func (p *Project) openWorkdir(ctx context.Context, stack string, readOnly bool) (*workdir, error) {
	root := filepath.Join(p.state, "workspaces")
	locks := filepath.Join(root, ".locks")
	if err := os.MkdirAll(locks, 0o700); err != nil {
		return nil, fmt.Errorf("creating the directory of workspaces: %w", err)
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
	locked, err := acquire(ctx, lock, wait)
	if err != nil {
		return nil, fmt.Errorf("locking the workspace of stack %s: %w", stack, err)
	}
	if locked {
		if err := os.MkdirAll(path, 0o700); err != nil {
			return nil, fmt.Errorf("creating the workspace of stack %s: %w", stack, err)
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
		return nil, fmt.Errorf("creating a temporary workspace: %w", err)
	}
	return &workdir{path: path}, nil
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

// close unlocks the directory. It removes a temporary one, and that of a removed stack.
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

// writeFiles writes the copies of the project's files. If the stack's file has no encryption settings, those
// that Pulumi wrote into an earlier copy are kept.
func (w *workdir) writeFiles(p *Project, stack string, file *stackfile.File) error {
	path := filepath.Join(w.path, "Pulumi."+settingsName(stack)+".yaml")
	if file.Secrets().IsZero() {
		saved, err := p.savedSecrets(stack)
		if err != nil {
			return err
		}
		file.SetSecrets(saved)
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

// savedSecrets reads the encryption settings in the copy of an earlier run.
func (p *Project) savedSecrets(stack string) (stackfile.Secrets, error) {
	path := filepath.Join(p.state, "workspaces", url.PathEscape(stack), "Pulumi."+settingsName(stack)+".yaml")
	saved, err := stackfile.Read(path, p.Name())
	if errors.Is(err, fs.ErrNotExist) {
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
