package spec

import (
	"regexp"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/components/aws/limits"
	gcplimits "github.com/djangostack/djangostack/components/gcp/limits"
)

// checkRoutes reports routes that lead nowhere, or that nothing serves as they are written.
func (e *Environment) checkRoutes(problems *Problems) {
	e.checkControllers(problems)
	e.checkBasePath(problems)
	e.checkAddresses(problems)
	if len(e.Routes) == 0 {
		return
	}
	if !e.Routed() {
		problems.add("routes", nil, "need web.ingress or web.gateway with cloud none: nothing else leads requests from outside to a process")
		return
	}
	seen := map[string]int{}
	for i, route := range e.Routes {
		path := indexed("routes", i)
		if route.Host == "" {
			problems.add(path+".host", nil, "is required without app.url; %s matches every name", AnyHost)
			continue
		}
		key := route.Host + " " + strings.TrimRight(route.Path, "/")
		if first, twice := seen[key]; twice {
			problems.add(path, nil, "has the host and the path of routes[%d] already", first)
		}
		seen[key] = i
		if parts := strings.Split(route.Path, "/"); slices.Contains(parts, ".") || slices.Contains(parts, "..") {
			problems.add(path+".path", route.Path, "may have no part . or .., which browsers resolve and the API server refuses")
		}
		e.checkRouteTarget(problems, path, route)
		e.checkRouteHost(problems, path, route)
		e.checkRouteCertificate(problems, path, route)
		e.checkRouteTimeout(problems, path, route)
		e.checkSignIn(problems, path, route)
		e.checkRouteObjects(problems, path, route)
	}
	e.checkRouteLimits(problems)
}

// checkControllers reports an Ingress and a Gateway that contradict each other or app.url.
func (e *Environment) checkControllers(problems *Problems) {
	ingress, gateway := e.Web.Ingress, e.Web.Gateway
	if ingress != nil && gateway != nil {
		problems.add("web.gateway", nil, "goes without web.ingress: one of them leads the requests to the app")
	}
	if gateway != nil && e.App.URL == "" && !e.answersAnyHost() {
		problems.add("app.url", nil, "is required with web.gateway, whose listeners say neither the host nor whether it is https; an app without a host has a route with host %s", AnyHost)
	}
	e.checkGatewayListeners(problems)
	if ingress == nil || e.HasCloud() {
		return
	}
	if ingress.Host == "" {
		if !e.answersAnyHost() {
			problems.add("web.ingress.host", nil, "is required without app.url; an app without a host has a route with host %s", AnyHost)
		}
		return
	}
	if host := hostOf(e.App.URL); e.App.URL != "" && host != ingress.Host {
		problems.add("web.ingress.host", ingress.Host, "must be %s, the host of app.url; a further host is one of routes: routes[].host", host)
	}
}

// checkAddresses reports IP addresses, which the API server refuses as the host of an Ingress, and
// which no Gateway tells apart.
func (e *Environment) checkAddresses(problems *Problems) {
	if e.HasCloud() || !e.Routed() {
		return
	}
	const names = "is an address, and an Ingress or a Gateway tells names apart: use a name, or leave out app.url and lead a route with host " + AnyHost + " to the app"
	if ingress := e.Web.Ingress; ingress != nil && isAddress(ingress.Host) {
		problems.add("web.ingress.host", ingress.Host, names)
	} else if host := hostOf(e.App.URL); e.Web.Gateway != nil && isAddress(host) {
		problems.add("app.url", e.App.URL, names)
	}
	for i, route := range e.Routes {
		if isAddress(route.Host) && route.Host != e.Host() {
			problems.add(indexed("routes", i)+".host", route.Host, names)
		}
	}
}

// checkGatewayListeners reports a redirect to https that would have no end or no target.
func (e *Environment) checkGatewayListeners(problems *Problems) {
	gateway := e.Web.Gateway
	if gateway == nil || gateway.HTTPSectionName == "" {
		return
	}
	const at = "web.gateway.httpSectionName"
	switch {
	case gateway.SectionName == "":
		problems.add("web.gateway.sectionName", nil, "is required with %s: without the listener for https, the routes would be attached to that for http too", at)
	case gateway.SectionName == gateway.HTTPSectionName:
		problems.add(at, gateway.HTTPSectionName, "must be another listener than web.gateway.sectionName: one redirects, the other one serves")
	case e.App.URL != "" && !e.Secure():
		problems.add(at, gateway.HTTPSectionName, "redirects to https, but app.url is %q; begin it with https://, or leave httpSectionName out", e.App.URL)
	}
}

