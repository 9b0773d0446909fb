package django_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/contract"
	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/tests/mocks"
)

func settingsArgs() *django.SettingsArgs {
	return &django.SettingsArgs{
		Namespace: pulumi.String("blog-dev"),
		Labels:    testLabels(),
		Values: django.Values{
			contract.DatabaseURL:       pulumi.String("postgres://blog:hunter2@pgbouncer/blog"),
			contract.DatabaseHost:      pulumi.String("pgbouncer"),
			contract.DatabaseDirectURL: pulumi.String("postgres://blog:hunter2@postgres/blog"),
			contract.GunicornArgs:      pulumi.String("--threads=4"),
		},
		Direct: django.Values{
			contract.DatabaseURL:  pulumi.String("postgres://blog:hunter2@postgres/blog"),
			contract.DatabaseHost: pulumi.String("postgres"),
		},
		Profiles:    []string{contract.ProfileDjangoAppPrefix},
		Bindings:    map[string]contract.Path{"MY_DB": contract.DatabaseURL},
		Plain:       map[string]string{"A_DSN": "$(B_BASE)?x=$$(Y)", "B_BASE": "$(DATABASE_URL)", "PRICE": "$5 $$(Y)"},
		FromSecrets: map[string]django.SecretEntry{"TOKEN": {Name: "stripe", Key: "token"}},
		Files:       map[string]string{"/etc/newrelic.ini": "[newrelic]", "/srv/conf/newrelic.ini": "other"},
		Authorities: map[string]pulumi.StringInput{"cache.pem": pulumi.String("-----BEGIN CERTIFICATE-----")},
	}
}

// withEverything runs the web, a release and a worker in the environment of the settings.
func withEverything(args *django.SettingsArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		settings, err := django.NewSettings(ctx, "blog", args)
		if err != nil {
			return err
		}
		around := runtime()
		around.Environment = settings.Environment
		web, release := webArgs(), releaseArgs()
		web.Runtime, release.Runtime = around, around
		release.LockTimeout, release.PGOptions = 10, "-c statement_timeout=60s"
		if _, err := django.NewRelease(ctx, "blog", release); err != nil {
			return err
		}
		if _, err := django.NewWeb(ctx, "blog", web); err != nil {
			return err
		}
		_, err = django.NewWorker(ctx, "blog", &django.WorkerArgs{Runtime: around, Name: "a", Command: []string{"celery"}, Replicas: 1, Grace: 5})
		return err
	}
}

func TestVariablesOfTheWebAreInItsPodsOnly(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withEverything(settingsArgs()))

		plain, _ := ran.Find(t, "ConfigMap", "blog-env").At(t, "data").(map[string]any)
		assert.NotContains(t, plain, "GUNICORN_CMD_ARGS", "a change would restart every process")
		assert.Equal(t, "--threads=4", valueOf(ran.Find(t, "Deployment", "blog-web").At(t, container+".env"), "GUNICORN_CMD_ARGS"))
		assert.Nil(t, valueOf(ran.Find(t, "Deployment", "blog-worker-a").At(t, container+".env"), "GUNICORN_CMD_ARGS"))
	}
}

func TestAVariableFollowsThoseThatItNames(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withEverything(settingsArgs()))

	env := ran.Find(t, "Deployment", "blog-worker-a").At(t, container+".env")
	names := texts(env)
	assert.Less(t, indexOf(names, "B_BASE"), indexOf(names, "A_DSN"), "the kubelet expands earlier entries only")
	assert.Equal(t, "$(B_BASE)?x=$$(Y)", valueOf(env, "A_DSN"))
	plain, _ := ran.Find(t, "ConfigMap", "blog-env").At(t, "data").(map[string]any)
	assert.Equal(t, "$5 $(Y)", plain["PRICE"], "a ConfigMap's values are never expanded")
	assert.NotContains(t, plain, "A_DSN")
	assert.NotContains(t, ran.Find(t, "Deployment", "blog-worker-a").Plain(), "hunter2")
}

func TestACircleOfVariablesIsRefusedAtConstruction(t *testing.T) {
	args := settingsArgs()
	args.Plain = map[string]string{"A": "$(B)", "B": "$(A)"}
	_, err := mocks.Try(mocks.Known, nil, withSettings(args))
	assert.ErrorContains(t, err, "refer to each other in a cycle")

	web := webArgs()
	web.Pods.Env = map[string]string{"A": "$(A)"}
	ran, err := mocks.Try(mocks.Known, nil, withWeb(web))
	assert.ErrorContains(t, err, "Web: variables refer to each other in a cycle")
	assert.Empty(t, ran.Resources)
}

