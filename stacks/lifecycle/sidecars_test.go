package lifecycle

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAKilledRunLeavesNoUnreadableFileInADirectory(t *testing.T) {
	dir := t.TempDir()
	state := filepath.Join(dir, ".pulumi", "stacks", "blog")
	require.NoError(t, os.MkdirAll(state, 0o700))
	for name, text := range map[string]string{"dev.json": "{}", "dev.json.attrs": "", "prod.json": "{}", "prod.json.attrs": "{}"} {
		require.NoError(t, os.WriteFile(filepath.Join(state, name), []byte(text), 0o600))
	}
	backups := filepath.Join(dir, ".pulumi", "backups", "blog")
	require.NoError(t, os.MkdirAll(backups, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(backups, "old.json.attrs"), nil, 0o600))
	directory := backend{url: fileURL(dir)}
	require.NoError(t, directory.removeEmptySidecars())

	left, err := filepath.Glob(filepath.Join(state, "*"))
	require.NoError(t, err)
	for i := range left {
		left[i] = filepath.Base(left[i])
	}
	assert.Equal(t, []string{"dev.json", "prod.json", "prod.json.attrs"}, left)
	assert.FileExists(t, filepath.Join(backups, "old.json.attrs"), "copies of older states are not searched")
	require.NoError(t, backend{url: fileURL(filepath.Join(dir, "none"))}.removeEmptySidecars(), "there is no state yet")
}

func TestPulumiWritesNoSidecars(t *testing.T) {
	for url, want := range map[string]string{
		"file:///state":                 "file:///state?metadata=skip",
		"file:///state?no_tmp_dir=true": "file:///state?no_tmp_dir=true&metadata=skip",
		"file:///state?metadata=skip":   "file:///state?metadata=skip",
		"s3://state":                    "s3://state",
		"https://api.pulumi.com":        "https://api.pulumi.com",
	} {
		assert.Equal(t, want, backend{url: url}.withoutSidecars())
	}
}
