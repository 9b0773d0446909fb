// Package wholeapps_test brings whole apps up on a real Kubernetes: each is an image with its own settings and commands, and a
// stack file. The images are built from testdata when a test asks for them.
package wholeapps_test

import (
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/e2e"
)

// app is one app on its own cluster. Its folder in testdata, its stack and its namespace have its name.
type app struct {
	*e2e.Cluster

	name    string
	project string
	browser *http.Client
	// host is the app's public name; empty for the cluster's address.
	host string
}

// folder is a folder below testdata that becomes an image, with the image's command.
type folder struct {
	name    string
	command []string
	// over lies over a copy of this folder, as a later release of the same app.
	over string
}

// start starts a cluster for an app, publishes one of its Services, and loads the images of folders and of servers.
func start(t *testing.T, name, service string, folders []folder, servers ...string) *app {
	t.Helper()
	if os.Getenv("DJANGOSTACK_SOAK") == "" {
		t.Skip("set DJANGOSTACK_SOAK=1 to build the image of an app and to start a cluster for it")
	}
	c := e2e.NewCluster(t)
	t.Cleanup(func() { c.Local(t, nil, "down") })
	load := []string{"load-image"}
	for _, f := range folders {
		build(t, c, f)
		load = append(load, filepath.Join(c.Images, f.name+".tar"))
	}
	for _, server := range servers {
		load = append(load, filepath.Join(c.Images, server+".tar"))
	}
	began := time.Now()
	c.Local(t, nil, "up", "--publish", strings.TrimPrefix(c.Address, "http://")+"="+name+"/"+service)
	c.Local(t, nil, load...)
	t.Logf("started the cluster and loaded its images in %s", time.Since(began).Round(time.Second))
	a := &app{Cluster: c, name: name, browser: &http.Client{Timeout: 20 * time.Second}}
	t.Cleanup(func() { a.explain(t) })
	a.project = c.CopyProject(t, filepath.Join("testdata", name, "Pulumi."+name+".yaml"))
	if procfile, err := os.ReadFile(filepath.Join("testdata", name, "Procfile")); err == nil {
		require.NoError(t, os.WriteFile(filepath.Join(a.project, "Procfile"), procfile, 0o600))
	}
	return a
}

func build(t *testing.T, c *e2e.Cluster, f folder) {
	t.Helper()
	dir := filepath.Join("testdata", f.name)
	if f.over != "" {
		dir = filepath.Join(t.TempDir(), f.name)
		require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join("testdata", f.over))))
		replace(t, dir, os.DirFS(filepath.Join("testdata", f.name)))
	}
	words := []string{"folder", "--out", c.Images, dir}
	if len(f.command) > 0 {
		words = append(append(words, "--"), f.command...)
	}
	out, err := c.Command("djangostack-image", words...).CombinedOutput()
	require.NoError(t, err, string(out))
}

// replace writes the files of a folder over those of another, which has all its folders.
func replace(t *testing.T, dir string, files fs.FS) {
	t.Helper()
	require.NoError(t, fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, path), text, 0o600)
	}))
}

// explain writes what the pods of a failed test say.
func (a *app) explain(t *testing.T) {
	if !t.Failed() {
		return
	}
	out, err := a.Command("djangostack-local", "kubectl", "--namespace", a.name, "get", "pods", "--output=wide").CombinedOutput()
	t.Logf("pods: %v\n%s", err, out)
	out, err = a.Command("djangostack-local", "kubectl", "--namespace", a.name, "logs", "--selector=app.kubernetes.io/name="+a.name, "--all-containers", "--tail=12", "--prefix").CombinedOutput()
	t.Logf("logs: %v\n%s", err, out)
}

// kubectl runs kubectl in the app's namespace and returns its standard output.
func (a *app) kubectl(t *testing.T, arguments ...string) string {
	t.Helper()
	return a.Kubectl(t, a.name, arguments...)
}

// command returns kubectl in the app's namespace, for what may fail or takes long.
func (a *app) command(arguments ...string) *exec.Cmd {
	return a.Command("djangostack-local", append([]string{"kubectl", "--namespace", a.name}, arguments...)...)
}

func (a *app) stack() e2e.Project { return e2e.Project{Dir: a.project, Stack: a.name} }

// up applies the configuration with further values and returns what the command printed.
func (a *app) up(values ...string) (string, error) { return a.Up(a.stack(), values...) }

func (a *app) mustUp(t *testing.T, values ...string) {
	t.Helper()
	a.MustUp(t, a.stack(), values...)
}

// manage runs Python code in a pod of the web, with the app's settings, and returns what it printed.
func (a *app) manage(t *testing.T, code string) string {
	t.Helper()
	return a.kubectl(t, "exec", "deployment/"+a.name+"-web", "--container=web", "--", "python", "manage.py", "shell", "-c", code)
}

// request sends a request as a load balancer forwards it, and returns the text of the page. An answer other than 200 is an error.
func (a *app) request(method, path, body string) (string, error) {
	request, err := http.NewRequest(method, a.Address+path, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	// A connection that is kept may lead to a pod that stops.
	request.Close = true
	if a.host != "" {
		request.Host = a.host
		request.Header.Set("X-Forwarded-Proto", "https")
	}
	response, err := a.browser.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return "", err
	}
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s %s answered %s: %.300s", method, path, response.Status, text)
	}
	return string(text), nil
}

func (a *app) mustRequest(t *testing.T, method, path, body string) string {
	t.Helper()
	var text string
	e2e.Eventually(t, 30*time.Second, method+" "+path+" is answered", func() error {
		var err error
		text, err = a.request(method, path, body)
		return err
	})
	return text
}
