// Package app wires the Django app on a cluster: the namespace, data services that run in
// the cluster, settings, the release's commands, and the processes. Every environment uses
// it, whatever its cloud; platform services such as a managed database are passed in.
//
// The package imports the components that run in a cluster, components/kubernetes and
// components/django, and no cloud's SDK.
package app

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/stacks/spec"
)

// Platform is the platform services handed to the app. A cluster that already exists has
// none but Options.
type Platform struct {
	// Options of every component: its parent and its providers.
	Options []pulumi.ResourceOption
	// Database is the administrator's connection to a managed server, on which the app gets
	// its own role and database. Required for database.kind managed.
	Database *connection.Database
	// DatabaseReplicas are the host names of the managed server's read replicas.
	DatabaseReplicas []pulumi.StringInput
	// Cache and Broker are managed Redis servers. Required for cache.kind and broker.kind
	// managed.
	Cache  *connection.Redis
	Broker *connection.Redis
	// Queue is a managed RabbitMQ, which replaces Broker. Required for broker.engine
	// rabbitmq.
	Queue *connection.AMQP
	// SearchURL is the URL of a managed search engine, with user and password; nil for none.
	SearchURL pulumi.StringInput
	// Static and Media are where static and uploaded files are stored and served; nil if the
	// app's pods do it.
	Static *Files
	Media  *Files
	// MediaKeys are keys for the bucket of uploaded files; nil if pods have rights on it only.
	MediaKeys *AccessKeys
	// Backups is the bucket of the database's backups; nil if the stack creates none.
	Backups *BackupBucket
	// Fetch downloads a database dump from the cloud's object storage.
	Fetch kubernetes.DumpFetch
	// ServiceAccount is the name of the Kubernetes service account with rights on the cloud,
	// which the app's pods run as; empty for none.
	ServiceAccount string
	// Credentials are the addresses at which the cloud gives the pods of ServiceAccount their
	// credentials; nil without one.
	Credentials []kubernetes.EgressRule
	// AccountAnnotations of the service account name the cloud's identity; nil for none.
	AccountAnnotations pulumi.StringMap
	// Charts are what the stack installs in a cluster that it creates.
	Charts Charts
	// Prerequisites are resources that must exist before the app's pods start and must
	// outlive them, such as rights on the cloud.
	Prerequisites []pulumi.Resource
	// DatabaseServer is what pods that connect to the managed database wait for: the server,
	// and the rules that let them reach it. DataServices are those of all managed services.
	DatabaseServer []pulumi.Resource
	DataServices   []pulumi.Resource
}

// Files is a bucket and the URL at which users find its files, or a CDN alone.
type Files struct {
	// Bucket is the bucket's name; nil if the pods serve the files.
	Bucket pulumi.StringInput
	// URL ends with a slash; nil for a bucket that only the app reads.
	URL pulumi.StringInput
	// Region of the bucket.
	Region string
	// Backend is the class of django-storages that reads and writes the bucket.
	Backend string
}

// AccessKeys are for clients that speak the S3 protocol only.
type AccessKeys struct {
	// Endpoint is the URL of the service.
	Endpoint string
	// ID and Secret sign the requests. Secret is secret.
	ID, Secret pulumi.StringInput
}

// BackupBucket is a bucket of the environment and the rights of the backups' pods on it.
type BackupBucket struct {
	Name   pulumi.StringInput
	Remote kubernetes.BackupRemote
	// ServiceAccount is the name of the service account that has the rights. Nothing else runs
	// as it.
	ServiceAccount string
	// AccountAnnotations name the cloud's identity; nil for none.
	AccountAnnotations pulumi.StringMap
	// Credentials are the addresses at which the cloud gives the pods their credentials.
	Credentials []kubernetes.EgressRule
	// Prerequisites are the rights.
	Prerequisites []pulumi.Resource
}

// App is the app on its cluster.
type App struct {
	// Namespace of all objects.
	Namespace pulumi.StringOutput
	// Labels of all objects.
	Labels labels.Labels
	// Served are the processes that routes lead to. A load balancer depends on them.
	Served []pulumi.Resource
	// AdminPassword of the first superuser, a secret; empty if the release creates none.
	AdminPassword pulumi.StringOutput
}

