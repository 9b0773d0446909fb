package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a next step prints works when it is pasted into the shell that ran the command.
func TestNextStepsCallTheCommandAsTheShellDoes(t *testing.T) {
	dir := t.TempDir()
	bin := filepath.Join(dir, "my project", ".djangostack", "bin")
	require.NoError(t, os.MkdirAll(bin, 0o700))
	program := filepath.Join(bin, "djangostack")
	require.NoError(t, os.WriteFile(program, nil, 0o700))

	t.Setenv("PATH", dir)
	assert.Equal(t, ".djangostack/bin/djangostack", calledAs(program, filepath.Join(dir, "my project")))
	assert.Equal(t, "./djangostack", calledAs(program, bin))
	assert.Equal(t, "'"+program+"'", calledAs(program, "/usr/share/doc/somewhere/quite/else/and/deeper/and/deeper/and/deeper"))
	t.Setenv("PATH", dir+string(os.PathListSeparator)+bin)
	assert.Equal(t, "djangostack", calledAs(program, dir))

	assert.Equal(t, "djangostack unlock -s dev", flags{stack: "dev", providers: "published"}.again("unlock"))
	assert.Equal(t, "bin/djangostack unlock -s dev", flags{stack: "dev", providers: "published", calledAs: "bin/djangostack"}.again("unlock"))
}
