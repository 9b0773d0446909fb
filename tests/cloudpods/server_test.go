package cloudpods_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/e2e"
)

// inServer runs a command in the database server's pod and returns its output.
func (c *cluster) inServer(t *testing.T, command ...string) string {
	t.Helper()
	return c.Kubectl(t, servers, append([]string{"exec", "blog-postgres-0", "--"}, command...)...)
}

// sql runs a statement as the administrator and returns its result.
func (c *cluster) sql(t *testing.T, database, statement string) string {
	t.Helper()
	out := c.inServer(t, "psql", "--username=djangostack_admin", "--dbname="+database, "--no-align", "--tuples-only", "--quiet", "--set=ON_ERROR_STOP=1", "--command="+statement)
	return strings.TrimSpace(out)
}

// manage runs a command of the app on a database, as the role with the same name.
func (c *cluster) manage(t *testing.T, database, password string, arguments ...string) (string, bool) {
	t.Helper()
	return c.manageAs(t, database, database, password, arguments...)
}

func (c *cluster) manageAs(t *testing.T, database, user, password string, arguments ...string) (string, bool) {
	t.Helper()
	name := "manage-" + database
	manifest, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Pod",
		"metadata": map[string]any{"name": name, "namespace": "default"},
		"spec": map[string]any{"restartPolicy": "Never", "containers": []any{map[string]any{
			"name": "manage", "image": blogImage, "command": append([]string{"python", "manage.py"}, arguments...),
			"env": []any{
				map[string]any{"name": "DJANGO_SECRET_KEY", "value": "of-a-test"},
				map[string]any{"name": "DATABASE_URL", "value": fmt.Sprintf("postgres://%s:%s@blog-postgres.%s:5432/%s", user, password, servers, database)},
			},
		}}},
	})
	require.NoError(t, err)
	c.Local(t, manifest, "kubectl", "apply", "--filename", "-")
	phase := ""
	e2e.Eventually(t, time.Minute, "the command "+strings.Join(arguments, " "), func() error {
		phase = c.Kubectl(t, "default", "get", "pod", name, "--output", "jsonpath={.status.phase}")
		if phase != "Succeeded" && phase != "Failed" {
			return fmt.Errorf("the pod is %s", phase)
		}
		return nil
	})
	return c.Kubectl(t, "default", "logs", name), phase == "Succeeded"
}

// logs returns the logs of the finished Job that fetched a dump.
func (c *cluster) logs(t *testing.T, dump string) string {
	t.Helper()
	var pods struct {
		Items []struct {
			Metadata struct{ Name string }
			Spec     struct{ InitContainers []struct{ Command []string } }
		}
	}
	c.get(t, servers, "pods", &pods)
	var logs strings.Builder
	for _, pod := range pods.Items {
		if len(pod.Spec.InitContainers) == 1 && strings.Contains(strings.Join(pod.Spec.InitContainers[0].Command, " "), bucket+dump) {
			logs.WriteString(c.Kubectl(t, servers, "logs", pod.Metadata.Name, "--container", "dump"))
		}
	}
	return logs.String()
}

// passwords returns the roles' passwords.
func (c *cluster) passwords(t *testing.T) map[string]string {
	t.Helper()
	var secrets struct {
		Items []struct {
			Metadata struct{ Name string }
			Data     map[string][]byte
		}
	}
	c.get(t, servers, "secrets", &secrets)
	passwords := map[string]string{}
	for _, secret := range secrets.Items {
		if role, _, found := strings.Cut(secret.Metadata.Name, "-database-role"); found {
			passwords[role] = string(secret.Data["password"])
		}
	}
	return passwords
}
