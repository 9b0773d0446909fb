package spec

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/components/names"
)

// Route leads the requests to a host and path to one process, or redirects them to another
// host.
type Route struct {
	// Host name. *.example.com matches every name directly below example.com. * matches every name that no other route has, and requests to an address without a name; it needs cloud none. If a route with * leads to a process of the app's image, the app answers to any host (DJANGO_ALLOWED_HOSTS has *).
	Host string `json:"host,omitempty" jsonschema:"pattern=^((\\*\\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|\\*)$,maxLength=253" default:"the host of app.url"`
	// Path of the requests: the path itself and all below it. Of several routes, the one with the longest path counts. The process gets the path unchanged.
	Path string `json:"path,omitempty" jsonschema:"pattern=^/([A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*/?)?$,maxLength=120" default:"/"`
	// web, or the name of one of processes, which must have a port.
	Process string `json:"process,omitempty" jsonschema:"minLength=1" default:"web"`
	// Name of one of the ports of the process, which must have a servicePort, for instance of a console or a sidecar. On AWS the load balancer asks for / there, and every answer below 500 is healthy.
	Port string `json:"port,omitempty" jsonschema:"minLength=1" default:"the port of the process itself"`
	// Host that the requests are redirected to for good (301), with the same path and query, instead of a process.
	RedirectTo string `json:"redirectTo,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$,maxLength=253"`
	// Seconds that a response or a WebSocket may last. Rollouts do not wait for it: the process closes what is still open when it stops. On AWS it is how long a connection may be silent, at most 4000 of these seconds, and the largest value holds for all routes. On Google Cloud the largest value of a process holds for all its routes.
	TimeoutSeconds int `json:"timeoutSeconds,omitempty" jsonschema:"minimum=1,maximum=86400" default:"web.longestRequestSeconds to web, 30 to other processes on Google Cloud, elsewhere the controller's own"`
	// Who may send requests; everyone when left out. It needs web.ingress with the class nginx or traefik.
	SignIn *SignIn `json:"signIn,omitempty"`
	// Name of the Secret with the certificate of the host; with web.ingress.
	TLSSecretName string `json:"tlsSecretName,omitempty" jsonschema:"minLength=1" default:"web.ingress.tlsSecretName"`
	// Issued certificate of a host outside of dns.zone: an ARN of ACM in aws.region, or projects/PROJECT/locations/global/certificates/NAME of Certificate Manager. Whoever owns the host's zone points the host to the load balancer.
	Certificate string `json:"certificate,omitempty" jsonschema:"minLength=1"`
	// Annotations of the route's Ingress or HTTPRoute, for instance the timeout of a controller.
	Annotations map[string]string `json:"annotations,omitempty"`
}

// SignIn is what the controller asks of clients before it hands a request on.
type SignIn struct {
	// Name of an existing Secret with user names and password hashes, as htpasswd writes them: under the key auth for the class nginx, under users for traefik.
	BasicAuthSecretName string `json:"basicAuthSecretName,omitempty" jsonschema:"minLength=1"`
	// URL that answers 2xx if a request may pass, for instance of oauth2-proxy: https://auth.example.com/oauth2/auth.
	AuthURL string `json:"authURL,omitempty" jsonschema:"pattern=^https?://[A-Za-z0-9./:_~-]+$"`
	// URL to which a browser without a session is sent; with authURL and the class nginx.
	LoginURL string `json:"loginURL,omitempty" jsonschema:"pattern=^https?://[A-Za-z0-9./:_~-]+$"`
}

// Gateway is a Gateway of the cluster, to which the routes are attached.
type Gateway struct {
	// Name of the Gateway.
	Name string `json:"name" jsonschema:"pattern=^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$,maxLength=253"`
	// Namespace of the Gateway, whose listener must allow routes from namespace.name.
	Namespace string `json:"namespace,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9-]*[a-z0-9])?$,maxLength=63" default:"namespace.name"`
	// Listener of the Gateway.
	SectionName string `json:"sectionName,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$,maxLength=253" default:"all listeners of the Gateway"`
	// Listener of the Gateway for http: requests to it are redirected to https (301). Without it nothing of the environment redirects them, and without sectionName the listener for http serves the app too.
	HTTPSectionName string `json:"httpSectionName,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$,maxLength=253"`
	// Annotations of the HTTPRoutes.
	Annotations map[string]string `json:"annotations,omitempty"`
}

// AnyHost is the host of a route without one: it takes the requests to every name that no other
// route has.
const AnyHost = "*"

// WebProcess is the name of the process that serves HTTP, for routes.
const WebProcess = "web"

// deriveRoutes fills in the defaults of the routes, which follow from app.url.
func (e *Environment) deriveRoutes() {
	if ingress := e.Web.Ingress; ingress != nil && ingress.Host == "" && e.App.URL != "" {
		ingress.Host = hostOf(e.App.URL)
	}
	if gateway := e.Web.Gateway; gateway != nil && gateway.Namespace == "" {
		gateway.Namespace = e.Namespace.Name
	}
	for i := range e.Routes {
		route := &e.Routes[i]
		if route.Host == "" && e.routable() {
			route.Host = e.Host()
		}
		route.Path = cmp.Or(route.Path, "/")
		if route.RedirectTo == "" {
			route.Process = cmp.Or(route.Process, WebProcess)
		}
	}
}

