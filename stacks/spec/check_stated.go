package spec

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// idle is a rule for fields that have no effect in some configurations.
type idle struct {
	// fields are the paths of the fields.
	fields []string
	// when reports whether they have no effect.
	when func(*Environment) bool
	// because says why.
	because string
}

func idleFields() []idle {
	return []idle{
		{[]string{"aws", "gcp", "network", "dns", "budget", "loadBalancer", "registry", "monitoring.alarms"}, func(e *Environment) bool { return !e.HasCloud() }, "cloud is none"},
		{[]string{"cluster.version", "cluster.mode", "cluster.architecture", "cluster.endpoint", "cluster.nodes", "cluster.nodePools", "cluster.workloadLogs", "cluster.charts"}, func(e *Environment) bool { return !e.CreatesCluster() }, "cluster.source is not create"},
		{[]string{"monitoring.alarms.queueLength"}, func(e *Environment) bool { return e.HasCloud() && !e.HasManagedRabbitMQ() }, "the broker is not a managed RabbitMQ"},
		{[]string{"prepared"}, func(e *Environment) bool { return !e.CreatesCluster() && !e.CreatesNamespace() }, "neither cluster.source nor namespace.source is create"},
		{[]string{"web.ingress", "web.gateway"}, func(e *Environment) bool { return e.HasCloud() }, "the load balancer of the cloud leads to the Service; its certificate is proved by records of dns.zone"},
		{[]string{"cluster.context", "cluster.kubeconfig"}, func(e *Environment) bool { return e.CreatesCluster() }, "cluster.source is create"},
		{[]string{"network.zones", "network.nat"}, func(e *Environment) bool { return e.Cloud == GCPCloud }, "a network on Google Cloud and its NAT gateway span the region"},
		{[]string{"gcp.zones"}, func(e *Environment) bool { return e.Cloud == GCPCloud && e.Cluster.Mode != NodesMode }, "cluster.mode is not nodes: Google places the nodes"},
		{[]string{"search.memory"}, func(e *Environment) bool { return e.Search.Kind == None }, "search.kind is none"},
		{[]string{"search.version", "search.storage", "search.availability", "search.serviceRole"}, func(e *Environment) bool { return e.Search.Kind != Managed }, "search.kind is not managed"},
		{[]string{"search.image", "search.cpu", "search.volume", "search.tls"}, func(e *Environment) bool { return !e.RunsSearch() }, "search.kind is not in-cluster"},
		{[]string{"cluster.nodes"}, func(e *Environment) bool { return e.HasCloud() && e.Cluster.Mode != NodesMode }, "cluster.mode is not nodes"},
		{[]string{"cluster.endpoint.allowedCIDRs"}, func(e *Environment) bool { return e.Cluster.Endpoint.Access == "private" }, "cluster.endpoint.access is private"},
		{[]string{"database.managed", "database.source", "database.stack"}, func(e *Environment) bool { return !e.HasManagedDatabase() }, "database.kind is not managed"},
		{[]string{"cache.managed", "cache.source", "cache.stack"}, func(e *Environment) bool { return e.Cache.Kind != Managed }, "cache.kind is not managed"},
		{[]string{"broker.managed", "broker.source", "broker.stack"}, func(e *Environment) bool { return e.Broker.Kind != Managed }, "broker.kind is not managed"},
		{[]string{"static.command"}, func(e *Environment) bool { return e.Static.Store == StaticInImage }, "static.store is image, whose files the build of the image collects"},
		{[]string{"static.cors"}, func(e *Environment) bool { return e.Static.Store != StaticInBucket }, "static.store is not bucket"},
		{[]string{"media.accessKeys"}, func(e *Environment) bool { return e.Media.Store != "bucket" }, "media.store is not bucket"},
		{[]string{"media.accessKeys"}, func(e *Environment) bool { return e.Media.Store == "bucket" && e.Cloud == AWSCloud }, "cloud is aws, where clients of S3 sign in with the rights of the pods: give the app no keys"},
		{[]string{"media.cors"}, func(e *Environment) bool { return e.Media.Store != "bucket" }, "media.store is not bucket"},
		{[]string{"database.volume", "database.resources", "database.parameters", generationPath}, func(e *Environment) bool { return !e.RunsPostgres() }, "database.kind is not in-cluster"},
		{[]string{"database.name", "database.user", "database.extensions", "database.maxConnections", "release.lockTimeoutSeconds"}, func(e *Environment) bool { return e.Database.Kind == None }, "database.kind is none"},
		{[]string{"database.extensions"}, func(e *Environment) bool { return e.Database.Kind == External }, "database.kind is external: its administrator creates extensions"},
		{[]string{"database.backups.schedule", "database.backups.keepDays", "database.backups.drillSchedule", "database.backups.volume", "database.backups.bucket", "database.backups.activeDeadlineSeconds", "database.backups.resources"}, func(e *Environment) bool { return !e.BacksUp() }, "the database has no backups: database.backups.store is none"},
		{[]string{"database.backups.volume"}, (*Environment).BacksUpToBucket, "database.backups.store is bucket"},
		{[]string{"database.backups.bucket"}, (*Environment).BacksUpToVolume, "database.backups.store is volume"},
		{[]string{"database.backups.bucket.name", "database.backups.bucket.endpoint", "database.backups.bucket.region", "database.backups.bucket.accessKeyID", "database.backups.bucket.secretAccessKey"}, (*Environment).CreatesBackupBucket, "the stack creates the bucket and the rights on it, since cloud is not none"},
		{[]string{"database.maxConnections"}, func(e *Environment) bool { return e.Database.Kind == Managed && !e.RunsPostgres() }, "database.kind is managed, and the limit follows from its memory"},
		{[]string{"database.pooler.image", "database.pooler.replicas", "database.pooler.poolSize", "database.pooler.maxClients", "database.pooler.resources"}, func(e *Environment) bool { return e.Database.Pooler.Kind == NoPooler }, "database.pooler.kind is none"},
		{[]string{"broker.visibilityTimeoutSeconds", "broker.longestDelaySeconds"}, func(e *Environment) bool { return e.Broker.Kind == None || e.Broker.Engine == RabbitMQ }, "the broker is not Redis"},
		{[]string{"broker.parameters"}, (*Environment).RunsRabbitMQ, "the broker is RabbitMQ"},
		{[]string{"broker.queueType"}, func(e *Environment) bool { return !e.RunsRabbitMQ() }, "the broker is not RabbitMQ in the cluster"},
		{[]string{"database.user"}, func(e *Environment) bool {
			return e.Database.External != nil && e.Database.External.UserSecretKeyRef != nil
		}, "database.external.userSecretKeyRef names the user"},
		{[]string{"broker.external.number", "broker.external.resultNumber"}, func(e *Environment) bool { return e.Broker.Engine == RabbitMQ }, "broker.engine is rabbitmq, which has virtual hosts"},
		{[]string{"broker.external.virtualHost", "broker.external.consumerTimeoutSeconds"}, func(e *Environment) bool { return e.Broker.Engine != RabbitMQ }, "broker.engine is redis"},
		{[]string{"broker.external.replicas"}, func(e *Environment) bool { return e.Broker.External != nil }, "a queue has no read replicas"},
		{[]string{"static.server"}, func(e *Environment) bool { return e.Static.Store == StaticInBucket && e.Static.Server == WhiteNoise }, "static.store is bucket, whose files the CDN serves"},
		{[]string{"static.host"}, func(e *Environment) bool { return !e.separateCDN() }, "the CDN of the static files has no separate host"},
		{[]string{"static.nginx"}, func(e *Environment) bool { return e.Static.Server != StaticsNGINX }, "static.server is not nginx"},
		{[]string{"app.asgiModule"}, func(e *Environment) bool { return e.Web.Interface != ASGI || len(e.Web.Command) > 0 }, "web.interface is not asgi, or web.command is set"},
		{[]string{"app.wsgiModule"}, func(e *Environment) bool { return e.Web.Interface != WSGI }, "web.server is image, or web.interface is not wsgi"},
		{[]string{"web.threads"}, func(e *Environment) bool { return !e.Web.threaded() }, "the web server has no threads for requests"},
		{[]string{"web.threads"}, func(e *Environment) bool { return e.Web.threaded() && len(e.Web.Command) > 0 && !e.bindsGunicornArgs() }, "web.command is set; say in web.databaseConnections what its pods hold"},
		{[]string{"web.workerClass"}, func(e *Environment) bool { return e.Web.Server != Gunicorn || len(e.Web.Command) > 0 }, "web.server is not gunicorn, or web.command is set"},
		{[]string{"web.interface"}, func(e *Environment) bool { return e.Web.Server == ImageServer || len(e.Web.Command) > 0 }, "web.server is image, or web.command is set"},
		{[]string{"web.server"}, func(e *Environment) bool { return len(e.Web.Command) > 0 && e.Web.Server != Gunicorn }, "web.command is set"},
		// psql from this image creates the role on a managed server, and the shell uses it. Its sh
		// checks stored credentials.
		{[]string{"database.image"}, func(e *Environment) bool {
			return e.Database.Kind == External && !e.Shell.Enabled && len(e.StoredForms()) == 0
		}, "database.kind is external"},
		{[]string{"database.image"}, func(e *Environment) bool { return e.Database.Kind == None && len(e.StoredForms()) == 0 }, "database.kind is none"},
		{[]string{"static.url"}, func(e *Environment) bool { return e.Static.Store == StaticInBucket }, "static.store is bucket, which has the CDN's address"},
		{[]string{"cache.engine"}, func(e *Environment) bool { return e.Cache.Kind == None }, "cache.kind is none"},
		{[]string{"cache.servers"}, func(e *Environment) bool { return !e.RunsMemcached() }, "the cache is not Memcached in the cluster"},
		{[]string{"cache.replicas"}, func(e *Environment) bool { return !e.RunsRedisCache() }, "the cache is not Redis in the cluster; a managed one has cache.managed.replicas, and an external one cache.external.replicas"},
		{[]string{"cache.image", "cache.cpu", "cache.parameters", "cache.tls"}, func(e *Environment) bool { return e.Cache.Kind != InCluster }, "cache.kind is not in-cluster"},
		{[]string{"cache.memory"}, func(e *Environment) bool { return e.Cache.Kind != InCluster && e.Cache.Kind != Managed }, "cache.kind is neither in-cluster nor managed"},
		{[]string{"broker.image", "broker.cpu", "broker.parameters", "broker.volume", "broker.tls"}, func(e *Environment) bool { return e.Broker.Kind != InCluster }, "broker.kind is not in-cluster"},
		{[]string{"broker.memory"}, func(e *Environment) bool { return e.Broker.Kind != InCluster && e.Broker.Kind != Managed }, "broker.kind is neither in-cluster nor managed"},
		{[]string{"static.volume", "static.accessMode"}, func(e *Environment) bool { return e.Static.Store != StaticInVolume }, "static.store is not volume"},
		{[]string{"beat.scheduleSize"}, func(e *Environment) bool { return e.Beat.Enabled && e.Beat.ScheduleStore != ScheduleInVolume }, "beat.scheduleStore is not volume"},
		{append(podFields("beat"), "beat.command", "beat.args", "beat.scheduleStore", "beat.scheduleSize", "beat.resources"), func(e *Environment) bool { return !e.Beat.Enabled }, "beat.enabled is false"},
		{append(podFields("shell"), "shell.reason", "shell.minutes", "shell.resources"), func(e *Environment) bool { return !e.Shell.Enabled }, "shell.enabled is false"},
		{[]string{"namespace.tlsGeneration"}, func(e *Environment) bool { return !e.CertifiesDataServices() }, "no data service in the cluster has a certificate"},
		{[]string{"namespace.podSecurity"}, func(e *Environment) bool { return e.Namespace.Source == SourceExisting }, "namespace.source is existing"},
	}
}

