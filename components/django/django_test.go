package django_test

import (
	"slices"
	"strings"
	"testing"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/contract"
	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/tests/mocks"
)

func testLabels() labels.Labels {
	return labels.Labels{labels.NameLabel: "blog", labels.InstanceLabel: "blog", "djangostack/environment": "dev"}
}

func runtime() django.Runtime {
	return django.Runtime{
		Namespace:   pulumi.String("blog-dev"),
		Labels:      testLabels(),
		Image:       "registry.example.com/blog:1.0",
		PullPolicy:  "IfNotPresent",
		PullSecrets: []string{"registry"},
		Environment: django.Environment{ConfigMap: pulumi.String("blog-env-1"), Secret: pulumi.String("blog-env-2")},
	}
}

func static(store django.StaticStore) django.Static {
	s := django.Static{Store: store}
	if store != django.StaticInImage {
		s.Root, s.Collect = "/srv/static", []string{"python", "manage.py", "collectstatic", "--noinput"}
	}
	if store == django.StaticInVolume {
		s.Claim = pulumi.String("static")
	}
	return s
}

func webArgs() *django.WebArgs {
	return &django.WebArgs{
		Runtime:       runtime(),
		Server:        django.Gunicorn,
		Command:       django.GunicornCommand("blog.wsgi"),
		Replicas:      2,
		Port:          8000,
		ReadinessPath: "/healthz/ready",
		ProbeHost:     "blog.example.com",
		Shutdown:      django.Shutdown{PreStop: 15, Graceful: 30, Grace: 50},
		Static:        static(django.StaticInPod),
		Pods:          django.Pods{Resources: pod.Resources{CPU: "100m", Memory: "256Mi", MemoryLimit: "512Mi"}},
		Service:       django.Service{Name: "blog-web", Type: "ClusterIP", Port: 80},
	}
}

func releaseArgs() *django.ReleaseArgs {
	return &django.ReleaseArgs{
		Runtime:    runtime(),
		Manage:     []string{"python", "manage.py"},
		CheckLevel: "ERROR",
		Static:     static(django.StaticInVolume),
		Superuser:  &django.Superuser{Username: "admin", Email: "admin@example.com"},
		Timeout:    600,
		Pods:       django.Pods{Resources: pod.Resources{CPU: "100m", Memory: "192Mi"}},
	}
}

func withWeb(args *django.WebArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := django.NewWeb(ctx, "blog", args)
		return err
	}
}

func withRelease(args *django.ReleaseArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := django.NewRelease(ctx, "blog", args)
		return err
	}
}

func withWorker(args *django.WorkerArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := django.NewWorker(ctx, "blog", args)
		return err
	}
}

func withSettings(args *django.SettingsArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := django.NewSettings(ctx, "blog", args)
		return err
	}
}

const container = "spec.template.spec.containers[0]"

func TestWebServesBehindItsService(t *testing.T) {
	for _, outputs := range mocks.Both() {
		t.Run(string(outputs), func(t *testing.T) {
			ran := mocks.Run(t, outputs, withWeb(webArgs()))

			assert.ElementsMatch(t, []string{
				"ConfigMap blog-gunicorn", "Deployment blog-web", "NetworkPolicy blog-web", "PodDisruptionBudget blog-web", "Service blog-web", "Web blog-web",
			}, ran.Names())
			deployment := ran.Find(t, "Deployment", "blog-web")
			assert.Equal(t, []any{"gunicorn", "blog.wsgi:application"}, deployment.At(t, container+".command"))
			assert.Equal(t, "registry", deployment.At(t, "spec.template.spec.imagePullSecrets[0].name"))
			service := ran.Find(t, "Service", "blog-web")
			assert.Equal(t, deployment.At(t, "spec.selector.matchLabels"), service.At(t, "spec.selector"))
		})
	}
}

func TestARolloutNeverHasFewerPodsThanAsked(t *testing.T) {
	deployment := mocks.Run(t, mocks.Known, withWeb(webArgs())).Find(t, "Deployment", "blog-web")

	assert.Equal(t, 0.0, deployment.At(t, "spec.strategy.rollingUpdate.maxUnavailable"))
	assert.Equal(t, "25%", deployment.At(t, "spec.strategy.rollingUpdate.maxSurge"))
}

