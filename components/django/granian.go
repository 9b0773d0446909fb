package django

import "strconv"

// Granian describes a Granian server.
type Granian struct {
	// Interface is wsgi or asgi, and Module holds a callable named application for it.
	Interface, Module string
	Port              int
	// Workers are the worker processes, and Threads those of each for WSGI.
	Workers, Threads int
	Shutdown         Shutdown
}

// GranianCommand starts Granian (https://github.com/emmett-framework/granian#options). After
// SIGTERM it finishes requests that have started, and kills a worker that takes longer than the
// longest request. A worker that crashes is replaced.
func GranianCommand(g Granian) []string {
	command := []string{
		"granian", g.Module + ":application",
		"--interface=" + g.Interface,
		"--host=0.0.0.0",
		"--port=" + strconv.Itoa(g.Port),
		"--workers=" + strconv.Itoa(g.Workers),
		"--workers-kill-timeout=" + strconv.Itoa(g.Shutdown.Graceful),
		"--respawn-failed-workers",
		"--access-log",
	}
	if g.Interface == "wsgi" {
		command = append(command, "--blocking-threads="+strconv.Itoa(g.Threads))
	}
	return command
}
