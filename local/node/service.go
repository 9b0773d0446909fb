package node

import (
	"context"
	"io"
	stdlog "log"
	"os/exec"
	"time"
)

const (
	firstPause = 500 * time.Millisecond
	maxPause   = 15 * time.Second
	// After a process has run this long, the next pause is firstPause again.
	stableAfter = time.Minute
)

// service is one long-running process of the node.
type service struct {
	name    string
	command []string
}

// component returns a service that runs a component compiled into this program.
func component(name string, args ...string) service {
	return service{name: name, command: append([]string{self, "component", name}, args...)}
}

// keepRunning starts the service and restarts it whenever it ends, with increasing pauses, until ctx is done.
func (s service) keepRunning(ctx context.Context, log io.Writer) {
	supervisor := stdlog.New(log, s.name+" supervisor: ", stdlog.LstdFlags|stdlog.LUTC|stdlog.Lmsgprefix)
	pause := firstPause
	for ctx.Err() == nil {
		started := time.Now()
		err := s.run(ctx, log)
		if time.Since(started) > stableAfter {
			pause = firstPause
		}
		supervisor.Printf("ended after %s: %v; restarting in %s", time.Since(started).Round(time.Millisecond), err, pause)
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, maxPause)
	}
}

func (s service) run(ctx context.Context, log io.Writer) error {
	command := exec.CommandContext(ctx, s.command[0], s.command[1:]...)
	command.Args[0] = s.argv0()
	command.Stdout, command.Stderr = log, log
	// Child processes that outlive the process keep its log pipe open, and Wait must not wait for them.
	command.WaitDelay = time.Second
	if err := command.Run(); err != nil {
		return err
	}
	return nil
}

// argv0 returns the first word of the command line in process lists.
func (s service) argv0() string {
	if s.command[0] == self {
		return programName
	}
	return s.command[0]
}
