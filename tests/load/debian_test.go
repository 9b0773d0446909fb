package load_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/djangostack/djangostack/tests/e2e"
)

// startDebianApp builds an app's image from Debian 13 packages, and brings up its stack file of examples/apps as it is: only the
// cluster, the image and the URL are those of this machine, which has no controller of an Ingress.
func startDebianApp(t *testing.T, app, image string) *environment {
	t.Helper()
	if os.Getenv("DJANGOSTACK_SOAK") == "" {
		t.Skip("set DJANGOSTACK_SOAK=1 to build the image of " + app + " and to start a cluster for it")
	}
	builder := e2e.NewCluster(t)
	out, err := builder.Command("djangostack-image", "build", "--app", filepath.Join(builder.Root, "examples", "blog"), "--out", builder.Images, app).CombinedOutput()
	require.NoError(t, err, string(out))
	c := e2e.StartCluster(t, app+"/"+app+"-web", app, "postgres", "redis", "nginx")
	e := &environment{
		Cluster: c, stack: "existing", namespace: app, project: c.CopyProject(t, withoutIngress(t, filepath.Join(c.Root, "examples", "apps", app, "Pulumi.existing.yaml"))),
		values: []string{"app.url=" + c.Address, "app.image=" + image, "cluster.context=djangostack-local", "namespace.name=" + app},
	}
	e.mustUp(t)
	return e
}

// withoutIngress returns the path of a copy of a stack file without web.ingress, and without routes, which need it.
func withoutIngress(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var read struct {
		Config struct {
			Environment map[string]any `yaml:"djangostack:environment"`
		}
	}
	require.NoError(t, yaml.Unmarshal(text, &read))
	web, isMap := read.Config.Environment["web"].(map[string]any)
	require.True(t, isMap)
	require.Contains(t, web, "ingress")
	delete(web, "ingress")
	delete(read.Config.Environment, "routes")
	// JSON is YAML.
	text, err = json.Marshal(map[string]any{"config": map[string]any{"djangostack:environment": read.Config.Environment}})
	require.NoError(t, err)
	copied := filepath.Join(t.TempDir(), filepath.Base(path))
	require.NoError(t, os.WriteFile(copied, text, 0o600))
	return copied
}

// administrator returns the password of the superuser whom the release created.
func (e *environment) administrator(t *testing.T) string {
	t.Helper()
	output, err := e.Command("djangostack", "outputs", "-s", e.stack, "--dir", e.project, "adminPassword", "--show-secrets").Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(output))
}

// restart replaces the pods of a Deployment, as a release does.
func (e *environment) restart(t *testing.T, deployment string) {
	t.Helper()
	e.kubectl(t, "rollout", "restart", "deployment/"+deployment)
	e.rolledOut(t, deployment)
}

// runNow runs commands of cron at once and waits until they have succeeded.
func (e *environment) runNow(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		e.kubectl(t, "create", "job", "--from=cronjob/"+e.namespace+"-cron-"+name, name)
	}
	for _, name := range names {
		e2e.Eventually(t, 5*time.Minute, "the command "+name+" succeeds", func() error {
			conditions := e.kubectl(t, "get", "job", name, "--output=jsonpath={range .status.conditions[?(@.status==\"True\")]}{.type} {end}")
			if strings.Contains(conditions, "Failed") {
				require.Fail(t, "the command "+name+" failed", e.kubectl(t, "logs", "job/"+name))
			}
			if !strings.Contains(conditions, "Complete") {
				return fmt.Errorf("the conditions of its Job are %q", conditions)
			}
			return nil
		})
	}
}