// checkBasePath reports an app below a path whose probes or static files lie above it. Gunicorn
// answers 500 to a path that does not begin with SCRIPT_NAME
// (https://github.com/benoitc/gunicorn/blob/master/gunicorn/http/wsgi.py).
func (e *Environment) checkBasePath(problems *Problems) {
	base := e.BasePath()
	if base == "" {
		return
	}
	below := func(path string) bool { return path == base || strings.HasPrefix(path, base+"/") }
	if !below(e.Web.ReadinessPath) {
		problems.add("web.readinessPath", e.Web.ReadinessPath, "must begin with %s, the path of app.url: the app answers to nothing else", base)
	}
	routed := slices.ContainsFunc(e.Routes, func(r Route) bool {
		return r.Host == e.Host() && strings.HasPrefix(e.Static.URL, strings.TrimRight(r.Path, "/")+"/")
	})
	if strings.HasPrefix(e.Static.URL, "/") && !below(e.Static.URL) && !routed && e.Static.Store != StaticInBucket {
		problems.add("static.url", e.Static.URL, "must begin with %s, the path of app.url, because no route leads to the app for other paths", base)
	}
}

// checkRouteTarget reports a process or a host that cannot take the requests.
func (e *Environment) checkRouteTarget(problems *Problems, path string, route Route) {
	if route.RedirectTo != "" {
		e.checkRedirect(problems, path, route)
		return
	}
	if route.Process == WebProcess {
		if e.process(WebProcess) != nil {
			problems.add(path+".process", route.Process, "is the name of both web and one of processes; rename the latter")
		}
		e.checkRoutePort(problems, path, route)
		return
	}
	process := e.process(route.Process)
	if process == nil {
		problems.add(path+".process", route.Process, "is no process that serves requests; allowed: %s", strings.Join(e.servingProcesses(), ", "))
		return
	}
	if process.Port == 0 {
		i := slices.IndexFunc(e.Processes, func(p Process) bool { return p.Name == route.Process })
		problems.add(path+".process", route.Process, "needs %s.port, the port that it listens on", indexed("processes", i))
		return
	}
	e.checkRoutePort(problems, path, route)
}

// servingProcesses lists the processes that a route can lead to.
func (e *Environment) servingProcesses() []string {
	all := []string{WebProcess}
	for _, process := range e.Processes {
		if process.Port > 0 {
			all = append(all, process.Name)
		}
	}
	return all
}

func (e *Environment) checkRedirect(problems *Problems, path string, route Route) {
	for field, stated := range map[string]bool{"process": route.Process != "", "port": route.Port != "", "timeoutSeconds": route.TimeoutSeconds > 0, "signIn": route.SignIn != nil} {
		if stated {
			problems.add(path+"."+field, nil, "would be ignored, because %s.redirectTo is set", path)
		}
	}
	if route.Path != "/" {
		problems.add(path+".path", route.Path, "must be / with redirectTo, which redirects the whole host")
	}
	if route.Host == e.Host() {
		problems.add(path+".redirectTo", route.RedirectTo, "may not redirect %s, the host of app.url; write the other host into app.url and redirect this one to it", route.Host)
		return
	}
	serves := slices.ContainsFunc(e.AllRoutes(), func(other Route) bool {
		return other.RedirectTo == "" && (other.Host == route.RedirectTo || wildcardHas(other.Host, route.RedirectTo))
	})
	if !serves || route.RedirectTo == route.Host {
		problems.add(path+".redirectTo", route.RedirectTo, "must be a host that a route leads to a process: %s", strings.Join(e.servedHosts(), ", "))
	}
	if class := e.ingressClass(); class != "" && !slices.Contains(redirectingClasses(), class) {
		problems.add(path+".redirectTo", route.RedirectTo, "needs web.ingress.ingressClassName %s, or web.gateway: no redirect by an Ingress is known for the class %s", strings.Join(redirectingClasses(), ", "), class)
	}
}

// wildcardHas reports whether a wildcard stands for a host.
func wildcardHas(wildcard, host string) bool {
	rest, is := strings.CutPrefix(wildcard, "*.")
	_, parent, _ := strings.Cut(host, ".")
	return is && parent == rest
}

// servedHosts lists the hosts that lead to a process.
func (e *Environment) servedHosts() []string {
	var hosts []string
	for _, route := range e.AllRoutes() {
		if route.RedirectTo == "" && route.Host != AnyHost {
			hosts = append(hosts, route.Host)
		}
	}
	return unique(hosts)
}

