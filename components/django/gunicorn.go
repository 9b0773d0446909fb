package django

import (
	"fmt"
	"strings"
)

// GunicornCommand starts Gunicorn for a WSGI module. Its arguments stand in the
// environment, where the process' own command line can still override them.
func GunicornCommand(wsgiModule string) []string {
	return []string{"gunicorn", wsgiModule + ":application"}
}

// GunicornArgs is the value of GUNICORN_CMD_ARGS. The number of worker
// processes stands in WEB_CONCURRENCY. The idle connection of a proxy is kept for
// keepAlive seconds.
func GunicornArgs(port, threads int, shutdown Shutdown, keepAlive int) string {
	return strings.Join([]string{
		fmt.Sprintf("--bind=0.0.0.0:%d", port),
		"--worker-class=gthread",
		fmt.Sprintf("--threads=%d", threads),
		// A heartbeat on a disk can block, and then the worker is killed
		// (https://docs.gunicorn.org/en/stable/faq.html#how-do-i-avoid-gunicorn-excessively-blocking-in-os-fchmod).
		"--worker-tmp-dir=/dev/shm",
		fmt.Sprintf("--timeout=%d", shutdown.Graceful+shutdownMargin),
		fmt.Sprintf("--graceful-timeout=%d", shutdown.Graceful),
		fmt.Sprintf("--keep-alive=%d", keepAlive),
		"--access-logfile=-",
	}, " ")
}