func TestAWebPodHasTimeToFinishItsRequests(t *testing.T) {
	args := webArgs()
	args.Shutdown = django.Shutdown{PreStop: 15, Graceful: 90, Grace: 110}
	deployment := mocks.Run(t, mocks.Known, withWeb(args)).Find(t, "Deployment", "blog-web")

	assert.Equal(t, 15.0, deployment.At(t, container+".lifecycle.preStop.sleep.seconds"))
	assert.Equal(t, 110.0, deployment.At(t, "spec.template.spec.terminationGracePeriodSeconds"))
	assert.Contains(t, django.GunicornArgs(8000, 4, args.Shutdown, 75), "--graceful-timeout=92", "and two seconds to drain")
}

func TestProbesAskAsTheLoadBalancerDoes(t *testing.T) {
	deployment := mocks.Run(t, mocks.Known, withWeb(webArgs())).Find(t, "Deployment", "blog-web")

	assert.Equal(t, "/healthz/ready", deployment.At(t, container+".startupProbe.httpGet.path"))
	assert.Equal(t, "blog.example.com", deployment.At(t, container+".startupProbe.httpGet.httpHeaders[0].value"))
	assert.Equal(t, "https", deployment.At(t, container+".startupProbe.httpGet.httpHeaders[1].value"))
	assert.Equal(t, 8000.0, deployment.At(t, container+".livenessProbe.tcpSocket.port"), "a saturated pod is not restarted")
}

// A path that needs the database fails in every pod at once, and a Service without pods serves nothing.
func TestAPodThatServesIsNotAskedForItsDatabase(t *testing.T) {
	deployment := mocks.Run(t, mocks.Known, withWeb(webArgs())).Find(t, "Deployment", "blog-web")

	assert.Equal(t, 8000.0, deployment.At(t, container+".readinessProbe.tcpSocket.port"))
	assert.Nil(t, deployment.At(t, container+".readinessProbe.httpGet"))
}

func TestAReadinessPathCanBeAskedForAllTheTime(t *testing.T) {
	args := webArgs()
	args.Probes.Readiness = &django.Probe{By: django.ProbeHTTP}
	deployment := mocks.Run(t, mocks.Known, withWeb(args)).Find(t, "Deployment", "blog-web")

	assert.Equal(t, "/healthz/ready", deployment.At(t, container+".readinessProbe.httpGet.path"))
	assert.Equal(t, 8000.0, deployment.At(t, container+".readinessProbe.httpGet.port"))
}

func TestOnePodHasNoDisruptionBudget(t *testing.T) {
	args := webArgs()
	args.Replicas = 1
	ran := mocks.Run(t, mocks.Known, withWeb(args))
	assert.Empty(t, ran.OfKind("PodDisruptionBudget"), "a budget of one pod blocks every drain")
}

func TestGunicornReadsAFileInEveryWebPod(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withWeb(webArgs()))

		mounted := ran.Find(t, "Deployment", "blog-web").At(t, container+".volumeMounts[2]")
		assert.Equal(t, map[string]any{"name": "gunicorn", "mountPath": "/etc/djangostack/gunicorn", "readOnly": true}, mounted)
		assert.Contains(t, ran.Find(t, "ConfigMap", "blog-gunicorn").At(t, `data["gunicorn.conf.py"]`), "DRAIN_SECONDS = 2\n")
		assert.Contains(t, django.GunicornArgs(8000, 4, webArgs().Shutdown, 75), "--config=/etc/djangostack/gunicorn/gunicorn.conf.py")
	}
	args := webArgs()
	args.Server = django.Uvicorn
	assert.Empty(t, mocks.Run(t, mocks.Known, withWeb(args)).OfKind("ConfigMap"))
}

