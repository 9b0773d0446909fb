package django_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/tests/mocks"
)

func processArgs() *django.ProcessArgs {
	return &django.ProcessArgs{
		Runtime: runtime(), Name: "ws", Command: []string{"daphne"}, Args: []string{"-v"}, Replicas: 2,
		Strategy: django.Rolling, Port: 9000, PreStop: 15, Grace: 60, ProbeHost: "blog.example.com",
	}
}

func withProcess(args *django.ProcessArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := django.NewProcess(ctx, "blog", args)
		return err
	}
}

func cronArgs() *django.CronArgs {
	return &django.CronArgs{
		Runtime: runtime(), Name: "clean", Schedule: "0 3 * * *", TimeZone: "Europe/Berlin",
		Command: []string{"python", "manage.py", "clearsessions"}, Concurrency: django.Forbid,
		Timeout: 600, StartingDeadline: 300, Grace: 30, SuccessfulJobsHistoryLimit: 1, FailedJobsHistoryLimit: 3,
	}
}

func withCron(args *django.CronArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := django.NewCron(ctx, "blog", args)
		return err
	}
}

func shellArgs() *django.ShellArgs {
	return &django.ShellArgs{Runtime: runtime(), PSQLImage: "docker.io/library/postgres:17", Reason: `ticket "12" of $(POSTGRES_PASSWORD)`, Minutes: 60}
}

func withShell(args *django.ShellArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := django.NewShell(ctx, "blog", args)
		return err
	}
}

func TestAFurtherProcessListensBehindItsService(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withProcess(processArgs()))

		deployment, service := ran.Find(t, "Deployment", "blog-process-ws"), ran.Find(t, "Service", "blog-process-ws")
		assert.Equal(t, []any{"daphne"}, deployment.At(t, container+".command"))
		assert.Equal(t, []any{"-v"}, deployment.At(t, container+".args"))
		assert.Equal(t, 9000.0, deployment.At(t, container+".livenessProbe.tcpSocket.port"))
		assert.Equal(t, 15.0, deployment.At(t, container+".lifecycle.preStop.sleep.seconds"))
		assert.Equal(t, deployment.At(t, "spec.selector.matchLabels"), service.At(t, "spec.selector"))
		ran.Find(t, "PodDisruptionBudget", "blog-process-ws")
		assert.Equal(t, 9000.0, ran.Find(t, "NetworkPolicy", "blog-process-ws").At(t, "spec.ingress[0].ports[0].port"))
	}
}

func TestAProcessWithoutPortIsNotAskedUnlessTold(t *testing.T) {
	args := processArgs()
	args.Port, args.Replicas, args.Strategy = 0, 1, django.Recreate
	args.Probes = django.Probes{Liveness: &django.Probe{By: django.ProbeCommand, Command: []string{"test", "-f", "/tmp/alive"}, Timing: pod.Timing{FailureThreshold: 5}}}
	ran := mocks.Run(t, mocks.Known, withProcess(args))

	deployment := ran.Find(t, "Deployment", "blog-process-ws")
	assert.Equal(t, "Recreate", deployment.At(t, "spec.strategy.type"))
	assert.Nil(t, deployment.At(t, container+".readinessProbe"))
	assert.Nil(t, deployment.At(t, container+".lifecycle"))
	assert.Equal(t, []any{"test", "-f", "/tmp/alive"}, deployment.At(t, container+".livenessProbe.exec.command"))
	assert.Equal(t, 5.0, deployment.At(t, container+".livenessProbe.failureThreshold"))
	assert.Equal(t, 20.0, deployment.At(t, container+".livenessProbe.periodSeconds"), "what is not told stays")
	assert.Empty(t, ran.OfKind("Service"))
	assert.Empty(t, ran.OfKind("NetworkPolicy"), "no client connects to it")
}

func TestProbesOfTheWebAreAskedOtherwise(t *testing.T) {
	args := webArgs()
	args.Probes = django.Probes{
		Startup:   &django.Probe{Timing: pod.Timing{FailureThreshold: 600}},
		Readiness: &django.Probe{By: django.ProbeHTTP, Path: "/ping", Port: 9001},
		Liveness:  &django.Probe{By: django.ProbeNone},
	}
	deployment := mocks.Run(t, mocks.Known, withWeb(args)).Find(t, "Deployment", "blog-web")

	assert.Equal(t, 600.0, deployment.At(t, container+".startupProbe.failureThreshold"))
	assert.Equal(t, "/healthz/ready", deployment.At(t, container+".startupProbe.httpGet.path"))
	assert.Equal(t, "/ping", deployment.At(t, container+".readinessProbe.httpGet.path"))
	assert.Equal(t, 9001.0, deployment.At(t, container+".readinessProbe.httpGet.port"))
	assert.Nil(t, deployment.At(t, container+".livenessProbe"))
}

