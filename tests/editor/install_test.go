package editor_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/testenv"
)

// installed is the program of the YAML language server. npm installs what package-lock.json
// names, once for each content of that file, below the state directory.
func installed(t *testing.T) string {
	t.Helper()
	lock, err := os.ReadFile("package-lock.json")
	require.NoError(t, err)
	sum := sha256.Sum256(lock)
	dir := filepath.Join(testenv.StateDir(t), "editor", hex.EncodeToString(sum[:8]))
	program := filepath.Join(dir, "node_modules", "yaml-language-server", "bin", "yaml-language-server")
	if _, err := os.Stat(program); errors.Is(err, fs.ErrNotExist) {
		install(t, dir)
	}
	return program
}

// install fills a directory that appears under its name only when it is complete.
func install(t *testing.T, dir string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(dir), 0o755))
	unfinished, err := os.MkdirTemp(filepath.Dir(dir), "unfinished-")
	require.NoError(t, err)
	defer func() { require.NoError(t, os.RemoveAll(unfinished)) }()
	for _, name := range []string{"package.json", "package-lock.json", ".npmrc"} {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(unfinished, name), text, 0o600))
	}
	npm := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	npm.Dir = unfinished
	out, err := npm.CombinedOutput()
	require.NoError(t, err, "npm ci needs Node.js 20 or later: %s", out)
	if err := os.Rename(unfinished, dir); err != nil {
		require.DirExists(t, dir, "another test may have installed it meanwhile")
	}
}

func TestTheLockFileNamesNoAddresses(t *testing.T) {
	lock, err := os.ReadFile("package-lock.json")
	require.NoError(t, err)
	require.False(t, bytes.Contains(lock, []byte(`"resolved"`)), "set omit-lockfile-registry-resolved=true, as .npmrc does")
	require.True(t, bytes.Contains(lock, []byte(`"integrity"`)))
}
