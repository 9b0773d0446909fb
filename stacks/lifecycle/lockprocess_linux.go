package lifecycle

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// ticksPerSecond is USER_HZ, in which the kernel writes times for programs; it
// is 100 on every architecture that Go runs on.
const ticksPerSecond = 100

// gone says that the process which took a lock at the given time is there no
// more: nothing has its id, or only its remains, or a younger process.
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
	const clockSlack = 2 * time.Second
	return !since.IsZero() && time.Now().Add(-age).After(since.Add(clockSlack))
}

// examineProcess reads a process's state letter and its age.
func processState(pid int) (state string, age time.Duration, err error) {
	uptimeText, err := os.ReadFile("/proc/uptime")
	if err != nil {
		return "", 0, fmt.Errorf("reading the machine's uptime: %w", err)
	}
	seconds, _, _ := strings.Cut(string(uptimeText), " ")
	uptime, err := strconv.ParseFloat(seconds, 64)
	if err != nil {
		return "", 0, fmt.Errorf("reading the machine's uptime: %w", err)
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", 0, fmt.Errorf("reading the start of process %d: %w", pid, err)
	}
	// The name in brackets may hold spaces; the start is the 20th field after it.
	const startField = 19
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) <= startField {
		return "", 0, fmt.Errorf("reading the start of process %d: %d fields", pid, len(fields))
	}
	ticks, err := strconv.ParseFloat(fields[startField], 64)
	if err != nil {
		return "", 0, fmt.Errorf("reading the start of process %d: %w", pid, err)
	}
	return fields[0], time.Duration((uptime - ticks/ticksPerSecond) * float64(time.Second)), nil
}
