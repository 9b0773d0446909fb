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

func TestLockHoldersAreReadFromPulumisMessage(t *testing.T) {
	holders := lockOwners(lockText)

	require.Len(t, holders, 2)
	assert.Equal(t, "ann", holders[0].User)
	assert.Equal(t, "laptop", holders[0].Host)
	assert.Equal(t, 4711, holders[0].PID)
	assert.True(t, holders[0].Since.Equal(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)))
	assert.Equal(t, 12, holders[1].PID)
	assert.Empty(t, lockOwners("[409] Conflict: Another update is currently in progress."))
}

func TestALockIsStaleOnlyWhenItsProcessOfThisHostIsGone(t *testing.T) {
	host, err := os.Hostname()
	require.NoError(t, err)
	ended := exec.Command("true")
	require.NoError(t, ended.Run())
	dead := ended.Process.Pid
	now := time.Now()

	cases := map[string]struct {
		holders []LockOwner
		stale   bool
	}{
		"dead process of this host":     {[]LockOwner{{Host: host, PID: dead, Since: now}}, true},
		"dead process of another host":  {[]LockOwner{{Host: host + "-2", PID: dead, Since: now}}, false},
		"living process":                {[]LockOwner{{Host: host, PID: os.Getpid(), Since: now}}, false},
		"one of two lives":              {[]LockOwner{{Host: host, PID: dead}, {Host: host, PID: os.Getpid(), Since: now}}, false},
		"no holder is named":            {nil, false},
		"living process, time unknown":  {[]LockOwner{{Host: host, PID: os.Getpid()}}, false},
		"its id was given out a second": {[]LockOwner{{Host: host, PID: os.Getpid(), Since: now.Add(-240 * time.Hour)}}, true},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) { assert.Equal(t, test.stale, isStale(test.holders)) })
	}
}

func TestLockedErrorNamesTheHolder(t *testing.T) {
	err := &LockedError{Stack: "dev", Owners: []LockOwner{{User: "ann", Host: "laptop", PID: 4711}}}
	assert.Equal(t, "stack dev is locked by process 4711 of ann@laptop: wait for it to end and run again", fmt.Sprint(err))
}
