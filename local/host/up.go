// Package host is the part of the local cluster that runs on the machine: the functions behind the commands of
// djangostack-local, and the daemon that owns the cluster.
package host

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/djangostack/djangostack/local/cluster"
	"github.com/djangostack/djangostack/local/node"
)

const (
	// upWait is only a fallback: the node has shorter time limits and reports what it waits for.
	upWait = 8 * time.Minute
	// pauseName is the file name of the pause program, in the directory of this program.
	pauseName = "djangostack-pause"
)

// UpOptions say how the cluster runs.
type UpOptions struct {
	// Publications replace those of the last call; an empty list leaves them unchanged.
	Publications []Publication
	// EnforcePolicies makes NetworkPolicies effective. A running cluster cannot begin with it.
	EnforcePolicies bool
}

// Up starts the cluster unless it runs, and waits until it is ready. It writes its progress to out, one line per step.
// Up returns an UnsupportedError if this machine cannot run the cluster.
func Up(ctx context.Context, home cluster.Home, options UpOptions, out *log.Logger) error {
	if err := CheckMachine(); err != nil {
		return err
	}
	if err := installPackages(out); err != nil {
		return err
	}
	started := time.Now()
	now, err := control{home}.status(ctx)
	alive := func() bool { return locked(home) }
	if err != nil {
		if alive, err = startDaemon(ctx, home, options, out); err != nil {
			return err
		}
	} else if options.EnforcePolicies && !exists(home.EnforcedPolicies()) {
		return errors.New("the cluster runs and does not enforce NetworkPolicies; stop it first: make down")
	} else if len(options.Publications) > 0 {
		if err := (control{home}).publish(ctx, options.Publications); err != nil {
			return err
		}
	}
	if !now.Ready {
		if err := waitReady(ctx, home, alive, out); err != nil {
			return err
		}
	}
	return summarize(ctx, home, started, now.Ready, out)
}

// startDaemon starts the cluster's daemon. The returned function reports whether a daemon is running.
func startDaemon(ctx context.Context, home cluster.Home, options UpOptions, out *log.Logger) (alive func() bool, err error) {
	if err := os.MkdirAll(home.Path("log"), 0o700); err != nil {
		return nil, fmt.Errorf("creating the cluster's directory: %w", err)
	}
	if err := waitUnlocked(ctx, home); err != nil {
		return nil, err
	}
	if len(options.Publications) > 0 {
		if err := savePublications(home, options.Publications); err != nil {
			return nil, err
		}
	}
	if err := savePolicies(home, options.EnforcePolicies); err != nil {
		return nil, err
	}
	executable, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program: %w", err)
	}
	if err := copyFile(filepath.Join(filepath.Dir(executable), pauseName), home.Path(node.PauseProgram)); err != nil {
		return nil, fmt.Errorf("copying the pause program from the directory of this program: %w; build both with: make programs", err)
	}
	logFile, err := os.OpenFile(home.Log("daemon"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the daemon's log: %w", err)
	}
	defer func() { _ = logFile.Close() }()
	out.Print("starting the cluster in " + string(home))
	command := exec.Command(executable, "daemon", string(home))
	command.Dir = "/"
	// make sets GOGC for builds and tests. The memory of a cluster, which stays, matters more.
	command.Env = slices.DeleteFunc(os.Environ(), func(variable string) bool { return strings.HasPrefix(variable, "GOGC=") })
	command.Stdout, command.Stderr = logFile, logFile
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("starting the cluster's daemon: %w", err)
	}
	ended := make(chan struct{})
	go func() {
		_ = command.Wait()
		close(ended)
	}()
	return func() bool {
		select {
		case <-ended:
			// The daemon ends if another one started first. That one holds the lock.
			return locked(home)
		default:
			return true
		}
	}, nil
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

// savePolicies leaves the node the word that NetworkPolicies are enforced, or takes it back.
func savePolicies(home cluster.Home, enforced bool) error {
	var err error
	if enforced {
		err = os.WriteFile(home.EnforcedPolicies(), nil, 0o600)
	} else if err = os.Remove(home.EnforcedPolicies()); errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return fmt.Errorf("saving whether NetworkPolicies are enforced: %w", err)
	}
	return nil
}

// waitUnlocked waits for a daemon that is stopping.
func waitUnlocked(ctx context.Context, home cluster.Home) error {
	deadline := time.Now().Add(cgroupWait)
	for locked(home) {
		if time.Now().After(deadline) {
			return fmt.Errorf("%w but does not answer; kill it and try again", errLocked)
		}
		if err := sleep(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// waitReady reports each phase and returns when the cluster is ready. If the daemon ends, the error has the last lines of
// its log.
func waitReady(ctx context.Context, home cluster.Home, alive func() bool, out *log.Logger) error {
	started, shown := time.Now(), ""
	for time.Since(started) < upWait {
		now, err := control{home}.status(ctx)
		if err == nil && now.Phase != shown {
			shown = now.Phase
			out.Printf("%6.1fs %s", time.Since(started).Seconds(), shown)
		}
		if now.Ready {
			return nil
		}
		if err != nil && !alive() {
			return fmt.Errorf("the cluster did not start; the last lines of the daemon's log:\n%s\nsee all logs with: djangostack-local logs; remove the cluster with: djangostack-local down", lastLines(home.Log("daemon"), 5))
		}
		if err := sleep(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	return fmt.Errorf("the cluster is not ready after %s; the current phase is %q; see: djangostack-local logs", upWait, shown)
}

func locked(home cluster.Home) bool {
	release, err := lock(home)
	if err == nil {
		release()
	}
	return errors.Is(err, errLocked)
}

func summarize(ctx context.Context, home cluster.Home, started time.Time, already bool, out *log.Logger) error {
	now, err := control{home}.status(ctx)
	if err != nil {
		return err
	}
	how := fmt.Sprintf("ready after %.1fs", time.Since(started).Seconds())
	if already {
		how = "already running"
	}
	out.Printf("cluster %s; kubeconfig %s", how, home.Kubeconfig())
	for _, one := range now.Published {
		address, target, _ := strings.Cut(one, "=")
		out.Printf("published %s on http://%s", target, address)
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return fmt.Errorf("interrupted; the cluster continues to start: %w", ctx.Err())
	case <-time.After(d):
		return nil
	}
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o755)
}
