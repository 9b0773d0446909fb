package clouds_test

// cloudChanges are plausible changes of what only one cloud has.
func cloudChanges() map[string][]string {
	return map[string][]string{
		"aws": {
			`cloud=gcp --set gcp={project: blog-staging, region: europe-west1, billingAccount: 012345-6789AB-CDEF01}`,
			"aws.region=eu-west-1",
			`aws.accountId="210987654321"`,
			"aws.zones=[c, a, b]",
			"network.nat=single",
			"network.zones=2",
			`aws.admins=["arn:aws:iam::123456789012:role/deployer","arn:aws:iam::123456789012:role/oncall"]`,
			"aws.assumeRole={roleArn: \"arn:aws:iam::123456789012:role/deployer\", sessionName: release, externalId: blog, durationSeconds: 3600}",
			"aws.tags={cost-center: \"4711\"}",
			"loadBalancer.addresses=fixed",
			"broker.engine=rabbitmq",
			"search={kind: managed}",
			"database.import={from: s3://old-dumps/blog.dump, size: 20Gi, activeDeadlineSeconds: 7200}",
			"database.managed.restoreFrom=blog-final",
		},
		"gcp": {
			`cloud=aws --set aws={region: eu-central-1, admins: ["arn:aws:iam::123456789012:role/deployer"]}`,
			`gcp.admins=["group:web@example.com","user:oncall@example.com"]`,
			"gcp.impersonateServiceAccount=deployer@blog-staging.iam.gserviceaccount.com",
			"gcp.labels={cost-center: \"4711\"}",
			"gcp.project=shop-production",
			"gcp.region=europe-west3",
			"gcp.billingAccount=ABCDEF-012345-6789AB",
			"monitoring.alarms={notificationChannels: [projects/blog-staging/notificationChannels/42]}",
			"database.import={from: gs://old-dumps/blog.dump, size: 20Gi, activeDeadlineSeconds: 7200}",
			"database.managed.restoreFrom=blog-1a2b3c/1700000000000",
		},
	}
}