func (e *Environment) checkRouteHost(problems *Problems, path string, route Route) {
	if !isHost(strings.Replace(route.Host, "*", "x", 1)) {
		problems.add(path+".host", route.Host, "is no host name: labels of letters, digits and inner hyphens, 63 at most each")
	}
	if e.HasCloud() && route.Host == AnyHost {
		problems.add(path+".host", route.Host, "needs cloud none: the load balancer of a cloud serves https, and no certificate is for every name; name the hosts, or *.example.com for all names of a domain")
		return
	}
	if !e.HasCloud() || e.DNS == nil {
		return
	}
	if static := e.StaticHost(); static != "" && route.Host == static {
		problems.add(path+".host", route.Host, "is static.host, which leads to the CDN; choose another host")
	}
	if e.Outside(route.Host) && route.Certificate == "" {
		problems.add(path+".host", route.Host, "is outside of dns.zone, which is %s: give %s.certificate, an issued certificate of the host, and have its zone point the host to the load balancer", e.DNS.Zone, path)
	}
	if !e.Outside(route.Host) && route.Certificate != "" {
		problems.add(path+".certificate", route.Certificate, "would be ignored, because %s is in dns.zone, and the environment gets its certificate", route.Host)
	}
	if e.Cloud == AWSCloud && len(strings.TrimPrefix(route.Host, "*.")) > limits.MaxCertificateDomain {
		problems.add(path+".host", route.Host, "may have at most %d characters on AWS, which has no certificate for a longer one", limits.MaxCertificateDomain)
	}
}

var (
	acmCertificate    = regexp.MustCompile(`^arn:aws[a-z-]*:acm:([a-z0-9-]+):([0-9]{12}):certificate/[A-Za-z0-9-]+$`)
	googleCertificate = regexp.MustCompile(`^projects/([a-z][a-z0-9-]*)/locations/global/certificates/[a-z][a-z0-9-]*$`)
)

// checkRouteCertificate reports certificates that the route cannot use.
func (e *Environment) checkRouteCertificate(problems *Problems, path string, route Route) {
	if route.TLSSecretName != "" && e.Web.Ingress == nil {
		problems.add(path+".tlsSecretName", route.TLSSecretName, "would be ignored, because %s", e.certificatesFrom())
	}
	if route.Certificate == "" {
		e.checkRouteTLS(problems, path, route)
		return
	}
	found, ofGoogle := acmCertificate.FindStringSubmatch(route.Certificate), googleCertificate.FindStringSubmatch(route.Certificate)
	switch {
	case !e.HasCloud():
		problems.add(path+".certificate", route.Certificate, "needs a cloud; with web.ingress it is tlsSecretName, with web.gateway the Gateway's listener has it")
	case e.Cloud == GCPCloud && ofGoogle == nil:
		problems.add(path+".certificate", route.Certificate, "must be a certificate of Certificate Manager: projects/PROJECT/locations/global/certificates/NAME")
	case e.Cloud == AWSCloud && found == nil:
		problems.add(path+".certificate", route.Certificate, "must be the ARN of a certificate of ACM: arn:aws:acm:REGION:ACCOUNT:certificate/ID")
	case e.Cloud == AWSCloud && e.AWS != nil && found[1] != e.AWS.Region:
		problems.add(path+".certificate", route.Certificate, "must be in the region of the load balancer, which is %s", e.AWS.Region)
	case e.Cloud == AWSCloud && e.AWS != nil && e.AWS.AccountID != "" && found[2] != e.AWS.AccountID:
		problems.add(path+".certificate", route.Certificate, "must be of the account %s: its load balancer takes certificates of no other account", e.AWS.AccountID)
	case e.Cloud == GCPCloud && e.GCP != nil && ofGoogle[1] != e.GCP.Project:
		problems.add(path+".certificate", route.Certificate, "must be of the project %s: its load balancer takes certificates of no other project", e.GCP.Project)
	}
}

// certificatesFrom says where the certificates of an environment without an Ingress are.
func (e *Environment) certificatesFrom() string {
	if e.HasCloud() {
		return "the load balancer has the certificates of the cloud"
	}
	return "the listeners of the Gateway have the certificates"
}

// checkRouteTLS reports a host that the app takes for https and whose Ingress has no
// certificate.
func (e *Environment) checkRouteTLS(problems *Problems, path string, route Route) {
	ingress := e.Web.Ingress
	// A controller has a certificate for what no other names, if only its own.
	if route.Host == AnyHost {
		return
	}
	if ingress == nil || e.HasCloud() || ingress.TerminatesTLS() || route.TLSSecretName != "" || !strings.HasPrefix(e.App.URL, "https://") {
		return
	}
	problems.add(path+".tlsSecretName", nil, "is required, because app.url is %q and neither web.ingress.tlsSecretName nor an annotation of the Ingress names a certificate", e.App.URL)
}

// checkRouteTimeout reports a time that cuts off what may take longer, or that nothing applies.
func (e *Environment) checkRouteTimeout(problems *Problems, path string, route Route) {
	if route.TimeoutSeconds == 0 || route.RedirectTo != "" {
		return
	}
	if longest := e.Web.LongestRequestSeconds; route.Process == WebProcess && route.Port == "" && route.TimeoutSeconds < longest {
		problems.add(path+".timeoutSeconds", route.TimeoutSeconds, "may not be below %d, which is web.longestRequestSeconds", longest)
	}
	if class := e.ingressClass(); class != "" && !slices.Contains(timingClasses(), class) {
		problems.add(path+".timeoutSeconds", route.TimeoutSeconds, "is known for web.ingress.ingressClassName %s; for %s write its annotation into %s.annotations", strings.Join(timingClasses(), ", "), class, path)
	}
}

