package lifecycle

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
)

// A machine that stops while it writes, or a full disk, can leave a file of a backend in a directory empty or cut.
// Pulumi then says only that JSON ended too early, in every command.

// directory returns the directory of a backend that is one.
func (b backend) directory() (string, bool) {
	at, err := url.Parse(b.url)
	if err != nil || at.Scheme != "file" {
		return "", false
	}
	return filepath.Join(filepath.FromSlash(at.Path), workspace.BookkeepingDir), true
}

// isDamaged reports whether a file of JSON is empty or cut. One that is no longer there is not.
func isDamaged(path string) bool {
	text, err := os.ReadFile(path)
	return err == nil && !json.Valid(text)
}

// removeDamagedTags removes damaged files of tags. Tags say who runs, which the next heartbeat says again, and which
// providers made the stack, which its state says, too.
func (b backend) removeDamagedTags(project string) error {
	root, isDirectory := b.directory()
	if !isDirectory {
		return nil
	}
	files, err := filepath.Glob(filepath.Join(root, "stacks", project, "*.pulumi-tags"))
	if err != nil {
		return fmt.Errorf("looking for the tags of the stacks: %w", err)
	}
	for _, file := range files {
		if !isDamaged(file) {
			continue
		}
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing damaged tags of a stack: %w", err)
		}
	}
	return nil
}

// locksIn returns the owners of a stack's locks in a directory, if one of the locks is damaged. Pulumi can neither list
// nor respect such a lock. Its owner is unknown.
func (b backend) locksIn(project, stack string) []LockOwner {
	root, isDirectory := b.directory()
	if !isDirectory {
		return nil
	}
	// The pattern has no error: it is made of names.
	files, _ := filepath.Glob(filepath.Join(root, "locks", "organization", project, stack, "*.json"))
	var owners []LockOwner
	anyDamaged := false
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		var lock struct {
			PID       int       `json:"pid"`
			Username  string    `json:"username"`
			Hostname  string    `json:"hostname"`
			Timestamp time.Time `json:"timestamp"`
		}
		damaged := json.Unmarshal(text, &lock) != nil
		anyDamaged = anyDamaged || damaged
		owners = append(owners, LockOwner{
			User: lock.Username, Host: lock.Hostname, PID: lock.PID, Since: lock.Timestamp, URL: fileURL(file), Damaged: damaged,
		})
	}
	if !anyDamaged {
		return nil
	}
	return owners
}

// isAboutDamage recognizes what Pulumi says about a damaged file of a backend.
func isAboutDamage(text string) bool {
	return slices.ContainsFunc([]string{"unexpected end of JSON input", "invalid character", "failed to load checkpoint", "corrupt store"}, func(words string) bool {
		return strings.Contains(text, words)
	})
}

// afterDamage says which file of the backend is damaged and what to do, or nothing if none is.
func (b backend) afterDamage(project, stack string) string {
	root, isDirectory := b.directory()
	if !isDirectory {
		return ""
	}
	if meta := filepath.Join(root, "meta.yaml"); isEmpty(meta) {
		return fmt.Sprintf("%s is empty: a machine stopped while it was written, or the disk was full; write the line \"version: 1\" into it", meta)
	}
	file := filepath.Join(root, "stacks", project, stack+".json")
	if !isDamaged(file) {
		return ""
	}
	text := fmt.Sprintf("%s, the state, is empty or cut: a machine stopped while it was written, or the disk was full", file)
	// Both patterns are made of names, so they have no error.
	copies, _ := filepath.Glob(filepath.Join(root, "backups", project, stack, "*.json"))
	copies = append(copies, file+".bak")
	copies = slices.DeleteFunc(copies, func(path string) bool { return !isFile(path) || isDamaged(path) })
	if len(copies) == 0 {
		return text + "; there is no copy of it beside it: restore one from a backup of the directory"
	}
	newest := slices.MaxFunc(copies, func(a, b string) int { return cmp.Compare(written(a), written(b)) })
	return fmt.Sprintf("%s. Put its newest copy in its place: cp %q %q; then `djangostack preview`, which shows what the copy does not know", text, newest, file)
}

func isEmpty(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Size() == 0
}

// written is when a file was written. One that is no longer there was never.
func written(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.ModTime().UnixNano()
}
