// Package secrecy_test runs the commands with canaries in every secret input and looks for them wherever a secret must not be.
package secrecy_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	kubeconfig "k8s.io/client-go/tools/clientcmd"
	clientcmd "k8s.io/client-go/tools/clientcmd/api"

	"github.com/djangostack/djangostack/emulators/kubernetes/memory"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/environments"
	"github.com/djangostack/djangostack/tests/testenv"
)

// canary is the value of every secret input, and plainCanary that of an input that is not secret.
const canary, plainCanary = "c4n4ry-7f3aX9-kept-secret", "pl41n-5d1bY2-not-a-secret"

// desk is a project's directory on which the commands run, with a cluster in memory.
type desk struct {
	dir, state, program string
	cluster             *memory.Cluster
	config              string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	cluster, err := memory.Start()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, cluster.Close()) })
	d := &desk{dir: t.TempDir(), state: t.TempDir(), program: testenv.NeedsTool(t, "djangostack"), cluster: cluster}
	require.NoError(t, os.WriteFile(filepath.Join(d.dir, "Pulumi.yaml"), []byte("name: djangostack\nruntime: go\nconfig:\n  pulumi:disable-default-providers:\n    value: [\"*\"]\n"), 0o600))
	d.config = filepath.Join(t.TempDir(), "kubeconfig")
	access := clientcmd.NewConfig()
	access.Clusters["memory"] = &clientcmd.Cluster{Server: open(t, cluster)}
	access.Contexts["memory"] = &clientcmd.Context{Cluster: "memory"}
	require.NoError(t, kubeconfig.WriteToFile(*access, d.config))
	return d
}

// open serves the cluster without its token, because a kubeconfig's token is only sent by TLS.
func open(t *testing.T, cluster *memory.Cluster) string {
	t.Helper()
	target, err := url.Parse(cluster.Config().Host)
	require.NoError(t, err)
	proxy := &httputil.ReverseProxy{FlushInterval: -1, Rewrite: func(request *httputil.ProxyRequest) {
		request.SetURL(target)
		request.Out.Header.Set("Authorization", "Bearer "+cluster.Config().BearerToken)
	}}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server.URL
}

// write writes the stack's file.
func (d *desk) write(t *testing.T, environment map[string]any) {
	t.Helper()
	encoded, err := yaml.Marshal(map[string]any{"config": map[string]any{"djangostack:environment": environment}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(d.dir, "Pulumi.dev.yaml"), encoded, 0o600))
}

// run runs the command and returns its output and the exit code. Arguments of the processes below it, and of the
// engine, are added to the output of seen.
func (d *desk) run(t *testing.T, input string, arguments ...string) (output string, code int, seen string) {
	t.Helper()
	if slices.Contains([]string{"up", "preview", "destroy", "doctor"}, arguments[0]) {
		arguments = append(arguments, "--providers", "embedded")
	}
	command := exec.Command(d.program, arguments...)
	command.Dir = d.dir
	command.Env = append(testenv.Variables(), "DJANGOSTACK_STATE="+d.state, "KUBECONFIG="+d.config, "DJANGOSTACK_PULUMI="+filepath.Join(filepath.Dir(d.program), "pulumi"), "PULUMI_HOME="+filepath.Join(d.state, "home"))
	command.Stdin = strings.NewReader(input)
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	require.NoError(t, command.Start())
	var watched strings.Builder
	ended := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		for {
			if arguments := argumentsExcept(command.Process.Pid); holds(arguments, canary) {
				watched.WriteString(arguments)
			}
			select {
			case <-ended:
				return
			case <-time.After(40 * time.Millisecond):
			}
		}
	})
	// The exit code says what there is to know.
	_ = command.Wait()
	close(ended)
	watching.Wait()
	return out.String(), command.ProcessState.ExitCode(), watched.String()
}

// argumentsExcept returns the arguments of all processes but one, whose arguments a person typed. Until a new process
// runs another program, it has the arguments of the one that started it.
func argumentsExcept(pid int) string {
	var all strings.Builder
	typed, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range lines {
		// A process may have ended.
		text, _ := os.ReadFile(path)
		if filepath.Base(filepath.Dir(path)) == strconv.Itoa(pid) || bytes.Equal(text, typed) {
			continue
		}
		all.Write(text)
		all.WriteByte('\n')
	}
	return all.String()
}