func (e *Environment) checkSignIn(problems *Problems, path string, route Route) {
	signIn := route.SignIn
	if signIn == nil || route.RedirectTo != "" {
		return
	}
	at := path + ".signIn"
	if why := e.noSignIn(); why != "" {
		problems.add(at, nil, "cannot be had here: %s; put a proxy such as oauth2-proxy into processes and lead the route to it", why)
		return
	}
	if (signIn.BasicAuthSecretName == "") == (signIn.AuthURL == "") {
		problems.add(at, nil, "needs one of basicAuthSecretName and authURL")
	}
	if signIn.LoginURL != "" && (signIn.AuthURL == "" || e.ingressClass() != NGINXClass) {
		problems.add(at+".loginURL", signIn.LoginURL, "would be ignored: it goes with authURL and the class nginx; elsewhere the service of authURL redirects")
	}
	checkName(problems, at+".basicAuthSecretName", signIn.BasicAuthSecretName)
}

// noSignIn says why what leads the requests cannot ask clients to sign in; empty if it can.
func (e *Environment) noSignIn() string {
	class := e.ingressClass()
	switch {
	case e.Cloud == AWSCloud:
		return "an ALB asks an OIDC provider only, with a client secret that this program does not handle"
	case e.Cloud == GCPCloud:
		return "Google's load balancer signs in through IAP only, which needs a consent screen that no API creates"
	case class == "":
		return "an HTTPRoute has no standard field for it"
	case !slices.Contains(signingClasses(), class):
		return "of web.ingress.ingressClassName only " + strings.Join(signingClasses(), " and ") + " are known to do it, and the class is " + class
	}
	return ""
}

// checkRouteObjects reports names and annotations that the Kubernetes API refuses, or that have
// no object.
func (e *Environment) checkRouteObjects(problems *Problems, path string, route Route) {
	checkName(problems, path+".tlsSecretName", route.TLSSecretName)
	checkAnnotations(problems, path+".annotations", route.Annotations)
	if len(route.Annotations) == 0 {
		return
	}
	if e.HasCloud() {
		problems.add(path+".annotations", nil, "would be ignored, because the load balancer of the cloud has no Ingress")
	} else if e.ingressClass() == ALBClass {
		problems.add(path+".annotations", nil, "would be ignored: with the class alb all routes share one Ingress; web.ingress.annotations are its annotations")
	}
}

// checkGatewayLimits reports more hosts and paths than an HTTPRoute has. One rule is that of the
// CDN (https://gateway-api.sigs.k8s.io/reference/spec/#httproutespec).
func (e *Environment) checkGatewayLimits(problems *Problems) {
	const most = gcplimits.MaxRouteHosts
	if hosts := len(e.RoutedHosts()); hosts > most {
		problems.add("routes", nil, "may have at most %d hosts on Google Cloud, the host names of a route of a Gateway; have %d; a wildcard stands for many", most, hosts)
	}
	paths := map[string]int{}
	for _, route := range e.AllRoutes() {
		paths[route.Host]++
	}
	for _, host := range sortedNames(paths) {
		if paths[host] > most-1 {
			problems.add("routes", nil, "may have at most %d paths on %s on Google Cloud, the rules of a route of a Gateway; have %d", most-1, host, paths[host])
		}
	}
}

// checkRouteLimits reports more routes than a load balancer has rules and certificates for.
func (e *Environment) checkRouteLimits(problems *Problems) {
	if e.Cloud == GCPCloud {
		e.checkGatewayLimits(problems)
	}
	if e.Cloud != AWSCloud {
		return
	}
	if rules := len(e.AllRoutes()); rules > limits.MaxListenerRules {
		problems.add("routes", nil, "may be at most %d on AWS, the rules of a listener; are %d", limits.MaxListenerRules, rules)
	}
	names := 0
	for _, host := range e.RoutedHosts() {
		if !e.Outside(host) {
			names++
		}
	}
	if names > limits.MaxCertificateNames {
		problems.add("routes", nil, "may have at most %d hosts in dns.zone on AWS, the names of a certificate; have %d; a wildcard stands for many", limits.MaxCertificateNames, names)
	}
	for i, route := range e.Routes {
		if depth := strings.Count(strings.TrimRight(route.Path, "/"), "/"); depth > limits.MaxRuleDepth {
			problems.add(indexed("routes", i)+".path", route.Path, "may have at most %d parts on AWS, has %d", limits.MaxRuleDepth, depth)
		}
	}
}
