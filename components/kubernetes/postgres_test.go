package kubernetes_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/tests/mocks"
)

func TestAServersParametersFollowFromItsMemory(t *testing.T) {
	args := postgresArgs()
	args.Parameters = map[string]string{"work_mem": "16MB", "jit": "off"}
	server := mocks.Run(t, mocks.Known, withPostgres(args)).Find(t, "StatefulSet", "blog-postgres")

	assert.Equal(t, []any{
		"postgres", "-c", "checkpoint_completion_target=0.9", "-c", "effective_cache_size=192MB", "-c", "enable_parallel_hash=off", "-c", "huge_pages=off", "-c", "jit=off",
		"-c", "maintenance_work_mem=16MB", "-c", "max_wal_size=640MB", "-c", "min_wal_size=160MB",
		"-c", "random_page_cost=1.1", "-c", "shared_buffers=64MB", "-c", "work_mem=16MB",
	}, server.At(t, "spec.template.spec.containers[0].args"))
}

// The runtime's /dev/shm has 64 MB, and parallel queries of a server with more memory fail.
func TestParallelQueriesHaveSharedMemory(t *testing.T) {
	args := postgresArgs()
	args.Resources.Memory, args.Resources.MemoryLimit = "2Gi", "4Gi"
	server := mocks.Run(t, mocks.Known, withPostgres(args)).Find(t, "StatefulSet", "blog-postgres")

	volumes := map[any]any{}
	for _, volume := range server.At(t, "spec.template.spec.volumes").([]any) {
		volumes[volume.(map[string]any)["name"]] = volume.(map[string]any)["emptyDir"]
	}
	assert.Equal(t, map[string]any{"medium": "Memory", "sizeLimit": "512Mi"}, volumes["shared-memory"])
	mounts := map[any]any{}
	for _, mount := range server.At(t, "spec.template.spec.containers[0].volumeMounts").([]any) {
		mounts[mount.(map[string]any)["name"]] = mount.(map[string]any)["mountPath"]
	}
	assert.Equal(t, "/dev/shm", mounts["shared-memory"])
}

func TestAServerOfAWrongSizeIsRefused(t *testing.T) {
	for want, change := range map[string]func(*kubernetes.PostgresArgs){
		`memory "much"`:               func(a *kubernetes.PostgresArgs) { a.Resources.Memory = "much" },
		`volume "large"`:              func(a *kubernetes.PostgresArgs) { a.Size = "large" },
		`Extensions has "hstore; ls"`: func(a *kubernetes.PostgresArgs) { a.Extensions = []string{"hstore; ls"} },
	} {
		args := postgresArgs()
		change(args)
		ran, err := mocks.Try(mocks.Known, nil, withPostgres(args))
		assert.ErrorContains(t, err, want)
		assert.Empty(t, ran.Resources)
	}
}

func TestTheAdministratorCreatesTheExtensions(t *testing.T) {
	args := postgresArgs()
	args.Extensions = []string{"hstore", "uuid-ossp"}
	job := mocks.Run(t, mocks.Known, withPostgres(args)).Find(t, "Job", "blog-postgres-role")

	assert.Equal(t, map[string]any{
		"ROLE_EXTENSIONS": "hstore uuid-ossp",
		"ROLE_ADVICE":     "Build an image FROM docker.io/library/postgres:17 that installs the extension's package, and name it as the server's image",
	}, extensionVariables(t, job))
	assert.Contains(t, job.At(t, "spec.template.spec.containers[0].command[2]"), "CREATE EXTENSION IF NOT EXISTS")
	assert.Equal(t, []any{65.0}, job.At(t, "spec.podFailurePolicy.rules[0].onExitCodes.values"), "a retry finds no package")

	managed := roleArgs()
	managed.Extensions = []string{"postgis"}
	job = mocks.Run(t, mocks.Known, withRole(managed)).Find(t, "Job", "blog-database-role")
	assert.Equal(t, "postgis", extensionVariables(t, job)["ROLE_EXTENSIONS"])
}

func TestTheRolesJobIsAsBeforeWithoutExtensions(t *testing.T) {
	job := mocks.Run(t, mocks.Known, withPostgres(postgresArgs())).Find(t, "Job", "blog-postgres-role")

	assert.Empty(t, extensionVariables(t, job))
	assert.NotContains(t, job.At(t, "spec.template.spec.containers[0].command[2]"), "EXTENSION")
	assert.Nil(t, job.At(t, "spec.podFailurePolicy"))
}

func extensionVariables(t *testing.T, job mocks.Resource) map[string]any {
	t.Helper()
	found := map[string]any{}
	for _, variable := range job.At(t, "spec.template.spec.containers[0].env").([]any) {
		one := variable.(map[string]any)
		if name := one["name"]; name == "ROLE_EXTENSIONS" || name == "ROLE_ADVICE" {
			found[name.(string)] = one["value"]
		}
	}
	return found
}

// Two servers of one environment share no object, and the first has the names that it always had.
func TestTwoServersOfAnEnvironmentShareNothing(t *testing.T) {
	first, second := postgresArgs(), postgresArgs()
	second.Component = "postgres-2"
	ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
		if err := withPostgres(first)(ctx); err != nil {
			return err
		}
		return withPostgres(second)(ctx)
	})
	for _, name := range []string{"blog-postgres", "blog-postgres-2"} {
		server := ran.Find(t, "StatefulSet", name)
		assert.Equal(t, name, server.At(t, "metadata.name"))
		assert.Equal(t, strings.TrimPrefix(name, "blog-"), ran.Find(t, "Service", name).At(t, "spec.selector").(map[string]any)["app.kubernetes.io/component"])
		assert.Equal(t, strings.TrimPrefix(name, "blog-"), ran.Find(t, "NetworkPolicy", name).At(t, "spec.podSelector.matchLabels").(map[string]any)["app.kubernetes.io/component"])
		ran.Find(t, "PersistentVolumeClaim", name+"-data")
		ran.Find(t, "Secret", name+"-admin")
		ran.Find(t, "Job", name+"-role")
	}
}
