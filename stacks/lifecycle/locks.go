package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
)

// HolderState says whether the process that holds a lock still runs.
type HolderState string

const (
	// HolderRuns is a process of this machine that runs.
	HolderRuns HolderState = "running"
	// HolderSeen is a run on another machine whose heartbeat is recent.
	HolderSeen HolderState = "seen recently"
	// HolderUnknown is a process of another machine without a heartbeat, such as one of Pulumi's own command.
	HolderUnknown HolderState = "unknown"
	// HolderEnded is a process that has certainly ended. The next operation releases its lock.
	HolderEnded HolderState = "ended"
)

// Lock is one lock of a stack in its backend.
type Lock struct {
	LockOwner
	State HolderState
	// Seen is the last heartbeat of the holder. Zero without one.
	Seen time.Time
}

func (l Lock) String() string {
	text := l.LockOwner.String() + " (" + string(l.State)
	const clockSlack = 5 * time.Second
	switch ago := time.Since(l.Seen).Round(time.Second); {
	case l.Seen.IsZero():
	case ago < -clockSlack:
		text += fmt.Sprintf(", its clock is %s ahead of the one here", -ago)
	default:
		text += fmt.Sprintf(", last heartbeat %s ago", max(ago, 0))
	}
	return text + ")"
}

// Locks lists the locks of the stack: who holds them, where and since when. It works on a stack that was opened with
// ReadOnly. Pulumi Cloud says only that there is a lock. Errors are those of Outputs.
func (s *Stack) Locks(ctx context.Context) ([]Lock, error) {
	stack, err := s.selectStack(ctx)
	if err != nil {
		return nil, err
	}
	if s.backend.isService() {
		summary, err := stack.Info(ctx)
		if err != nil {
			return nil, s.commandError(ctx, "reading the locks of stack")
		}
		if !summary.UpdateInProgress {
			return nil, nil
		}
		return []Lock{{State: HolderUnknown}}, nil
	}
	owners, err := s.lockOwners(ctx)
	if err != nil {
		return nil, err
	}
	return s.locksOf(ctx, owners)
}

// lockOwners reads the owners of the stack's locks. Pulumi has no command for that. Renaming a stack to its own name
// takes the lock, which fails with the owners if there are any, and then always fails because that name exists.
func (s *Stack) lockOwners(ctx context.Context) ([]LockOwner, error) {
	_, err := s.pulumi(ctx, "reading the locks of stack", "stack", "rename", settingsName(s.name))
	var locked *LockedError
	switch {
	case errors.As(err, &locked):
		return locked.Owners, nil
	case err != nil && strings.Contains(err.Error(), "already exists"):
		return nil, nil
	case err == nil:
		return nil, fmt.Errorf("reading the locks of stack %s: Pulumi has renamed the stack to its own name", s.name)
	}
	return nil, err
}

// locksOf adds to the owners whether they still run.
func (s *Stack) locksOf(ctx context.Context, owners []LockOwner) ([]Lock, error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("reading the name of this host: %w", err)
	}
	beat, err := s.readHeartbeat(ctx)
	if err != nil {
		return nil, err
	}
	locks := make([]Lock, len(owners))
	for i, owner := range owners {
		locks[i] = lockOf(owner, beat, host, time.Now())
	}
	return locks, nil
}

// lockOf judges whether the owner of a lock still runs: a process of this machine by the process itself, another one
// by its heartbeat. Without a heartbeat, the name of the host says whether it is this machine.
func lockOf(owner LockOwner, beat heartbeat, host string, now time.Time) Lock {
	lock := Lock{LockOwner: owner, State: HolderUnknown}
	if beat.isOf(owner) {
		lock.Seen = beat.Time
		lock.State = HolderSeen
		if beat.expired(now) {
			lock.State = HolderEnded
		}
	}
	if !isHere(owner, beat, host) {
		return lock
	}
	lock.State = HolderRuns
	if hasEnded(owner, beat) {
		lock.State = HolderEnded
	}
	return lock
}

// isHere reports whether the owner of a lock is or was a process of this machine.
func isHere(owner LockOwner, beat heartbeat, host string) bool {
	if beat.isOf(owner) && beat.Machine != "" {
		return beat.Machine == machineID()
	}
	return owner.Host == host
}

// hasEnded reports whether the owner of a lock on this machine has ended. Its heartbeat says which process it is. Without
// one, the time of the lock does, by a clock that may have been corrected since.
func hasEnded(owner LockOwner, beat heartbeat) bool {
	if beat.isOf(owner) && beat.Started != 0 {
		return processStart(owner.PID) != beat.Started || hasExited(owner.PID, time.Time{})
	}
	return hasExited(owner.PID, owner.Since)
}

// HeldLockError reports that Unlock has refused to release locks whose holders may still run.
type HeldLockError struct {
	Stack string
	Locks []Lock
}

func (e *HeldLockError) Error() string {
	texts := make([]string, len(e.Locks))
	for i, lock := range e.Locks {
		texts[i] = lock.String()
	}
	return fmt.Sprintf("the lock of stack %s is not released, because its holder may still run: %s", e.Stack, strings.Join(texts, "; "))
}

