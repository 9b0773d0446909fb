package lifecycle

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const lockText = `code: 255
stderr: error: the stack is currently locked by 2 lock(s). Either wait for the other process(es) to end or delete the lock file with ` + "`pulumi cancel`" + `.
  file:///state/.pulumi/locks/organization/shop/dev/1.json: created by ann@laptop (pid 4711) at 2026-01-02T03:04:05Z
  file:///state/.pulumi/locks/organization/shop/dev/2.json: created by bob@ci (pid 12) at 2026-01-02T03:05:00+01:00
`

func TestLockOwnersAreParsedFromPulumisMessage(t *testing.T) {
	owners := lockOwners(lockText)

	require.Len(t, owners, 2)
	assert.Equal(t, "ann", owners[0].User)
	assert.Equal(t, "laptop", owners[0].Host)
	assert.Equal(t, 4711, owners[0].PID)
	assert.True(t, owners[0].Since.Equal(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)))
	assert.Equal(t, 12, owners[1].PID)
	assert.Empty(t, lockOwners("[409] Conflict: Another update is currently in progress."))
}

func TestLockIsStaleOnlyIfItsProcessOnThisHostHasEnded(t *testing.T) {
	host, err := os.Hostname()
	require.NoError(t, err)
	ended := exec.Command("true")
	require.NoError(t, ended.Run())
	dead := ended.Process.Pid
	now := time.Now()

	cases := map[string]struct {
		owners []LockOwner
		stale  bool
	}{
		"ended process of this host":    {[]LockOwner{{Host: host, PID: dead, Since: now}}, true},
		"ended process of another host": {[]LockOwner{{Host: host + "-2", PID: dead, Since: now}}, false},
		"running process":               {[]LockOwner{{Host: host, PID: os.Getpid(), Since: now}}, false},
		"one of two processes runs":     {[]LockOwner{{Host: host, PID: dead}, {Host: host, PID: os.Getpid(), Since: now}}, false},
		"no owner is named":             {nil, false},
		"running process, unknown time": {[]LockOwner{{Host: host, PID: os.Getpid()}}, false},
		"another process has its id":    {[]LockOwner{{Host: host, PID: os.Getpid(), Since: now.Add(-240 * time.Hour)}}, true},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) { assert.Equal(t, test.stale, isStale(test.owners)) })
	}
}

func TestLockedErrorNamesTheOwner(t *testing.T) {
	err := &LockedError{Stack: "dev", Owners: []LockOwner{{User: "ann", Host: "laptop", PID: 4711}}}
	assert.Equal(t, "stack dev is locked by process 4711 of ann@laptop: run the command again when it has ended", fmt.Sprint(err))
}
