package django_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/contract"
	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/tests/mocks"
)

func number(id int) *int { return &id }

func TestAProcessRunsAnImageOfItsOwn(t *testing.T) {
	for _, outputs := range mocks.Both() {
		deployment := mocks.Run(t, outputs, withProcess(&django.ProcessArgs{
			Runtime: runtime(), Name: "frontend", Replicas: 1, Port: 80, ServicePort: 8080, PreStop: 15, Grace: 30,
			Pods: django.Pods{
				Image: "registry.example.com/frontend:2", Labels: map[string]string{"team": "web", "app.kubernetes.io/component": "other"},
				ServiceAccount: "frontend", Token: true,
				Ports:    []django.Port{{Name: "metrics", Number: 9100}},
				Security: pod.Security{User: number(101), Group: number(0), FSGroup: number(0), WritableRoot: true, LowPorts: true},
			},
		}))
		frontend := deployment.Find(t, "Deployment", "blog-process-frontend")
		assert.Equal(t, "registry.example.com/frontend:2", frontend.At(t, container+".image"))
		assert.Nil(t, frontend.At(t, container+".command"), "the image's entry point")
		assert.Equal(t, "web", frontend.At(t, "spec.template.metadata.labels.team"))
		assert.Equal(t, "process-frontend", frontend.At(t, `spec.template.metadata.labels["app.kubernetes.io/component"]`), "the selector needs it")
		assert.Equal(t, "frontend", frontend.At(t, "spec.template.spec.serviceAccountName"))
		assert.Equal(t, true, frontend.At(t, "spec.template.spec.automountServiceAccountToken"))
		assert.Equal(t, map[string]any{
			"runAsNonRoot": true, "runAsUser": 101.0, "runAsGroup": 0.0, "fsGroup": 0.0, "fsGroupChangePolicy": "OnRootMismatch",
			"seccompProfile": map[string]any{"type": "RuntimeDefault"},
			"sysctls":        []any{map[string]any{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}},
		}, frontend.At(t, "spec.template.spec.securityContext"))
		assert.Equal(t, false, frontend.At(t, container+".securityContext.readOnlyRootFilesystem"))
		assert.Equal(t, 8080.0, deployment.Find(t, "Service", "blog-process-frontend").At(t, "spec.ports[0].port"))
		assert.Equal(t, 9100.0, deployment.Find(t, "NetworkPolicy", "blog-process-frontend").At(t, "spec.ingress[0].ports[1].port"), "others may scrape it")
	}
}

func TestAProcessCanDoWithoutTheAppsEnvironment(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withProcess(&django.ProcessArgs{
			Runtime: runtime(), Name: "frontend", Replicas: 1, Grace: 30, Separate: true,
			Pods: django.Pods{
				Env: map[string]string{"API_URL": "https://$(POD_IP)"}, EnvFrom: []django.EnvFrom{{ConfigMap: "frontend"}},
				FromSecrets: map[string]django.SecretEntry{"TOKEN": {Name: "frontend", Key: "token"}},
			},
		}))
		frontend := ran.Find(t, "Deployment", "blog-process-frontend")
		assert.Equal(t, []any{map[string]any{"configMapRef": map[string]any{"name": "frontend"}}}, frontend.At(t, container+".envFrom"))
		assert.Equal(t, []string{"POD_NAME", "POD_IP", "HOME", "XDG_RUNTIME_DIR", "TOKEN", "API_URL"}, texts(frontend.At(t, container+".env")))
		assert.Equal(t, []string{"tmp"}, texts(frontend.At(t, container+".volumeMounts")))
	}
}

func TestAServiceLeadsFromOutsideToAProcess(t *testing.T) {
	for _, outputs := range mocks.Both() {
		service := mocks.Run(t, outputs, withProcess(&django.ProcessArgs{
			Runtime: runtime(), Name: "smtp", Replicas: 1, Port: 2525, ServicePort: 25, PreStop: 15, Grace: 30,
			ServiceType: "LoadBalancer", ServiceAnnotations: map[string]string{"example.com/internal": "true"},
			Pods: django.Pods{Ports: []django.Port{{Name: "submission", Number: 2526, ServicePort: 587}, {Name: "metrics", Number: 9100}}},
		})).Find(t, "Service", "blog-process-smtp")
		assert.Equal(t, "LoadBalancer", service.At(t, "spec.type"))
		assert.Equal(t, map[string]any{"example.com/internal": "true"}, service.At(t, "metadata.annotations"))
		assert.Equal(t, []any{
			map[string]any{"name": "http", "port": 25.0, "targetPort": "http"},
			map[string]any{"name": "submission", "port": 587.0, "targetPort": "submission"},
		}, service.At(t, "spec.ports"))
	}
}

