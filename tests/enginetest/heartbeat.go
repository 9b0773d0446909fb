package enginetest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// heartbeatTag is the stack tag that holds the last heartbeat of a run.
const heartbeatTag = "djangostack:heartbeat"

// tags is what the backend's file of tags holds.
type tags struct {
	Version int               `json:"version"`
	Tags    map[string]string `json:"tags"`
}

// WaitForHeartbeat waits until a run of the environment has sent a heartbeat.
func (e *Environment) WaitForHeartbeat(t testing.TB) {
	t.Helper()
	require.Eventually(t, func() bool { return e.tags().Tags[heartbeatTag] != "" }, time.Minute, 100*time.Millisecond, "a heartbeat")
}

// ExpireHeartbeat ends the time for which the last heartbeat counts, as if no other had come for long enough.
func (e *Environment) ExpireHeartbeat(t testing.TB) {
	t.Helper()
	all := e.tags()
	var beat map[string]any
	require.NoError(t, json.Unmarshal([]byte(all.Tags[heartbeatTag]), &beat))
	beat["everyMs"], beat["expiresMs"] = 0, 0
	expired, err := json.Marshal(beat)
	require.NoError(t, err)
	all.Tags[heartbeatTag] = string(expired)
	text, err := json.Marshal(all)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(e.tagsFile(), text, 0o600))
}

// tags returns the tags of the stack, or none while the file does not exist.
func (e *Environment) tags() (all tags) {
	if text, err := os.ReadFile(e.tagsFile()); err != nil || json.Unmarshal(text, &all) != nil {
		return tags{}
	}
	return all
}

func (e *Environment) tagsFile() string {
	return filepath.Join(e.workspace.dir, "backend", ".pulumi", "stacks", "djangostack", e.Stack+".pulumi-tags")
}
