package lifecycle

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"
)

// DefaultHeartbeat is the default of ProjectOptions.Heartbeat.
const DefaultHeartbeat = time.Minute

// heartbeatsUntilEnded is how many heartbeats in a row must be missing before the run counts as ended. The time is
// longer than DefaultDrainTime: if only djangostack was killed, Pulumi finishes its running changes.
const heartbeatsUntilEnded = 15

// heartbeatTag is the stack tag that holds the last heartbeat.
const heartbeatTag = "djangostack:heartbeat"

// heartbeat is a sign of life of a run that holds the stack's lock, for other machines. Every backend keeps it as a
// stack tag.
type heartbeat struct {
	Host string `json:"host"`
	// Machine tells hosts of the same name apart; see machineID.
	Machine string `json:"machine,omitempty"`
	// PID is that of Pulumi, as in the lock.
	PID int `json:"pid"`
	// Started tells that process apart from an earlier or later one with its id on the same machine; see processStart.
	Started int64 `json:"started,omitempty"`
	// Time by the clock of the run's host.
	Time time.Time `json:"time"`
	// EveryMS is the time between two heartbeats, in milliseconds.
	EveryMS int64 `json:"everyMs,omitempty"`
	// ExpiresMS is the time after which the run has ended, in milliseconds.
	ExpiresMS int64 `json:"expiresMs"`
}

// confirmation is how long an expired heartbeat is watched before the run counts as ended. The clock of this machine may
// be ahead of the other's, and then the heartbeat of a living run looks expired.
func (h heartbeat) confirmation() time.Duration {
	const missing = 3
	every := h.EveryMS
	if every == 0 { // that of an earlier version
		every = h.ExpiresMS / heartbeatsUntilEnded
	}
	return missing * time.Duration(every) * time.Millisecond
}

// isOf reports whether the owner of a lock sent the heartbeat. A heartbeat that is older than the lock is that of an
// earlier process with the same id.
func (h heartbeat) isOf(owner LockOwner) bool {
	const slack = 30 * time.Second
	return h.Host == owner.Host && h.PID == owner.PID && !owner.Since.IsZero() && h.Time.After(owner.Since.Add(-slack))
}

func (h heartbeat) expired(now time.Time) bool { return now.Sub(h.Time).Milliseconds() > h.ExpiresMS }

// readHeartbeat returns the last heartbeat of the stack, or the zero value.
func (s *Stack) readHeartbeat(ctx context.Context) (heartbeat, error) {
	tags, err := s.tags(ctx)
	if err != nil {
		return heartbeat{}, err
	}
	var beat heartbeat
	if text, exists := tags[heartbeatTag]; exists {
		if err := json.Unmarshal([]byte(text), &beat); err != nil {
			return heartbeat{}, fmt.Errorf("reading the heartbeat of stack %s: %w", s.name, err)
		}
	}
	return beat, nil
}

func (s *Stack) tags(ctx context.Context) (map[string]string, error) {
	text, err := s.pulumi(ctx, "reading the tags of stack", "stack", "tag", "ls", "--json")
	if err != nil {
		return nil, err
	}
	tags := map[string]string{}
	if err := json.Unmarshal([]byte(text), &tags); err != nil {
		return nil, fmt.Errorf("reading the tags of stack %s: %w", s.name, err)
	}
	return tags, nil
}

// beat sends heartbeats for the Pulumi process of an operation until stop is called. If the machine was suspended for
// so long that another run may hold the lock by now, it calls lost.
func (s *Stack) beat(pid int, lost func()) (stop func()) {
	interval := s.project.options.Heartbeat
	expires := max(heartbeatsUntilEnded*interval, s.project.options.DrainTime+heartbeatsUntilEnded*interval/3)
	ctx, cancel := context.WithCancel(context.Background())
	var ended sync.WaitGroup
	ended.Go(func() {
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		last := time.Now().Round(0) // without the monotonic clock, which stops while a machine is suspended
		for {
			if time.Now().Round(0).Sub(last) > expires {
				lost()
				return
			}
			// Not interrupted, because Pulumi would leave a file of tags that no later run can read.
			if err := s.sendHeartbeat(context.WithoutCancel(ctx), pid, expires); err == nil {
				last = time.Now().Round(0)
			} else if ctx.Err() == nil {
				s.warn(fmt.Sprintf("the heartbeat of this run could not be written: %v", err))
			}
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
		}
	})
	return func() {
		cancel()
		ended.Wait()
	}
}

// sendHeartbeat runs beside the operation, so it does not use the stack's own command.
func (s *Stack) sendHeartbeat(ctx context.Context, pid int, expires time.Duration) error {
	host, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("reading the name of this host: %w", err)
	}
	text, err := json.Marshal(heartbeat{
		Host: host, Machine: machineID(), PID: pid, Started: processStart(pid), Time: time.Now().UTC(),
		EveryMS: s.project.options.Heartbeat.Milliseconds(), ExpiresMS: expires.Milliseconds(),
	})
	if err != nil {
		return err
	}
	beside := &command{cli: s.command.cli, drainTime: abortTimeout, abort: s.command.abort}
	_, stderr, _, err := beside.Run(ctx, s.workdir.path, nil, nil, nil, s.environment(), "stack", "tag", "set", heartbeatTag, string(text), "--stack", s.name)
	if err != nil {
		return fmt.Errorf("%w: %s", err, stderr)
	}
	return nil
}
