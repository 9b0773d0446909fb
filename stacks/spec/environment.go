// Package spec is the environment value: every knob of an environment, its
// default and its checks. Nothing else in the program decides a default, and
// nothing here imports a cloud's SDK, so that checking a configuration is fast.
package spec

// Tier says what an environment is for; it decides defaults only, never what
// can be configured.
type Tier string

// Staging is small and disposable; Production keeps its data.
const (
	Staging    Tier = "staging"
	Production Tier = "production"
)

// Environment is one whole environment: where it stands, the data services,
// and the Django app on top.
type Environment struct {
	// Where the environment stands.
	Cloud Cloud `json:"cloud" jsonschema:"enum=aws,enum=gcp,enum=none"`
	// What the environment is for: staging is small and disposable, production keeps its data. Decides defaults. A protected production is refused another tier; protection: disposable comes first.
	Tier Tier `json:"tier" jsonschema:"enum=staging,enum=production"`
	// Who answers for the environment; a label on every resource.
	Owner string `json:"owner,omitempty" jsonschema:"pattern=^[A-Za-z0-9]([A-Za-z0-9._-]{0\\,61}[A-Za-z0-9])?$"`
	// What the environment is there for, in one word; a label on every resource.
	Purpose string `json:"purpose,omitempty" jsonschema:"pattern=^[A-Za-z0-9]([A-Za-z0-9._-]{0\\,61}[A-Za-z0-9])?$"`
	// Whether what holds data may be deleted or replaced.
	Protection Protection `json:"protection,omitempty" jsonschema:"enum=protected,enum=disposable"`
	// Parts whose protection is lifted, by name, for a change that deletes or replaces them.
	AllowDataLoss []DataHolder `json:"allowDataLoss,omitempty" jsonschema:"enum=database,enum=broker,enum=media,enum=search,uniqueItems=true"`
	// Where on AWS the environment stands; read with cloud aws, and may stand beside gcp.
	AWS *AWS `json:"aws,omitempty"`
	// Where on Google Cloud the environment stands; read with cloud gcp, and may stand beside aws.
	GCP *GCP `json:"gcp,omitempty"`
	// The network that the environment makes for itself on a cloud.
	Network Network `json:"network,omitempty"`
	// The cluster: the one to use with cloud none, the one to make on a cloud.
	Cluster Cluster `json:"cluster,omitempty"`
	// The namespace that everything stands in.
	Namespace Namespace `json:"namespace,omitempty"`
	// The Django app.
	App App `json:"app"`
	// The commands run once for each release, before the processes.
	Release Release `json:"release,omitempty"`
	// The process that serves HTTP.
	Web Web `json:"web,omitempty"`
	// The Celery workers, one entry for each set of queues.
	Workers []Worker `json:"workers,omitempty"`
	// The Celery scheduler, always a single instance.
	Beat Beat `json:"beat,omitempty"`
	// Further processes, of any kind.
	Processes []Process `json:"processes,omitempty"`
	// Commands that run at set times.
	Cron []Cron `json:"cron,omitempty"`
	// What watches over the app.
	Monitoring Monitoring `json:"monitoring,omitempty"`
	// A pod to open a shell in.
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
	// The zone in which the environment's names stand; on a cloud.
	DNS *DNS `json:"dns,omitempty"`
	// The way in from the internet; on a cloud.
	LoadBalancer LoadBalancer `json:"loadBalancer,omitempty"`
	// A repository of images of the environment's own; on a cloud.
	Registry Registry `json:"registry,omitempty"`
	// A warning when the environment costs more than expected; on a cloud.
	Budget *Budget `json:"budget,omitempty"`
}
