package host

import (
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/djangostack/djangostack/local/node"
)

// UnsupportedError says why a cluster cannot run on this machine and what to do instead.
type UnsupportedError struct {
	Why string
}

func (e UnsupportedError) Error() string {
	return e.Why + ": the embedded Kubernetes cannot run here; use any other cluster (kind, minikube, ...) with: make up CONTEXT=<kubeconfig context>"
}

// CheckMachine returns an UnsupportedError where the embedded cluster cannot run.
func CheckMachine() error {
	if os.Geteuid() != 0 {
		return UnsupportedError{Why: "this is not the root user"}
	}
	probe := exec.Command("/bin/true")
	probe.SysProcAttr = &syscall.SysProcAttr{Cloneflags: node.Namespaces}
	if err := probe.Run(); err != nil {
		return UnsupportedError{Why: fmt.Sprintf("this root user may not create namespaces (%v)", err)}
	}
	if len(missingPackages()) == 0 {
		return nil
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return UnsupportedError{Why: "there is no apt-get to install " + strings.Join(missingPackages(), ", ")}
	}
	return nil
}

// missingPackages lists the Debian packages whose programs are not there, whoever installed them.
func missingPackages() []string {
	program := func(name string) bool { _, err := exec.LookPath(name); return err == nil }
	plugin := func(name string) bool { _, err := os.Stat(filepath.Join(node.NetworkPlugins, name)); return err == nil }
	needed := []struct {
		pkg   string
		there bool
	}{
		{"containerd", program("containerd") && program("ctr") && program("containerd-shim-runc-v2")},
		{"runc", program("runc")},
		{"containernetworking-plugins", plugin("ptp") && plugin("host-local") && plugin("loopback")},
		{"iptables", program("iptables-restore")},
		{"mount", program("mount")},
	}
	var missing []string
	for _, one := range needed {
		if !one.there {
			missing = append(missing, one.pkg)
		}
	}
	return missing
}

// installPackages installs what is missing and shows apt's own progress on out.
func installPackages(out *log.Logger) error {
	missing := missingPackages()
	if len(missing) == 0 {
		return nil
	}
	out.Printf("installing Debian packages: %s", strings.Join(missing, " "))
	restore, err := holdServices()
	if err != nil {
		return err
	}
	defer restore()
	install := append([]string{"install", "--yes", "--no-install-recommends"}, missing...)
	if apt(out.Writer(), install...) == nil {
		return nil
	}
	// A new machine has no package lists, or old ones.
	if err := apt(out.Writer(), "update"); err != nil {
		return fmt.Errorf("updating the package lists: %w; check the machine's network and /etc/apt", err)
	}
	if err := apt(out.Writer(), install...); err != nil {
		return fmt.Errorf("installing %s: %w", strings.Join(missing, " "), err)
	}
	if left := missingPackages(); len(left) > 0 {
		return fmt.Errorf("the packages %s are installed but their programs are not in PATH", strings.Join(left, ", "))
	}
	return nil
}

// apt waits for another run of it, which on a new machine is likely to be its own updates.
func apt(out io.Writer, args ...string) error {
	command := exec.Command("apt-get", append([]string{"--quiet", "--option", "DPkg::Lock::Timeout=300"}, args...)...)
	command.Env = append(slices.Clone(os.Environ()), "DEBIAN_FRONTEND=noninteractive")
	command.Stdout, command.Stderr = out, out
	return command.Run()
}

// holdServices keeps Debian from starting the machine's own containerd, which the cluster does not use.
// A policy that is already there is left alone.
func holdServices() (restore func(), err error) {
	const policy = "/usr/sbin/policy-rc.d"
	file, err := os.OpenFile(policy, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if errors.Is(err, os.ErrExist) {
		return func() {}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("holding services back during the installation: %w", err)
	}
	defer func() { _ = file.Close() }()
	// 101 means: forbidden by policy.
	if _, err := file.WriteString("#!/bin/sh\nexit 101\n"); err != nil {
		_ = os.Remove(policy)
		return nil, fmt.Errorf("holding services back during the installation: %w", err)
	}
	return func() { _ = os.Remove(policy) }, nil
}