func TestStaticFilesComeFromWhereTheStoreSays(t *testing.T) {
	for store, want := range map[django.StaticStore]struct {
		collects bool
		volume   any
	}{
		django.StaticInPod:    {true, nil},
		django.StaticInVolume: {false, "static"},
		django.StaticInImage:  {false, nil},
	} {
		t.Run(string(store), func(t *testing.T) {
			args := webArgs()
			args.Static = static(store)
			deployment := mocks.Run(t, mocks.Known, withWeb(args)).Find(t, "Deployment", "blog-web")

			collector := deployment.At(t, "spec.template.spec.initContainers[0].name")
			assert.Equal(t, want.collects, collector != nil)
			assert.Equal(t, want.volume, deployment.At(t, "spec.template.spec.volumes[1].persistentVolumeClaim.claimName"))
			if store != django.StaticInImage {
				assert.Equal(t, true, deployment.At(t, container+".volumeMounts[1].readOnly"), "the server never writes them")
			}
		})
	}
}

func TestReleaseCommandsWaitForWhatTheyNeed(t *testing.T) {
	for _, outputs := range mocks.Both() {
		t.Run(string(outputs), func(t *testing.T) {
			ran := mocks.Run(t, outputs, withRelease(releaseArgs()))

			follow(t, ran, map[string][]string{
				"check": nil, "migrate": {"check"}, "collectstatic": {"check"}, "superuser": {"migrate"},
			})
			for _, job := range ran.OfKind("Job") {
				assert.Equal(t, 0.0, job.At(t, "spec.backoffLimit"), job.Name)
			}
		})
	}
}

// follow asserts which Jobs of the release each Job waits for itself.
func follow(t *testing.T, ran mocks.Program, wanted map[string][]string) {
	t.Helper()
	for step, needed := range wanted {
		job := ran.Find(t, "Job", "blog-"+step)
		var found []string
		for _, other := range ran.OfKind("Job") {
			if slices.Contains(job.DependsOn, other.URN) {
				found = append(found, strings.TrimPrefix(other.Name, "blog-"))
			}
		}
		assert.ElementsMatch(t, needed, found, step)
	}
}

// check and collectstatic run while the database starts.
func TestOnlyCommandsThatConnectWaitForTheServices(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
		database, err := corev1.NewService(ctx, "database", nil)
		if err != nil {
			return err
		}
		args := releaseArgs()
		args.Services = []pulumi.Resource{database}
		return withRelease(args)(ctx)
	})
	database := ran.Find(t, "Service", "database")
	for step, waits := range map[string]bool{"check": false, "collectstatic": false, "migrate": true, "superuser": true} {
		assert.Equal(t, waits, ran.Waits(ran.Find(t, "Job", "blog-"+step), database), step)
	}
}

// The script is what manage.py shell runs, with the lock timeout in its session.
func TestMigrateLiftsTheLockTimeoutForConcurrentIndexes(t *testing.T) {
	migrate := mocks.Run(t, mocks.Known, withRelease(releaseArgs())).Find(t, "Job", "blog-migrate")
	command, ok := migrate.At(t, container+".command").([]any)
	require.True(t, ok)
	script, _ := command[len(command)-1].(string)
	for _, part := range []string{`call_command("migrate", **options)`, "SET lock_timeout = 0", "RESET lock_timeout", "DROP INDEX CONCURRENTLY {name};"} {
		assert.Contains(t, script, part)
	}
	assert.Equal(t, []any{"shell", "-c"}, command[len(command)-3:len(command)-1])
}

func TestReleaseCommandsAreSelectedByNoService(t *testing.T) {
	release := mocks.Run(t, mocks.Known, withRelease(releaseArgs()))
	service := mocks.Run(t, mocks.Known, withWeb(webArgs())).Find(t, "Service", "blog-web")
	selector, _ := service.At(t, "spec.selector").(map[string]any)
	require.NotEmpty(t, selector)

	for _, job := range release.OfKind("Job") {
		podLabels, _ := job.At(t, "spec.template.metadata.labels").(map[string]any)
		matches := true
		for key, value := range selector {
			matches = matches && podLabels[key] == value
		}
		assert.False(t, matches, job.Name)
	}
}

