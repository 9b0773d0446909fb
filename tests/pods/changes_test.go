package pods_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec/reference"
	"github.com/djangostack/djangostack/tests/e2e"
)

// Exit codes of djangostack (docs/command.md).
const (
	succeeded    = 0
	unmet        = 1
	misspecified = 2
	guarded      = 6
	unplanned    = 11
)

// ofData matches the changes of an existing cluster that are about services, their volumes, and where these are.
var ofData = regexp.MustCompile(`^(database|cache|broker|namespace|static|volumes|beat\.enabled|beat\.schedule|tier|app\.(name|image|url))\b`)

// elsewhere matches the values that need what the test's cluster does not have: images, servers, a bucket, commands of
// another app, classes of other clusters' volumes that are new, Secrets and claims.
var elsewhere = regexp.MustCompile(`example\.(com|org)|external|bucket|command|stripe|claimName|ReadWriteMany|restoreFrom|import|volumes=|volumes\[|folders|servers=|kind=none|threads`)

func changesOfData(t *testing.T) [][]string {
	t.Helper()
	all, err := reference.Changes()
	require.NoError(t, err)
	var found [][]string
	for _, change := range all {
		all := strings.Join(change.Set, " ")
		known := slices.ContainsFunc(found, func(set []string) bool { return slices.Equal(set, change.Set) })
		if change.Table != "gcp" && !known && ofData.MatchString(all) && !elsewhere.MatchString(all) {
			found = append(found, change.Set)
		}
	}
	return found
}

// TestNoChangeOnARealClusterLosesARow applies the changes of the tables that are about data services, volumes and the
// namespace, one after the other, to a protected environment on a real cluster. After each, the row in PostgreSQL and
// the identity of every volume are as they were, or the plan was refused and the pods are as they were.
func TestNoChangeOnARealClusterLosesARow(t *testing.T) {
	if os.Getenv("DJANGOSTACK_SOAK") == "" {
		t.Skip("takes half an hour; run it with: make soak")
	}
	e := newEnvironment(t)
	e.stopAfter(t)
	e.make(t, "cluster")
	// With backups: their volume, once there, could not be taken back.
	base := []string{"protection=protected", "web.replicas=1", "database.backups.store=volume"}
	require.Zero(t, e.djangostack(t, e.up(base...)...))
	e.statement(t, "CREATE TABLE kept (number int); INSERT INTO kept SELECT generate_series(1, 1000)")
	volumes := e.volumes(t)
	require.Contains(t, strings.Join(slices.Sorted(maps.Keys(volumes)), " "), "blog-postgres-")

	counts := map[int]int{}
	began := time.Now()
	for _, set := range changesOfData(t) {
		before := e.running(t)
		code := e.djangostack(t, e.up(slices.Concat(base, set)...)...)
		counts[code]++
		switch code {
		case misspecified, unmet, guarded, unplanned:
			assert.Equal(t, before, e.running(t), "%v: a refused plan changes no pod", set)
		default:
			assert.Equal(t, succeeded, code, "%v\n%s", set, tail(e.log.Bytes()))
		}
		e2e.Eventually(t, time.Minute, fmt.Sprintf("the rows are there after %v", set), func() error {
			if rows, err := e.query("SELECT count(*) FROM kept"); err != nil || rows != "1000" {
				return fmt.Errorf("%q: %w", rows, err)
			}
			return nil
		})
		assert.Subset(t, e.volumes(t), volumes, "%v", set)
	}
	require.Zero(t, e.djangostack(t, e.up(base...)...))
	require.Equal(t, "1000", e.statement(t, "SELECT count(*) FROM kept"))
	t.Logf("%d applied, %d refused by the guard, %d by the checks, %d because of what the cluster has, %d by the plan; %s",
		counts[succeeded], counts[guarded], counts[misspecified], counts[unmet], counts[unplanned], time.Since(began).Round(time.Second))

	// The control: an environment that is not protected loses the volume, and this test sees it.
	class := fmt.Sprintf("apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: second}\nprovisioner: %s\nvolumeBindingMode: WaitForFirstConsumer\n",
		e.kubectl(t, "get", "storageclass", "standard", "--output", "jsonpath={.provisioner}"))
	file := filepath.Join(t.TempDir(), "class.yaml")
	require.NoError(t, os.WriteFile(file, []byte(class), 0o600))
	e.kubectl(t, "apply", "--filename", file)
	disposable := []string{"protection=disposable", "web.replicas=1", "database.backups.store=volume"}
	require.Zero(t, e.djangostack(t, e.up(disposable...)...))
	require.Zero(t, e.djangostack(t, e.up(append(disposable, "database.volume.storageClassName=second")...)...), "%s", tail(e.log.Bytes()))
	assert.NotSubset(t, e.volumes(t), volumes)
}

// query runs a statement as the administrator of the environment's PostgreSQL.
func (e *environment) query(statement string) (string, error) {
	out, err := e.command("djangostack-local", "kubectl", "--namespace="+namespace, "exec", "statefulset/blog-postgres", "--", "sh", "-c",
		`PGPASSWORD=$POSTGRES_PASSWORD psql -U "$POSTGRES_USER" -d blog -Atqc "$1"`, "sh", statement).Output()
	return strings.TrimSpace(string(out)), err
}

func (e *environment) statement(t *testing.T, statement string) string {
	t.Helper()
	out, err := e.query(statement)
	require.NoError(t, err, statement)
	return out
}

// volumes maps the claims whose loss loses data to their UIDs. Static files are collected again, beat writes its schedule
// again.
func (e *environment) volumes(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, claim := range e.get(t, "persistentvolumeclaims", "app.kubernetes.io/name=blog") {
		if !regexp.MustCompile(`-(static|beat)\b`).MatchString(claim.Metadata.Name) {
			found[claim.Metadata.Name] = claim.Metadata.UID
		}
	}
	return found
}

// running maps the pods that are not being deleted to their UIDs.
func (e *environment) running(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, pod := range e.get(t, "pods", "app.kubernetes.io/name=blog") {
		if pod.Metadata.DeletionTimestamp.IsZero() {
			found[pod.Metadata.Name] = pod.Metadata.UID
		}
	}
	return found
}