// send requests JSON with a token of Debusine, and returns the answer, which must be a success.
func (e *environment) send(t *testing.T, method, path, token string, body []byte) string {
	t.Helper()
	request, err := http.NewRequest(method, e.Address+path, bytes.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Token", token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Less(t, response.StatusCode, http.StatusMultipleChoices, "%s %s: %s", method, path, text)
	return string(text)
}

const message = `From: Ada <ada@example.com>
To: dev@example.com
Subject: The engine
Message-ID: <engine@example.com>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=part

--part
Content-Type: text/plain

It weaves algebraic patterns.
--part
Content-Type: application/octet-stream; name=notes.bin
Content-Disposition: attachment; filename=notes.bin
Content-Transfer-Encoding: base64

Tm90ZSBH
--part--
`

// Mailman has Django REST framework, a queue that is not Celery, and a core that is no Django app and calls the web interface.
func TestMailmanOfDebian(t *testing.T) {
	e := startDebianApp(t, "mailman", "djangostack.local/mailman:3.3")
	core := func(input string, arguments ...string) {
		command := append([]string{"kubectl", "--namespace=" + e.namespace, "exec", "--stdin", "deployment/mailman-process-core", "--", "/usr/lib/mailman3/bin/mailman", "-C", "/etc/mailman3/mailman.cfg"}, arguments...)
		e.Local(t, []byte(input), command...)
	}
	visitor := e2e.NewVisitor(t, e.Address)
	e2e.Step(t, "it serves its sign-in page and its compressed static files", func(t *testing.T) {
		page := visitor.MustPage(t, "/accounts/login/")
		assert.Contains(t, page, "csrfmiddlewaretoken")
		compressed := regexp.MustCompile(`/static/CACHE/css/[^"]+\.css`).FindString(page)
		require.NotEmpty(t, compressed)
		assert.NotEmpty(t, visitor.MustPage(t, compressed))
	})
	e2e.Step(t, "the administrator creates a list, which the core keeps", func(t *testing.T) {
		visitor.SignIn(t, "admin", e.administrator(t))
		visitor.Submit(t, "/postorius/domains/new/", "/postorius/domains/new/", map[string]string{"mail_host": "example.com", "site": "1"})
		page := visitor.Submit(t, "/postorius/lists/new/", "/postorius/lists/new/", map[string]string{
			"listname": "dev", "mail_host": "example.com", "list_owner": "ada@example.com", "advertised": "True", "list_style": "legacy-default",
		})
		assert.Contains(t, page, "dev@example.com")
	})
	var emails []struct {
		Subject string `json:"subject"`
		Hash    string `json:"message_id_hash"`
	}
	e2e.Step(t, "a member's message is archived, and the API has it", func(t *testing.T) {
		core("ada@example.com\n", "addmembers", "-", "dev@example.com")
		core(message, "inject", "--filename", "-", "dev@example.com")
		e2e.Eventually(t, 2*time.Minute, "the message is archived", func() error {
			page, err := visitor.Page("/hyperkitty/api/list/dev@example.com/emails/?format=json")
			if err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(page), &emails); err != nil {
				return err
			}
			if len(emails) != 1 {
				return fmt.Errorf("the API has %s", page)
			}
			return nil
		})
		assert.Equal(t, "[Dev] The engine", emails[0].Subject)
	})
	e2e.Step(t, "the worker has done the task that the web process queued", func(t *testing.T) {
		e2e.Eventually(t, time.Minute, "the task is done", func() error {
			tasks := e.kubectl(t, "exec", "mailman-postgres-0", "--", "sh", "-c", `psql -Atc "SELECT func, success FROM django_q_task" -U "$POSTGRES_USER" mailman`)
			if !regexp.MustCompile(`hyperkitty\.tasks\.\S+\|t\n`).MatchString(tasks) {
				return fmt.Errorf("the tasks are %q", tasks)
			}
			return nil
		})
	})
	e2e.Step(t, "the attachment outlives the pods", func(t *testing.T) {
		assert.NotEmpty(t, strings.TrimSpace(e.kubectl(t, "exec", "deployment/mailman-web", "--container", "web", "--", "find", "/var/lib/mailman3/web/archives/attachments", "-type", "f")))
		e.restart(t, "mailman-web")
		message := "/hyperkitty/list/dev@example.com/message/" + emails[0].Hash + "/"
		e2e.Eventually(t, time.Minute, "the new pod serves the attachment", func() error {
			page, err := visitor.Page(message)
			if err != nil {
				return err
			}
			link := regexp.MustCompile(`/hyperkitty/list/[^"]+/attachment/\d+/notes\.bin`).FindString(page)
			text, err := visitor.Page(link)
			if err == nil && text != "Note G" {
				return fmt.Errorf("%s is %q", link, text)
			}
			return err
		})
	})
	e2e.Step(t, "the scheduled job writes the index that the web process searches", func(t *testing.T) {
		e.runNow(t, "hourly")
		assert.Contains(t, visitor.MustPage(t, "/hyperkitty/search?q=algebraic"), "The engine")
	})
	e2e.Step(t, "the other scheduled jobs, of the web interface and of the core, find what they need", func(t *testing.T) {
		e.runNow(t, "minutely", "quarter-hourly", "daily", "weekly", "monthly", "yearly", "notify", "digests")
	})
}

