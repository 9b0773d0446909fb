package spec

// Quantity is an amount in Kubernetes' notation: 100m, 0.5, 256Mi, 1Gi.
type Quantity string

// Resources is what one container asks of the scheduler and may use at most.
type Resources struct {
	// CPU reserved.
	CPU Quantity `json:"cpu,omitempty"`
	// Memory reserved.
	Memory Quantity `json:"memory,omitempty"`
	// CPU at most; none by default, since throttling a web process only adds latency.
	CPULimit Quantity `json:"cpuLimit,omitempty"`
	// Memory at most; the container is killed above it.
	MemoryLimit Quantity `json:"memoryLimit,omitempty"`
	// Disk that the container may fill, and that is reserved: /tmp, its log, and volumes that go with the pod. It is evicted above it.
	EphemeralStorage Quantity `json:"ephemeralStorage,omitempty"`
}

// WebServer is the program that serves HTTP.
type WebServer string

// Gunicorn serves WSGI, Uvicorn ASGI.
const (
	Gunicorn WebServer = "gunicorn"
	Uvicorn  WebServer = "uvicorn"
)

// Web is the process that serves HTTP.
type Web struct {
	// Pods that serve.
	Replicas int `json:"replicas,omitempty" jsonschema:"minimum=1,maximum=500"`
	// Lets the number of pods follow the load, instead of replicas; none when left out.
	Autoscaling *Autoscaling `json:"autoscaling,omitempty"`
	// Worker processes in each pod (WEB_CONCURRENCY).
	Workers int `json:"workers,omitempty" jsonschema:"minimum=1,maximum=64"`
	// Threads in each worker process.
	Threads int `json:"threads,omitempty" jsonschema:"minimum=1,maximum=256"`
	// The container's port (PORT).
	Port int `json:"port,omitempty" jsonschema:"minimum=1024,maximum=65535"`
	// gunicorn: WSGI, with threads; the gunicorn.conf.py of the app is read as always. uvicorn: ASGI, for async views and websockets, 0.22 or later in the image.
	Server WebServer `json:"server,omitempty" jsonschema:"enum=gunicorn,enum=uvicorn"`
	// The command to run instead of the server.
	Command []string `json:"command,omitempty" jsonschema:"minItems=1,minLength=1"`
	// Arguments after the command.
	Args []string `json:"args,omitempty" jsonschema:"minItems=1,minLength=1"`
	// Connections to the database that one pod opens at most. Uvicorn opens one for each request that is served at once.
	DatabaseConnections int `json:"databaseConnections,omitempty" jsonschema:"minimum=1,maximum=10000" default:"workers times threads with server gunicorn; required in production with server uvicorn"`
	// Seconds the longest request may take; shutdown waits for it.
	LongestRequestSeconds int `json:"longestRequestSeconds,omitempty" jsonschema:"minimum=1,maximum=3600"`
	// Path answered with 200 when the pod can serve.
	ReadinessPath string `json:"readinessPath,omitempty" jsonschema:"pattern=^/[!-~]*$,maxLength=1024"`
	// Seconds that a pod which is to stop still serves, until every proxy knows.
	PreStopSleepSeconds int `json:"preStopSleepSeconds,omitempty" jsonschema:"minimum=1,maximum=3600" default:"15; behind an ALB 25, Google's load balancer 60, an NLB 120"`
	// Seconds from the request to stop to the kill.
	TerminationGracePeriodSeconds int `json:"terminationGracePeriodSeconds,omitempty" jsonschema:"minimum=1,maximum=86400" default:"preStopSleepSeconds + longestRequestSeconds + 5"`
	// How the cluster asks whether a pod is well.
	Probes Probes `json:"probes,omitempty" default:"startup and readiness by a GET of readinessPath, liveness by a connection"`
	// Resources of each pod's container.
	Resources Resources `json:"resources,omitempty"`
	Pods
	// The Service in front of the pods.
	Service Service `json:"service,omitempty"`
	// An Ingress in front of the Service; none when left out.
	Ingress *Ingress `json:"ingress,omitempty"`
}