// changes are plausible changes of each value, written as after --set.
func changes() []string {
	return []string{
		"tier=staging",
		"protection=disposable",
		"allowDataLoss=[database]",
		"owner=platform-team",
		"purpose=shop",
		"network.flowLogs=off",
		"network.cidr=10.1.0.0/16",
		`cluster.version="1.36"`,
		"cluster.mode=nodes",
		"cluster.endpoint.allowedCIDRs=[198.51.100.0/24]",
		"cluster.endpoint={access: private}",
		"cluster.workloadLogs=off",
		"namespace.name=shop",
		"namespace.source=existing",
		"namespace.podSecurity=baseline",
		"app.name=shop",
		"app.image=registry.example.com/blog:1.1",
		"app.url=https://www.example.com",
		"app.hosts=[www.example.com]",
		"app.env={DEPTH: \"3\"}",
		"app.files={/etc/blog/newrelic.ini: \"[newrelic]\"}",
		"app.settingsModule=blog.production",
		"app.runAsUser=2000",
		"app.profiles=[django-app-prefix]",
		"release.check=WARNING",
		"release.superuser={username: admin, email: admin@example.com}",
		"web.replicas=5",
		"web.autoscaling={maxReplicas: 6}",
		"web.workers=4",
		"web.port=9000",
		"web.longestRequestSeconds=60",
		"web.service.port=8080",
		"workers[0].replicas=3",
		"workers[0].queues=[fast]",
		"beat.enabled=false",
		"processes=[{name: feed, command: [python, manage.py, feed]}]",
		"routes=[{path: /feed/, process: feed, timeoutSeconds: 3600}] --set processes=[{name: feed, command: [python, manage.py, feed], port: 9000, terminationGracePeriodSeconds: 90}]",
		"routes=[{path: /metrics, port: metrics}] --set web.ports=[{name: metrics, containerPort: 9113, servicePort: 9113}]",
		"routes=[{host: www.example.com, redirectTo: blog.example.com}]",
		"cron=[{name: clean, schedule: \"0 3 * * *\", command: [python, manage.py, clearsessions]}]",
		"shell={enabled: true, reason: INC-1}",
		"volumes=[{name: media, size: 10Gi}]",
		"volumes=[{name: media, size: 10Gi, accessMode: ReadWriteMany, storageClassName: shared}] --set prepared=on",
		"volumes=[{name: media, claimName: uploads}] --set prepared=on",
		"database.further=[{name: archive, urlVariable: ARCHIVE_URL}]",
		"database.managed.cpu=4",
		"database.managed.memory=12Gi",
		"database.managed.storage=100Gi",
		"database.managed.storage=500Gi",
		"database.managed.maxStorage=800Gi",
		"database.managed.availability=single-zone",
		"database.managed.backupDays=30",
		"database.managed.replicas=1",
		`database.managed.version="18"`,
		"database.name=shop",
		"database.user=shop",
		"database.image=registry.example.com/postgres:17.2",
		"database.pooler.kind=pgbouncer",
		"database.kind=in-cluster",
		"database={kind: in-cluster, volume: {size: 50Gi, storageClassName: fast}, maxConnections: 200, resources: {cpu: 500m, memory: 2Gi}}",
		"database={kind: external, external: {host: db.example.com, port: 5433, password: of-the-server, sslMode: verify-full}}",
		"database={kind: external, name: Blog-1, user: postgres, external: {host: db.example.com, passwordSecretKeyRef: {name: pg, key: password}, urlPasswordSecretKeyRef: {name: pg, key: encoded}}}",
		"database={kind: external, external: {host: db.example.com, passwordSecretKeyRef: {name: pg, key: password}, userSecretKeyRef: {name: pg, key: user}}}",
		"cache.memory=2Gi",
		"cache.managed.replicas=2 --set cache.memory=5Gi",
		"cache={kind: in-cluster, image: \"registry.example.com/redis:8\", cpu: 50m}",
		"cache={kind: external, external: {host: cache.example.com, port: 6380, password: of-the-server, tls: required, replicas: [copy.example.com]}}",
		"cache={kind: external, external: {host: cache.example.com, number: 2, user: blog, passwordSecretKeyRef: {name: redis, key: password}, urlPasswordSecretKeyRef: {name: redis, key: encoded}}}",
		"cache={kind: external, external: {host: cache.example.com, passwordSecretKeyRef: {name: redis, key: password}, userSecretKeyRef: {name: redis, key: user}}}",
		"cache={kind: external, external: {host: cache.example.com, auth: off}}",
		"cache.kind=none",
		"broker.memory=2Gi",
		"broker.managed.replicas=2 --set broker.memory=5Gi",
		"broker.visibilityTimeoutSeconds=7200",
		"broker.longestDelaySeconds=7200",
		"broker={kind: in-cluster, image: \"registry.example.com/redis:8\", cpu: 50m, volume: {size: 2Gi, storageClassName: fast}}",
		"broker={kind: external, external: {host: queue.example.com, port: 6380, password: of-the-server, tls: required}}",
		"broker={kind: external, external: {host: queue.example.com, number: 2, resultNumber: 3, user: blog, passwordSecretKeyRef: {name: redis, key: password}, urlPasswordSecretKeyRef: {name: redis, key: encoded}}}",
		"broker={kind: external, external: {host: queue.example.com, auth: off}}",
		"broker={kind: external, engine: rabbitmq, external: {host: queue.example.com, virtualHost: blog, consumerTimeoutSeconds: 3600, passwordSecretKeyRef: {name: mq, key: password}, userSecretKeyRef: {name: mq, key: user}}}",
		"static.cors=[{origins: [\"https://www.example.com\"], methods: [GET], headers: [Range], expose: [ETag], maxAgeSeconds: 60}]",
		"static.host=assets.example.com",
		"static.root=/srv/files",
		"static.command=[./collect]",
		"static={store: pod}",
		"static={store: pod, cdn: \"on\", url: /files/}",
		"static={store: pod, server: nginx, nginx: {image: \"registry.example.com/nginx:1\", resources: {cpu: 50m}}}",
		"media.cors=[{origins: [\"https://www.example.com\"], methods: [PUT], headers: [Range], expose: [ETag], maxAgeSeconds: 60}]",
		"media.store=none",
		"monitoring.newRelic=on",
		"monitoring.prometheus={scrape: podMonitor, path: /numbers, labels: {team: web}, intervalSeconds: 15}",
		"monitoring.alerts={labels: {release: prometheus}}",
		"monitoring.alarms={emails: [ops@example.com]}",
		"dns.zone=example.org --set app.url=https://blog.example.org",
		"dns.source=create --set dns.zone=shop.example.com --set dns.parent=example.com --set app.url=https://www.shop.example.com",
		"loadBalancer.accessLogs=off",
		"loadBalancer.allowedCIDRs=[203.0.113.0/24]",
		"registry.source=create",
		"budget.monthlyUSD=900 --set budget.emails=[money@example.com]",
	}
}