func TestAValueComesFromASecretThatIsThere(t *testing.T) {
	env, _ := mocks.Run(t, mocks.Unknown, withEverything(settingsArgs())).Find(t, "Deployment", "blog-web").At(t, container+".env").([]any)
	for _, entry := range env {
		if variable, _ := entry.(map[string]any); variable["name"] == "TOKEN" {
			assert.Equal(t, map[string]any{"secretKeyRef": map[string]any{"name": "stripe", "key": "token"}}, variable["valueFrom"])
			return
		}
	}
	require.Fail(t, "TOKEN is not there")
}

func TestFilesAndAuthoritiesAreSeenByEveryProcess(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withEverything(settingsArgs()))

		files := ran.Find(t, "ConfigMap", "blog-files")
		assert.Equal(t, map[string]any{"0-newrelic.ini": "[newrelic]", "1-newrelic.ini": "other"}, files.At(t, "data"))
		assert.Equal(t, true, files.At(t, "immutable"), "its name changes with its content, and rolls the pods")
		for _, at := range []string{container, "spec.template.spec.initContainers[0]"} {
			web := ran.Find(t, "Deployment", "blog-web")
			assert.Equal(t, map[string]any{"name": "files", "mountPath": "/etc/newrelic.ini", "subPath": "0-newrelic.ini", "readOnly": true}, web.At(t, at+".volumeMounts[1]"))
			assert.Equal(t, "/etc/djangostack/ca", web.At(t, at+".volumeMounts[3].mountPath"))
		}
		assert.Equal(t, "/etc/djangostack/ca", ran.Find(t, "Job", "blog-migrate").At(t, container+".volumeMounts[3].mountPath"))
	}
}

func TestMigrateReachesTheServerItselfAndGivesUpOnALock(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withEverything(settingsArgs()))
		env := ran.Find(t, "Job", "blog-migrate").At(t, container+".env")

		assert.Equal(t, "-c statement_timeout=60s -c lock_timeout=10s", valueOf(env, "PGOPTIONS"))
		for _, name := range []string{"POSTGRES_HOST", "PGHOST", "DJANGO_APP_DB_HOST"} {
			assert.Equal(t, "postgres", valueOf(env, name), name)
		}
		assert.Subset(t, texts(env), []string{"DATABASE_URL", "MY_DB"})
		for _, job := range []string{"blog-check", "blog-superuser"} {
			env := ran.Find(t, "Job", job).At(t, container+".env")
			assert.Nil(t, valueOf(env, "PGOPTIONS"), job)
			assert.NotContains(t, texts(env), "DATABASE_URL", job)
		}
	}
}

func TestAReleasesJobsCarryItsName(t *testing.T) {
	args := releaseArgs()
	first := mocks.Run(t, mocks.Known, withRelease(args)).Find(t, "Job", "blog-migrate").At(t, "metadata.name")
	args.Image = "registry.example.com/blog:1.1"
	second := mocks.Run(t, mocks.Known, withRelease(args)).Find(t, "Job", "blog-migrate").At(t, "metadata.name")
	args.Image = "registry.example.com/blog@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	third := mocks.Run(t, mocks.Known, withRelease(args)).Find(t, "Job", "blog-migrate").At(t, "metadata.name")

	assert.Regexp(t, `^blog-migrate-[0-9a-f]{10}$`, first)
	assert.NotEqual(t, first, second)
	assert.Equal(t, "blog-migrate-0123456789", third)
}

func TestAFailureSaysWhatWasWrittenLast(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withRelease(releaseArgs()))
	for _, job := range ran.OfKind("Job") {
		assert.Equal(t, "FallbackToLogsOnError", job.At(t, container+".terminationMessagePolicy"), job.Name)
	}
}

func TestOldStaticFilesAreKeptOverReleases(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withRelease(releaseArgs()))
	assert.NotContains(t, texts(ran.Find(t, "Job", "blog-collectstatic").At(t, container+".command")), "--clear",
		"pages that were served before the release still name the old files")
}

func indexOf(list []string, wanted string) int {
	for i, text := range list {
		if text == wanted {
			return i
		}
	}
	return -1
}
