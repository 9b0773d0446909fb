package e2e

import (
	"bytes"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/local/cluster"
)

// traces lists everything outside the state directory that a cluster could leave on the machine, by kind, one line each.
type traces map[string][]string

func TestDownLeavesNothingOnTheMachine(t *testing.T) {
	m := newMachine(t)
	address := freeAddress(t)
	before := m.traces(address)
	require.Empty(t, before["processes"])

	m.run("up", "--publish", address+"=probe/probe:http")
	m.deployProbe()
	during := m.traces(address)
	assert.NotEmpty(t, during["processes"], "the test must be able to see the cluster's processes")
	assert.NotEmpty(t, during["ports"], "the test must be able to see the cluster's ports")
	assert.NotEqual(t, before["cgroups"], during["cgroups"], "the test must be able to see the cluster's cgroups")
	for _, kind := range []string{"mounts", "interfaces", "rules", "settings", "files"} {
		assert.Subset(t, before[kind], during[kind], "even a running cluster adds nothing to this machine's %s", kind)
	}

	t.Run("killing the daemon ends all processes", func(t *testing.T) {
		m := m.in(t)
		require.NoError(t, syscall.Kill(m.daemon(), syscall.SIGKILL))
		require.Eventually(t, func() bool { return len(m.processes()) == 0 }, time.Minute, 100*time.Millisecond)
		output, err := m.try("status")
		assert.Error(t, err, output)
	})
	t.Run("up repairs a killed cluster", func(t *testing.T) {
		m := m.in(t)
		m.run("up")
		require.EventuallyWithT(t, func(c *assert.CollectT) {
			_, body, err := fetch(address, "/")
			require.NoError(c, err)
			assert.Contains(c, body, "hello from probe-")
		}, 2*time.Minute, time.Second)
	})
	t.Run("down after a kill", func(t *testing.T) {
		m := m.in(t)
		require.NoError(t, syscall.Kill(m.daemon(), syscall.SIGKILL))
		m.run("down")
		m.requireSame(before, address)
	})
	t.Run("down while up runs", func(t *testing.T) {
		m := m.in(t)
		up := exec.Command(program(t), "--state", m.state, "up")
		up.Env = append(os.Environ(), m.mark)
		require.NoError(t, up.Start())
		require.Eventually(t, func() bool { return len(m.processes()) > 4 }, time.Minute, 20*time.Millisecond)
		require.NoError(t, up.Process.Kill())
		_ = up.Wait()
		m.run("down")
		m.requireSame(before, address)
	})
	t.Run("down of a running cluster", func(t *testing.T) {
		m := m.in(t)
		m.run("up", "--publish", address+"=probe/probe:http")
		m.deployProbe()
		m.run("down")
		m.requireSame(before, address)
		left, err := os.ReadDir(m.state)
		require.NoError(t, err)
		assert.Empty(t, left)
	})
}

// requireSame requires that the cluster has left nothing. It retries for a minute, because other programs on the machine may
// temporarily add entries. Entries that other programs remove do not matter.
func (m machine) requireSame(before traces, address string) {
	m.t.Helper()
	require.EventuallyWithT(m.t, func(c *assert.CollectT) {
		after := m.traces(address)
		for kind, lines := range after {
			for _, line := range lines {
				assert.Contains(c, before[kind], line, "left in this machine's %s", kind)
			}
		}
		for _, kind := range []string{"interfaces", "rules", "settings"} {
			assert.Equal(c, before[kind], after[kind], kind)
		}
	}, time.Minute, time.Second)
}

func (m machine) traces(address string) traces {
	m.t.Helper()
	return traces{
		"processes":  m.processes(),
		"mounts":     m.mounts(),
		"interfaces": m.interfaces(),
		"rules":      m.rules(),
		"cgroups":    m.cgroups(),
		"ports":      m.ports(address),
		"settings":   m.settings(),
		"files":      m.files(),
	}
}