func TestRootKeepsTheCapabilitiesThatItsEntryPointNeeds(t *testing.T) {
	args := webArgs()
	args.Pods.Security = pod.Security{User: number(0)}
	web := mocks.Run(t, mocks.Known, withWeb(args)).Find(t, "Deployment", "blog-web")
	assert.Equal(t, false, web.At(t, "spec.template.spec.securityContext.runAsNonRoot"))
	assert.Nil(t, web.At(t, container+".securityContext.capabilities"))

	args.Pods.Security = pod.Security{}
	web = mocks.Run(t, mocks.Known, withWeb(args)).Find(t, "Deployment", "blog-web")
	assert.Equal(t, map[string]any{"runAsNonRoot": true, "seccompProfile": map[string]any{"type": "RuntimeDefault"}}, web.At(t, "spec.template.spec.securityContext"), "the platform assigns the user")
}

func TestAContainerBesideAProcessHasAUserAndProbesOfItsOwn(t *testing.T) {
	writable := false
	args := webArgs()
	args.Pods.Security = pod.Security{User: number(1001)}
	args.Pods.Sidecars = []django.Container{{
		Name: "proxy", Security: pod.Override{User: number(101), Group: number(0), ReadOnlyRoot: &writable}, ProbeHost: "blog.example.com",
		Probes: django.Probes{Liveness: &django.Probe{By: django.ProbeHTTP, Path: "/health", Port: 8080}},
	}, {Name: "exporter"}}
	args.Pods.InitContainers = []django.Container{{Name: "owner", Security: pod.Override{User: number(0)}}}
	web := mocks.Run(t, mocks.Known, withWeb(args)).Find(t, "Deployment", "blog-web")
	const before = "spec.template.spec.initContainers"
	assert.Equal(t, map[string]any{
		"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": false, "capabilities": map[string]any{"drop": []any{"ALL"}},
		"runAsNonRoot": true, "runAsUser": 101.0, "runAsGroup": 0.0,
	}, web.At(t, before+"[0].securityContext"))
	assert.Equal(t, "/health", web.At(t, before+"[0].livenessProbe.httpGet.path"))
	assert.Equal(t, 20.0, web.At(t, before+"[0].livenessProbe.periodSeconds"), "what is left out has the usual times")
	assert.Nil(t, web.At(t, before+"[0].readinessProbe"))
	assert.Equal(t, map[string]any{
		"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": map[string]any{"drop": []any{"ALL"}},
	}, web.At(t, before+"[1].securityContext"), "the user of the pod")
	assert.Nil(t, web.At(t, before+"[1].livenessProbe"))
	assert.Equal(t, map[string]any{
		"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "runAsNonRoot": false, "runAsUser": 0.0,
	}, web.At(t, before+"[2].securityContext"), "root keeps the capabilities that its entry point needs")
}

func TestContainersRunBesideAProcess(t *testing.T) {
	args := webArgs()
	args.Pods.Volumes = []pod.Volume{{Name: "data"}, {Name: "media", Path: "/srv/media", SubPath: "blog"}}
	args.Pods.Sidecars = []django.Container{{
		Name: "proxy", Image: "registry.example.com/proxy:1", Args: []string{"--port=5433"}, Env: map[string]string{"B": "$(A)", "A": "1"},
		FromSecrets: map[string]django.SecretEntry{"TOKEN": {Name: "proxy", Key: "token"}},
		EnvFrom:     []django.EnvFrom{{ConfigMap: "proxy", Prefix: "P_", Optional: true}},
		Mounts:      []pod.Volume{{Name: "data", Path: "/data", SubPath: "proxy", ReadOnly: true}},
	}}
	args.Pods.InitContainers = []django.Container{{Name: "compile", Command: []string{"compile"}, AppEnvironment: true}}
	args.Pods.EnvFrom = []django.EnvFrom{{Secret: "operator"}}
	args.Pods.FromSecrets = map[string]django.SecretEntry{"KEY": {Name: "web", Key: "key"}}
	for _, outputs := range mocks.Both() {
		web := mocks.Run(t, outputs, withWeb(args)).Find(t, "Deployment", "blog-web")
		const before = "spec.template.spec.initContainers"
		assert.Equal(t, []string{"proxy", "compile", "collectstatic"}, texts(web.At(t, before)), "the sidecar serves the others")
		assert.Equal(t, "Always", web.At(t, before+"[0].restartPolicy"))
		assert.Equal(t, "registry.example.com/proxy:1", web.At(t, before+"[0].image"))
		assert.Equal(t, []string{"TOKEN", "A", "B"}, texts(web.At(t, before+"[0].env")), "and none of the app's")
		assert.Equal(t, []any{map[string]any{"prefix": "P_", "configMapRef": map[string]any{"name": "proxy", "optional": true}}}, web.At(t, before+"[0].envFrom"))
		assert.Equal(t, map[string]any{"name": "data", "mountPath": "/data", "subPath": "proxy", "readOnly": true}, web.At(t, before+"[0].volumeMounts[1]"))
		assert.Equal(t, "registry.example.com/blog:1.0", web.At(t, before+"[1].image"), "the image of the process")
		assert.Equal(t, "blog-env-2", web.At(t, before+"[1].envFrom[1].secretRef.name"), "with the app's environment")
		assert.Equal(t, "operator", web.At(t, container+".envFrom[2].secretRef.name"))
		assert.Contains(t, texts(web.At(t, container+".env")), "KEY")
		mounts := web.At(t, container+".volumeMounts")
		assert.NotContains(t, texts(mounts), "data", "only the sidecar mounts it")
		assert.Contains(t, mounts, map[string]any{"name": "media", "mountPath": "/srv/media", "subPath": "blog", "readOnly": false})
	}
}

