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
	longPause  = 15 * time.Second
	// A process that lived this long is started again without delay.
	settled = time.Minute
)

// service is one long-running process of the node.
type service struct {
	name    string
	command []string
}

// component is a service that is this program itself in another role.
func component(name string, args ...string) service {
	return service{name: name, command: append([]string{self, "component", name}, args...)}
}

// keepRunning starts the service and starts it again whenever it ends, with growing pauses, until ctx is done.
func (s service) keepRunning(ctx context.Context, log io.Writer) {
	notes := stdlog.New(log, s.name+" supervisor: ", stdlog.LstdFlags|stdlog.LUTC|stdlog.Lmsgprefix)
	pause := firstPause
	for ctx.Err() == nil {
		started := time.Now()
		err := s.run(ctx, log)
		if time.Since(started) > settled {
			pause = firstPause
		}
		notes.Printf("ended after %s: %v; starting it again in %s", time.Since(started).Round(time.Millisecond), err, pause)
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, longPause)
	}
}

func (s service) run(ctx context.Context, log io.Writer) error {
	command := exec.CommandContext(ctx, s.command[0], s.command[1:]...)
	command.Args[0] = s.argv0()
	command.Stdout, command.Stderr = log, log
	// Children that outlive the process must not keep its log pipe, and with it the restart, waiting.
	command.WaitDelay = time.Second
	if err := command.Run(); err != nil {
		return err
	}
	return nil
}

// argv0 is the first word a process list shows.
func (s service) argv0() string {
	if s.command[0] == self {
		return programName
	}
	return s.command[0]
}