// The paths at which an app at the root of its host is asked and serves its static files.
const (
	readinessPath = "/healthz/ready"
	staticURL     = "/static/"
)

// deriveBasePath moves the default paths below the path of app.url.
func (e *Environment) deriveBasePath() {
	base := e.BasePath()
	if e.Web.ReadinessPath == readinessPath {
		e.Web.ReadinessPath = base + readinessPath
	}
	if e.Static.URL == staticURL {
		e.Static.URL = base + staticURL
	}
}

// routable reports whether the app has its own host.
func (e *Environment) routable() bool {
	return e.App.URL != "" || e.Web.Ingress != nil && e.Web.Ingress.Host != ""
}

// Routed reports whether something in front of the cluster's Services leads requests to them.
func (e *Environment) Routed() bool {
	return e.HasCloud() || e.Web.Ingress != nil || e.Web.Gateway != nil
}

// AllRoutes lists the routes of the environment, the main one first: the app's host and path,
// which lead to web unless one of routes says otherwise.
func (e *Environment) AllRoutes() []Route {
	if !e.Routed() {
		return nil
	}
	if !e.routable() {
		return e.routesWithoutAddress()
	}
	main := Route{Host: e.Host(), Path: e.mainPath(), Process: WebProcess}
	rest := make([]Route, 0, len(e.Routes))
	for _, route := range e.Routes {
		if route.Host == main.Host && samePath(route.Path, main.Path) {
			main = route
			continue
		}
		rest = append(rest, route)
	}
	return append([]Route{main}, rest...)
}

// routesWithoutAddress lists the routes of an app that has no host, the one for every name and
// path first.
func (e *Environment) routesWithoutAddress() []Route {
	if !e.answersAnyHost() {
		return nil
	}
	routes := slices.Clone(e.Routes)
	slices.SortStableFunc(routes, func(a, b Route) int {
		return cmp.Compare(boolRank(a.Host != AnyHost || a.Path != "/"), boolRank(b.Host != AnyHost || b.Path != "/"))
	})
	return routes
}

// answersAnyHost reports whether a route takes the requests to every name.
func (e *Environment) answersAnyHost() bool {
	return slices.ContainsFunc(e.Routes, func(r Route) bool { return r.Host == AnyHost })
}

func (e *Environment) mainPath() string { return cmp.Or(e.BasePath(), "/") }

// BasePath returns the path of app.url, without a slash at its end; empty for an app at the
// root of its host.
func (e *Environment) BasePath() string {
	parsed, err := url.Parse(e.App.URL)
	if err != nil {
		return ""
	}
	return strings.TrimRight(parsed.Path, "/")
}

// samePath reports whether two paths match the same requests.
func samePath(one, other string) bool {
	return strings.TrimRight(one, "/") == strings.TrimRight(other, "/")
}

// RoutedHosts lists the hosts of all routes, each once, that of the app first.
func (e *Environment) RoutedHosts() []string {
	var hosts []string
	for _, route := range e.AllRoutes() {
		hosts = append(hosts, route.Host)
	}
	return unique(hosts)
}

// appHosts lists the hosts that lead to a process of the app's own image, which checks the
// host of a request.
func (e *Environment) appHosts() []string {
	var hosts []string
	for _, route := range e.AllRoutes() {
		if route.RedirectTo == "" && e.runsApp(route.Process) {
			hosts = append(hosts, route.Host)
		}
	}
	return unique(hosts)
}

// runsApp reports whether a process runs the app's image.
func (e *Environment) runsApp(process string) bool {
	if process == WebProcess {
		return e.Web.Image == ""
	}
	found := e.process(process)
	return found != nil && (found.Image == "" || found.Image == e.App.Image)
}

// process returns one of processes by its name; nil if there is none.
func (e *Environment) process(name string) *Process {
	i := slices.IndexFunc(e.Processes, func(p Process) bool { return p.Name == name })
	if i < 0 {
		return nil
	}
	return &e.Processes[i]
}

// ServiceOf returns the name and the port of the Service that leads to a process.
func (e *Environment) ServiceOf(process string) (name string, port int) {
	if process == WebProcess {
		return e.WebServiceName(), e.Web.Service.Port
	}
	found := e.process(process)
	name = cmp.Or(found.Service.Name, names.Fit(names.MaxDNSLabel, e.Instance(), "process-"+process))
	return name, cmp.Or(found.ServicePort, found.Port)
}

// PortOf returns the port that the pods of a process listen on.
func (e *Environment) PortOf(process string) int {
	if process == WebProcess {
		return e.Web.Port
	}
	return e.process(process).Port
}