// podFields returns the paths of the fields that every process may set on its pods.
func podFields(process string) []string {
	var fields []string
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Pods]()) {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" {
			fields = append(fields, process+"."+name)
		}
	}
	return fields
}

// checkStated reports fields that are set but have no effect.
func (e *Environment) checkStated(value any) Problems {
	var problems Problems
	for _, rule := range idleFields() {
		if !rule.when(e) {
			continue
		}
		for _, field := range rule.fields {
			if lookup(value, strings.Split(field, ".")) != nil {
				problems.add(field, nil, "would be ignored, because %s", rule.because)
			}
		}
	}
	e.checkScalingStated(&problems, value)
	e.checkNodePoolsStated(&problems, value)
	e.checkMonitoringStated(&problems, value)
	e.checkReleaseStated(&problems, value)
	e.checkSpot(&problems, value)
	e.checkNoConnections(&problems, value)
	e.checkWorkersStated(&problems, value)
	return problems
}

// checkWorkersStated reports fields that say what a Celery worker runs, for one that runs something else.
func (e *Environment) checkWorkersStated(problems *Problems, value any) {
	for i, worker := range e.Workers {
		if !worker.Own() {
			continue
		}
		reason := fmt.Sprintf("workers[%d].command is set", i)
		if worker.Kind == OtherWorker {
			reason = fmt.Sprintf("workers[%d].kind is other", i)
		}
		ignored := []string{"queues", "concurrency"}
		if worker.Autoscaling != nil && worker.Autoscaling.By == ByQueue {
			ignored = []string{"concurrency"}
		}
		for _, field := range ignored {
			if lookup(value, []string{"workers", strconv.Itoa(i), field}) != nil {
				problems.add(indexed("workers", i)+"."+field, nil, "would be ignored, because %s", reason)
			}
		}
	}
}
