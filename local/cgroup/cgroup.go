// Package cgroup creates, joins, empties and removes one named control group in every cgroup hierarchy of this machine,
// of version 1, version 2 or both.
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
	// The node's processes run in a subgroup: cgroup version 2 forbids processes in a group whose children have controllers.
	// https://docs.kernel.org/admin-guide/cgroup-v2.html#no-internal-process-constraint
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

// Join creates the group in every hierarchy and moves the calling process into it.
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
	// "0" means the process that writes, in whatever process namespace it runs.
	return os.WriteFile(filepath.Join(group, leaf, "cgroup.procs"), []byte("0"), 0)
}

// prepare configures a new group so that it can hold processes or subgroups.
func (h hierarchy) prepare(dir string) error {
	if h.unified {
		return enableControllers(filepath.Dir(dir))
	}
	// In version 1, a new cpuset is empty and accepts no process until it has CPUs and memory nodes.
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

// controllers returns the controllers that the kubelet uses in its group if the machine has them, and io for metrics.
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
	ids, err := members(name)
	// Zero means a process outside the caller's process namespace.
	return slices.DeleteFunc(ids, func(id int) bool { return id == 0 }), err
}

// members returns the ids of all processes in the group and below, each once.
func members(name string) ([]int, error) {
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
			if id, err := strconv.Atoi(field); err == nil && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		return nil
	})
	return ids, err
}

// Remove kills all processes in the group and removes the group from every hierarchy. A group that does not exist is not
// an error. If the group still exists after within, Remove returns the last error.
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
			return fmt.Errorf("killing process %d: %w", id, err)
		}
	}
	return removeDirs(name)
}

// removeDirs removes the group from every hierarchy, children before parents. The kernel refuses to remove a directory with
// processes.
func removeDirs(name string) error {
	var dirs []string
	if err := eachDir(name, func(dir string) error { dirs = append(dirs, dir); return nil }); err != nil {
		return err
	}
	for _, dir := range slices.Backward(dirs) {
		if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// RemoveAbandoned removes the groups whose names begin with prefix, that were created longer ago than age, and that have no
// process in any hierarchy.
func RemoveAbandoned(prefix string, age time.Duration) error {
	names, err := olderThan(prefix, age)
	if err != nil {
		return err
	}
	for _, name := range names {
		ids, err := members(name)
		if err != nil {
			return fmt.Errorf("listing the processes of the cgroup %s: %w", name, err)
		}
		if len(ids) > 0 {
			continue
		}
		// A process that has entered since keeps its group.
		if err := removeDirs(name); err != nil && !errors.Is(err, syscall.EBUSY) && !errors.Is(err, fs.ErrPermission) {
			return fmt.Errorf("removing the abandoned cgroup %s: %w", name, err)
		}
	}
	return nil
}

// olderThan lists the groups whose names begin with prefix and that were created longer ago than age in every hierarchy.
func olderThan(prefix string, age time.Duration) ([]string, error) {
	all, err := hierarchies()
	if err != nil {
		return nil, err
	}
	var found, young []string
	for _, h := range all {
		groups, err := filepath.Glob(filepath.Join(h.path, prefix+"*"))
		if err != nil {
			return nil, fmt.Errorf("listing the cgroups of %s: %w", h.path, err)
		}
		for _, group := range groups {
			found = append(found, filepath.Base(group))
			if info, err := os.Stat(group); err != nil || time.Since(info.ModTime()) < age {
				young = append(young, filepath.Base(group))
			}
		}
	}
	slices.Sort(found)
	return slices.DeleteFunc(slices.Compact(found), func(name string) bool { return slices.Contains(young, name) }), nil
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
