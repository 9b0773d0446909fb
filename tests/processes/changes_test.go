package processes_test

import (
	"slices"
	"strings"
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

// optional returns an environment with the parts that base leaves out.
func optional(t *testing.T) environments.Environment {
	t.Helper()
	return environments.Small(spec.NoCloud).Set(t,
		"release.after=[{name: seed, command: [seed]}]",
		"web.autoscaling={minReplicas: 2, maxReplicas: 3}",
		"web.ingress={ingressClassName: traefik, host: blog.example.com, tlsSecretName: certificate}",
		"workers=[{name: mail, autoscaling: {by: queue, minReplicas: 2, maxReplicas: 3}}]",
		"processes=[{name: bot, command: [bot], port: 9000, autoscaling: {minReplicas: 2, maxReplicas: 3}}]",
		"web.ports=[{name: metrics, containerPort: 9113}]",
		"database={maxConnections: 200, resources: {memoryLimit: 1Gi}, pooler: {kind: pgbouncer}, backups: {store: volume}}",
		"static={store: volume, server: nginx}",
		"monitoring.prometheus={scrape: podMonitor}",
		"volumes=[{name: media, size: 1Gi}]",
		"secrets=[{name: smtp, entries: {PASSWORD: of-the-server}, generate: {TOKEN: {}, JWT: {kind: rsaPrivateKey, bits: 2048}}}]",
		"configMaps=[{name: settings, entries: {LEVEL: info}}]",
		"objects=[{name: rights, manifest: '{apiVersion: v1, kind: ServiceAccount, metadata: {name: robot}}'}]",
		"processes[0].envFrom=[{secret: smtp}, {configMap: settings}]",
		"processes[0].volumes=[{name: uploads, source: volume, from: media, mountPath: /srv/media}]",
	)
}

// change is one change of an environment, as it is written with --set.
type change struct {
	// environment is the number of the one that changes, see changedEnvironments.
	environment int
	// section of the page.
	section string
	set     string
}

// changedEnvironments returns the environments that the rows change.
func changedEnvironments(t *testing.T) []environments.Environment {
	t.Helper()
	return []environments.Environment{base(t), optional(t), external(t), stored(t), memcached(t), plainCache(t), bucketed(t), searching(t)}
}

func changes() []change {
	return slices.Concat(baseChanges(), optionalChanges(), externalChanges(), storedChanges(), cacheChanges(), bucketChanges(), searchChanges())
}

func baseChanges() []change {
	var all []change
	section := func(name string, sets ...string) { all = append(all, rows(0, name, sets...)...) }
	section("The app, which every process is",
		"app.image=registry.example.com/blog:1.1",
		"app.imagePullPolicy=Always",
		"app.imagePullSecrets=[registry]",
		"app.settingsModule=blog.production",
		"app.wsgiModule=blog.other",
		"app.celeryApp=blog.celery",
		"app.manageCommand=[python, -m, django]",
		"app.runAsUserFrom=image",
		"app.runAsUser=2000",
		"app.runAsGroup=2000",
		"app.fsGroup=2000",
		"app.supplementalGroups=[3000]",
		"app.capabilities=[NET_BIND_SERVICE]",
		"app.allowPrivilegeEscalation=true --set namespace.podSecurity=baseline",
		"app.readOnlyRootFilesystem=false",
		"app.url=https://shop.example.com",
		"app.hosts=[www.example.com]",
		"app.csrfTrustedOrigins=[https://www.example.com]",
		`app.env={DEPTH: "3"}`,
		`app.env={DSN: "$(DATABASE_URL)"}`,
		"app.secretKeyRefs={TOKEN: {name: stripe, key: token}}",
		"app.files={/etc/newrelic.ini: text}",
		"app.profiles=[django-app-prefix]",
		"app.bindings={MY_DB: database.url}",
		"app.unset=[POSTGRES_DB]",
	)
	section("Release",
		"release.check=WARNING",
		"release.before=[{name: backup, command: [backup, --all]}]",
		"release.after=[{name: seed, command: [seed]}]",
		"release.superuser={username: root, email: admin@example.com}",
		"release.superuser.username=root",
		"release.superuser.email=root@example.com",
		"release.superuser.fields={full_name: Ada Lovelace}",
		"release.superuser.command=[./create-admin]",
		"release.before[0].name=dump",
		"release.before[0].command=[backup, --all]",
		"release.before[0].database=direct",
		"release.before[0].writesStatic=true",
		"release.migrate={databases: [default, reports]}",
		"release.migrate.command=[./migrate]",
		"release.migrate.databases=[default, reports]",
		"release.migrate.systemChecks=off",
		"release.migrate.advisoryLock=7",
		"release.lockTimeoutSeconds=5",
		"release.activeDeadlineSeconds=900",
		"release.resources={cpu: 200m, memory: 192Mi}",
	)
	section("Release", placement("release")...)
	section("Web",
		"web.replicas=3",
		"web.autoscaling={maxReplicas: 5}",
		"web.workers=4",
		"web.interface=asgi",
		"web.workerClass=gevent",
		"web.threads=8",
		"web.databaseConnections=20",
		"web.port=8080",
		"web.server=uvicorn",
		"web.command=[serve]",
		"web.args=[--verbose]",
		"web.strategy=Recreate",
		"web.longestRequestSeconds=60",
		"web.preStopSleepSeconds=20",
		"web.terminationGracePeriodSeconds=90",
		"web.readinessPath=/ready",
		"web.probes={liveness: {handler: none}}",
		"web.resources={cpu: 200m, memory: 256Mi}",
		"web.service={port: 8080}",
		"web.ingress={ingressClassName: traefik, host: blog.example.com, tlsSecretName: certificate}",
		"web.gateway={name: shared, namespace: gateways, sectionName: https}",
		"web.gateway={name: shared, namespace: gateways, sectionName: https, httpSectionName: http} --set app.url=https://blog.example.com",
	)
	section("Web", placement("web")...)
	section("Workers",
		"workers[0].name=post",
		"workers[0].kind=django-tasks",
		"workers[0].queues=[fast]",
		"workers[0].replicas=2",
		"workers[0].autoscaling={maxReplicas: 5}",
		"workers[0].concurrency=4",
		"workers[0].databaseConnections=4",
		"workers[0].strategy=Recreate",
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
		"beat.scheduleStore=database",
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
		"processes[0].servicePort=80",
		"processes[0].appEnvironment=false",
		"processes[0].callers=environment",
		"processes[0].start=before-release --set processes[0].image=registry.example.com/bot:1.0",
		"processes[0].service={type: NodePort}",
		"processes[0].service={name: robot}",
		"web.service.name=backend",
		"processes[0].service={annotations: {example.com/team: web}}",
		"processes[0].databaseConnections=4",
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
		"static.command=[./collect]",
		"static.store=image",
		"database.maxConnections=200",
		"database.extensions=[hstore]",
		"database.further=[{name: archive, urlVariable: ARCHIVE_URL}]",
		"database.pooler={kind: pgbouncer}",
		"database.backups.store=volume",
		"database.backups="+inBucket,
		"cache.memory=128Mi",
		"broker.visibilityTimeoutSeconds=7200",
		"monitoring.prometheus={scrape: annotations}",
		"monitoring.alerts={labels: {release: prometheus}}",
		"monitoring.dashboards=on",
		"monitoring.logs={endpoint: 'https://loki.example.com/otlp'}",
	)
	section("Services in the cluster",
		"namespace.tls=required",
		"namespace.tls=required --set namespace.tlsGeneration=2",
		`namespace.quota={cpu: "8", memory: 16Gi, memoryLimit: 64Gi, pods: 100, persistentVolumeClaims: 10, storage: 50Gi} --set namespace.limitRange={cpu: 100m, memory: 128Mi, memoryLimit: 512Mi}`,
		"namespace.egress=[{cidrs: [203.0.113.0/24], ports: [25]}]",
		"web.service.type=NodePort",
		"web.service.annotations={example.com/team: web}",
		"database.kind=none",
		"cache.tls=required",
		"broker.tls=required",
		"database.kind=external --set database.external={host: db.example.com, password: of-the-server}",
		"database.name=shop",
		"database.user=shop",
		"database.image=registry.example.com/postgres:17",
		"database.volume.size=2Gi",
		"database.volume.storageClassName=fast",
		"database.resources={cpu: 200m, memory: 512Mi}",
		"database.parameters={work_mem: 16MB}",
		"cache.kind=none",
		"cache.image=registry.example.com/redis:8",
		"cache.cpu=50m",
		`cache.parameters={timeout: "300"}`,
		"cache.engine=memcached",
		"cache.replicas=2",
		"broker.kind=external --set broker.external={host: queue.example.com, password: of-the-server}",
		"broker.image=registry.example.com/redis:8",
		"broker.memory=128Mi",
		"broker.cpu=50m",
		"broker.parameters={appendfsync: always}",
		"broker.volume.size=2Gi",
		"broker.volume.storageClassName=fast",
		"broker.longestDelaySeconds=7200",
		"broker.engine=rabbitmq",
		"broker.engine=rabbitmq --set broker.queueType=classic",
	)
	return all
}

func optionalChanges() []change {
	var all []change
	section := func(name string, sets ...string) { all = append(all, rows(1, name, sets...)...) }
	section("Autoscaling", autoscaling("web")...)
	section("Autoscaling", autoscaling("processes[0]")...)
	section("Autoscaling",
		"workers[0].autoscaling.by=cpu",
		"workers[0].autoscaling.by=memory",
		"workers[0].autoscaling.minReplicas=1",
		"workers[0].autoscaling.maxReplicas=4",
		"workers[0].autoscaling.queueLength=20",
		"workers[0].autoscaling={by: query, query: SELECT count(*) FROM jobs, maxReplicas: 3}",
		"workers[0].autoscaling.scaleUp.stabilizationWindowSeconds=30",
		"workers[0].autoscaling.scaleDown.stabilizationWindowSeconds=600",
		"workers[0].autoscaling.scaleDown.percent=20",
	)
	section("Volumes, Secrets and ConfigMaps",
		"volumes[0].name=uploads --set processes[0].volumes[0].from=uploads",
		"volumes[0].size=2Gi",
		"volumes[0].storageClassName=fast",
		"volumes[0].accessMode=ReadWriteMany --set volumes[0].storageClassName=shared",
		"volumes=[{name: media, claimName: uploads}]",
		"secrets[0].name=mail --set processes[0].envFrom[0].secret=mail",
		"secrets[0].entries={PASSWORD: of-another-server}",
		"secrets[0].generate={TOKEN: {}, JWT: {kind: rsaPrivateKey, bits: 2048}, FERNET: {kind: fernetKey}}",
		"secrets[0].templates={URL: 'url: $(value:database.url)'}",
		"secrets[0].generate.TOKEN.kind=fernetKey",
		"secrets[0].generate.TOKEN.length=64",
		"secrets[0].generate.TOKEN.alphabet=abcdef0123456789",
		"secrets[0].generate.TOKEN.generation=2",
		"secrets[0].generate.JWT.bits=3072",
		"configMaps[0].name=levels --set processes[0].envFrom[1].configMap=levels",
		"configMaps[0].entries={LEVEL: debug}",
		"objects[0].name=accounts",
		"objects[0].manifest='{apiVersion: v1, kind: ServiceAccount, metadata: {name: robot, labels: {team: search}}}'",
	)
	section("Optional parts of the app",
		"release.after[0].name=fill",
		"release.after[0].command=[seed, --all]",
		"release.after[0].database=direct",
		"release.after[0].writesStatic=true",
		"web.ingress.ingressClassName=nginx",
		"web.ingress.host=www.example.com --set app.url=https://www.example.com",
		"web.ingress.tlsSecretName=renewed",
		"web.ingress.issuer={name: letsencrypt}",
		"web.ingress.acme={email: ops@example.com}",
		"web.ingress.acme={email: ops@example.com, dns01: {rfc2136: {nameserver: 'ns1.example.com:53', tsigKeyName: acme, tsigSecret: {name: smtp, key: TOKEN}}}}",
		"web.ingress.annotations={example.com/team: web}",
		"routes=[{path: /bot/, process: bot, timeoutSeconds: 3600}]",
		"routes=[{path: /bot/, process: bot, port: console}] --set processes[0].ports=[{name: console, containerPort: 9001, servicePort: 9001}]",
		"routes=[{host: www.example.com, redirectTo: blog.example.com}]",
		"routes=[{host: admin.example.com, signIn: {basicAuthSecretName: users}, tlsSecretName: admin}]",
		"routes=[{host: '*'}]",
		"routes=[{host: api.example.com, annotations: {example.com/team: api}}]",
	)
	section("Optional services",
		"database.backups.store=none",
		"database.backups.schedule=@daily",
		"database.backups.keepDays=30",
		"database.backups.drillSchedule=@monthly",
		"database.backups.volume.size=2Gi",
		"database.backups.volume.storageClassName=fast",
		"database.backups.activeDeadlineSeconds=7200",
		"database.backups.resources={memory: 128Mi}",
		"database.pooler.kind=none",
		"database.pooler.image=registry.example.com/pgbouncer:1",
		"database.pooler.replicas=3",
		"database.pooler.poolSize=10",
		"database.pooler.maxClients=500",
		"database.pooler.resources={cpu: 100m}",
		"static={store: pod, server: nginx}",
		"static.server=whitenoise",
		"static.nginx.image=registry.example.com/nginx:1",
		"static.nginx.resources={cpu: 50m}",
		"static.nginx.folders=[{path: /media, volume: scratch}] --set web.volumes=[{name: scratch, mountPath: /srv/media}]",
		"static.volume.size=2Gi",
		"static.volume.storageClassName=fast",
		"static.accessMode=ReadWriteOnce",
	)
	section("Monitoring",
		"monitoring.prometheus.scrape=serviceMonitor",
		"monitoring.prometheus.port=9113",
		"monitoring.prometheus.path=/numbers",
		"monitoring.prometheus.labels={release: prometheus}",
		"monitoring.prometheus.intervalSeconds=15",
		"monitoring.exporters={}",
	)
	return all
}

// autoscaling are the changes of a process that follows its CPU.
func autoscaling(process string) []string {
	return []string{
		process + ".autoscaling.minReplicas=1",
		process + ".autoscaling.maxReplicas=4",
		process + ".autoscaling.targetCPUUtilizationPercentage=50",
		process + ".autoscaling.targetMemoryUtilizationPercentage=80",
		process + ".autoscaling.scaleUp.stabilizationWindowSeconds=30",
		process + ".autoscaling.scaleDown.stabilizationWindowSeconds=600",
		process + ".autoscaling.scaleDown.percent=20",
	}
}

func rows(environment int, section string, sets ...string) []change {
	var all []change
	for _, set := range sets {
		all = append(all, change{environment, section, set})
	}
	return all
}

// placement are the changes that every process knows.
func placement(process string) []string {
	var ports []string
	if !strings.HasPrefix(process, "release") {
		ports = []string{process + ".ports=[{name: metrics, containerPort: 9100}]"}
	}
	if process != "web" && process != "processes[0]" {
		ports = append(ports, process+".preStopCommand=[drain]")
	}
	return append(ports,
		process+`.env={DEPTH: "3"}`,
		process+`.annotations={example.com/team: web}`,
		process+".volumes=[{name: scratch, mountPath: /scratch}]",
		process+".image=registry.example.com/other:1.0",
		process+".runAsUserFrom=image",
		process+".runAsUser=2000",
		process+".runAsGroup=2000",
		process+".fsGroup=2000",
		process+".supplementalGroups=[3000]",
		process+".capabilities=[NET_BIND_SERVICE]",
		process+".allowPrivilegeEscalation=true --set namespace.podSecurity=baseline",
		process+".readOnlyRootFilesystem=false",
		process+".fieldRefs={NODE: spec.nodeName}",
		process+".workingDir=/srv",
		process+".postStartCommand=[register]",
		process+".hostname=one",
		process+".secretKeyRefs={TOKEN: {name: stripe, key: token}}",
		process+".envFrom=[{secret: stripe}]",
		process+".labels={team: web}",
		process+".initContainers=[{name: wait, command: [wait]}]",
		process+".sidecars=[{name: proxy, image: registry.example.com/proxy:1.0}]",
		process+".hostAliases=[{ip: 10.0.0.7, hostnames: [ldap.example.com]}]",
		process+".serviceAccountName=other",
		process+".automountServiceAccountToken=true",
		process+".nodeSelector={pool: web}",
		process+".tolerations=[{key: dedicated}]",
		process+".nodeAffinity=[{key: pool, values: [web]}]",
		process+".podAffinity=[{labels: {app: proxy}, weight: 10}]",
		process+".podAntiAffinity=[{labels: {app: noise}}]",
		process+".priorityClassName=important",
		process+".runtimeClassName=gvisor",
		process+".extendedResources={nvidia.com/gpu: 1}",
	)
}