// Service is the Kubernetes Service in front of the web pods.
type Service struct {
	// The kind of Service.
	Type string `json:"type,omitempty" jsonschema:"enum=ClusterIP,enum=NodePort,enum=LoadBalancer"`
	// The Service's port.
	Port int `json:"port,omitempty" jsonschema:"minimum=1,maximum=65535"`
	// Annotations, for instance of a load balancer.
	Annotations map[string]string `json:"annotations,omitempty"`
}

// Ingress routes a host name to the web Service.
type Ingress struct {
	// The class of the controller that serves it.
	IngressClassName string `json:"ingressClassName" jsonschema:"minLength=1"`
	// The host name routed.
	Host string `json:"host" jsonschema:"pattern=^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$"`
	// Name of the Secret that holds the certificate, or that an issuer fills; no TLS when left out.
	TLSSecretName string `json:"tlsSecretName,omitempty" jsonschema:"minLength=1"`
	// Annotations, for instance of an issuer.
	Annotations map[string]string `json:"annotations,omitempty"`
}

// Worker is a set of Celery worker pods that serve the same queues.
type Worker struct {
	// Name of the set; its Deployment is named app-worker-name.
	Name string `json:"name" jsonschema:"pattern=^[a-z]([a-z0-9-]{0\\,18}[a-z0-9])?$"`
	// The queues served.
	Queues []string `json:"queues,omitempty" jsonschema:"minItems=1,pattern=^[A-Za-z0-9._:-]+$,uniqueItems=true"`
	// Pods.
	Replicas int `json:"replicas,omitempty" jsonschema:"minimum=1,maximum=500"`
	// Lets the number of pods follow the load, instead of replicas; none when left out.
	Autoscaling *Autoscaling `json:"autoscaling,omitempty"`
	// Tasks that one pod runs at once.
	Concurrency int `json:"concurrency,omitempty" jsonschema:"minimum=1,maximum=256"`
	// Seconds the longest task may take; shutdown waits for it.
	LongestTaskSeconds int `json:"longestTaskSeconds,omitempty" jsonschema:"minimum=1,maximum=86400"`
	// The command to run instead of celery worker.
	Command []string `json:"command,omitempty" jsonschema:"minItems=1,minLength=1"`
	// Arguments after the command.
	Args []string `json:"args,omitempty" jsonschema:"minItems=1,minLength=1"`
	// Seconds from the request to stop to the kill.
	TerminationGracePeriodSeconds int `json:"terminationGracePeriodSeconds,omitempty" jsonschema:"minimum=1,maximum=90000" default:"longestTaskSeconds + 5"`
	// How the cluster asks whether a pod is well.
	Probes Probes `json:"probes,omitempty" default:"by heartbeatFile if it is set, otherwise none"`
	// File that the app touches at least every 20 seconds while the worker is alive; when named, a worker that stops touching it is restarted.
	HeartbeatFile string `json:"heartbeatFile,omitempty" jsonschema:"pattern=^/tmp/"`
	// Resources of each pod's container.
	Resources Resources `json:"resources,omitempty"`
	Pods
}

// Beat is the Celery scheduler.
type Beat struct {
	// Whether the scheduler runs.
	Enabled bool `json:"enabled,omitempty"`
	// The command to run instead of celery beat.
	Command []string `json:"command,omitempty" jsonschema:"minItems=1,minLength=1"`
	// Arguments after the command.
	Args []string `json:"args,omitempty" jsonschema:"minItems=1,minLength=1"`
	// Size of the volume that keeps the schedule.
	ScheduleSize Quantity `json:"scheduleSize,omitempty"`
	// Resources of the container.
	Resources Resources `json:"resources,omitempty"`
	Pods
}

// Shell is a pod to open a shell in: one container with the app's image and
// environment, one with psql. It closes by itself.
type Shell struct {
	// Whether the pod is opened.
	Enabled bool `json:"enabled,omitempty"`
	// Why it is opened, for instance a ticket; written to the pod's log and its annotations. A change opens it anew. Production must say.
	Reason string `json:"reason,omitempty" jsonschema:"minLength=1,maxLength=200,pattern=^[^\\p{Cc}]*$"`
	// Minutes until it closes by itself; a release opens it anew.
	Minutes int `json:"minutes,omitempty" jsonschema:"minimum=1,maximum=1440"`
	// Resources of the container.
	Resources Resources `json:"resources,omitempty"`
	Pods
}
