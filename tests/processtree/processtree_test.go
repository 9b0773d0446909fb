package processtree_test

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/processtree"
)

func TestProcessesBelowAreKilledToo(t *testing.T) {
	command := exec.Command("sh", "-c", "sleep 60 & echo $!; wait")
	out, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	child, err := strconv.Atoi(strings.TrimSpace(line))
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(child, 0))

	processtree.Kill(command.Process.Pid)

	require.Error(t, command.Wait())
	assert.Eventually(t, func() bool { return ended(child) }, 10*time.Second, 10*time.Millisecond)
}

// ended says whether a process no longer exists, or is a zombie whose new parent has not read its end yet.
func ended(pid int) bool {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return true
	}
	return strings.HasPrefix(string(text[bytes.LastIndexByte(text, ')')+1:]), " Z")
}
