package lifecycle

import (
	"os"
	"regexp"
	"strconv"
	"time"
)

// lockLine matches how Pulumi's self-managed backends (file, S3 and others) name the owner of a lock.
var lockLine = regexp.MustCompile(`created by (\S+)@(\S+) \(pid (\d+)\) at (\S+)`)

// lockOwners parses the owners from the text of a concurrent-update error.
func lockOwners(text string) []LockOwner {
	var owners []LockOwner
	for _, match := range lockLine.FindAllStringSubmatch(text, -1) {
		pid, err := strconv.Atoi(match[3])
		if err != nil {
			continue
		}
		// A time that cannot be parsed stays zero. It is only printed.
		since, _ := time.Parse(time.RFC3339, match[4])
		owners = append(owners, LockOwner{User: match[1], Host: match[2], PID: pid, Since: since})
	}
	return owners
}

// isStale reports whether all owners were processes of this machine that have ended: a killed run left
// the lock. Processes of other machines cannot be checked.
func isStale(owners []LockOwner) bool {
	host, err := os.Hostname()
	if err != nil || len(owners) == 0 {
		return false
	}
	for _, owner := range owners {
		if owner.Host != host || !hasExited(owner.PID, owner.Since) {
			return false
		}
	}
	return true
}
