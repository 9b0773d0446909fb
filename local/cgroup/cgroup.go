// Package cgroup makes, joins, empties and removes one named control group in every hierarchy of this machine, be they version 1, version 2 or both.
package cgroup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/moby/sys/mountinfo"
)

const (
	root = "/sys/fs/cgroup"
	// Processes of the cluster that are not pods live one level below: version 2 forbids processes in a group that has controlled children.
	leaf = "node"
)

// hierarchy is the mount point of one hierarchy.
type hierarchy struct {
	path    string
	unified bool
}

func hierarchies() ([]hierarchy, error) {
	mounts, err := mountinfo.GetMounts(mountinfo.FSTypeFilter("cgroup", "cgroup2"))
	if err != nil {
		return nil, fmt.Errorf("listing cgroup mounts: %w", err)
	}
	var found []hierarchy
	for _, mount := range mounts {
		if mount.Mountpoint == root || strings.HasPrefix(mount.Mountpoint, root+"/") {
			found = append(found, hierarchy{path: mount.Mountpoint, unified: mount.FSType == "cgroup2"})
		}
	}
	if len(found) == 0 {
		return nil, errors.New("no cgroup hierarchy is mounted below " + root)
	}
	return found, nil
}

// Join makes the group in every hierarchy and moves the calling process into it.
func Join(name string) error {
	all, err := hierarchies()
	if err != nil {
		return err
	}
	for _, h := range all {
		if err := h.join(name); err != nil {
			return fmt.Errorf("joining the cgroup %s in %s: %w", name, h.path, err)
		}
	}
	return nil
}

func (h hierarchy) join(name string) error {
	group := filepath.Join(h.path, name)
	for _, dir := range []string{group, filepath.Join(group, leaf)} {
		if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		if err := h.prepare(dir); err != nil {
			return err
		}
	}
	// "0" stands for the writer, whatever its number is in the namespace the files belong to.
	return os.WriteFile(filepath.Join(group, leaf, "cgroup.procs"), []byte("0"), 0)
}

// prepare makes a new directory fit to hold processes or further groups.
func (h hierarchy) prepare(dir string) error {
	if h.unified {
		return enableControllers(filepath.Dir(dir))
	}
	// A new version 1 cpuset is empty and takes no process until it is filled.
	for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
		inherited, err := os.ReadFile(filepath.Join(filepath.Dir(dir), file))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, file), inherited, 0); err != nil {
			return err
		}
	}
	return nil
}

// controllers are those that the kubelet wants in its own group where the machine has them, and io for its measurements.
func controllers() []string {
	return []string{"cpu", "cpuset", "memory", "hugetlb", "pids", "io"}
}

func enableControllers(dir string) error {
	available, err := os.ReadFile(filepath.Join(dir, "cgroup.controllers"))
	if err != nil {
		return err
	}
	for _, controller := range strings.Fields(string(available)) {
		if !slices.Contains(controllers(), controller) {
			continue
		}
		err := os.WriteFile(filepath.Join(dir, "cgroup.subtree_control"), []byte("+"+controller), 0)
		if err != nil {
			return fmt.Errorf("enabling the controller %s: %w", controller, err)
		}
	}
	return nil
}

// Processes returns the ids of all processes in the group and below, as seen from the caller's namespace.
func Processes(name string) ([]int, error) {
	var ids []int
	err := eachDir(name, func(dir string) error {
		content, err := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENODEV) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, field := range strings.Fields(string(content)) {
			id, err := strconv.Atoi(field)
			// Zero stands for a process outside the caller's namespace.
			if err == nil && id > 0 && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		return nil
	})
	return ids, err
}

// Remove kills what still runs in the group and removes it from every hierarchy. A group that does not exist is no error.
// It gives up after within and names what is left.
func Remove(name string, within time.Duration) error {
	deadline := time.Now().Add(within)
	for {
		err := removeOnce(name)
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("removing the cgroup %s: %w", name, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func removeOnce(name string) error {
	ids, err := Processes(name)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := syscall.Kill(id, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("ending process %d: %w", id, err)
		}
	}
	var dirs []string
	if err := eachDir(name, func(dir string) error { dirs = append(dirs, dir); return nil }); err != nil {
		return err
	}
	slices.Reverse(dirs)
	for _, dir := range dirs {
		if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// eachDir visits the group's directories in all hierarchies, parents before children.
func eachDir(name string, visit func(dir string) error) error {
	all, err := hierarchies()
	if err != nil {
		return err
	}
	for _, h := range all {
		err := filepath.WalkDir(filepath.Join(h.path, name), func(path string, entry fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || !entry.IsDir() {
				return err
			}
			return visit(path)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
