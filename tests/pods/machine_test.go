package pods_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// machine is what a cluster could leave behind on the machine, by kind.
type machine map[string][]string

// look lists the current state of the machine.
func look(t *testing.T) machine {
	t.Helper()
	return machine{
		"process":   processes(t),
		"mount":     mounts(t),
		"interface": interfaces(t),
		"rule":      rules(t),
		"cgroup":    folders(t, "/sys/fs/cgroup"),
		"file":      entries(t, "/run", "/var/run", "/etc/cni", "/var/lib/kubelet", "/var/lib/containerd", "/var/lib/cni", "/var/log", "/var/log/pods", "/var/log/containers", "/opt"),
	}
}

// left returns what exists now and did not exist before.
func (m machine) left(before machine) []string {
	var left []string
	for kind, found := range m {
		known := map[string]bool{}
		for _, name := range before[kind] {
			known[name] = true
		}
		for _, name := range found {
			if !known[name] {
				left = append(left, kind+" "+name)
			}
		}
	}
	sort.Strings(left)
	return left
}

// processes lists the PID namespaces other than the test's. A cluster's processes have their own.
func processes(t *testing.T) []string {
	t.Helper()
	own, err := os.Readlink("/proc/self/ns/pid")
	require.NoError(t, err)
	found, err := filepath.Glob("/proc/[0-9]*/ns/pid")
	require.NoError(t, err)
	var others []string
	for _, link := range found {
		// A process may end between listing and reading.
		if namespace, err := os.Readlink(link); err == nil && namespace != own {
			others = append(others, namespace)
		}
	}
	return others
}

func mounts(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("/proc/self/mounts")
	require.NoError(t, err)
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

func interfaces(t *testing.T) []string {
	t.Helper()
	found, err := net.Interfaces()
	require.NoError(t, err)
	var names []string
	for _, i := range found {
		names = append(names, i.Name)
	}
	return names
}

// rules lists the netfilter rules without their counters.
func rules(t *testing.T) []string {
	t.Helper()
	counter := regexp.MustCompile(`\[[0-9]+:[0-9]+\]`)
	var found []string
	for _, command := range [][]string{{"iptables-save"}, {"ip6tables-save"}} {
		if _, err := exec.LookPath(command[0]); err != nil {
			continue
		}
		out, err := exec.Command(command[0], command[1:]...).Output()
		require.NoError(t, err, command[0])
		for _, line := range strings.Split(string(out), "\n") {
			if line != "" && !strings.HasPrefix(line, "#") {
				found = append(found, command[0]+" "+counter.ReplaceAllString(line, ""))
			}
		}
	}
	return found
}

func folders(t *testing.T, root string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			found = append(found, path)
		}
		return nil
	})
	require.NoError(t, err)
	return found
}

func entries(t *testing.T, roots ...string) []string {
	t.Helper()
	var found []string
	for _, root := range roots {
		listed, err := os.ReadDir(root)
		if os.IsNotExist(err) {
			continue
		}
		require.NoError(t, err)
		found = append(found, root)
		for _, entry := range listed {
			found = append(found, filepath.Join(root, entry.Name()))
		}
	}
	return found
}

func TestLeftoversOnTheMachineAreFound(t *testing.T) {
	before := machine{"mount": {"a"}, "cgroup": {"b"}}
	require.Equal(t, []string{"cgroup c", "mount d"}, machine{"mount": {"a", "d"}, "cgroup": {"c"}}.left(before))
}
