package lifecycle

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// ticksPerSecond is USER_HZ, the unit of times in /proc/PID/stat. It is 100 on every architecture that Go
// supports (https://man7.org/linux/man-pages/man7/time.7.html).
const ticksPerSecond = 100

// hasExited reports whether the process that took a lock at the given time has ended: there is no process
// with its id, or only a zombie, or a process that started later.
func hasExited(pid int, since time.Time) bool {
	if !isRunning(pid) {
		return true
	}
	state, age, err := processState(pid)
	if err != nil {
		return errors.Is(err, os.ErrNotExist)
	}
	if state == "Z" || state == "X" {
		return true
	}
	if since.IsZero() {
		return false
	}
	const clockSlack = 2 * time.Second
	return time.Now().Add(-age).After(since.Add(clockSlack))
}

// processStart identifies a process among all that have or had its id since this machine started. It needs no clock, so
// it stays the same when the clock is corrected. 0 if it cannot be read.
func processStart(pid int) int64 {
	_, ticks, err := processStat(pid)
	if err != nil {
		return 0
	}
	return ticks
}

// processState returns a process's state letter and its age.
func processState(pid int) (state string, age time.Duration, err error) {
	uptimeText, err := os.ReadFile("/proc/uptime")
	if err != nil {
		return "", 0, fmt.Errorf("reading the uptime: %w", err)
	}
	seconds, _, _ := strings.Cut(string(uptimeText), " ")
	uptime, err := strconv.ParseFloat(seconds, 64)
	if err != nil {
		return "", 0, fmt.Errorf("reading the uptime: %w", err)
	}
	state, ticks, err := processStat(pid)
	if err != nil {
		return "", 0, err
	}
	return state, time.Duration((uptime - float64(ticks)/ticksPerSecond) * float64(time.Second)), nil
}

// processStat returns a process's state letter and when it started, in ticks since the machine did.
func processStat(pid int) (state string, started int64, err error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", 0, fmt.Errorf("reading the start of process %d: %w", pid, err)
	}
	// The name in parentheses may contain spaces. The start time is the 20th field after it
	// (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html).
	const startField = 19
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) <= startField {
		return "", 0, fmt.Errorf("reading the start of process %d: %d fields", pid, len(fields))
	}
	started, err = strconv.ParseInt(fields[startField], 10, 64)
	if err != nil {
		return "", 0, fmt.Errorf("reading the start of process %d: %w", pid, err)
	}
	return fields[0], started, nil
}

// machineID identifies the kernel and the namespace of process ids that this process runs in. Two containers with the
// same host name differ in it. It is empty if it cannot be read.
func machineID() string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	namespace, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(boot)) + " " + namespace
}