func TestACronCommandRunsOnceAtATime(t *testing.T) {
	for _, outputs := range mocks.Both() {
		cron := mocks.Run(t, outputs, withCron(cronArgs())).Find(t, "CronJob", "blog-cron-clean")

		assert.Equal(t, "Forbid", cron.At(t, "spec.concurrencyPolicy"))
		assert.Equal(t, "Europe/Berlin", cron.At(t, "spec.timeZone"))
		assert.Equal(t, 300.0, cron.At(t, "spec.startingDeadlineSeconds"))
		assert.Equal(t, 1.0, cron.At(t, "spec.successfulJobsHistoryLimit"))
		assert.Equal(t, 3.0, cron.At(t, "spec.failedJobsHistoryLimit"))
		assert.Equal(t, 600.0, cron.At(t, "spec.jobTemplate.spec.activeDeadlineSeconds"))
		assert.Equal(t, 0.0, cron.At(t, "spec.jobTemplate.spec.backoffLimit"))
		assert.Equal(t, "Never", cron.At(t, "spec.jobTemplate.spec.template.spec.restartPolicy"))
		assert.Equal(t, "Ignore", cron.At(t, "spec.jobTemplate.spec.podFailurePolicy.rules[0].action"), "an evicted pod is no failed run")
	}
}

func TestNothingOfTheWebSelectsOtherProcesses(t *testing.T) {
	selector, _ := mocks.Run(t, mocks.Known, withWeb(webArgs())).Find(t, "Service", "blog-web").At(t, "spec.selector").(map[string]any)
	for _, r := range []mocks.Resource{
		mocks.Run(t, mocks.Known, withProcess(processArgs())).Find(t, "Deployment", "blog-process-ws"),
		mocks.Run(t, mocks.Known, withShell(shellArgs())).Find(t, "Job", "blog-shell"),
	} {
		assert.NotEqual(t, selector["app.kubernetes.io/component"], r.At(t, `spec.template.metadata.labels["app.kubernetes.io/component"]`), r.Name)
	}
}

func TestAShellClosesByItself(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withShell(shellArgs()))
		shell := ran.Find(t, "Job", "blog-shell")

		assert.Equal(t, 3600.0, shell.At(t, "spec.activeDeadlineSeconds"))
		assert.Equal(t, "blog-shell", shell.At(t, "metadata.name"), "kubectl exec job/blog-shell finds it")
		assert.Equal(t, "true", shell.At(t, `metadata.annotations["pulumi.com/skipAwait"]`), "no update waits for its end")
		assert.Equal(t, "background", shell.At(t, `metadata.annotations["pulumi.com/deletionPropagationPolicy"]`), "the next one can have its name")
		assert.Equal(t, "OnFailure", shell.At(t, "spec.template.spec.restartPolicy"))
		assert.Contains(t, texts(shell.At(t, container+".command"))[2], "trap 'exit 0' TERM", "it stops at once")
	}
}

func TestTheOpeningOfAShellIsLogged(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withShell(shellArgs()))
	shell := ran.Find(t, "Job", "blog-shell")

	assert.Equal(t, `ticket "12" of $(POSTGRES_PASSWORD)`, shell.At(t, `metadata.annotations["djangostack/shell-reason"]`))
	opened := valueOf(shell.At(t, container+".env"), "OPENED")
	assert.Equal(t, `{"closesAfterMinutes":60,"event":"shell opened","reason":"ticket \"12\" of $$(POSTGRES_PASSWORD)"}`, opened, "a reason is no reference")
	assert.Contains(t, texts(shell.At(t, container+".command"))[2], `"$OPENED"`)
	profile := ran.Find(t, "ConfigMap", "blog-shell").At(t, "data.profile")
	assert.Contains(t, profile, "shell session")
	assert.Contains(t, profile, "/proc/1/fd/1", "the pod's log shows the sessions")
	for _, at := range []string{container, "spec.template.spec.containers[1]"} {
		assert.Equal(t, "/etc/djangostack/shell/profile", valueOf(shell.At(t, at+".env"), "ENV"), "sh reads it")
		assert.Contains(t, valueOf(shell.At(t, at+".env"), "PROMPT_COMMAND"), ". /etc/djangostack/shell/profile", "bash reads it")
	}
}

