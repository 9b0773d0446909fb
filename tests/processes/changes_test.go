package processes_test

import (
	"testing"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/environments"
)

// base is an environment with every kind of process in it.
func base(t *testing.T) environments.Environment {
	t.Helper()
	return environments.Small(spec.NoCloud).Set(t,
		"release={superuser: {username: admin, email: admin@example.com}, before: [{name: backup, command: [backup]}]}",
		"workers=[{name: mail}]",
		"shell.enabled=true",
		"processes=[{name: bot, command: [bot], port: 9000}]",
		`cron=[{name: clean, schedule: "0 3 * * *", command: [clean]}]`,
	)
}

// change is one value that changes, as it is written with --set.
type change struct {
	// section of the page.
	section string
	set     string
}

func changes() []change {
	var all []change
	section := func(name string, sets ...string) {
		for _, set := range sets {
			all = append(all, change{name, set})
		}
	}
	section("The app, which every process is",
		"app.image=registry.example.com/blog:1.1",
		"app.imagePullPolicy=Always",
		"app.imagePullSecrets=[registry]",
		"app.settingsModule=blog.production",
		"app.wsgiModule=blog.other",
		"app.celeryApp=blog.celery",
		"app.manageCommand=[python, -m, django]",
		"app.runAsUser=2000",
		"app.url=https://shop.example.com",
		"app.hosts=[www.example.com]",
		"app.csrfTrustedOrigins=[https://www.example.com]",
		`app.env={DEPTH: "3"}`,
		`app.env={DSN: "$(DATABASE_URL)"}`,
		"app.secretKeyRefs={TOKEN: {name: stripe, key: token}}",
		"app.files={/etc/newrelic.ini: text}",
		"app.profiles=[django-app-prefix]",
		"app.bindings={MY_DB: database.url}",
	)
	section("Release",
		"release.check=WARNING",
		"release.before=[{name: backup, command: [backup, --all]}]",
		"release.after=[{name: seed, command: [seed]}]",
		"release.superuser={username: root, email: admin@example.com}",
		"release.lockTimeoutSeconds=5",
		"release.activeDeadlineSeconds=900",
		"release.resources={cpu: 200m, memory: 192Mi}",
	)
	section("Release", placement("release")...)
	section("Web",
		"web.replicas=3",
		"web.autoscaling={maxReplicas: 5}",
		"web.workers=4",
		"web.threads=8",
		"web.databaseConnections=20",
		"web.port=8080",
		"web.server=uvicorn",
		"web.command=[serve]",
		"web.args=[--verbose]",
		"web.longestRequestSeconds=60",
		"web.preStopSleepSeconds=20",
		"web.terminationGracePeriodSeconds=90",
		"web.readinessPath=/ready",
		"web.probes={liveness: {handler: none}}",
		"web.resources={cpu: 200m, memory: 256Mi}",
		"web.service={port: 8080}",
		"web.ingress={ingressClassName: traefik, host: blog.example.com, tlsSecretName: certificate}",
	)
	section("Web", placement("web")...)
	section("Workers",
		"workers[0].name=post",
		"workers[0].queues=[fast]",
		"workers[0].replicas=2",
		"workers[0].autoscaling={maxReplicas: 5}",
		"workers[0].concurrency=4",
		"workers[0].longestTaskSeconds=600",
		"workers[0].terminationGracePeriodSeconds=900",
		"workers[0].command=[work]",
		"workers[0].args=[--verbose]",
		"workers[0].heartbeatFile=/tmp/heartbeat",
		"workers[0].probes={liveness: {handler: exec, command: [alive]}}",
		"workers[0].resources={cpu: 200m, memory: 256Mi}",
	)
	section("Workers", placement("workers[0]")...)
	section("Beat",
		"beat.enabled=false",
		"beat.command=[tick]",
		"beat.args=[--verbose]",
		"beat.scheduleSize=200Mi",
		"beat.resources={cpu: 50m, memory: 128Mi}",
	)
	section("Beat", placement("beat")...)
	section("Further processes",
		"processes[0].name=robot",
		"processes[0].command=[bot, --all]",
		"processes[0].args=[--verbose]",
		"processes[0].replicas=2",
		"processes[0].autoscaling={maxReplicas: 5}",
		"processes[0].strategy=Recreate",
		"processes[0].port=9001",
		"processes[0].terminationGracePeriodSeconds=60",
		"processes[0].probes={liveness: {handler: none}}",
		"processes[0].resources={cpu: 200m, memory: 256Mi}",
	)
	section("Further processes", placement("processes[0]")...)
	section("Cron",
		"cron[0].name=sweep",
		`cron[0].schedule="0 4 * * *"`,
		"cron[0].timeZone=Europe/Berlin",
		"cron[0].command=[clean, --all]",
		"cron[0].args=[--verbose]",
		"cron[0].suspend=true",
		"cron[0].concurrencyPolicy=Replace",
		"cron[0].activeDeadlineSeconds=600",
		"cron[0].startingDeadlineSeconds=60",
		"cron[0].backoffLimit=1",
		"cron[0].successfulJobsHistoryLimit=2",
		"cron[0].failedJobsHistoryLimit=5",
		"cron[0].terminationGracePeriodSeconds=60",
		"cron[0].resources={cpu: 200m, memory: 256Mi}",
	)
	section("Cron", placement("cron[0]")...)
	section("Shell",
		"shell.enabled=false",
		"shell.reason=ticket",
		"shell.minutes=60",
		"shell.resources={cpu: 20m, memory: 64Mi}",
	)
	section("Shell", placement("shell")...)
	section("What the processes find around them",
		"static.server=nginx",
		"static.url=/files/",
		"static.root=/srv/files",
		"static.store=image",
		"database.maxConnections=200",
		"database.pooler={kind: pgbouncer}",
		"cache.memory=128Mi",
		"broker.visibilityTimeoutSeconds=7200",
		"monitoring.prometheus={scrape: annotations}",
	)
	return all
}

// placement are the changes that every process knows.
func placement(process string) []string {
	return []string{
		process + `.env={DEPTH: "3"}`,
		process + `.annotations={example.com/team: web}`,
		process + ".volumes=[{name: scratch, mountPath: /scratch}]",
		process + ".nodeSelector={pool: web}",
		process + ".tolerations=[{key: dedicated}]",
		process + ".priorityClassName=important",
	}
}
