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

// UnsupportedError means that the local cluster cannot run on this machine.
type UnsupportedError struct {
	// Why is the reason, without the advice that Error adds.
	Why string
}

func (e UnsupportedError) Error() string {
	return e.Why + ": the local Kubernetes cannot run here; use another cluster (kind, minikube, ...) with: make up CONTEXT=<kubeconfig context>"
}

// CheckMachine returns an UnsupportedError if the local cluster cannot run on this machine.
func CheckMachine() error {
	if os.Geteuid() != 0 {
		return UnsupportedError{Why: "this is not the root user"}
	}
	probe := exec.Command("/bin/true")
	probe.SysProcAttr = &syscall.SysProcAttr{Cloneflags: node.Namespaces}
	if err := probe.Run(); err != nil {
		return UnsupportedError{Why: fmt.Sprintf("root cannot create namespaces (%v)", err)}
	}
	if len(missingPackages()) == 0 {
		return nil
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return UnsupportedError{Why: "apt-get is missing; it is needed to install " + strings.Join(missingPackages(), ", ")}
	}
	return nil
}

// missingPackages returns the Debian packages whose programs are missing. Programs from another source count too.
func missingPackages() []string {
	program := func(name string) bool { _, err := exec.LookPath(name); return err == nil }
	plugin := func(name string) bool { _, err := os.Stat(filepath.Join(node.NetworkPlugins, name)); return err == nil }
	needed := []struct {
		pkg       string
		installed bool
	}{
		{"containerd", program("containerd") && program("ctr") && program("containerd-shim-runc-v2")},
		{"runc", program("runc")},
		{"containernetworking-plugins", plugin("ptp") && plugin("host-local") && plugin("loopback")},
		{"iptables", program("iptables-restore")},
		{"ipset", program("ipset")},
		{"mount", program("mount")},
	}
	var missing []string
	for _, one := range needed {
		if !one.installed {
			missing = append(missing, one.pkg)
		}
	}
	return missing
}

// installPackages installs missing packages and writes the output of apt to out.
func installPackages(out *log.Logger) error {
	missing := missingPackages()
	if len(missing) == 0 {
		return nil
	}
	out.Printf("installing Debian packages: %s", strings.Join(missing, " "))
	restore, err := disableServiceStart()
	if err != nil {
		return err
	}
	defer restore()
	install := append([]string{"install", "--yes", "--no-install-recommends"}, missing...)
	if apt(out.Writer(), install...) == nil {
		return nil
	}
	// The package lists may be missing or old, as on a new machine.
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

// apt runs apt-get and waits up to 300 s for dpkg's lock, which automatic updates often hold on a new machine.
func apt(out io.Writer, args ...string) error {
	command := exec.Command("apt-get", append([]string{"--quiet", "--option", "DPkg::Lock::Timeout=300"}, args...)...)
	command.Env = append(slices.Clone(os.Environ()), "DEBIAN_FRONTEND=noninteractive")
	command.Stdout, command.Stderr = out, out
	return command.Run()
}

// disableServiceStart prevents Debian from starting the machine's containerd service, which the cluster does not use.
// It does not change an existing policy.
func disableServiceStart() (restore func(), err error) {
	const policy = "/usr/sbin/policy-rc.d"
	file, err := os.OpenFile(policy, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if errors.Is(err, os.ErrExist) {
		return func() {}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("preventing services from starting during the installation: %w", err)
	}
	defer func() { _ = file.Close() }()
	// Exit status 101 means: action forbidden by policy.
	// https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt
	if _, err := file.WriteString("#!/bin/sh\nexit 101\n"); err != nil {
		_ = os.Remove(policy)
		return nil, fmt.Errorf("preventing services from starting during the installation: %w", err)
	}
	return func() { _ = os.Remove(policy) }, nil
}
