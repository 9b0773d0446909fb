package spec

import (
	"maps"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/components/contract"
)

// WebServer is the program that serves HTTP.
type WebServer string

// Gunicorn and Granian serve WSGI or ASGI, Uvicorn ASGI. ImageServer is whatever the image starts.
const (
	Gunicorn    WebServer = "gunicorn"
	Uvicorn     WebServer = "uvicorn"
	Granian     WebServer = "granian"
	ImageServer WebServer = "image"
)

// Web is the process that serves HTTP.
type Web struct {
	// Number of pods.
	Replicas int `json:"replicas,omitempty" jsonschema:"minimum=1,maximum=500"`
	// Lets the number of pods follow the load, instead of replicas; none when left out.
	Autoscaling *Autoscaling `json:"autoscaling,omitempty"`
	// RollingUpdate: new pods start before old ones stop; Recreate: old ones stop first, and nothing answers until the new ones are ready. Required by a volume that only one node can mount.
	Strategy Strategy `json:"strategy,omitempty" jsonschema:"enum=RollingUpdate,enum=Recreate" default:"RollingUpdate; Recreate with a volume of one node"`
	// Worker processes in each pod (WEB_CONCURRENCY).
	Workers int `json:"workers,omitempty" jsonschema:"minimum=1,maximum=64"`
	// Threads in each worker process.
	Threads int `json:"threads,omitempty" jsonschema:"minimum=1,maximum=256"`
	// The container's port (PORT).
	Port int `json:"port,omitempty" jsonschema:"minimum=1,maximum=65535"`
	// gunicorn: WSGI with threads, or ASGI by interface; the app's gunicorn.conf.py is still read. uvicorn: ASGI, for async views and WebSockets; the image contains version 0.22 or later. granian: WSGI with threads, or ASGI by interface; the image contains version 2 or later. image: the image's own entry point, which listens on port.
	Server WebServer `json:"server,omitempty" jsonschema:"enum=gunicorn,enum=uvicorn,enum=granian,enum=image"`
	// wsgi: app.wsgiModule, with threads; asgi: app.asgiModule, for async views and WebSockets.
	Interface WebInterface `json:"interface,omitempty" jsonschema:"enum=wsgi,enum=asgi" default:"wsgi with server gunicorn or granian, asgi with server uvicorn"`
	// Worker class of Gunicorn. Name another one than the default for asgi, for instance asgi of Gunicorn 24, or for wsgi, for instance gevent.
	WorkerClass string `json:"workerClass,omitempty" jsonschema:"pattern=^[A-Za-z_][A-Za-z0-9_.]*$" default:"gthread; with interface asgi uvicorn_worker.UvicornWorker"`
	// The command to run instead of the server.
	Command []string `json:"command,omitempty" jsonschema:"minItems=1,minLength=1"`
	// Arguments after the command.
	Args []string `json:"args,omitempty" jsonschema:"minItems=1,minLength=1"`
	// Highest number of database connections of one pod. With interface asgi it opens one for each concurrent request.
	DatabaseConnections int `json:"databaseConnections,omitempty" jsonschema:"minimum=1,maximum=10000" default:"workers times threads with interface wsgi; required in production with interface asgi, with server image, with a workerClass of another kind, or with command"`
	// Seconds that the longest request may take; shutdown waits for it.
	LongestRequestSeconds int `json:"longestRequestSeconds,omitempty" jsonschema:"minimum=1,maximum=3600"`
	// Path that answers 200 when a starting pod can serve. Once it has started, the pod stays in its Service while it accepts connections, because a database that fails would take every pod out at once. On AWS the load balancer asks the path too, and sends requests to all pods if all fail.
	ReadinessPath string `json:"readinessPath,omitempty" jsonschema:"pattern=^/[!-~]*$,maxLength=1024"`
	// Seconds that a terminating pod still accepts requests, until every proxy has removed it (a preStop sleep).
	PreStopSleepSeconds int `json:"preStopSleepSeconds,omitempty" jsonschema:"minimum=1,maximum=3600" default:"15; behind an ALB 25, Google's load balancer 60, an NLB 120"`
	// Seconds between the start of the termination and SIGKILL.
	TerminationGracePeriodSeconds int `json:"terminationGracePeriodSeconds,omitempty" jsonschema:"minimum=1,maximum=86400" default:"preStopSleepSeconds + longestRequestSeconds + 5"`
	// The probes of the container.
	Probes Probes `json:"probes,omitempty" default:"startup by a GET of readinessPath, readiness and liveness by a connection"`
	// Resources of each pod's container.
	Resources Resources `json:"resources,omitempty"`
	Pods
	// The Service of the pods.
	Service Service `json:"service,omitempty"`
	// The Ingress of all routes; none when left out.
	Ingress *Ingress `json:"ingress,omitempty"`
	// A Gateway of the cluster that all routes are attached to, instead of an Ingress; none when left out.
	Gateway *Gateway `json:"gateway,omitempty"`
}

// Service is the Kubernetes Service in front of the web pods.
type Service struct {
	// Name of the Service, for images that know others by a fixed name, such as http://api:8000. An app that runs in it answers to this host too. It may not begin as the names of the environment do.
	Name string `json:"name,omitempty" jsonschema:"pattern=^[a-z]([a-z0-9-]{0\\,38}[a-z0-9])?$" default:"app-web"`
	// The kind of Service.
	Type string `json:"type,omitempty" jsonschema:"enum=ClusterIP,enum=NodePort,enum=LoadBalancer"`
	// The Service's port.
	Port int `json:"port,omitempty" jsonschema:"minimum=1,maximum=65535"`
	// Annotations, for instance of a load balancer.
	Annotations map[string]string `json:"annotations,omitempty"`
}

