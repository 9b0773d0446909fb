package lifecycle

import (
	"regexp"
	"strconv"
	"time"
)

// lockLine matches how Pulumi's self-managed backends (file, S3 and others) name a lock and its owner.
var lockLine = regexp.MustCompile(`(?m)^\s*(\S+): created by (.+)@(\S+) \(pid (\d+)\) at (\S+)`)

// lockOwners parses the owners from the text of a concurrent-update error.
func lockOwners(text string) []LockOwner {
	var owners []LockOwner
	for _, match := range lockLine.FindAllStringSubmatch(text, -1) {
		pid, err := strconv.Atoi(match[4])
		if err != nil {
			continue
		}
		// A time that cannot be parsed stays zero: the lock is then never released without force.
		since, _ := time.Parse(time.RFC3339, match[5])
		owners = append(owners, LockOwner{User: match[2], Host: match[3], PID: pid, Since: since, URL: match[1]})
	}
	return owners
}
