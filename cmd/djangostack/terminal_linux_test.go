package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/colorquery"
)

// onTerminal marks the process that TestTheTerminalIsNotAskedForItsColor starts.
const onTerminal = "DJANGOSTACK_TEST_ON_TERMINAL"

// TestTheTerminalIsNotAskedForItsColor runs this program, which links what the command links, on
// a terminal that answers nothing.
func TestTheTerminalIsNotAskedForItsColor(t *testing.T) {
	if os.Getenv(onTerminal) != "" {
		colorquery.Restore()
		fmt.Printf("CI=%q\n", os.Getenv("CI"))
		return
	}
	controller, terminal := pseudoTerminal(t)
	child := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.count", "1")
	child.Env = append(os.Environ(), onTerminal+"=1", "CI=", "TERM=xterm-256color")
	child.Stdin, child.Stdout, child.Stderr = terminal, terminal, terminal
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	require.NoError(t, child.Start())
	require.NoError(t, terminal.Close())

	var shown bytes.Buffer
	// At the end of the last process on a terminal a read fails with EIO.
	_, err := shown.ReadFrom(controller)
	require.ErrorIs(t, err, syscall.EIO)
	require.NoError(t, child.Wait(), shown.String())
	// Without a query nothing waits for an answer, and the environment is as the user set it.
	assert.Equal(t, "CI=\"\"\r\nPASS\r\n", shown.String())
}

func pseudoTerminal(t *testing.T) (controller, terminal *os.File) {
	t.Helper()
	controller, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = controller.Close() })
	connection, err := controller.SyscallConn()
	require.NoError(t, err)
	var number int
	require.NoError(t, connection.Control(func(fd uintptr) {
		err = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0)
		if err == nil {
			number, err = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
		}
	}))
	require.NoError(t, err)
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	require.NoError(t, err)
	return controller, terminal
}
