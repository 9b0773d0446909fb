package cloudpods_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"testing"

	pulumikubernetes "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	pulumirandom "github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/tests/e2e"
	"github.com/djangostack/djangostack/tests/environments"
)

const (
	servers       = "servers"
	blogImage     = "djangostack.local/blog:orange"
	postgresImage = "docker.io/library/postgres:17"
	bucket        = "http://bucket.default:8000/"
)

// databases is a program with one server and several databases on it that are imported from dumps.
type databases struct {
	kubeconfig string
	// dumps are the dumps of the databases; empty for a database without an import.
	dumps map[string]string
	size  string
}

func (r *databases) program(ctx *pulumi.Context) error {
	cluster, err := pulumikubernetes.NewProvider(ctx, "cluster", &pulumikubernetes.ProviderArgs{
		Kubeconfig: pulumi.String(r.kubeconfig), ClusterIdentifier: pulumi.String("local"),
	})
	if err != nil {
		return err
	}
	passwords, err := pulumirandom.NewProvider(ctx, "passwords", &pulumirandom.ProviderArgs{})
	if err != nil {
		return err
	}
	inside := pulumi.Providers(cluster, passwords)
	labels := labels.Labels{labels.NameLabel: "blog", labels.InstanceLabel: "blog"}
	namespace, err := kubernetes.NewNamespace(ctx, "servers", &kubernetes.NamespaceArgs{Name: servers, Source: arguments.Create, PodSecurity: "restricted", Labels: labels}, inside)
	if err != nil {
		return err
	}
	server, err := kubernetes.NewPostgres(ctx, "server", &kubernetes.PostgresArgs{
		Namespace: namespace.Name, Labels: labels, Image: postgresImage,
		Database: "first", User: "first", Size: "1Gi", Resources: resources(), RoleResources: resources(),
	}, inside)
	if err != nil {
		return err
	}
	for name, dump := range r.dumps {
		role, err := kubernetes.NewDatabaseRole(ctx, name, &kubernetes.DatabaseRoleArgs{
			Namespace: namespace.Name, Labels: labels, Image: postgresImage,
			Admin: server.Admin, Database: name, User: name, Resources: resources(),
		}, inside, pulumi.DependsOn([]pulumi.Resource{server}))
		if err != nil {
			return err
		}
		if dump == "" {
			continue
		}
		_, err = kubernetes.NewDump(ctx, name, &kubernetes.DumpArgs{
			Namespace: namespace.Name, Labels: labels, Image: postgresImage, Database: role.Database,
			Source: bucket + dump,
			Fetch:  kubernetes.DumpFetch{Image: blogImage, Command: []string{"python", "-c", "import sys, urllib.request; urllib.request.urlretrieve(*sys.argv[1:])"}},
			Size:   r.size, Timeout: 120, Resources: resources(),
		}, inside, pulumi.DependsOn([]pulumi.Resource{role}))
		if err != nil {
			return err
		}
	}
	return nil
}

func resources() pod.Resources {
	return pod.Resources{CPU: "20m", Memory: "64Mi", MemoryLimit: "256Mi"}
}

