package pods_test

import (
	"bytes"
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

// groupOfCluster is the name of a local cluster's control group.
func groupOfCluster() *regexp.Regexp { return regexp.MustCompile(`djangostack-local-[0-9a-f]+`) }

// groupOf returns the control group of the cluster that runs in a state directory.
func groupOf(t *testing.T, state string) string {
	t.Helper()
	found, err := filepath.Glob("/proc/[0-9]*")
	require.NoError(t, err)
	for _, process := range found {
		// A process may end between listing and reading.
		environment, _ := os.ReadFile(filepath.Join(process, "environ"))
		groups, _ := os.ReadFile(filepath.Join(process, "cgroup"))
		if group := groupOfCluster().Find(groups); group != nil && bytes.Contains(environment, []byte(state)) {
			return string(group)
		}
	}
	require.Fail(t, "no process of the cluster has its state directory in its environment", state)
	return ""
}

// left returns what exists now and did not exist before, without what other clusters than that of the group have.
func (m machine) left(before machine, group string) []string {
	clusters := groupOfCluster()
	var left []string
	for kind, found := range m {
		known := map[string]bool{}
		for _, name := range before[kind] {
			known[name] = true
		}
		for _, name := range found {
			if other := clusters.FindString(name); other != "" && other != group {
				continue
			}
			if !known[name] {
				left = append(left, kind+" "+name)
			}
		}
	}
	sort.Strings(left)
	return left
}

// processes lists the PID namespaces other than the test's, with the control groups of clusters. A cluster's processes
// have their own.
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
			groups, _ := os.ReadFile(filepath.Join(filepath.Dir(link), "..", "cgroup"))
			others = append(others, namespace+" "+string(groupOfCluster().Find(groups)))
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
	const own, other = "djangostack-local-1", "djangostack-local-2"
	now := machine{"mount": {"a", "d"}, "cgroup": {"c", "/" + own + "/kubepods", "/" + other + "/kubepods"}, "process": {"pid " + other}}
	require.Equal(t, []string{"cgroup /djangostack-local-1/kubepods", "cgroup c", "mount d"}, now.left(before, own))
}
