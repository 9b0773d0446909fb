// Package pods_test brings one whole environment up on a real Kubernetes, with the commands that a person types, and
// uses it.
package pods_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/configurations"
	"github.com/djangostack/djangostack/tests/e2e"
)

func TestEnvironmentOnARealCluster(t *testing.T) {
	e := newEnvironment(t)
	before := look(t)
	e.stopAfter(t)
	address := e.Address
	reader := e2e.NewVisitor(t, address)
	writer := e2e.NewVisitor(t, address)

	e2e.Step(t, "an interrupted first run stops cleanly", func(t *testing.T) { interruptedRun(t, e) })
	e2e.Step(t, "make up goes on from there and prints how to get in", func(t *testing.T) {
		e.make(t, "up")
		assert.Contains(t, e.log.String(), address)
		assert.Contains(t, e.log.String(), "as admin")
		page := reader.MustPage(t, "/")
		assert.Contains(t, page, `<strong id="version">orange</strong>`)
	})
	e2e.Step(t, "every pod is restricted and asks for resources", func(t *testing.T) { restricted(t, e) })
	e2e.Step(t, "every manifest of every configuration is accepted", func(t *testing.T) { accepted(t, e) })
	e2e.Step(t, "every manifest of the public apps is accepted", func(t *testing.T) {
		acceptedApps(t, e, "apps/*/Pulumi.existing.yaml", "small/Pulumi.*.yaml")
	})
	e2e.Step(t, "every manifest of generated configurations is accepted", func(t *testing.T) {
		acceptedGenerated(t, e, configurations.Seed, 5)
	})
	e2e.Step(t, "a person signs in and writes a post", func(t *testing.T) {
		writer.SignIn(t, e.output(t, "adminUsername"), e.output(t, "adminPassword", "--show-secrets"))
		writer.Submit(t, "/write/", "/write/", map[string]string{"title": "Pods come and go", "body": "Posts stay."})
		assert.Contains(t, reader.MustPage(t, "/"), "Pods come and go")
	})
	e2e.Step(t, "the post outlives its pod and the database's pod", func(t *testing.T) { outlives(t, e, reader) })
	e2e.Step(t, "a server that does not start with a setting starts without it", func(t *testing.T) { correctedSetting(t, e) })
	e2e.Step(t, "a queued task is done by the worker", func(t *testing.T) {
		writer.Submit(t, "/notes/", "/notes/add", map[string]string{"text": "Buy milk"})
		e2e.Eventually(t, time.Minute, "the note is done", func() error {
			s, err := reader.Status()
			if err == nil && s.Notes["done"] != 1 {
				return fmt.Errorf("notes are %v", s.Notes)
			}
			return err
		})
	})
	e2e.Step(t, "one beat fires the periodic task", func(t *testing.T) {
		e2e.Eventually(t, 2*time.Minute, "the task has fired", func() error {
			s, err := reader.Status()
			if err == nil && s.Ticks < 2 {
				return fmt.Errorf("%d ticks", s.Ticks)
			}
			return err
		})
		s, err := reader.Status()
		require.NoError(t, err)
		assert.Len(t, s.Beats, 1, "who fired it")
		assert.Len(t, e.pods(t, "beat"), 1)
	})
	var secrets map[string]string
	e2e.Step(t, "secrets are nowhere in plain text", func(t *testing.T) {
		secrets = e.secretValues(t)
		require.GreaterOrEqual(t, len(secrets), 10)
		assert.Empty(t, leaks(secrets, e.places(t)))
	})
	e2e.Step(t, "make up again changes nothing", func(t *testing.T) {
		pods := e.kubectl(t, "get", "pods", "--output", "name")
		e.make(t, "up")
		assert.Equal(t, pods, e.kubectl(t, "get", "pods", "--output", "name"))
	})
	e2e.Step(t, "the data services take little while nothing happens", func(t *testing.T) { idles(t, e) })
	e2e.Step(t, "the app is no superuser of its database", func(t *testing.T) { noSuperuser(t, e) })
	e2e.Step(t, "an app that was a superuser loses the rights and nothing else", func(t *testing.T) { upgrades(t, e) })
	if !testing.Short() {
		e2e.Step(t, "the app and its data services talk over TLS only", func(t *testing.T) { encrypts(t, e, reader, writer) })
	}
	e2e.Step(t, "a dropped table is back by one command", func(t *testing.T) { restores(t, e, reader) })
	e2e.Step(t, "what holds data is not lost by a mistake", func(t *testing.T) { keepsData(t, e, reader) })
	e2e.Step(t, "orange becomes maroon by one value", func(t *testing.T) { becomes(t, e, reader, "maroon") })
	e2e.Step(t, "and orange again", func(t *testing.T) { becomes(t, e, reader, "orange") })
	e2e.Step(t, "secrets are the same after updates", func(t *testing.T) {
		// With TLS and without it they are in other Secrets.
		assert.Equal(t, withoutGeneratedNames(secrets), withoutGeneratedNames(e.secretValues(t)))
	})
	e2e.Step(t, "a lost Memcached costs no page", func(t *testing.T) { cachesInMemcached(t, e, reader) })
	e2e.Step(t, "a read replica of the cache comes without an error", func(t *testing.T) { addsReplica(t, e, reader) })
	e2e.Step(t, "a cluster that was killed is repaired by the next make up", func(t *testing.T) {
		killed(t, e)
		e.make(t, "up")
		assert.Contains(t, reader.MustPage(t, "/"), "Pods come and go")
	})
	e2e.Step(t, "make down leaves nothing", func(t *testing.T) {
		group := groupOf(t, e.State)
		assert.NotEmpty(t, look(t).left(before, group), "while it runs, the stock sees it")
		e.make(t, "down")
		e2e.Eventually(t, time.Minute, "nothing is left", func() error {
			if left := look(t).left(before, group); len(left) > 0 {
				return fmt.Errorf("left behind:\n%s", strings.Join(left, "\n"))
			}
			return nil
		})
		_, err := reader.Page("/")
		assert.Error(t, err)
	})
}