// processes lists the cluster's processes. It finds them by their environment, or in containers by their cgroup.
func (m machine) processes() []string {
	var found []string
	dirs, err := filepath.Glob("/proc/[0-9]*")
	require.NoError(m.t, err)
	for _, dir := range dirs {
		if filepath.Base(dir) == strconv.Itoa(os.Getpid()) {
			continue
		}
		environment, _ := os.ReadFile(filepath.Join(dir, "environ"))
		group, _ := os.ReadFile(filepath.Join(dir, "cgroup"))
		if bytes.Contains(environment, []byte(m.mark)) || bytes.Contains(group, []byte(m.cgroup())) {
			line, _ := os.ReadFile(filepath.Join(dir, "cmdline"))
			found = append(found, filepath.Base(dir)+" "+strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return found
}

func (m machine) cgroup() string {
	home, err := cluster.HomeIn(m.state)
	require.NoError(m.t, err)
	return home.CgroupName()
}

// daemon returns the process ID of the cluster's daemon.
func (m machine) daemon() int { return m.processWith("daemon " + m.path()) }

func (m machine) killComponent(name string) {
	m.t.Helper()
	require.NoError(m.t, syscall.Kill(m.processWith("component "+name+" "), syscall.SIGKILL))
}

func (m machine) processWith(words string) int {
	m.t.Helper()
	for _, line := range m.processes() {
		if strings.Contains(line, words) {
			id, err := strconv.Atoi(strings.Fields(line)[0])
			require.NoError(m.t, err)
			return id
		}
	}
	require.Fail(m.t, "no such process", words)
	return 0
}

func (m machine) mounts() []string {
	content, err := os.ReadFile("/proc/self/mounts")
	require.NoError(m.t, err)
	return lines(string(content))
}

func (m machine) interfaces() []string {
	all, err := net.Interfaces()
	require.NoError(m.t, err)
	var found []string
	for _, one := range all {
		found = append(found, one.Name)
	}
	return found
}

func (m machine) rules() []string {
	counters := regexp.MustCompile(`\[\d+:\d+\]|^#.*|packets \d+ bytes \d+`)
	var found []string
	for _, command := range [][]string{{"iptables-save"}, {"ip6tables-save"}, {"nft", "list", "ruleset"}} {
		if _, err := exec.LookPath(command[0]); err != nil {
			continue
		}
		output, err := exec.Command(command[0], command[1:]...).Output()
		require.NoError(m.t, err)
		for _, line := range lines(string(output)) {
			found = append(found, counters.ReplaceAllString(line, ""))
		}
	}
	return found
}

// cgroups lists the groups directly below the root of each hierarchy, where the cluster has its group, and deeper groups
// with a name of Kubernetes or containerd. It skips other deep groups, which change with the machine's services and
// sessions, and the groups of other local clusters.
func (m machine) cgroups() []string {
	const root = "/sys/fs/cgroup"
	limit := 2
	if _, err := os.Stat(filepath.Join(root, "cgroup.controllers")); err == nil {
		limit = 1
	}
	ours := regexp.MustCompile("kubepods|containerd|" + regexp.QuoteMeta(m.cgroup()))
	var found []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return nil
		}
		if strings.HasPrefix(entry.Name(), "djangostack-local-") && entry.Name() != m.cgroup() {
			return fs.SkipDir
		}
		if depth := strings.Count(strings.TrimPrefix(path, root), "/"); depth <= limit || ours.MatchString(path) {
			found = append(found, path)
		}
		return nil
	})
	require.NoError(m.t, err)
	return found
}

// ports lists the cluster's ports on this machine that accept connections.
func (m machine) ports(address string) []string {
	var found []string
	candidates := []string{address}
	if port, err := os.ReadFile(m.path("api-port")); err == nil {
		candidates = append(candidates, "127.0.0.1:"+strings.TrimSpace(string(port)))
	}
	for _, candidate := range candidates {
		if conn, err := net.Dial("tcp", candidate); err == nil {
			_ = conn.Close()
			found = append(found, candidate)
		}
	}
	return found
}

func (m machine) settings() []string {
	var found []string
	for _, name := range []string{
		"vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops", "kernel/keys/root_maxkeys",
		"kernel/keys/root_maxbytes", "kernel/hostname", "net/ipv4/ip_forward", "net/netfilter/nf_conntrack_max",
	} {
		content, err := os.ReadFile(filepath.Join("/proc/sys", name))
		if err != nil {
			continue
		}
		found = append(found, name+"="+strings.TrimSpace(string(content)))
	}
	return found
}

// files lists the files in directories that container runtimes and Kubernetes usually write to.
func (m machine) files() []string {
	var found []string
	for _, root := range []string{
		"/var/lib/kubelet", "/var/lib/containerd", "/var/lib/cni", "/var/lib/etcd", "/etc/cni", "/etc/kubernetes", "/opt/cni", "/opt/containerd",
		"/usr/libexec/kubernetes", "/var/log/pods", "/var/log/containers", "/run",
	} {
		_ = filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err == nil {
				found = append(found, path)
			}
			return nil
		})
	}
	return found
}

func lines(text string) []string {
	all := strings.Split(strings.TrimSpace(text), "\n")
	return slices.DeleteFunc(all, func(line string) bool { return strings.TrimSpace(line) == "" })
}
