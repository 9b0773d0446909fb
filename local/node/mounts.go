package node

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/djangostack/djangostack/local/cluster"
)

// mountAll sets up the node's file system in the new mount namespace: the machine's file system, read-only, with writable
// directories from home or in memory. The node cannot write to disk outside home. The mounts end with the namespace.
func mountAll(home cluster.Home) error {
	steps := []func() error{
		func() error { return mount("", "/", "", unix.MS_PRIVATE|unix.MS_REC, "") },
		func() error { return bindHome(home) },
		mountSys,
		func() error { return mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "") },
		func() error { return mount("tmpfs", "/tmp", "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=1777") },
		func() error { return bindNodeDir("var/lib", "/var/lib") },
		func() error { return bindNodeDir("var/log", "/var/log") },
		func() error { return mount("", "/var/lib", "", unix.MS_SHARED, "") },
		overrideKernelSettings,
		func() error { return mount("", "/", "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, "") },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// bindHome mounts a new /run with the home directory in it. It opens the directory first, because home may be below /run.
func bindHome(home cluster.Home) error {
	dir, err := os.Open(string(home))
	if err != nil {
		return err
	}
	defer func() { _ = dir.Close() }()
	if err := mount("tmpfs", "/run", "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=755"); err != nil {
		return err
	}
	if err := os.Mkdir(string(cluster.NodeHome), 0o700); err != nil {
		return err
	}
	return mount(fmt.Sprintf("/proc/self/fd/%d", dir.Fd()), string(cluster.NodeHome), "", unix.MS_BIND, "")
}

// mountSys mounts /sys for the new network namespace and keeps the cgroup hierarchies at their path.
func mountSys() error {
	const kept = "/run/cgroup"
	if err := os.Mkdir(kept, 0o755); err != nil {
		return err
	}
	if err := mount("/sys/fs/cgroup", kept, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return err
	}
	if err := mount("sysfs", "/sys", "sysfs", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return err
	}
	return mount(kept, "/sys/fs/cgroup", "", unix.MS_MOVE, "")
}

func bindNodeDir(source, target string) error {
	dir := cluster.NodeHome.Path(source)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return mount(dir, target, "", unix.MS_BIND, "")
}

// overrideKernelSettings mounts files over the kernel settings that the kubelet requires, which apply to the whole machine.
// The kubelet reads the required values, and the machine's settings do not change.
func overrideKernelSettings() error {
	wanted := map[string]string{
		"vm/overcommit_memory":      "1",
		"vm/panic_on_oom":           "0",
		"kernel/panic":              "10",
		"kernel/panic_on_oops":      "1",
		"kernel/keys/root_maxkeys":  "1000000",
		"kernel/keys/root_maxbytes": "25000000",
	}
	for setting, value := range wanted {
		override := filepath.Join("/run/kernel", setting)
		if err := os.MkdirAll(filepath.Dir(override), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(override, []byte(value+"\n"), 0o444); err != nil {
			return err
		}
		if err := mount(override, filepath.Join("/proc/sys", setting), "", unix.MS_BIND, ""); err != nil {
			return err
		}
	}
	return nil
}

func mount(source, target, kind string, flags uintptr, data string) error {
	if err := unix.Mount(source, target, kind, flags, data); err != nil {
		return fmt.Errorf("mounting %q on %s: %w", source, target, err)
	}
	return nil
}
