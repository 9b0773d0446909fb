package providers

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// forgetAfter is how long a failure to get plugins is remembered: long enough
// for a day's work on a closed network, short enough to notice an opened one.
const forgetAfter = 12 * time.Hour

// memory keeps that plugins could not be had, so that later runs do not wait for
// it again. It is a convenience: what cannot be kept is forgotten.
type memory struct{ dir string }

func (m memory) path() string { return filepath.Join(m.dir, "pulumi", "providers-unavailable") }

func (m memory) failedLately(plugins []Plugin) bool {
	info, err := os.Stat(m.path())
	if err != nil || time.Since(info.ModTime()) > forgetAfter {
		return false
	}
	kept, err := os.ReadFile(m.path())
	return err == nil && strings.TrimSpace(string(kept)) == names(plugins)
}

func (m memory) remember(plugins []Plugin) {
	if err := os.MkdirAll(filepath.Dir(m.path()), 0o700); err != nil {
		return
	}
	_ = os.WriteFile(m.path(), []byte(names(plugins)+"\n"), 0o600)
}

// forget is for when they can be had after all.
func (m memory) forget() { _ = os.Remove(m.path()) }