// Deploy registers the app from the namespace to Celery beat: data services, settings,
// processes that the release needs, the release's commands, web and workers, and beat after the workers.
func Deploy(ctx *pulumi.Context, environment *spec.Environment, platform Platform) (*App, error) {
	if nodes := environment.PodsOfServices(); nodes != nil {
		platform.Options = component.With(platform.Options, pod.OnNodes(nodes))
	}
	w, err := newWiring(ctx, environment, platform)
	if err != nil {
		return nil, err
	}
	if err := w.alerts(); err != nil {
		return nil, err
	}
	if err := w.dashboard(); err != nil {
		return nil, err
	}
	if err := w.logs(); err != nil {
		return nil, err
	}
	w, err = w.withObjects()
	if err != nil {
		return nil, err
	}
	data, err := w.dataServices()
	if err != nil {
		return nil, err
	}
	account, err := w.account()
	if err != nil {
		return nil, err
	}
	dump, err := w.dump(data, account)
	if err != nil {
		return nil, err
	}
	if err := w.backups(data); err != nil {
		return nil, err
	}
	values, err := w.contractValues(data)
	if err != nil {
		return nil, err
	}
	w, err = w.withTemplates(values)
	if err != nil {
		return nil, err
	}
	runtime, err := w.settings(data, values, account)
	if err != nil {
		return nil, err
	}
	static, err := w.static()
	if err != nil {
		return nil, err
	}
	moved, err := w.moveBefore(data)
	if err != nil {
		return nil, err
	}
	services := slices.Concat(data.services, dump, moved)
	servers, err := w.processes(runtime, spec.BeforeRelease, slices.Concat(services, w.platform.DataServices, w.platform.Prerequisites)...)
	if err != nil {
		return nil, err
	}
	services = append(services, servers.all...)
	release, err := w.release(runtime, static, services)
	if err != nil {
		return nil, err
	}
	served, err := w.waitingFor(services).allProcesses(runtime, static, data, release, servers)
	if err != nil {
		return nil, err
	}
	return &App{Namespace: w.namespace, Labels: w.labels, Served: served, AdminPassword: release.AdminPassword}, nil
}

// allProcesses registers what runs after the release. Beat waits for the workers, because a
// worker of the version before does not know every task that it enqueues.
func (w wiring) allProcesses(runtime django.Runtime, static django.Static, data dataServices, release *django.Release, started startedProcesses) ([]pulumi.Resource, error) {
	web, err := w.web(runtime, static, release)
	if err != nil {
		return nil, err
	}
	workers, err := w.workers(runtime, data, release)
	if err != nil {
		return nil, err
	}
	processes, err := w.processes(runtime, spec.AfterRelease, release)
	if err != nil {
		return nil, err
	}
	routed := append(started.routed, processes.routed...)
	if err := w.routes(web, routed); err != nil {
		return nil, err
	}
	if err := w.cron(runtime, release); err != nil {
		return nil, err
	}
	if err := w.shell(runtime, release); err != nil {
		return nil, err
	}
	beat, err := w.beat(runtime, release, workers)
	if err != nil {
		return nil, err
	}
	stopped := slices.Concat([]pulumi.Resource{web}, workers, started.all, processes.all, beat)
	return append([]pulumi.Resource{web}, routed...), w.moveAfter(data, stopped)
}

// wiring holds what every step reads. No step changes it: what a step registers, it
// returns to Deploy.
type wiring struct {
	ctx         *pulumi.Context
	environment *spec.Environment
	// name of the app, which the names of all components begin with.
	name      string
	namespace pulumi.StringOutput
	labels    labels.Labels
	options   []pulumi.ResourceOption
	platform  Platform
	// authority signs the certificates of the data services in the cluster; nil without TLS.
	authority *kubernetes.Authority
	stored    stored
	// services are what processes wait for besides the release.
	services []pulumi.Resource
}

// isolatedServers are the components of the data services in the cluster, and of their exporters, which
// connect to nothing else.
func isolatedServers(environment *spec.Environment) []string {
	servers := []string{redisCache, redisBroker, kubernetes.RabbitMQPart, kubernetes.MemcachedPart, kubernetes.OpenSearchPart}
	// The first server's policy stays where there is none.
	databases := []string{kubernetes.PostgresPart}
	for _, part := range postgresParts(environment) {
		if !slices.Contains(databases, part) {
			databases = append(databases, part)
		}
	}
	for _, part := range slices.Sorted(maps.Keys(exportedServers(environment))) {
		servers = append(servers, kubernetes.ExporterPart(part))
	}
	return slices.Concat(databases, servers, cacheReplicas(environment))
}

// postgresParts are the components of the database servers in the cluster.
func postgresParts(environment *spec.Environment) []string {
	var parts []string
	for _, server := range environment.PostgresServers() {
		parts = append(parts, server.Part())
	}
	return parts
}

// cacheReplicas are the components of the cache's read replicas in the cluster.
func cacheReplicas(environment *spec.Environment) []string {
	var replicas []string
	for number := 1; number <= environment.Cache.Replicas; number++ {
		replicas = append(replicas, kubernetes.RedisReplicaPart(redisCache, number))
	}
	return replicas
}

