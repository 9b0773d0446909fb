// Package spec is the environment value: every knob of an environment, its
// default and its checks. Nothing else in the program decides a default, and
// nothing here imports a cloud's SDK, so that checking a configuration is fast.
package spec

//go:generate go run ./internal/generate

// Place names where an environment stands.
type Place string

// Existing is any Kubernetes cluster that is already there, reached by a
// kubeconfig and a context.
const Existing Place = "existing"

// Shape says what an environment is for; it decides defaults only, never what
// can be configured.
type Shape string

// Staging is small and disposable; Production keeps its data.
const (
	Staging    Shape = "staging"
	Production Shape = "production"
)

// Protection says whether resources that hold data may be deleted or replaced.
type Protection string

// Protected resources are refused deletion and replacement; Disposable ones go
// with their environment.
const (
	Protected  Protection = "protected"
	Disposable Protection = "disposable"
)

// DataHolder names a part of the environment that holds data, as written under
// allowDataLoss.
type DataHolder string

// The parts of an environment that hold data.
const (
	DatabaseData DataHolder = "database"
	BrokerData   DataHolder = "broker"
)

// Environment is one whole environment: where it stands, the data services,
// and the Django app on top.
type Environment struct {
	// Where the environment stands.
	Place Place `json:"place" jsonschema:"enum=existing"`
	// What the environment is for: staging is small and disposable, production keeps its data. Decides defaults.
	Shape Shape `json:"shape" jsonschema:"enum=staging,enum=production"`
	// Who answers for the environment; a label on every resource.
	Owner string `json:"owner,omitempty" jsonschema:"pattern=^[A-Za-z0-9]([A-Za-z0-9._-]{0\\,61}[A-Za-z0-9])?$"`
	// What the environment is there for, in one word; a label on every resource.
	Purpose string `json:"purpose,omitempty" jsonschema:"pattern=^[A-Za-z0-9]([A-Za-z0-9._-]{0\\,61}[A-Za-z0-9])?$"`
	// Whether what holds data may be deleted or replaced. Default: protected in production, disposable in staging.
	Protection Protection `json:"protection,omitempty" jsonschema:"enum=protected,enum=disposable"`
	// Parts whose protection is lifted, by name, for a change that deletes or replaces them.
	AllowDataLoss []DataHolder `json:"allowDataLoss,omitempty" jsonschema:"enum=database,enum=broker,uniqueItems=true"`
	// The cluster to use.
	Cluster Cluster `json:"cluster"`
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
	// A pod to open a shell in.
	Shell Shell `json:"shell,omitempty"`
	// The PostgreSQL database.
	Database Database `json:"database,omitempty"`
	// The cache.
	Cache Cache `json:"cache,omitempty"`
	// The queue between web and workers.
	Broker Broker `json:"broker,omitempty"`
	// The static files.
	Static Static `json:"static,omitempty"`
}

// Cluster is a Kubernetes cluster that is already there.
type Cluster struct {
	// The kubeconfig's context to use; never the current one by chance.
	Context string `json:"context" jsonschema:"minLength=1"`
	// Path of the kubeconfig file. Default: the KUBECONFIG variable, then ~/.kube/config.
	Kubeconfig string `json:"kubeconfig,omitempty" jsonschema:"minLength=1"`
	// What identifies the cluster: a change of it, and of nothing else, replaces every object. Default: the context.
	Identifier string `json:"identifier,omitempty" jsonschema:"minLength=1"`
}

// NamespaceSource says who makes the namespace.
type NamespaceSource string

// Made is a namespace of the stack's own; Given is one that is already there.
const (
	Made  NamespaceSource = "made"
	Given NamespaceSource = "given"
)

// Namespace is the namespace that everything stands in.
type Namespace struct {
	// Name of the namespace. Default: app name, a hyphen, and the stack's name.
	Name string `json:"name,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9-]{0\\,61}[a-z0-9])?$"`
	// made: the stack makes and removes it; given: it is already there. Default: made.
	Source NamespaceSource `json:"source,omitempty" jsonschema:"enum=made,enum=given"`
	// The Pod Security level that a made namespace enforces. Default: restricted.
	PodSecurity string `json:"podSecurity,omitempty" jsonschema:"enum=restricted,enum=baseline,enum=privileged"`
}

// ProtectionOf tells whether the engine must refuse to delete or replace what
// holds the data of the named part.
func (e *Environment) ProtectionOf(holder DataHolder) bool {
	if e.Protection != Protected {
		return false
	}
	for _, allowed := range e.AllowDataLoss {
		if allowed == holder {
			return false
		}
	}
	return true
}