// Debusine has Django REST framework, websockets, and three workers of Celery for one another.
func TestDebusineOfDebian(t *testing.T) {
	e := startDebianApp(t, "debusine", "djangostack.local/debusine:0.11")
	visitor := e2e.NewVisitor(t, e.Address)
	e2e.Step(t, "the administrator signs in", func(t *testing.T) {
		page := visitor.Submit(t, "/-/login/", "/-/login/", map[string]string{"username": "admin", "password": e.administrator(t)})
		assert.Contains(t, page, "/-/user/admin/")
		assert.NotEmpty(t, visitor.MustPage(t, regexp.MustCompile(`/static/[^"]+\.css`).FindString(page)))
	})
	admin := func(arguments ...string) string {
		return strings.TrimSpace(e.kubectl(t, append([]string{"exec", "deployment/debusine-web", "--container", "web", "--", "debusine-admin"}, arguments...)...))
	}
	admin("group", "create", "debusine/Builders")
	admin("group", "members", "debusine/Builders", "--add", "admin")
	admin("workspace", "grant_role", "debusine/System", "contributor", "Builders")
	token := admin("create_token", "admin")
	e2e.Step(t, "what the API asks for goes through the scheduler to the worker", func(t *testing.T) {
		var asked struct {
			ID             int
			Status, Result string
		}
		answer := e.send(t, http.MethodPost, "/api/1.0/work-request/", token, []byte(`{"task_name": "servernoop", "task_data": {"result": true}, "workspace": "System"}`))
		require.NoError(t, json.Unmarshal([]byte(answer), &asked))
		e2e.Eventually(t, 2*time.Minute, "the task is done", func() error {
			answer = e.send(t, http.MethodGet, fmt.Sprintf("/api/1.0/work-request/%d/", asked.ID), token, nil)
			if err := json.Unmarshal([]byte(answer), &asked); err != nil {
				return err
			}
			if asked.Status != "completed" || asked.Result != "success" {
				return fmt.Errorf("the work request is %s", answer)
			}
			return nil
		})
	})
	e2e.Step(t, "a file of the store outlives the pods", func(t *testing.T) {
		const text = "It weaves algebraic patterns."
		answer := e.send(t, http.MethodPost, "/api/1.0/artifact/", token, fmt.Appendf(nil,
			`{"category": "debusine:test", "workspace": "System", "data": {}, "files": {"notes.txt": {"type": "file", "size": %d, "checksums": {"sha256": "%x"}}}}`, len(text), sha256.Sum256([]byte(text))))
		var artifact struct{ ID int }
		require.NoError(t, json.Unmarshal([]byte(answer), &artifact))
		e.send(t, http.MethodPut, fmt.Sprintf("/api/1.0/artifact/%d/files/notes.txt/", artifact.ID), token, []byte(text))
		e.restart(t, "debusine-web")
		e2e.Eventually(t, time.Minute, "the new pod serves the file", func() error {
			page, err := visitor.Page(fmt.Sprintf("/debusine/System/artifact/%d/download/notes.txt", artifact.ID))
			if err == nil && page != text {
				return fmt.Errorf("it is %.300q", page)
			}
			return err
		})
	})
	e2e.Step(t, "the scheduled jobs find the store", func(t *testing.T) {
		e.runNow(t, "delete-expired", "vacuum-storage")
	})
}
