//go:build !linux

package lifecycle

import "time"

// gone says that the process which took a lock is there no more.
func hasExited(pid int, _ time.Time) bool { return !isRunning(pid) }