func TestStepsThatAreNotWantedAreNotRun(t *testing.T) {
	args := releaseArgs()
	args.CheckLevel, args.Superuser, args.Static = "OFF", nil, static(django.StaticInImage)
	ran := mocks.Run(t, mocks.Known, withRelease(args))

	assert.Equal(t, []string{"Job blog-migrate", "Release blog-release"}, ran.Names())
}

func TestTheSuperusersPasswordIsSeenByItsJobOnly(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withRelease(releaseArgs()))

	assert.Equal(t, mocks.Hidden, ran.Find(t, "Secret", "blog-superuser").Plain()["stringData"])
	for _, job := range ran.OfKind("Job") {
		assert.NotContains(t, job.Plain(), "generated-")
		named := strings.Contains(strings.Join(texts(job.At(t, container+".env")), " "), "DJANGO_SUPERUSER_PASSWORD")
		assert.Equal(t, job.Name == "blog-superuser", named, job.Name)
	}
}

func TestAWorkerHasTimeToFinishItsTask(t *testing.T) {
	for _, outputs := range mocks.Both() {
		args := &django.WorkerArgs{
			Runtime: runtime(), Name: "slow", Command: django.WorkerCommand("blog", []string{"slow", "slower"}, 4),
			Replicas: 2, Grace: 605, HeartbeatFile: "/tmp/heartbeat",
		}
		worker := mocks.Run(t, outputs, withWorker(args)).Find(t, "Deployment", "blog-worker-slow")

		assert.Equal(t, 605.0, worker.At(t, "spec.template.spec.terminationGracePeriodSeconds"))
		command := strings.Join(texts(worker.At(t, container+".command")), " ")
		assert.Contains(t, command, "celery -A blog worker")
		assert.Contains(t, command, "--concurrency=4")
		assert.Contains(t, command, "-Q slow,slower")
		assert.Contains(t, texts(worker.At(t, container+".livenessProbe.exec.command"))[2], "/tmp/heartbeat")
	}
}

func TestAWorkerWithoutHeartbeatIsNotProbed(t *testing.T) {
	args := &django.WorkerArgs{Runtime: runtime(), Name: "a", Command: []string{"celery"}, Replicas: 1, Grace: 6}
	worker := mocks.Run(t, mocks.Known, withWorker(args)).Find(t, "Deployment", "blog-worker-a")
	assert.Nil(t, worker.At(t, container+".livenessProbe"))
}

func TestBeatRunsOnlyOnce(t *testing.T) {
	for _, outputs := range mocks.Both() {
		beat := mocks.Run(t, outputs, func(ctx *pulumi.Context) error {
			_, err := django.NewBeat(ctx, "blog", &django.BeatArgs{Runtime: runtime(), Command: django.BeatCommand("blog", true), Claim: pulumi.String("beat")})
			return err
		}).Find(t, "Deployment", "blog-beat")

		assert.Equal(t, 1.0, beat.At(t, "spec.replicas"))
		assert.Equal(t, "Recreate", beat.At(t, "spec.strategy.type"))
		assert.Equal(t, "beat", beat.At(t, "spec.template.spec.volumes[1].persistentVolumeClaim.claimName"))
	}
}

func TestBeatNeedsNoVolumeForASchedulerOfTheApp(t *testing.T) {
	beat := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
		_, err := django.NewBeat(ctx, "blog", &django.BeatArgs{Runtime: runtime(), Command: django.BeatCommand("blog", false)})
		return err
	}).Find(t, "Deployment", "blog-beat")
	assert.Equal(t, []string{"tmp"}, texts(beat.At(t, "spec.template.spec.volumes")))
	assert.Equal(t, []any{"celery", "-A", "blog", "beat", "--loglevel=INFO", "--pidfile="}, beat.At(t, container+".command"))
}