// Ingress leads the routes of the environment to their Services. Routes that the controller
// can only treat differently by annotations get a separate Ingress.
type Ingress struct {
	// The ingress class, which selects the controller.
	IngressClassName string `json:"ingressClassName" jsonschema:"minLength=1"`
	// The host name of the app; that of app.url, if both are given.
	Host string `json:"host,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$" default:"the host of app.url"`
	// Name of the Secret with the certificate; no TLS when left out. With issuer or acme, cert-manager writes it.
	TLSSecretName string `json:"tlsSecretName,omitempty" jsonschema:"minLength=1" default:"app-tls with issuer or acme, otherwise none"`
	// Whether the controller's own default certificate serves the hosts of the routes, for instance a wildcard that several environments share; with the classes nginx and traefik. The controller's owner sets it.
	DefaultCertificate bool `json:"defaultCertificate,omitempty"`
	// Issuer of cert-manager that the cluster has: it issues the certificates of all hosts. None when left out.
	Issuer *IssuerReference `json:"issuer,omitempty"`
	// Account with Let's Encrypt, or with another ACME server: the environment creates an Issuer of cert-manager, which the cluster must have, and it issues the certificates of all hosts. None when left out.
	ACME *ACME `json:"acme,omitempty"`
	// Annotations of every Ingress. Those of cert-manager are on the first one only, which lists the hosts of all routes.
	Annotations map[string]string `json:"annotations,omitempty"`
}

// TerminatesTLS reports whether the Ingress has a certificate: from a Secret, the controller's
// default, or as its controller knows it by an annotation or by the class alone. An AWS load balancer finds the
// certificate of its host in ACM
// (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/cert_discovery/).
func (i *Ingress) TerminatesTLS() bool {
	if i.TLSSecretName != "" || i.DefaultCertificate {
		return true
	}
	for _, name := range keys(i.Annotations) {
		value := i.Annotations[name]
		switch {
		case name == "alb.ingress.kubernetes.io/listen-ports" && strings.Contains(value, "HTTPS"),
			slices.Contains(certificateAnnotations(), name) && value != "" && value != "false":
			return true
		}
	}
	return i.IngressClassName == "tailscale"
}

// certificateAnnotations name a certificate to a controller, or tell it to use its own.
func certificateAnnotations() []string {
	return []string{
		"alb.ingress.kubernetes.io/certificate-arn",
		"networking.gke.io/managed-certificates",
		"networking.gke.io/pre-shared-certs",
		"ingress.gcp.kubernetes.io/pre-shared-cert",
		"appgw.ingress.kubernetes.io/appgw-ssl-certificate",
		"kubernetes.azure.com/tls-cert-keyvault-uri",
		"traefik.ingress.kubernetes.io/router.tls",
		"traefik.ingress.kubernetes.io/router.tls.certresolver",
		"route.openshift.io/termination",
		"nginx.ingress.kubernetes.io/force-ssl-redirect",
		"nginx.ingress.kubernetes.io/ssl-passthrough",
		"haproxy.org/ssl-certificate",
		"konghq.com/protocols",
	}
}

// WebInterface is the interface between a web server and the app.
type WebInterface string

// WSGI and ASGI are the interfaces of Django.
const (
	WSGI WebInterface = "wsgi"
	ASGI WebInterface = "asgi"
)

// The worker classes of Gunicorn by default. The package uvicorn-worker has the one for ASGI
// (https://www.uvicorn.org/deployment/#gunicorn).
const (
	threadClass = "gthread"
	asgiClass   = "uvicorn_worker.UvicornWorker"
)

// deriveServer fills in the interface and the worker class.
func (w *Web) deriveServer() {
	if w.Interface == "" && w.Server != ImageServer {
		w.Interface = WSGI
		if w.Server == Uvicorn {
			w.Interface = ASGI
		}
	}
	if w.WorkerClass == "" && w.Server == Gunicorn {
		w.WorkerClass = threadClass
		if w.Interface == ASGI {
			w.WorkerClass = asgiClass
		}
	}
}

// KeepsConnections reports whether the server is one of the program's, which keeps idle
// connections as the program tells it. What a server of the app's own does is unknown.
func (w *Web) KeepsConnections() bool {
	return w.Server != ImageServer && len(w.Command) == 0
}

// threaded reports whether threads serve the requests, so that their number is the most
// requests at once.
func (w *Web) threaded() bool {
	return w.Interface == WSGI && (w.Server == Granian || w.Server == Gunicorn && w.WorkerClass == threadClass)
}

// bindsGunicornArgs reports whether the app asks for Gunicorn's arguments, which its command then reads.
func (e *Environment) bindsGunicornArgs() bool {
	return slices.Contains(slices.Collect(maps.Values(e.App.Bindings)), string(contract.GunicornArgs))
}

// checkServer reports an interface that a server does not have.
func (e *Environment) checkServer(problems *Problems) {
	if e.Web.Server == Uvicorn && e.Web.Interface == WSGI {
		problems.add("web.interface", string(WSGI), "is not served by uvicorn, whose interface is asgi; use server gunicorn or granian")
	}
	if e.Web.Interface == ASGI && e.Web.WorkerClass == threadClass {
		problems.add("web.workerClass", threadClass, "serves wsgi; for interface asgi leave it out, or name a class for it")
	}
}

// serves names the setting by which a server serves requests without threads.
func (w *Web) serves() string {
	switch {
	case w.Server == Uvicorn:
		return "web.server uvicorn"
	case w.Interface == ASGI:
		return "web.interface asgi"
	default:
		return "web.workerClass " + w.WorkerClass
	}
}