func TestAShellHasPSQLFromTheServersImage(t *testing.T) {
	shell := mocks.Run(t, mocks.Known, withShell(shellArgs())).Find(t, "Job", "blog-shell")

	const psql = "spec.template.spec.containers[1]"
	assert.Equal(t, "docker.io/library/postgres:17", shell.At(t, psql+".image"))
	assert.Equal(t, true, shell.At(t, psql+".securityContext.readOnlyRootFilesystem"))
	assert.Equal(t, shell.At(t, container+".envFrom"), shell.At(t, psql+".envFrom"))
}

func TestAProcessHasItsOwnVariablesAndVolumes(t *testing.T) {
	args := webArgs()
	args.Pods.Env = map[string]string{"PRICE": "$5", "TRICK": "$$(DATABASE_URL)"}
	args.Pods.Volumes = []pod.Volume{
		{Name: "scratch", Path: "/scratch", Limit: "1Gi"},
		{Name: "terms", Path: "/terms", ReadOnly: true, ConfigMap: pulumi.String("terms")},
	}
	deployment := mocks.Run(t, mocks.Known, withWeb(args)).Find(t, "Deployment", "blog-web")

	assert.Equal(t, "$$5", valueOf(deployment.At(t, container+".env"), "PRICE"), "the kubelet makes $5 of it")
	assert.Equal(t, "$$(DATABASE_URL)", valueOf(deployment.At(t, container+".env"), "TRICK"))
	assert.Equal(t, "1Gi", deployment.At(t, "spec.template.spec.volumes[3].emptyDir.sizeLimit"))
	assert.Equal(t, "terms", deployment.At(t, "spec.template.spec.volumes[4].configMap.name"))
	assert.Equal(t, true, deployment.At(t, container+".volumeMounts[4].readOnly"))
}

func TestUvicornStopsAsGunicornDoes(t *testing.T) {
	command := strings.Join(django.UvicornCommand("blog.asgi", 8000, django.Shutdown{PreStop: 15, Graceful: 30, Grace: 50}, 75), " ")
	for _, want := range []string{"uvicorn blog.asgi:application", "--host=0.0.0.0", "--port=8000", "--proxy-headers", "--timeout-keep-alive=75", "--timeout-graceful-shutdown=30"} {
		assert.Contains(t, command, want)
	}
}

func TestFurtherCommandsRunAroundMigrate(t *testing.T) {
	args := releaseArgs()
	args.Before = []django.Command{{Name: "backup", Command: []string{"backup"}}, {Name: "notify", Command: []string{"notify"}}}
	args.After = []django.Command{{Name: "seed", Command: []string{"seed"}}}
	ran := mocks.Run(t, mocks.Unknown, withRelease(args))

	follow(t, ran, map[string][]string{
		"before-backup": {"check"}, "before-notify": {"before-backup"}, "migrate": {"before-notify"},
		"collectstatic": {"check"}, "superuser": {"migrate"}, "after-seed": {"migrate", "collectstatic", "superuser"},
	})
}

func TestMissingArgumentsOfFurtherProcessesAreNamed(t *testing.T) {
	for want, program := range map[string]pulumi.RunFunc{
		"Process: Replicas is required": withProcess(&django.ProcessArgs{}),
		`Process: Strategy is "some"`:   withProcess(&django.ProcessArgs{Strategy: "some"}),
		"Cron: Schedule is required":    withCron(&django.CronArgs{}),
		"Shell: Minutes is required":    withShell(&django.ShellArgs{}),
	} {
		ran, err := mocks.Try(mocks.Known, nil, program)
		assert.ErrorContains(t, err, want)
		assert.Empty(t, ran.Resources, "nothing is registered")
	}
}

// valueOf is the value of a variable in a container's list.
func valueOf(list any, name string) any {
	entries, _ := list.([]any)
	for _, entry := range entries {
		if variable, _ := entry.(map[string]any); variable["name"] == name {
			return variable["value"]
		}
	}
	return nil
}
