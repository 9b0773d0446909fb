// Package processtree ends a process with everything below it, as a power cut does.
package processtree

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// Kill stops a process and all processes below it, and then sends them SIGKILL. Without the stop, a parent would see
// the end of a child before its own and go on, which no power cut allows. A process that has ended already is no error.
func Kill(pid int) {
	stopped := stopAll(pid)
	for _, each := range slices.Backward(stopped) {
		// The error means that the process has ended.
		_ = syscall.Kill(each, syscall.SIGKILL)
	}
}

// stopAll sends SIGSTOP to a process and to everything below it, parents first, and returns their numbers. It looks
// again until it finds no new process, because a process may start another one before it stops.
func stopAll(pid int) []int {
	var stopped []int
	for {
		running := slices.DeleteFunc(append([]int{pid}, below(pid)...), func(each int) bool {
			return slices.Contains(stopped, each)
		})
		if len(running) == 0 {
			return stopped
		}
		for _, each := range running {
			// The error means that the process has ended.
			_ = syscall.Kill(each, syscall.SIGSTOP)
		}
		stopped = append(stopped, running...)
	}
}

// below returns the processes below another, parents first.
func below(pid int) []int {
	children := map[int][]int{}
	// The pattern is valid, so there is no error.
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		// The name in parentheses may contain spaces. The parent is the second field after it
		// (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html).
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		parent, err := strconv.Atoi(fields[1])
		if err != nil {
			continue
		}
		child, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			continue
		}
		children[parent] = append(children[parent], child)
	}
	found := slices.Clone(children[pid])
	for i := 0; i < len(found); i++ {
		found = append(found, children[found[i]]...)
	}
	return found
}