// importsDumps imports databases from dumps.
func importsDumps(t *testing.T, c *cluster) {
	kubeconfig, err := os.ReadFile(c.Kubeconfig())
	require.NoError(t, err)
	r := &databases{kubeconfig: string(kubeconfig), size: "10Mi"}
	e := newEnvironment(t, c, nil, environments.Environment{}, r.program)

	e2e.Step(t, "a server elsewhere is dumped in both formats", func(t *testing.T) {
		e.Up(t)
		c.dumpElsewhere(t)
	})
	e2e.Step(t, "a database begins with each of them", func(t *testing.T) {
		r.dumps = map[string]string{"custom": "blog.dump", "plain": "blog.sql.gz"}
		e.Up(t)
		for name := range r.dumps {
			assert.Equal(t, "Posts stay.", c.sql(t, name, "SELECT body FROM posts_post"), name)
			assert.Equal(t, name, c.sql(t, name, "SELECT string_agg(DISTINCT tableowner, ',') FROM pg_tables WHERE schemaname = 'public'"), "who owns the tables")
			assert.Equal(t, bucket+r.dumps[name], c.sql(t, name, "SELECT source FROM djangostack_import"))
			assert.Equal(t, "citext", c.sql(t, name, "SELECT string_agg(extname, ',') FROM pg_extension WHERE extname <> 'plpgsql'"))
			assert.Contains(t, c.logs(t, r.dumps[name]), "Left out: the extension pg_stat_statements")
		}
	})
	e2e.Step(t, "the app finds every migration done", func(t *testing.T) {
		passwords := c.passwords(t)
		for name := range r.dumps {
			out, ok := c.manage(t, name, passwords[name], "migrate", "--check")
			assert.True(t, ok, out)
		}
	})
	e2e.Step(t, "a second update changes nothing", func(t *testing.T) {
		assert.False(t, e.Up(t).Any())
	})
	e2e.Step(t, "the same dump is not imported twice", func(t *testing.T) {
		c.sql(t, "plain", "DELETE FROM posts_post")
		r.size = "11Mi"
		assert.Equal(t, 2, e.Up(t)["replace"], "both Jobs run again")
		assert.Contains(t, c.logs(t, "blog.sql.gz"), "was imported before")
		assert.Equal(t, "0", c.sql(t, "plain", "SELECT count(*) FROM posts_post"))
	})
	e2e.Step(t, "what cannot be imported is refused, and changes nothing", func(t *testing.T) {
		r.dumps["dirty"], r.dumps["cut"], r.dumps["cutrows"] = "", "", ""
		e.Up(t)
		c.sql(t, "dirty", "CREATE TABLE ledger AS SELECT 'paid' AS entry")
		r.dumps["dirty"], r.dumps["cut"], r.dumps["cutrows"], r.dumps["plain"] = "blog.dump", "cut.dump", "cut.sql", "other.sql"
		_, err := e.TryUp(t)
		require.Error(t, err)
		for dump, said := range map[string]string{
			"blog.dump": "The database has tables already (ledger …): nothing is imported into it",
			"cut.dump":  "the database is as it was before",
			"cut.sql":   "the database is as it was before",
			"other.sql": "The database began with " + bucket + "blog.sql.gz: nothing is imported into it",
		} {
			assert.Contains(t, c.logs(t, dump), said)
		}
		assert.Equal(t, "ledger", c.sql(t, "dirty", "SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = 'public'"))
		assert.Equal(t, "paid", c.sql(t, "dirty", "SELECT entry FROM ledger"))
		for _, name := range []string{"cut", "cutrows"} {
			assert.Equal(t, "0", c.sql(t, name, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"), name)
		}
		assert.Equal(t, "0", c.sql(t, "plain", "SELECT count(*) FROM posts_post"))
	})
	e2e.Step(t, "nothing of it is left", func(t *testing.T) { e.Destroy(t) })
}

// dumpElsewhere fills a database as the sample app does on a managed server, dumps it, and puts the dumps, some of them
// truncated, into a substitute for a bucket.
func (c *cluster) dumpElsewhere(t *testing.T) {
	t.Helper()
	c.sql(t, "postgres", "CREATE ROLE master LOGIN PASSWORD 'of-a-test'")
	c.sql(t, "postgres", "CREATE ROLE reporting")
	c.sql(t, "postgres", "CREATE DATABASE elsewhere OWNER master")
	out, ok := c.manageAs(t, "elsewhere", "master", "of-a-test", "migrate", "--noinput")
	require.True(t, ok, out)
	for _, statement := range []string{
		"CREATE EXTENSION pg_stat_statements",
		"CREATE EXTENSION citext",
		"INSERT INTO posts_post (title, body, published_at) VALUES ('Pods come and go', 'Posts stay.', now())",
		"GRANT SELECT ON ALL TABLES IN SCHEMA public TO reporting",
		"CREATE FUNCTION intercept() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
		"CREATE EVENT TRIGGER awsdms_intercept_ddl ON ddl_command_end EXECUTE FUNCTION intercept()",
		"CREATE PUBLICATION dms FOR ALL TABLES",
	} {
		c.sql(t, "elsewhere", statement)
	}
	custom := c.inServer(t, "pg_dump", "--username=djangostack_admin", "--format=custom", "elsewhere")
	plain := c.inServer(t, "pg_dump", "--username=djangostack_admin", "elsewhere")
	zipped := c.inServer(t, "sh", "-c", "pg_dump --username=djangostack_admin elsewhere | gzip")
	middle := strings.Index(plain, "COPY public.django_migrations")
	require.Positive(t, middle)
	c.serve(t, map[string]string{
		"blog.dump": custom, "blog.sql.gz": zipped, "other.sql": plain,
		"cut.dump": custom[:len(custom)-2000],
		"cut.sql":  plain[:middle+strings.Index(plain[middle:], "\n")+1],
	})
}

// serve serves files to the Jobs that fetch them.
func (c *cluster) serve(t *testing.T, files map[string]string) {
	t.Helper()
	var data strings.Builder
	for name, content := range files {
		fmt.Fprintf(&data, "  %s: %s\n", name, base64.StdEncoding.EncodeToString([]byte(content)))
	}
	c.Local(t, []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bucket, namespace: default}\nbinaryData:\n"+data.String()), "kubectl", "create", "--filename", "-")
	c.apply(t, `
apiVersion: v1
kind: Service
metadata: {name: bucket, namespace: default}
spec: {selector: {app: bucket}, ports: [{port: 8000}]}
---
apiVersion: v1
kind: Pod
metadata: {name: bucket, namespace: default, labels: {app: bucket}}
spec:
  containers:
  - name: bucket
    image: `+blogImage+`
    command: [python, -m, http.server, --directory, /files]
    readinessProbe: {httpGet: {path: /, port: 8000}, periodSeconds: 1}
    volumeMounts: [{name: files, mountPath: /files}]
  volumes: [{name: files, configMap: {name: bucket}}]
`)
	c.Kubectl(t, "default", "wait", "--for=condition=Ready", "pod/bucket", "--timeout=60s")
}
