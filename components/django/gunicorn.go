package django

import (
	"fmt"
	"strings"
)

// idleConnection is longer than the idle time of common load balancers (60 s),
// so that it is never the server that closes a connection in use, in seconds.
const idleConnection = 75

// GunicornCommand starts Gunicorn for a WSGI module. Its arguments stand in the
// environment, where the process' own command line can still override them.
func GunicornCommand(wsgiModule string) []string {
	return []string{"gunicorn", wsgiModule + ":application"}
}

// GunicornArgs is the value of GUNICORN_CMD_ARGS. The number of worker
// processes stands in WEB_CONCURRENCY.
func GunicornArgs(port, threads, longestRequest int) string {
	shutdown := ShutdownFor(longestRequest)
	return strings.Join([]string{
		fmt.Sprintf("--bind=0.0.0.0:%d", port),
		"--worker-class=gthread",
		fmt.Sprintf("--threads=%d", threads),
		// A heartbeat on a disk can block, and then the worker is killed
		// (https://docs.gunicorn.org/en/stable/faq.html#how-do-i-avoid-gunicorn-excessively-blocking-in-os-fchmod).
		"--worker-tmp-dir=/dev/shm",
		fmt.Sprintf("--timeout=%d", longestRequest+shutdownMargin),
		fmt.Sprintf("--graceful-timeout=%d", shutdown.Graceful),
		fmt.Sprintf("--keep-alive=%d", idleConnection),
		"--access-logfile=-",
	}, " ")
}
