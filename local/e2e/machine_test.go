// Package e2e holds the tests that need Linux, root and the programs that make programs builds.
package e2e

import (
	"archive/tar"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/local/ports"
)

const (
	probeImage = "djangostack.local/probe:1"
	// mark is an environment variable of every process of the test's cluster outside containers.
	mark = "DJANGOSTACK_E2E_MARK"
)

// machine runs djangostack-local with the temporary state directory of a test.
type machine struct {
	t     *testing.T
	state string
	mark  string
}

func newMachine(t *testing.T) machine {
	t.Helper()
	if os.Getenv("DJANGOSTACK_E2E") == "" {
		t.Skip("needs root and a machine without other work: set DJANGOSTACK_E2E=1")
	}
	state := t.TempDir()
	m := machine{t: t, state: state, mark: mark + "=" + state}
	t.Cleanup(func() {
		if t.Failed() {
			m.showLogs()
		}
		m.run("down")
	})
	return m
}

// in returns the machine for a subtest.
func (m machine) in(t *testing.T) machine {
	m.t = t
	return m
}

func (m machine) path(elements ...string) string {
	return filepath.Join(append([]string{m.state, "cluster"}, elements...)...)
}

// program returns the path in $DJANGOSTACK_LOCAL, or of the program that make programs builds.
func program(t *testing.T) string {
	t.Helper()
	if named := os.Getenv("DJANGOSTACK_LOCAL"); named != "" {
		return named
	}
	path, err := filepath.Abs("../../.djangostack/bin/djangostack-local")
	require.NoError(t, err)
	require.FileExists(t, path, "build it first: make programs")
	return path
}

// kubernetesVersion returns the version of Kubernetes that go.mod requires.
func kubernetesVersion(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile("../go.mod")
	require.NoError(t, err)
	match := regexp.MustCompile(`k8s\.io/kubernetes (v\S+)`).FindSubmatch(content)
	require.Len(t, match, 2)
	return string(match[1])
}

// try runs the program and returns its output.
func (m machine) try(args ...string) (string, error) { return m.tryWith("", args...) }

func (m machine) tryWith(input string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, program(m.t), append([]string{"--state", m.state}, args...)...)
	command.Env = append(os.Environ(), m.mark)
	command.Stdin = strings.NewReader(input)
	output, err := command.CombinedOutput()
	return string(output), err
}

func (m machine) run(args ...string) string {
	m.t.Helper()
	output, err := m.try(args...)
	require.NoError(m.t, err, "djangostack-local %s: %s", strings.Join(args, " "), output)
	return output
}

func (m machine) apply(manifest string) {
	m.t.Helper()
	output, err := m.tryWith(manifest, "kubectl", "apply", "-f", "-")
	require.NoError(m.t, err, output)
}

func (m machine) showLogs() {
	files, _ := filepath.Glob(m.path("log", "*.log"))
	for _, file := range files {
		content, _ := os.ReadFile(file)
		m.t.Logf("%s:\n%s", file, content[max(0, len(content)-1500):])
	}
}

// loadProbe builds the test image and loads it into the cluster.
func (m machine) loadProbe() {
	m.t.Helper()
	binary := filepath.Join(m.t.TempDir(), "probe")
	build := exec.Command("go", "build", "-o", binary, "./probe")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	output, err := build.CombinedOutput()
	require.NoError(m.t, err, string(output))
	content, err := os.ReadFile(binary)
	require.NoError(m.t, err)

	var packed bytes.Buffer
	archive := tar.NewWriter(&packed)
	require.NoError(m.t, archive.WriteHeader(&tar.Header{Name: "probe", Mode: 0o755, Size: int64(len(content))}))
	_, err = archive.Write(content)
	require.NoError(m.t, err)
	require.NoError(m.t, archive.Close())
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(packed.Bytes())), nil })
	require.NoError(m.t, err)
	image, err := mutate.AppendLayers(empty.Image, layer)
	require.NoError(m.t, err)
	config, err := image.ConfigFile()
	require.NoError(m.t, err)
	config = config.DeepCopy()
	config.OS, config.Architecture, config.Config.Entrypoint = "linux", runtime.GOARCH, []string{"/probe"}
	image, err = mutate.ConfigFile(image, config)
	require.NoError(m.t, err)
	tag, err := name.NewTag(probeImage)
	require.NoError(m.t, err)
	file := filepath.Join(m.t.TempDir(), "probe.tar")
	require.NoError(m.t, tarball.WriteToFile(file, tag, image))

	require.Contains(m.t, m.run("load-image", file), "loaded "+probeImage)
	require.Contains(m.t, m.run("load-image", file), "already loaded")
}

// freeAddress returns 127.0.0.1 with a free port.
func freeAddress(t *testing.T) string {
	t.Helper()
	port, err := ports.Free(1)
	require.NoError(t, err)
	return "127.0.0.1:" + strconv.Itoa(port)
}

// fetch requests a page and returns the status and the body without surrounding white space.
func fetch(address, path string) (int, string, error) {
	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get("http://" + address + path)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, strings.TrimSpace(string(body)), err
}
