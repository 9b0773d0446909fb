package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/testenv"
)

// Cluster is a Kubernetes cluster on this machine, which djangostack-local starts.
type Cluster struct {
	// Root is the repository's directory.
	Root string
	// Bin holds the programs and Images the image archives that make built.
	Bin, Images string
	// State holds the cluster, and Pulumi's state where the djangostack command runs.
	State string
	// Address is the URL on this machine that leads to the published Service.
	Address string
}

// NewCluster returns a cluster that is not started yet.
func NewCluster(t *testing.T) *Cluster {
	t.Helper()
	built := testenv.NeedsCluster(t)
	return &Cluster{
		Root: testenv.Root(t), Bin: filepath.Join(built, "bin"), Images: filepath.Join(built, "images"), State: t.TempDir(),
		Address: "http://127.0.0.1:" + FreePort(t),
	}
}

// StartCluster starts a cluster, loads images by the names of their archives, and publishes port 80 of a Service, written
// namespace/name. The cluster is stopped when the test ends.
func StartCluster(t *testing.T, service string, images ...string) *Cluster {
	t.Helper()
	c := NewCluster(t)
	t.Cleanup(func() { c.Local(t, nil, "down") })
	began := time.Now()
	c.Local(t, nil, "up", "--publish", strings.TrimPrefix(c.Address, "http://")+"="+service+":80")
	load := []string{"load-image"}
	for _, name := range images {
		load = append(load, filepath.Join(c.Images, name+".tar"))
	}
	c.Local(t, nil, load...)
	t.Logf("started the cluster and loaded its images in %s", time.Since(began).Round(time.Second))
	return c
}

// Kubeconfig returns the path of the cluster's kubeconfig.
func (c *Cluster) Kubeconfig() string {
	return filepath.Join(c.State, "cluster", "kubeconfig")
}

// Command returns a command that uses the cluster. The program is one that make built.
func (c *Cluster) Command(program string, arguments ...string) *exec.Cmd {
	command := exec.Command(filepath.Join(c.Bin, program), arguments...)
	command.Env = c.Env()
	return command
}

// Env returns the environment variables of a command that uses the cluster.
func (c *Cluster) Env() []string {
	return append(testenv.Variables(),
		"DJANGOSTACK_STATE="+c.State,
		"DJANGOSTACK_PULUMI="+filepath.Join(c.Bin, "pulumi"),
		"KUBECONFIG="+c.Kubeconfig(),
	)
}

// Local runs djangostack-local with some standard input and returns its standard output.
func (c *Cluster) Local(t *testing.T, input []byte, arguments ...string) string {
	t.Helper()
	command := c.Command("djangostack-local", arguments...)
	var stderr bytes.Buffer
	command.Stdin, command.Stderr = bytes.NewReader(input), &stderr
	out, err := command.Output()
	require.NoError(t, err, "%s:\n%s", strings.Join(arguments, " "), stderr.String())
	return string(out)
}

// Kubectl runs kubectl in a namespace and returns its standard output. An empty namespace leaves it to the manifests.
func (c *Cluster) Kubectl(t *testing.T, namespace string, arguments ...string) string {
	t.Helper()
	return c.Local(t, nil, append([]string{"kubectl", "--namespace=" + namespace}, arguments...)...)
}

// CopyProject copies Pulumi.yaml and the configuration files of stacks, by their paths, into an empty directory.
func (c *Cluster) CopyProject(t *testing.T, stackFiles ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, from := range append([]string{filepath.Join(c.Root, "Pulumi.yaml")}, stackFiles...) {
		text, err := os.ReadFile(from)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, filepath.Base(from)), text, 0o600))
	}
	return dir
}