// otherChoices are the values that further changes need.
func otherChoices() map[string][]string {
	both := []string{"cluster.mode=nodes", "registry.source=create", "database={kind: managed, managed: {replicas: 1}, pooler: {kind: pgbouncer}}"}
	return map[string][]string{
		"aws": append([]string{"broker={kind: managed, engine: rabbitmq}", "search={kind: managed}", "loadBalancer.addresses=fixed"}, both...),
		"gcp": both,
	}
}

func otherCloudChanges() map[string][]string {
	return map[string][]string{
		"aws": {
			"cluster.mode=auto",
			"loadBalancer.addresses=floating",
			"broker.engine=redis",
			"monitoring.alarms={queueLength: 50, topicARN: \"arn:aws:sns:eu-central-1:123456789012:everyone\"}",
			"broker.memory=16Gi",
			"broker.managed.replicas=0",
			"search.kind=none",
			`search.version="2.17"`,
			`search.version="3.1"`,
			"search.memory=16Gi",
			"search.storage=100Gi",
			"search.availability=single-zone",
			"search.serviceRole=create",
		},
		"gcp": {
			"cluster.mode=auto",
			"gcp.zones=[b, c]",
		},
	}
}

func otherChanges() []string {
	return []string{
		`cluster.version="1.36"`,
		"cluster.nodes.cpu=4 --set cluster.nodes.memory=16Gi",
		"cluster.nodes.min=3",
		"cluster.nodes.max=20",
		"cluster.nodes.capacity=spot",
		"cluster.nodes.disk=100Gi",
		"cluster.endpoint={access: private}",
		"database.managed.replicas=0",
		"database.managed.availability=single-zone",
		"database.managed.cpu=4 --set database.managed.memory=16Gi",
		"database.pooler={kind: pgbouncer, image: \"registry.example.com/pgbouncer:1\", replicas: 3, poolSize: 10, maxClients: 500, resources: {cpu: 50m}}",
		"database.pooler.kind=none",
		"registry.source=none",
	}
}

// poolChanges are changes of an environment with the node pool batch, for a cloud with this type of instance.
func poolChanges(instanceType string) []string {
	return []string{
		"cluster.architecture=arm64",
		"cluster.nodePools=[{name: batch}, {name: reports}]",
		"cluster.nodePools=[]",
		"cluster.nodePools[0].name=nightly",
		"cluster.nodePools[0].architecture=arm64",
		"cluster.nodePools[0].instanceTypes=[" + instanceType + "]",
		"cluster.nodePools[0].cpu=4 --set cluster.nodePools[0].memory=16Gi",
		"cluster.nodePools[0].min=3",
		"cluster.nodePools[0].max=8",
		"cluster.nodePools[0].capacity=spot",
		"cluster.nodePools[0].disk=100Gi",
		"cluster.nodePools[0].labels={example.com/team: data}",
		"cluster.nodePools[0].taints=[{key: example.com/batch, value: nightly, effect: NoExecute}]",
	}
}

// inClusterChanges are changes of an environment whose database runs in the cluster, without backups.
func inClusterChanges() []string {
	return []string{
		"database.backups.store=bucket",
		"database.backups.store=volume",
	}
}