// holding returns where a value is, as it is or in base64: in files other than the stack's own, and in objects that
// are no Secrets.
func (d *desk) holding(t *testing.T, value string) []string {
	t.Helper()
	var found []string
	for _, root := range []string{d.dir, d.state} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || path == filepath.Join(d.dir, "Pulumi.dev.yaml") || entry.Type()&fs.ModeSymlink != 0 {
				return err
			}
			contents, err := os.ReadFile(path)
			if holds(string(contents), value) {
				found = append(found, "file "+path)
			}
			return err
		})
		require.NoError(t, err)
	}
	for _, object := range d.cluster.Objects() {
		if object.GetKind() != "Secret" && holds(fmt.Sprint(object.Object), value) {
			found = append(found, object.GetKind()+" "+object.GetName())
		}
	}
	return found
}

// holds tells whether a text holds a value, as it is or in base64 at any offset.
func holds(text, value string) bool {
	if strings.Contains(text, value) {
		return true
	}
	for offset := range 3 {
		encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", offset) + value))
		// The ends depend on what is beside the value.
		if strings.Contains(text, encoded[4:len(encoded)-4]) {
			return true
		}
	}
	return false
}

// secretPaths are the secret inputs of the environment of these tests.
func secretPaths() []string {
	return []string{"app.secretEnv.STRIPE_KEY", "database.external.password", "cache.external.password", "broker.external.password", "monitoring.logs.headers.Authorization"}
}

// withoutSecrets is an environment that needs every secret input.
func withoutSecrets(t *testing.T) environments.Environment {
	t.Helper()
	return environments.Small(spec.NoCloud).Set(t,
		"app.env={PLAIN: "+plainCanary+"}",
		// The command refuses to bring up an image that only an example has.
		"app.image=ghcr.io/blog/blog:1.0",
		"database={kind: external, external: {host: db.example.com}}",
		"cache={kind: external, external: {host: cache.example.com}}",
		"broker={kind: external, external: {host: queue.example.com}}",
		"monitoring.logs={endpoint: 'https://loki.example.com/otlp'}",
	)
}

// TestNoCommandShowsASecret runs every command with a canary in every secret input. The canary must not be in output, in
// files of the state and the workspace, in arguments of processes, or in objects other than Secrets.
func TestNoCommandShowsASecret(t *testing.T) {
	testenv.NeedsEngine(t)
	d := newDesk(t)
	d.write(t, withoutSecrets(t))
	var hits []string
	commands := 0
	check := func(input string, arguments ...string) string {
		output, code, seen := d.run(t, input, arguments...)
		commands++
		assert.Zero(t, code, "%v\n%s", arguments, output)
		name := strings.Join(arguments, " ")
		if holds(output, canary) {
			hits = append(hits, "output of "+name)
		}
		if holds(seen, canary) {
			hits = append(hits, "arguments during "+name)
		}
		for _, where := range d.holding(t, canary) {
			hits = append(hits, where+" after "+name)
		}
		return output
	}
	for _, path := range secretPaths() {
		check(canary+"\n", "config", "secret", "-s", "dev", path)
	}
	check("", "config", "validate", filepath.Join(d.dir, "Pulumi.dev.yaml"))
	check("", "config", "explain", "database.external.password")
	check("", "doctor", "-s", "dev")
	check("", "render", "-s", "dev")
	check("", "preview", "-s", "dev", "--diff")
	check("", "preview", "-s", "dev", "--json", "--diff")
	check("", "up", "-s", "dev")
	assert.NotEmpty(t, d.holding(t, plainCanary), "what is not secret is found, so a secret would be")
	check("", "up", "-s", "dev", "--json", "--set", "owner=platform-team")
	check("", "preview", "-s", "dev", "--diff")
	check("", "outputs", "-s", "dev")
	check("", "outputs", "-s", "dev", "--json")
	check("", "rehearse", "-s", "dev")
	check("", "destroy", "-s", "dev", "--yes")
	assert.Empty(t, hits)
	t.Logf("%d commands with a canary in %d secret inputs: %d hits", commands, len(secretPaths()), len(hits))
}

