package lifecycle

import (
	"os"
	"regexp"
	"strconv"
	"time"
)

// lockLine is how Pulumi's file, S3 and other self-managed backends name the
// holder of a lock.
var lockLine = regexp.MustCompile(`created by (\S+)@(\S+) \(pid (\d+)\) at (\S+)`)

// lockHolders reads the holders out of the text of a concurrent-update error.
func lockOwners(text string) []LockOwner {
	var holders []LockOwner
	for _, match := range lockLine.FindAllStringSubmatch(text, -1) {
		pid, err := strconv.Atoi(match[3])
		if err != nil {
			continue
		}
		// An unreadable time stays zero: it is only shown.
		since, _ := time.Parse(time.RFC3339, match[4])
		holders = append(holders, LockOwner{User: match[1], Host: match[2], PID: pid, Since: since})
	}
	return holders
}

// stale says that every holder was a process of this machine and is gone: its
// lock was left behind by a kill. Nothing can be said of other machines.
func isStale(holders []LockOwner) bool {
	host, err := os.Hostname()
	if err != nil || len(holders) == 0 {
		return false
	}
	for _, holder := range holders {
		if holder.Host != host || !hasExited(holder.PID, holder.Since) {
			return false
		}
	}
	return true
}