// interruptedRun starts an update on a running cluster, and stops it as Ctrl-C does while the database is starting.
func interruptedRun(t *testing.T, e *environment) {
	e.make(t, "cluster")
	interrupted(t, e, "the database is starting", func() error {
		out, err := e.command("djangostack-local", "kubectl", "--namespace", namespace, "get", "pod", "blog-postgres-0").CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	})
}

// correctedSetting gives the cache a setting that Redis does not start with, and takes it back.
func correctedSetting(t *testing.T, e *environment) {
	interrupted(t, e, "the cache fails", func() error {
		out, err := e.command("djangostack-local", "kubectl", "--namespace", namespace, "get", "pod", "blog-redis-cache-0",
			"--output", "jsonpath={.status.containerStatuses[0].restartCount}").Output()
		if err == nil && strings.TrimLeft(string(out), "0") == "" {
			return errors.New("it has not been restarted")
		}
		return err
	}, "cache.parameters={maxclients: many}")
	require.Zero(t, e.djangostack(t, e.up()...), "%s", tail(e.log.Bytes()))
	require.Len(t, e.pods(t, "redis-cache"), 1)
}

// interrupted starts an update, and stops it as Ctrl-C does when the cluster is in a state.
func interrupted(t *testing.T, e *environment, state string, reached func() error, values ...string) {
	command := e.command("djangostack", e.up(values...)...)
	command.Stdout, command.Stderr = &e.log, &e.log
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, command.Start())
	e2e.Eventually(t, 2*time.Minute, state, reached)
	require.NoError(t, command.Process.Signal(os.Interrupt))
	assert.Error(t, command.Wait(), "an interrupted run does not exit with 0")
}

func restricted(t *testing.T, e *environment) {
	assert.Contains(t, e.kubectl(t, "get", "namespace", namespace, "--output", "yaml"), "pod-security.kubernetes.io/enforce: restricted")
	pods := e.get(t, "pods", "app.kubernetes.io/name=blog")
	require.GreaterOrEqual(t, len(pods), 8)
	for _, pod := range pods {
		for _, c := range pod.Spec.Containers {
			assert.NotEmpty(t, c.Resources.Requests["cpu"], pod.Metadata.Name)
			assert.NotEmpty(t, c.Resources.Requests["memory"], pod.Metadata.Name)
		}
	}
}