// RoutedProcesses lists the processes that routes lead to, each once, web first.
func (e *Environment) RoutedProcesses() []string {
	processes := []string{}
	for _, route := range e.AllRoutes() {
		if route.RedirectTo == "" {
			processes = append(processes, route.Process)
		}
	}
	slices.SortStableFunc(processes, func(a, b string) int {
		return cmp.Compare(boolRank(a != WebProcess), boolRank(b != WebProcess))
	})
	return unique(processes)
}

func boolRank(value bool) int {
	if value {
		return 1
	}
	return 0
}

// usualTimeout is the time of a request to a process that says none, in seconds: Google's
// default (https://cloud.google.com/load-balancing/docs/backend-service#timeout-setting).
const usualTimeout = 30

// RouteTimeout returns the longest time of the routes to a process, in seconds, for a load
// balancer that has one for each backend.
func (e *Environment) RouteTimeout(process string) int {
	longest := usualTimeout
	if process == WebProcess {
		longest = e.Web.LongestRequestSeconds
	}
	for _, route := range e.AllRoutes() {
		if route.Process == process {
			longest = max(longest, route.TimeoutSeconds)
		}
	}
	return longest
}

// DrainOf returns how long a load balancer keeps the connections of a terminating pod, in
// seconds: what the pod itself takes to stop after its preStop sleep.
func (e *Environment) DrainOf(process string) int {
	if process == WebProcess {
		return e.Web.LongestRequestSeconds
	}
	return max(1, e.process(process).TerminationGracePeriodSeconds-e.preStopSeconds())
}

// OriginOf returns the scheme, host and port of a host of the app as a browser names them.
func (e *Environment) OriginOf(host string) string {
	scheme, port := "http", ""
	if parsed, err := url.Parse(e.Address()); err == nil {
		scheme = parsed.Scheme
		if e.App.URL != "" && parsed.Port() != "" {
			port = ":" + parsed.Port()
		}
	}
	return scheme + "://" + host + port
}

// allowedHost returns a host in the form of Django's ALLOWED_HOSTS, which names a wildcard by a
// leading dot (https://docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts).
func allowedHost(host string) string {
	if host == AnyHost {
		return host
	}
	if rest, wildcard := strings.CutPrefix(host, "*"); wildcard {
		return rest
	}
	return host
}

// Outside reports whether a host is not in the zone of the environment.
func (e *Environment) Outside(host string) bool {
	if e.DNS == nil {
		return false
	}
	host = strings.TrimPrefix(host, "*.")
	return host != e.DNS.Zone && !strings.HasSuffix(host, "."+e.DNS.Zone)
}

// WebTimeouts returns the times of the routes to web's own port that have one, in seconds by path. Of two
// hosts with the same path, the longer time counts.
func (e *Environment) WebTimeouts() map[string]int {
	timeouts := map[string]int{}
	for _, route := range e.AllRoutes() {
		if route.Process == WebProcess && route.Port == "" && route.TimeoutSeconds > 0 {
			timeouts[route.Path] = max(timeouts[route.Path], route.TimeoutSeconds)
		}
	}
	return timeouts
}

// ControllerTimeout returns the time that an ingress controller or a Gateway is told for a
// route, in seconds; 0 for its own default. Controllers of a known class are told the longest
// request of web too, if their usual minute is too short for it.
func (e *Environment) ControllerTimeout(route Route) int {
	if route.TimeoutSeconds > 0 || route.RedirectTo != "" || route.Process != WebProcess || route.Port != "" {
		return route.TimeoutSeconds
	}
	if longest := e.Web.LongestRequestSeconds; longest > usualIdle && slices.Contains(timingClasses(), e.ingressClass()) {
		return longest
	}
	return 0
}

// HostsInZone lists the hosts of the routes that are in the zone of the environment, that of
// the app first.
func (e *Environment) HostsInZone() []string {
	return slices.DeleteFunc(e.RoutedHosts(), e.Outside)
}

// HostsOutside lists the hosts of the routes that are not in the zone of the environment.
func (e *Environment) HostsOutside() []string {
	return slices.DeleteFunc(e.RoutedHosts(), func(host string) bool { return !e.Outside(host) })
}

// RouteCertificates lists the certificates of hosts outside of the zone, each once.
func (e *Environment) RouteCertificates() []string {
	var certificates []string
	for _, route := range e.Routes {
		if route.Certificate != "" {
			certificates = append(certificates, route.Certificate)
		}
	}
	return unique(certificates)
}

// HealthPathOf returns the path that a load balancer asks a target: that of the readiness probe
// of the process, or else /. The probe says nothing about further ports.
func (e *Environment) HealthPathOf(target RouteTarget) string {
	if target.Port != "" {
		return "/"
	}
	if target.Process == WebProcess {
		return e.Web.ReadinessPath
	}
	if probe := e.process(target.Process).Probes.Readiness; probe != nil && probe.Path != "" {
		return probe.Path
	}
	return "/"
}
