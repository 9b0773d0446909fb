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
	assert.Equal(t, "file:///state/.pulumi/locks/organization/shop/dev/1.json", owners[0].URL)
	assert.True(t, owners[0].Since.Equal(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)))
	assert.Equal(t, 12, owners[1].PID)
	assert.Empty(t, lockOwners("[409] Conflict: Another update is currently in progress."))
}

func TestLockSaysWhetherItsHolderStillRuns(t *testing.T) {
	const host = "ci-1"
	ended := exec.Command("true")
	require.NoError(t, ended.Run())
	dead := ended.Process.Pid
	now := time.Now()
	const expires = int64(15 * 60 * 1000)
	recent := heartbeat{Host: "ci-2", Machine: "another", PID: dead, Time: now.Add(-time.Minute), ExpiresMS: expires}
	old := recent
	old.Time = now.Add(-16 * time.Minute)
	sameName := recent
	sameName.Host = host
	here := sameName
	here.Machine = machineID()
	corrected := now.Add(-10 * time.Minute) // by a clock that was 10 minutes behind
	this := heartbeat{Host: host, Machine: machineID(), PID: os.Getpid(), Started: processStart(os.Getpid()), Time: corrected, ExpiresMS: expires}
	reused := this
	reused.Started--
	reused.Time = now
	elsewhere := LockOwner{Host: "ci-2", PID: dead, Since: now.Add(-time.Hour)}

	cases := map[string]struct {
		owner LockOwner
		beat  heartbeat
		state HolderState
	}{
		"ended process of this host":                   {LockOwner{Host: host, PID: dead, Since: now}, heartbeat{}, HolderEnded},
		"running process":                              {LockOwner{Host: host, PID: os.Getpid(), Since: now}, heartbeat{}, HolderRuns},
		"running process, unknown time":                {LockOwner{Host: host, PID: os.Getpid()}, heartbeat{}, HolderRuns},
		"another process has its id":                   {LockOwner{Host: host, PID: os.Getpid(), Since: now.Add(-240 * time.Hour)}, heartbeat{}, HolderEnded},
		"process of another host without a heartbeat":  {elsewhere, heartbeat{}, HolderUnknown},
		"recent heartbeat of another host":             {elsewhere, recent, HolderSeen},
		"expired heartbeat of another host":            {elsewhere, old, HolderEnded},
		"heartbeat of another process":                 {LockOwner{Host: "ci-2", PID: dead + 1, Since: now.Add(-time.Hour)}, old, HolderUnknown},
		"heartbeat of an earlier process with that id": {LockOwner{Host: "ci-2", PID: dead, Since: now}, old, HolderUnknown},
		"running process, the clock was set forward":   {LockOwner{Host: host, PID: os.Getpid(), Since: corrected}, this, HolderRuns},
		"another process has its id since a moment":    {LockOwner{Host: host, PID: os.Getpid(), Since: now}, reused, HolderEnded},
		"another machine with the name of this host":   {LockOwner{Host: host, PID: dead, Since: now.Add(-time.Hour)}, sameName, HolderSeen},
		"ended process of this host, recent heartbeat": {LockOwner{Host: host, PID: dead, Since: now.Add(-time.Hour)}, here, HolderEnded},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) { assert.Equal(t, test.state, lockOf(test.owner, test.beat, host, now).State) })
	}
}

func TestLockedErrorNamesTheOwner(t *testing.T) {
	err := &LockedError{Stack: "dev", Owners: []LockOwner{{User: "ann", Host: "laptop", PID: 4711}}}
	assert.Equal(t, "stack dev is locked by process 4711 of ann@laptop: run the command again when it has ended", fmt.Sprint(err))
}