// newWiring registers the namespace, its quota and network policies, its certificate authority, the
// volumes of processes, and generated values.
func newWiring(ctx *pulumi.Context, environment *spec.Environment, platform Platform) (wiring, error) {
	name, labels := environment.App.Name, labelsOf(environment, ctx.Stack())
	namespace, err := kubernetes.NewNamespace(ctx, name, &kubernetes.NamespaceArgs{
		Name:        environment.Namespace.Name,
		Source:      arguments.Source(environment.Namespace.Source),
		PodSecurity: environment.Namespace.PodSecurity,
		Labels:      labels,
		Data:        environment.HeldInNamespace(),
	}, platform.Charts.belowNamespace(environment, platform.Options)...)
	if err != nil {
		return wiring{}, err
	}
	inside, err := withQuota(ctx, environment, namespace.Name, labels, platform)
	if err != nil {
		return wiring{}, err
	}
	_, err = kubernetes.NewIsolation(ctx, name, &kubernetes.IsolationArgs{
		Namespace: inside,
		Labels:    labels,
		Egress:    egress(environment, platform),
		Servers:   isolatedServers(environment),
	}, platform.Options...)
	if err != nil {
		return wiring{}, err
	}
	authority, err := newAuthority(ctx, environment, platform)
	if err != nil {
		return wiring{}, err
	}
	stored, err := newStored(ctx, environment, inside, labels, platform)
	if err != nil {
		return wiring{}, err
	}
	platform.Prerequisites, err = withManifests(ctx, environment, namespace.Name, labels, platform)
	if err != nil {
		return wiring{}, err
	}
	return wiring{
		ctx:         ctx,
		environment: environment,
		name:        name,
		namespace:   inside,
		labels:      labels,
		options:     platform.Options,
		platform:    platform,
		authority:   authority,
		stored:      stored,
	}, nil
}

// newAuthority registers the authority of the data services in the cluster; nil if none has a
// certificate.
func newAuthority(ctx *pulumi.Context, environment *spec.Environment, platform Platform) (*kubernetes.Authority, error) {
	if !environment.CertifiesDataServices() {
		return nil, nil
	}
	args := &kubernetes.AuthorityArgs{Generation: environment.Namespace.TLSGeneration}
	return kubernetes.NewAuthority(ctx, environment.App.Name, args, platform.Options...)
}

// after returns the options of a component that is created after other resources and
// deleted before them.
func (w wiring) after(others ...pulumi.Resource) []pulumi.ResourceOption {
	return component.With(w.options, pulumi.DependsOn(slices.Concat(others, w.services)))
}

// waitingFor returns a wiring whose processes wait for the servers themselves, if the
// release has a list of steps: no step of it may have waited for them.
func (w wiring) waitingFor(services []pulumi.Resource) wiring {
	if w.environment.Release.Steps == nil {
		return w
	}
	waiting := w
	waiting.services = slices.Concat(services, w.platform.DataServices, w.platform.Prerequisites)
	return waiting
}

// afterPrerequisites returns the options of a component whose pods also need the platform's
// prerequisites.
func (w wiring) afterPrerequisites(others ...pulumi.Resource) []pulumi.ResourceOption {
	return w.after(slices.Concat(others, w.platform.Prerequisites)...)
}

// Outputs returns what every environment exports, whatever its cloud.
func (a *App) Outputs(ctx *pulumi.Context, environment *spec.Environment) pulumi.Map {
	outputs := pulumi.Map{
		"url":       pulumi.String(environment.Address()),
		"namespace": a.Namespace,
		"environment": pulumi.StringMap{
			"name":  pulumi.String(ctx.Stack()),
			"cloud": pulumi.String(string(environment.Cloud)),
			"tier":  pulumi.String(string(environment.Tier)),
		},
	}
	if superuser := environment.Release.Superuser; superuser != nil {
		outputs["adminUsername"] = pulumi.String(superuser.Login())
		outputs["adminPassword"] = pulumi.ToSecret(a.AdminPassword)
	}
	return outputs
}

func labelsOf(environment *spec.Environment, stack string) labels.Labels {
	labels := labels.Labels{
		labels.NameLabel:               environment.App.Name,
		labels.InstanceLabel:           environment.Instance(),
		"app.kubernetes.io/managed-by": "pulumi",
		"app.kubernetes.io/part-of":    "djangostack",
		spec.EnvironmentLabel:          names.Label(stack),
	}
	if environment.Owner != "" {
		labels["djangostack/owner"] = environment.Owner
	}
	if environment.Purpose != "" {
		labels["djangostack/purpose"] = environment.Purpose
	}
	return labels
}