func TestSecretValuesAreInTheSecretOnly(t *testing.T) {
	args := &django.SettingsArgs{
		Namespace: pulumi.String("blog-dev"),
		Labels:    testLabels(),
		Values: django.Values{
			contract.DatabaseURL:  pulumi.String("postgres://blog:hunter2@db/blog"),
			contract.DatabaseHost: pulumi.String("db"),
		},
		Plain:  map[string]string{"DEPTH": "3"},
		Secret: map[string]string{"STRIPE_KEY": "sk_live"},
	}
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withSettings(args))

		plain, _ := ran.Find(t, "ConfigMap", "blog-env").At(t, "data").(map[string]any)
		assert.Equal(t, map[string]any{"POSTGRES_HOST": "db", "PGHOST": "db", "DEPTH": "3"}, plain)
		secret := ran.Find(t, "Secret", "blog-env")
		assert.Equal(t, mocks.Hidden, secret.Plain()["stringData"])
		assert.Equal(t, "sk_live", secret.At(t, "stringData.STRIPE_KEY"))
		assert.Equal(t, "postgres://blog:hunter2@db/blog", secret.At(t, "stringData.DATABASE_URL"))
	}
}

func TestProfilesAndBindingsAddNames(t *testing.T) {
	args := &django.SettingsArgs{
		Namespace: pulumi.String("blog-dev"),
		Values: django.Values{
			contract.DatabaseHost:     pulumi.String("db"),
			contract.DatabasePassword: pulumi.String("hunter2"),
		},
		Profiles: []string{contract.ProfileServiceHost, contract.ProfileDjangoAppPrefix},
		Bindings: map[string]contract.Path{"MY_HOST": contract.DatabaseHost, "MY_PASSWORD": contract.DatabasePassword},
	}
	ran := mocks.Run(t, mocks.Known, withSettings(args))

	plain, _ := ran.Find(t, "ConfigMap", "blog-env").At(t, "data").(map[string]any)
	for _, name := range []string{"POSTGRES_HOST", "DJANGO_APP_DB_HOST", "DATABASE_SERVICE_HOST", "MY_HOST"} {
		assert.Equal(t, "db", plain[name], name)
	}
	secret := ran.Find(t, "Secret", "blog-env")
	for _, name := range []string{"POSTGRES_PASSWORD", "DJANGO_APP_DB_PASSWORD", "MY_PASSWORD"} {
		assert.Equal(t, "hunter2", secret.At(t, "stringData."+name), name)
	}
}

func TestABindingToWhatIsNotThereIsRefused(t *testing.T) {
	args := &django.SettingsArgs{Namespace: pulumi.String("n"), Bindings: map[string]contract.Path{"MY_CACHE": contract.CacheURL}}
	_, err := mocks.Try(mocks.Known, nil, withSettings(args))
	assert.ErrorContains(t, err, "MY_CACHE is bound to cache.url, which this environment does not have")
}

func TestMissingArgumentsAreNamed(t *testing.T) {
	for want, program := range map[string]pulumi.RunFunc{
		"Web: Command is required":                     withWeb(&django.WebArgs{Static: static(django.StaticInImage)}),
		"Web: Image is required":                       withWeb(&django.WebArgs{Static: static(django.StaticInImage)}),
		`Web: Server is "waitress"; allowed are`:       withWeb(&django.WebArgs{Server: "waitress", Static: static(django.StaticInImage)}),
		`Web: Static.Store is "nfs"; allowed are`:      withWeb(&django.WebArgs{Static: django.Static{Store: "nfs"}}),
		"Static.Root and Static.Collect are required":  withWeb(&django.WebArgs{Static: django.Static{Store: django.StaticInPod}}),
		"Release: Manage is required":                  withRelease(&django.ReleaseArgs{Static: static(django.StaticInImage)}),
		"Worker: Name is required":                     withWorker(&django.WorkerArgs{}),
		"Settings: Namespace is required":              withSettings(&django.SettingsArgs{}),
		`Static.Claim goes with Static.Store "volume"`: withRelease(&django.ReleaseArgs{Static: django.Static{Store: django.StaticInVolume, Root: "/s", Collect: []string{"c"}}}),
	} {
		ran, err := mocks.Try(mocks.Known, nil, program)
		assert.ErrorContains(t, err, want)
		assert.Empty(t, ran.Resources, "nothing is registered")
	}
}

func texts(value any) []string {
	list, _ := value.([]any)
	var out []string
	for _, element := range list {
		if entry, isEntry := element.(map[string]any); isEntry {
			element = entry["name"]
		}
		text, _ := element.(string)
		out = append(out, text)
	}
	return out
}
