package providers

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// retryAfter is how long a failed download is not repeated: half a day, so that offline work does not
// wait at every run, and a network that becomes available is noticed the same day.
const retryAfter = 12 * time.Hour

// failureRecord is a file that names the plugins whose download failed, so that later runs do not
// try again at once. scripts/pulumi-home reads it, too. A record that cannot be written is left out:
// the next run only tries the download again.
type failureRecord struct{ dir string }

func (r failureRecord) path() string { return filepath.Join(r.dir, "pulumi", "providers-unavailable") }

// recent reports whether the download of these plugins failed less than retryAfter ago.
func (r failureRecord) recent(plugins []Plugin) bool {
	info, err := os.Stat(r.path())
	if err != nil || time.Since(info.ModTime()) > retryAfter {
		return false
	}
	recorded, err := os.ReadFile(r.path())
	return err == nil && strings.TrimSpace(string(recorded)) == names(plugins)
}

func (r failureRecord) save(plugins []Plugin) {
	if err := os.MkdirAll(filepath.Dir(r.path()), 0o700); err != nil {
		return
	}
	_ = os.WriteFile(r.path(), []byte(names(plugins)+"\n"), 0o600)
}

func (r failureRecord) remove() { _ = os.Remove(r.path()) }
