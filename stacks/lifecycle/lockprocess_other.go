//go:build !linux

package lifecycle

import "time"

// hasExited reports whether the process that took a lock has ended.
func hasExited(pid int, _ time.Time) bool { return !isRunning(pid) }

// processStart is known on Linux only.
func processStart(int) int64 { return 0 }

// machineID is known on Linux only.
func machineID() string { return "" }