// Unlock releases the locks of the stack and returns those that it has released. It refuses to release a lock whose
// holder may still run, with a *HeldLockError. With force it releases such a lock, too, unless its holder runs
// on this machine: two updates of one stack at the same time lose its state. It works on a stack that was opened
// with ReadOnly. Other errors are those of Outputs.
func (s *Stack) Unlock(ctx context.Context, force bool) ([]Lock, error) {
	locks, err := s.Locks(ctx)
	if err != nil || len(locks) == 0 {
		return nil, err
	}
	var held []Lock
	for _, lock := range locks {
		if lock.State == HolderRuns || lock.State != HolderEnded && !force {
			held = append(held, lock)
		}
	}
	if len(held) > 0 {
		return nil, &HeldLockError{Stack: s.name, Locks: held}
	}
	if !force {
		alive, err := s.aliveAfterAll(ctx, locks)
		if err != nil {
			return nil, err
		}
		if len(alive) > 0 {
			return nil, &HeldLockError{Stack: s.name, Locks: alive}
		}
	}
	return locks, s.release(ctx, locks)
}

// release removes locks. In a directory it removes these and no other. Elsewhere Pulumi removes all locks of the
// stack, so it first checks that there is no new one.
func (s *Stack) release(ctx context.Context, locks []Lock) error {
	if strings.HasPrefix(s.backend.url, "file://") {
		return removeLockFiles(locks)
	}
	if !s.backend.isService() {
		owners, err := s.lockOwners(ctx)
		if err != nil {
			return err
		}
		if len(owners) != len(locks) {
			return &LockedError{Stack: s.name, Owners: owners}
		}
	}
	if _, err := s.selectStack(ctx); err != nil {
		return err
	}
	_, err := s.pulumi(ctx, "releasing the lock of stack", "cancel", "--yes")
	return err
}

func removeLockFiles(locks []Lock) error {
	for _, lock := range locks {
		at, err := url.Parse(lock.URL)
		if err != nil {
			return fmt.Errorf("finding the lock %s: %w", lock.URL, err)
		}
		for _, path := range []string{at.Path, at.Path + ".attrs"} {
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("releasing a lock: %w", err)
			}
		}
	}
	return nil
}

// whenUnlocked calls do again while another run holds the stack's lock, until LockWait is over. It releases the locks
// of runs that have certainly ended.
func (s *Stack) whenUnlocked(ctx context.Context, operation string, do func() error) error {
	deadline := time.Now().Add(s.project.options.LockWait)
	released, reported := false, false
	for {
		err := do()
		var locked *LockedError
		if !errors.As(err, &locked) {
			return err
		}
		ended, checkErr := s.endedLocks(ctx, locked.Owners)
		if checkErr != nil {
			return checkErr
		}
		if len(ended) > 0 && !released {
			s.logInfo("releasing the lock of a run that has ended: " + ended[0].String())
			if err := s.release(ctx, ended); err != nil {
				return err
			}
			released = true
			continue
		}
		if !time.Now().Before(deadline) {
			return locked
		}
		if !reported {
			s.logInfo(locked.Error())
			reported = true
		}
		if err := sleep(ctx, lockRetryInterval); err != nil {
			return &CancelledError{Operation: operation, Stack: s.name}
		}
	}
}

// endedLocks returns the locks if the holders of all of them have certainly ended.
func (s *Stack) endedLocks(ctx context.Context, owners []LockOwner) ([]Lock, error) {
	locks, err := s.locksOf(ctx, owners)
	if err != nil {
		return nil, err
	}
	for _, lock := range locks {
		if lock.State != HolderEnded {
			return nil, nil
		}
	}
	alive, err := s.aliveAfterAll(ctx, locks)
	if err != nil {
		return nil, err
	}
	for _, lock := range alive {
		s.warn("this lock stays: " + lock.String() + ". A heartbeat has come that looks older than it is, so the clocks of the two machines differ; set them")
	}
	if len(alive) > 0 {
		return nil, nil
	}
	return locks, nil
}

// aliveAfterAll watches the heartbeat that says by its age alone that the holder of a lock has ended, and returns the
// locks whose holder sends another one. Clocks of machines differ, and two updates at the same time lose the state.
func (s *Stack) aliveAfterAll(ctx context.Context, ended []Lock) ([]Lock, error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("reading the name of this host: %w", err)
	}
	before, err := s.readHeartbeat(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(ended, func(lock Lock) bool {
		return before.isOf(lock.LockOwner) && !isHere(lock.LockOwner, before, host)
	})
	if i < 0 {
		return nil, nil
	}
	s.logInfo(fmt.Sprintf("watching for %s whether the holder of this lock has ended: %s", before.confirmation(), ended[i]))
	for until := time.Now().Add(before.confirmation()); ; {
		now, err := s.readHeartbeat(ctx)
		if err != nil {
			return nil, err
		}
		if now.isOf(ended[i].LockOwner) && !now.Time.Equal(before.Time) {
			alive := ended[i]
			alive.State, alive.Seen = HolderSeen, now.Time
			return []Lock{alive}, nil
		}
		if !time.Now().Before(until) {
			return nil, nil
		}
		if err := sleep(ctx, min(time.Until(until)+time.Millisecond, before.confirmation()/3)); err != nil {
			return nil, &CancelledError{Operation: "releasing a lock of stack", Stack: s.name}
		}
	}
}