// wrongForms are secrets in a form that is not valid, by path and value; a path that begins with --set is an argument.
func wrongForms() map[string]any {
	forms := map[string]any{
		"database.external":              "postgres://blog:" + canary + "@db.example.com/blog",
		"database.external.host":         "blog:" + canary + "@db.example.com",
		"database.external.url":          "postgres://blog:" + canary + "@db.example.com/blog",
		"database.external.pasword":      canary,
		"database.password":              canary,
		"cache.external":                 []any{"redis://:" + canary + "@cache.example.com"},
		"cache.external.host":            "redis://:" + canary + "@cache.example.com:6379/0",
		"broker.external.host":           "amqp://blog:" + canary + "@queue.example.com",
		"broker.external.passwords":      []any{canary},
		"app.secretEnv":                  canary,
		"app.secretenv":                  map[string]any{"STRIPE_KEY": canary},
		"app.secretKeyRefs.TOKEN":        canary,
		"monitoring.sentry":              "https://" + canary + "@sentry.example.com/1",
		"monitoring.sentry.dsn":          canary,
		"monitoring.logs.endpoint":       "https://loki:" + canary + "@loki.example.com",
		"monitoring.logs.headers":        canary,
		"app.url":                        "https://blog:" + canary + "@blog.example.com",
		"release.superuser.password":     canary,
		"--set app.secretEnv.STRIPE_KEY": canary,
	}
	for _, path := range secretPaths() {
		forms[path] = canary
		forms[path+" as a list"] = []any{canary}
		forms[path+" as an object"] = map[string]any{"value": canary}
		forms[path+" as a wrong cipher"] = map[string]any{"secure": canary}
		if strings.HasPrefix(path, "database") {
			forms["--set "+path] = canary
			forms["--set "+path+" as an object"] = "{value: " + canary + "}"
		}
	}
	return forms
}

// TestNoMessageShowsASecretOfAWrongForm gives secrets in wrong forms to the commands. Each must be refused, and no message,
// file or argument has the value.
func TestNoMessageShowsASecretOfAWrongForm(t *testing.T) {
	testenv.NeedsEngine(t)
	commands := [][]string{{"config", "validate"}, {"preview", "-s", "dev"}, {"up", "-s", "dev"}}
	if os.Getenv("DJANGOSTACK_SOAK") != "" {
		commands = append(commands, []string{"render", "-s", "dev"}, []string{"rehearse", "-s", "dev"}, []string{"doctor", "-s", "dev"}, []string{"destroy", "-s", "dev", "--yes"}, []string{"outputs", "-s", "dev"})
	}
	d := newDesk(t)
	var hits []string
	runs := 0
	for form, value := range wrongForms() {
		path, _, _ := strings.Cut(strings.TrimPrefix(form, "--set "), " as ")
		environment := withoutSecrets(t)
		asArgument := strings.HasPrefix(form, "--set ")
		if !asArgument {
			put(environment, strings.Split(path, "."), value)
		}
		d.write(t, environment)
		for _, command := range commands {
			arguments := slices.Clone(command)
			switch {
			case command[0] == "config" && asArgument:
				continue
			case command[0] == "config":
				arguments = append(arguments, filepath.Join(d.dir, "Pulumi.dev.yaml"))
			case asArgument:
				arguments = append(arguments, "--set", path+"="+fmt.Sprint(value))
			}
			output, code, seen := d.run(t, "", arguments...)
			runs++
			if refuses := !slices.Contains([]string{"doctor", "destroy", "outputs"}, command[0]); refuses {
				assert.NotZero(t, code, "%s is refused by %s\n%s", form, command[0], output)
			}
			if holds(output, canary) {
				hits = append(hits, fmt.Sprintf("output of %s with %s: %s", command[0], form, output))
			}
			if holds(seen, canary) {
				hits = append(hits, fmt.Sprintf("arguments during %s with %s", command[0], form))
			}
			for _, where := range d.holding(t, canary) {
				hits = append(hits, fmt.Sprintf("%s after %s with %s", where, command[0], form))
			}
		}
	}
	assert.Empty(t, hits)
	t.Logf("%d wrong forms in %d runs: %d hits", len(wrongForms()), runs, len(hits))
}

// put sets a value in a tree of objects.
func put(tree map[string]any, path []string, value any) {
	if len(path) == 1 {
		tree[path[0]] = value
		return
	}
	below, is := tree[path[0]].(map[string]any)
	if !is {
		below = map[string]any{}
		tree[path[0]] = below
	}
	put(below, path[1:], value)
}
