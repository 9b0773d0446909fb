package node

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/djangostack/djangostack/local/cluster"
)

// mountAll turns the fresh mount namespace into the node's file system: the machine's own, read-only, with the few places
// that a node writes to taken from home or kept in memory. Nothing can be written outside home, and all of it goes with the namespace.
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
		shadowKernelSettings,
		func() error { return mount("", "/", "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, "") },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// bindHome puts a fresh /run in place with the home directory inside; the directory is opened first because it may itself lie below /run.
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

// mountSys shows the new network namespace in /sys and keeps the cgroup hierarchies where they were.
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

// shadowKernelSettings lays files over the machine-wide kernel settings that the kubelet insists on, so that it finds the values it wants
// and leaves the machine's own alone.
func shadowKernelSettings() error {
	wanted := map[string]string{
		"vm/overcommit_memory":      "1",
		"vm/panic_on_oom":           "0",
		"kernel/panic":              "10",
		"kernel/panic_on_oops":      "1",
		"kernel/keys/root_maxkeys":  "1000000",
		"kernel/keys/root_maxbytes": "25000000",
	}
	for setting, value := range wanted {
		shadow := filepath.Join("/run/kernel", setting)
		if err := os.MkdirAll(filepath.Dir(shadow), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(shadow, []byte(value+"\n"), 0o444); err != nil {
			return err
		}
		if err := mount(shadow, filepath.Join("/proc/sys", setting), "", unix.MS_BIND, ""); err != nil {
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