func outlives(t *testing.T, e *environment, reader *e2e.Visitor) {
	old := e.kubectl(t, "get", "pods", "--output", "jsonpath={.items[*].metadata.uid}")
	e.kubectl(t, "delete", "pod", "--selector", "app.kubernetes.io/component in (web, postgres)", "--wait=false")
	e2e.Eventually(t, 2*time.Minute, "new pods serve the post", func() error {
		for _, part := range []string{"web", "postgres"} {
			for _, pod := range e.get(t, "pods", "app.kubernetes.io/component="+part) {
				if strings.Contains(old, pod.Metadata.UID) {
					return fmt.Errorf("%s is still the old one", pod.Metadata.Name)
				}
			}
		}
		page, err := reader.Page("/")
		if err != nil {
			return err
		}
		if !strings.Contains(page, "Pods come and go") {
			return fmt.Errorf("the post is missing on the page")
		}
		return nil
	})
	e.kubectl(t, "wait", "--for=condition=Ready", "pod", "--selector", "app.kubernetes.io/component in (web, postgres)", "--timeout=60s")
}

// fasterClass is a class of which no volume is ever made here.
const fasterClass = `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: faster}
provisioner: example.com/faster
`

// keepsData protects the environment as in production, and shows that a plan that would lose the database is refused
// until the configuration allows it by name.
func keepsData(t *testing.T, e *environment, reader *e2e.Visitor) {
	const refused = 6
	protected := e.up("protection=protected")
	require.Zero(t, e.djangostack(t, protected...))

	// Another storage class replaces the volume.
	class := filepath.Join(t.TempDir(), "class.yaml")
	require.NoError(t, os.WriteFile(class, []byte(fasterClass), 0o600))
	e.kubectl(t, "apply", "--filename", class)
	moved := e.up("protection=protected", "database.volume.storageClassName=faster")
	assert.Equal(t, refused, e.djangostack(t, moved...))
	assert.Equal(t, refused, e.djangostack(t, "destroy", "--providers", "embedded", "-s", "local", "--yes"))
	assert.Contains(t, e.log.String(), "blog-postgres-data", "the refusal names what holds the data")
	assert.Contains(t, reader.MustPage(t, "/"), "Pods come and go")

	// The configuration that names the data allows the plan in the same run; this is only a preview.
	allowed := e.up("protection=protected", "database.volume.storageClassName=faster", "allowDataLoss[0]=database")
	allowed[0] = "preview"
	assert.Zero(t, e.djangostack(t, allowed...))
	assert.Equal(t, refused, e.djangostack(t, moved...), "a preview allows nothing")
}

// becomes releases a version, and shows that its migration finished before its first pod was created.
func becomes(t *testing.T, e *environment, reader *e2e.Visitor, version string) {
	e.make(t, "up", "IMAGE=djangostack.local/blog:"+version)
	// An open connection may lead to a pod that is finishing its work.
	e2e.Eventually(t, time.Minute, "the page is of the new version", func() error {
		page, err := reader.Page("/")
		if err == nil && !strings.Contains(page, `<strong id="version">`+version+`</strong>`) {
			return fmt.Errorf("the page is still of the old version")
		}
		return err
	})
	assert.Contains(t, reader.MustPage(t, "/"), "Pods come and go")

	migrations := e.get(t, "jobs", "app.kubernetes.io/component=migrate")
	require.Len(t, migrations, 1)
	assert.Equal(t, "djangostack.local/blog:"+version, migrations[0].Spec.Template.Spec.Containers[0].Image)
	done := migrations[0].Status.CompletionTime
	require.False(t, done.IsZero())
	pods := e.pods(t, "web")
	require.NotEmpty(t, pods)
	for _, pod := range pods {
		assert.False(t, pod.Metadata.CreationTimestamp.Before(done), "%s was made before the migration was done", pod.Metadata.Name)
	}
	s, err := reader.Status()
	require.NoError(t, err)
	assert.Contains(t, s.Migrations, "posts.0002_post_subtitle", "a migration of maroon stays")
}

// killed ends the cluster's processes as a crash does.
func killed(t *testing.T, e *environment) {
	found, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	signalled := 0
	for _, path := range found {
		line, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(line), "djangostack-local") || !strings.Contains(string(line), e.State) {
			continue
		}
		var pid int
		_, err = fmt.Sscanf(path, "/proc/%d/cmdline", &pid)
		require.NoError(t, err)
		if syscall.Kill(pid, syscall.SIGKILL) == nil {
			signalled++
		}
	}
	require.Positive(t, signalled, "no process of the cluster was found")
}
