// Package testenv decides whether a test runs that needs more than Go: Pulumi's command line, a Kubernetes cluster, or a
// program that make builds.
//
// DJANGOSTACK_E2E=1 asks for these tests and DJANGOSTACK_E2E=0 skips them. Where the variable is not set, they run in
// continuous integration (CI=true) and are skipped elsewhere. A test that was asked for never skips, but
// for Node.js outside continuous integration: a missing part fails it.
package testenv

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// NeedsEngine returns Pulumi's command line: the one that DJANGOSTACK_PULUMI names, the one that make built, or the one on PATH.
func NeedsEngine(t testing.TB) *lifecycle.CLI {
	t.Helper()
	skipUnlessAsked(t, "Pulumi's command line", "make test-engine")
	wanted := place{path: os.Getenv("DJANGOSTACK_PULUMI"), state: StateDir(t)}
	if known, is := found.Load(wanted); is {
		return known.(*lifecycle.CLI)
	}
	cli, err := lifecycle.FindCLI(context.Background(), wanted.path, wanted.state)
	require.NoError(t, err, "build Pulumi's command line with: make tools")
	found.Store(wanted, cli)
	return cli
}

// place says where Pulumi's command line is looked for.
type place struct{ path, state string }

// found has Pulumi's command lines by their places: to ask one for its version takes an eighth of a CPU-second.
//
//nolint:gochecknoglobals // The tests of a package share it.
var found sync.Map

// NeedsKubeconfig returns the path of the kubeconfig of the cluster that the test may use: the value of KUBECONFIG.
func NeedsKubeconfig(t testing.TB) string {
	t.Helper()
	skipUnlessAsked(t, "a Kubernetes cluster", "make test-engine")
	kubeconfig := os.Getenv("KUBECONFIG")
	require.FileExists(t, kubeconfig, "KUBECONFIG must name the kubeconfig of a cluster")
	return kubeconfig
}

// NeedsTool returns the path of a program that make builds, such as kube-score.
func NeedsTool(t testing.TB, name string) string {
	t.Helper()
	skipUnlessAsked(t, name, "make test-engine")
	path := filepath.Join(StateDir(t), "bin", name)
	require.FileExists(t, path, "build %s with make", name)
	return path
}

// NeedsPostgreSQL returns the folder of the programs of Debian's newest PostgreSQL server.
func NeedsPostgreSQL(t testing.TB) string {
	t.Helper()
	skipUnlessAsked(t, "PostgreSQL's server", "make test-engine")
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	require.NoError(t, err)
	require.NotEmpty(t, found, "install PostgreSQL's server: apt-get install postgresql")
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return major(a) - major(b) }))
}

// major is the version in a path such as /usr/lib/postgresql/17/bin/initdb; 0 if it is no number.
func major(path string) int {
	number, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	if err != nil {
		return 0
	}
	return number
}

// oldestNode is the oldest major version of Node.js that the tests run on.
const oldestNode = 20

// NeedsNode returns the path of Node.js. Outside continuous integration a test skips without it even if it was asked
// for: Debian 12 has an older one, and nothing else needs Node.js.
func NeedsNode(t testing.TB) string {
	t.Helper()
	skipUnlessAsked(t, "Node.js", "make test-engine")
	path, err := findNode(t.Context())
	if err != nil && os.Getenv("CI") != "true" {
		t.Skipf("needs Node.js %d or later, with npm: %v", oldestNode, err)
	}
	require.NoError(t, err, "install Node.js %d or later, with npm", oldestNode)
	return path
}

func findNode(ctx context.Context) (string, error) {
	if _, err := exec.LookPath("npm"); err != nil {
		return "", fmt.Errorf("finding npm: %w", err)
	}
	path, err := exec.LookPath("node")
	if err != nil {
		return "", fmt.Errorf("finding Node.js: %w", err)
	}
	out, err := exec.CommandContext(ctx, path, "--version").Output()
	if err != nil {
		return "", fmt.Errorf("asking %s for its version: %w", path, err)
	}
	version := strings.TrimSpace(string(out))
	major, _, _ := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	if number, err := strconv.Atoi(major); err != nil || number < oldestNode {
		return "", fmt.Errorf("%s is version %s", path, version)
	}
	return path, nil
}

// NeedsCluster returns the state directory with the programs and images that a cluster on this machine is started from.
func NeedsCluster(t testing.TB) string {
	t.Helper()
	skipUnlessAsked(t, "root and the programs and images that make builds", "make test-pods")
	state := StateDir(t)
	for _, program := range []string{"djangostack", "djangostack-local", "pulumi"} {
		require.FileExists(t, filepath.Join(state, "bin", program), "build it with: make programs")
	}
	require.DirExists(t, filepath.Join(state, "images"), "build the images with: make images")
	return state
}

// NeedsRoot skips a test of another user outside continuous integration.
func NeedsRoot(t testing.TB) {
	t.Helper()
	if os.Geteuid() == 0 {
		return
	}
	require.NotEqual(t, "true", os.Getenv("CI"), "run the tests as root")
	t.Skip("needs root")
}

func skipUnlessAsked(t testing.TB, what, target string) {
	t.Helper()
	if !asked(os.Getenv("DJANGOSTACK_E2E"), os.Getenv("CI")) {
		t.Skipf("needs %s; run it with: %s", what, target)
	}
}

// asked tells whether the values of DJANGOSTACK_E2E and CI ask for the tests.
func asked(e2e, ci string) bool {
	switch e2e {
	case "":
		return ci == "true"
	case "0":
		return false
	default:
		return true
	}
}

// Variables returns the environment variables for a command with a separate state: those of the test without settings
// of Pulumi, such as the passphrase file that "make env" prints.
func Variables() []string {
	return slices.DeleteFunc(os.Environ(), func(variable string) bool { return strings.HasPrefix(variable, "PULUMI_") })
}

// StateDir returns the directory that make builds into: DJANGOSTACK_STATE, or .djangostack in the repository.
func StateDir(t testing.TB) string {
	t.Helper()
	if state := os.Getenv("DJANGOSTACK_STATE"); state != "" {
		return state
	}
	return filepath.Join(Root(t), ".djangostack")
}

// Root returns the repository's directory: the nearest one above the test's package that holds Pulumi.yaml.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for {
		if _, err := os.Stat(filepath.Join(dir, "Pulumi.yaml")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		require.NotEqual(t, dir, parent, "the test does not run inside the repository")
		dir = parent
	}
}
