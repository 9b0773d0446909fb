// Package spec is the configuration of an environment: every field, its default and its
// checks. No other package decides a default. It imports no cloud SDK, so checking a
// configuration is fast.
package spec

import "github.com/djangostack/djangostack/components/data"

// Tier is the purpose of an environment. It decides defaults only, not what can be
// configured.
type Tier string

// Staging is small and disposable; Production keeps its data.
const (
	Staging    Tier = "staging"
	Production Tier = "production"
)

// Environment is the configuration of one whole environment: cloud, network, cluster, data
// services and the Django app.
type Environment struct {
	// The cloud that holds the managed services; none for an existing Kubernetes cluster without managed services.
	Cloud Cloud `json:"cloud" jsonschema:"enum=aws,enum=gcp,enum=none"`
	// Purpose of the environment. staging: small and disposable; production: keeps its data. Decides defaults. A protected production environment keeps its tier: set protection to disposable first.
	Tier Tier `json:"tier" jsonschema:"enum=staging,enum=production"`
	// Owner of the environment; a label on every resource.
	Owner string `json:"owner,omitempty" jsonschema:"pattern=^[A-Za-z0-9]([A-Za-z0-9._-]{0\\,61}[A-Za-z0-9])?$"`
	// What the environment is used for, in one word; a label on every resource.
	Purpose string `json:"purpose,omitempty" jsonschema:"pattern=^[A-Za-z0-9]([A-Za-z0-9._-]{0\\,61}[A-Za-z0-9])?$"`
	// Whether resources that hold data may be deleted or replaced.
	Protection Protection `json:"protection,omitempty" jsonschema:"enum=protected,enum=disposable"`
	// Parts that lose their protection, for a change that deletes or replaces them. A namespace, network or key is unprotected once all parts in it are listed.
	AllowDataLoss []data.Part `json:"allowDataLoss,omitempty" jsonschema:"enum=database,enum=backups,enum=broker,enum=media,enum=search,enum=registry,enum=dns,enum=addresses,enum=cluster,enum=volumes,enum=secrets,enum=objects,uniqueItems=true"`
	// off: the cluster, the namespace and the registry that this stack creates hold nothing but what it creates, as before the first up; on: the first up is done, and what the environment expects from elsewhere has been installed since: operators, Secrets, claims, classes, nodes, images, a way into a private network.
	Prepared Switch `json:"prepared,omitempty" jsonschema:"enum=on,enum=off"`
	// Account, region and zones on AWS; read with cloud aws, and allowed next to gcp.
	AWS *AWS `json:"aws,omitempty"`
	// Project, region and zones on Google Cloud; read with cloud gcp, and allowed next to aws.
	GCP *GCP `json:"gcp,omitempty"`
	// The network; on a cloud.
	Network Network `json:"network,omitempty"`
	// The Kubernetes cluster.
	Cluster Cluster `json:"cluster,omitempty"`
	// The namespace of the app.
	Namespace Namespace `json:"namespace,omitempty"`
	// Volumes that several processes can mount, and that outlive their pods.
	Volumes []OwnVolume `json:"volumes,omitempty"`
	// Secrets that the environment creates in the namespace.
	Secrets []OwnSecret `json:"secrets,omitempty"`
	// ConfigMaps that the environment creates in the namespace.
	ConfigMaps []OwnConfigMap `json:"configMaps,omitempty"`
	// Further objects of Kubernetes that the environment creates in the namespace.
	Objects []FurtherObject `json:"objects,omitempty"`
	// The Django app.
	App App `json:"app"`
	// The commands that run once for each release, before the processes start.
	Release Release `json:"release,omitempty"`
	// The process that serves HTTP.
	Web Web `json:"web,omitempty"`
	// The Celery workers, one entry for each set of queues.
	Workers []Worker `json:"workers,omitempty"`
	// The Celery scheduler, always a single instance.
	Beat Beat `json:"beat,omitempty"`
	// Additional processes, of any kind.
	Processes []Process `json:"processes,omitempty"`
	// Hosts and paths that lead to processes, besides the host of app.url, which leads to web.
	Routes []Route `json:"routes,omitempty"`
	// Commands that run on a schedule.
	Cron []Cron `json:"cron,omitempty"`
	// Monitoring of the app.
	Monitoring Monitoring `json:"monitoring,omitempty"`
	// A pod for interactive shells.
	Shell Shell `json:"shell,omitempty"`
	// The PostgreSQL database.
	Database Database `json:"database,omitempty"`
	// The cache.
	Cache Cache `json:"cache,omitempty"`
	// The queue between web and workers.
	Broker Broker `json:"broker,omitempty"`
	// The search engine.
	Search Search `json:"search,omitempty"`
	// The static files.
	Static Static `json:"static,omitempty"`
	// The uploaded files.
	Media Media `json:"media,omitempty"`
	// The DNS zone of the environment's host names; on a cloud.
	DNS *DNS `json:"dns,omitempty"`
	// The load balancer; on a cloud.
	LoadBalancer LoadBalancer `json:"loadBalancer,omitempty"`
	// The image registry; on a cloud.
	Registry Registry `json:"registry,omitempty"`
	// A warning when the environment costs more than planned; on a cloud.
	Budget *Budget `json:"budget,omitempty"`

	// stack is the name of the stack.
	stack string
}