func TestEveryDeploymentCanStopItsOldPodsFirst(t *testing.T) {
	web := webArgs()
	web.Strategy = django.Recreate
	assert.Equal(t, map[string]any{"type": "Recreate"}, mocks.Run(t, mocks.Known, withWeb(web)).Find(t, "Deployment", "blog-web").At(t, "spec.strategy"))
	worker := &django.WorkerArgs{Runtime: runtime(), Name: "a", Command: []string{"celery"}, Replicas: 1, Grace: 5, Strategy: django.Recreate}
	assert.Equal(t, map[string]any{"type": "Recreate"}, mocks.Run(t, mocks.Known, withWorker(worker)).Find(t, "Deployment", "blog-worker-a").At(t, "spec.strategy"))
}

func TestTheAppDecidesAboutTheVariablesOfTheContract(t *testing.T) {
	args := settingsArgs()
	args.Plain["POSTGRES_HOST"] = "$(PGHOST)"
	args.Bindings["PGHOST"] = contract.DatabaseHost
	args.Bindings["DJANGO_APP_DB_HOST"] = contract.DatabaseURL
	args.Unset = []string{"GUNICORN_CMD_ARGS", "DIRECT_DATABASE_URL"}
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withEverything(args))
		plain, _ := ran.Find(t, "ConfigMap", "blog-env").At(t, "data").(map[string]any)
		assert.NotContains(t, plain, "POSTGRES_HOST", "the app composes it")
		assert.Equal(t, "pgbouncer", plain["PGHOST"])
		assert.NotContains(t, plain, "DJANGO_APP_DB_HOST", "another value is in the Secret")
		env := ran.Find(t, "Deployment", "blog-web").At(t, container+".env")
		assert.Equal(t, "$(PGHOST)", valueOf(env, "POSTGRES_HOST"))
		assert.NotContains(t, texts(env), "GUNICORN_CMD_ARGS")
		migrate, _ := ran.Find(t, "Job", "blog-migrate").At(t, container+".env").([]any)
		assert.Contains(t, fmt.Sprint(migrate), "key:direct-database-url", "migrate still bypasses the pooler")
	}
}

func TestAProcessOverridesAVariableOfItsPods(t *testing.T) {
	args := webArgs()
	args.Environment.PerProcess = nil
	args.Pods.Env = map[string]string{"HOME": "/srv/home"}
	web := mocks.Run(t, mocks.Known, withWeb(args)).Find(t, "Deployment", "blog-web")
	var homes int
	for _, name := range texts(web.At(t, container+".env")) {
		if name == "HOME" {
			homes++
		}
	}
	assert.Equal(t, 1, homes, "a server-side apply refuses two")
	assert.Equal(t, "/srv/home", valueOf(web.At(t, container+".env"), "HOME"))
}

func TestTheShellsClientHasAUserWhereTheImageNamesTheAppsUser(t *testing.T) {
	shell := mocks.Run(t, mocks.Known, withShell(&django.ShellArgs{Runtime: runtime(), PSQLImage: "postgres:17", Minutes: 5})).Find(t, "Job", "blog-shell")
	assert.Equal(t, 999.0, shell.At(t, "spec.template.spec.containers[1].securityContext.runAsUser"), "the image starts as root, which the pod refuses")
	assert.Nil(t, shell.At(t, container+".securityContext.runAsUser"))
}

func TestCronAndShellOpenTheirPorts(t *testing.T) {
	pods := django.Pods{Ports: []django.Port{{Name: "metrics", Number: 9100}}}
	cron := &django.CronArgs{
		Runtime: runtime(), Name: "clean", Schedule: "@daily", TimeZone: "Etc/UTC", Command: []string{"clean"},
		Concurrency: django.Forbid, Timeout: 60, StartingDeadline: 60, Grace: 5, Pods: pods,
	}
	for name, ran := range map[string]mocks.Program{
		"blog-cron-clean": mocks.Run(t, mocks.Known, withCron(cron)),
		"blog-shell":      mocks.Run(t, mocks.Known, withShell(&django.ShellArgs{Runtime: runtime(), PSQLImage: "postgres:17", Minutes: 5, Pods: pods})),
	} {
		assert.Equal(t, 9100.0, ran.Find(t, "NetworkPolicy", name).At(t, "spec.ingress[0].ports[0].port"))
	}
}
