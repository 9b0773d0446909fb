package spec_test

import "fmt"

// routeMistakes are routes that lead nowhere, contradict the rest, or that nothing serves.
func routeMistakes() []wrong {
	ingress := func(pairs ...any) map[string]any {
		return object(append([]any{"ingressClassName", "nginx", "tlsSecretName", "certificate"}, pairs...)...)
	}
	// on returns several changes: routes behind nginx, and the processes that they may name.
	on := func(web map[string]any, routes ...any) map[string]any {
		console := list(object("name", "console", "containerPort", 9001, "servicePort", 9001), object("name", "debug", "containerPort", 9002))
		processes := list(object("name", "sockets", "command", list("sockets"), "port", 9000, "terminationGracePeriodSeconds", 90, "ports", console),
			object("name", "bot", "command", list("bot"), "ports", list(object("name", "api", "containerPort", 9003))))
		return map[string]any{"web": web, "processes": processes, "routes": list(routes...)}
	}
	behind := func(routes ...any) map[string]any { return on(object("ingress", ingress()), routes...) }
	attached := func(routes ...any) map[string]any {
		return on(object("gateway", object("name", "shared", "namespace", "gateways")), routes...)
	}
	class := func(name string, routes ...any) map[string]any {
		return on(object("ingress", object("ingressClassName", name, "tlsSecretName", "certificate")), routes...)
	}
	cloud := func(routes ...any) map[string]any {
		changes := on(nil, routes...)
		delete(changes, "web")
		return changes
	}
	hosts := func(count int) map[string]any {
		var routes []any
		for i := range count {
			routes = append(routes, object("host", fmt.Sprintf("site-%d.example.com", i)))
		}
		return cloud(routes...)
	}
	paths := func(count int) map[string]any {
		var routes []any
		for i := range count {
			routes = append(routes, object("path", fmt.Sprintf("/part-%d", i)))
		}
		return cloud(routes...)
	}
	const acm = "arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
	return []wrong{
		{"route that nothing serves", production, "routes", list(object("path", "/ws/")), `routes: need web.ingress or web.gateway with cloud none`},
		{"route to no process", production, "", behind(object("path", "/ws/", "process", "socket")), `routes[0].process: "socket": is no process that serves requests; allowed: web, sockets`},
		{"route to a process without port", production, "", behind(object("path", "/bot", "process", "bot")), `routes[0].process: "bot": needs processes[1].port, the port that it listens on`},
		{"route to a worker", production, "", behind(object("path", "/jobs", "process", "default")), `routes[0].process: "default": is no process that serves requests`},
		{"route to a misspelt port", production, "", behind(object("path", "/console", "process", "sockets", "port", "consoel")), `routes[0].port: "consoel": is no port of processes[0].ports; allowed: console, debug`},
		{"route to a port without a Service", production, "", behind(object("path", "/debug", "process", "sockets", "port", "debug")), `routes[0].port: "debug": needs processes[0].ports[1].servicePort, the port of the Service that leads to it, for instance 9002`},
		{"route to a port of a process without a Service", production, "", behind(object("path", "/bot", "process", "bot", "port", "api")), `routes[0].process: "bot": needs processes[1].port, the port that it listens on`},
		{"route to a further port of web, which has none", onAWS, "", cloud(object("path", "/console", "port", "console")), `routes[0].port: "console": needs a port of this name in web.ports, which is empty`},
		{"route to the port by its name", onGCP, "", cloud(object("path", "/ws", "process", "sockets", "port", "http")), `routes[0].port: "http": is the port of the process itself, to which a route leads without it; leave it out`},
		{"redirect and port", production, "", behind(object("host", "www.example.com", "redirectTo", "blog.example.com", "port", "console")), `routes[0].port: would be ignored, because routes[0].redirectTo is set`},
		{"two routes of a path", production, "", behind(object("path", "/ws", "process", "sockets"), object("path", "/ws/")), `routes[1]: has the host and the path of routes[0] already`},
		{"two slashes", production, "", behind(object("path", "/ws//", "process", "sockets")), `routes[0].path: "/ws//": must be`},
		{"path as an expression", production, "", behind(object("path", "/ws(/|$)(.*)", "process", "sockets")), `routes[0].path: "/ws(/|$)(.*)": must be`},
		{"URL as host", production, "", behind(object("host", "https://www.example.com")), `routes[0].host: "https://www.example.com": must be`},
		{"wildcard in the middle", production, "", behind(object("host", "a.*.example.com")), `routes[0].host: "a.*.example.com": must be`},
		{"route without a host", minimal, "", map[string]any{"web.ingress": ingress("host", ""), "routes": list(object("path", "/a"))}, `web.ingress.host: "": must be`},
		{"Ingress without a host", minimal, "web.ingress", ingress(), `web.ingress.host: is required without app.url`},
		{"host unlike the app's", production, "web.ingress", ingress("host", "www.example.com"), `web.ingress.host: "www.example.com": must be blog.example.com, the host of app.url; a further host is one of routes`},
		{"Ingress and Gateway", production, "web", object("ingress", ingress(), "gateway", object("name", "shared")), `web.gateway: goes without web.ingress`},
		{"Gateway without a URL", minimal, "web.gateway", object("name", "shared"), `app.url: is required with web.gateway`},
		{"Gateway beside the load balancer", onAWS, "web.gateway", object("name", "shared"), `web.gateway: would be ignored, because the load balancer of the cloud leads to the Service`},
		{"redirect and process", production, "", behind(object("host", "www.example.com", "redirectTo", "blog.example.com", "process", "web")), `routes[0].process: would be ignored, because routes[0].redirectTo is set`},
		{"redirect and time", production, "", behind(object("host", "www.example.com", "redirectTo", "blog.example.com", "timeoutSeconds", 60)), `routes[0].timeoutSeconds: would be ignored, because routes[0].redirectTo is set`},
		{"redirect of a path", production, "", behind(object("host", "www.example.com", "path", "/old", "redirectTo", "blog.example.com")), `routes[0].path: "/old": must be / with redirectTo`},
		{"redirect of the app", production, "", behind(object("redirectTo", "www.example.com")), `routes[0].redirectTo: "www.example.com": may not redirect blog.example.com, the host of app.url`},
		{"redirect to nowhere", production, "", behind(object("host", "www.example.com", "redirectTo", "example.com")), `routes[0].redirectTo: "example.com": must be a host that a route leads to a process: blog.example.com`},
		{"redirect in a circle", production, "", behind(object("host", "a.example.com", "redirectTo", "b.example.com"), object("host", "b.example.com", "redirectTo", "a.example.com")), `routes[0].redirectTo: "b.example.com": must be a host that a route leads to a process`},
		{"redirect by an unknown class", production, "", class("contour", object("host", "www.example.com", "redirectTo", "blog.example.com")), `routes[0].redirectTo: "blog.example.com": needs web.ingress.ingressClassName alb, nginx, traefik, or web.gateway`},
		{"time of an unknown class", production, "", class("contour", object("path", "/ws/", "process", "sockets", "timeoutSeconds", 3600)), `routes[0].timeoutSeconds: 3600: is known for web.ingress.ingressClassName alb, nginx, traefik; for contour write its annotation into routes[0].annotations`},
		{"time of more than a day", production, "", behind(object("path", "/ws/", "process", "sockets", "timeoutSeconds", 86401)), `routes[0].timeoutSeconds: 86401: may be at most 86400`},
		{"time that cuts requests", production, "", behind(object("path", "/quick", "timeoutSeconds", 10)), `routes[0].timeoutSeconds: 10: may not be below 30, which is web.longestRequestSeconds`},
		{"sign-in over a Gateway", production, "", attached(object("path", "/bot", "process", "sockets", "signIn", object("basicAuthSecretName", "users"))), `routes[0].signIn: cannot be had here: an HTTPRoute has no standard field for it; put a proxy such as oauth2-proxy into processes`},
		{"sign-in on AWS", onAWS, "", cloud(object("path", "/bot", "process", "sockets", "signIn", object("basicAuthSecretName", "users"))), `routes[0].signIn: cannot be had here: an ALB asks an OIDC provider only`},
		{"sign-in on Google Cloud", onGCP, "", cloud(object("path", "/bot", "process", "sockets", "signIn", object("authURL", "https://auth.example.com/check"))), `routes[0].signIn: cannot be had here: Google's load balancer signs in through IAP only`},
		{"sign-in of another class", production, "", class("alb", object("path", "/bot", "process", "sockets", "signIn", object("basicAuthSecretName", "users"))), `routes[0].signIn: cannot be had here: of web.ingress.ingressClassName only nginx and traefik are known to do it, and the class is alb`},
		{"sign-in by nothing", production, "", behind(object("path", "/bot", "process", "sockets", "signIn", object())), `routes[0].signIn: needs one of basicAuthSecretName and authURL`},
		{"sign-in by both", production, "", behind(object("path", "/bot", "process", "sockets", "signIn", object("basicAuthSecretName", "users", "authURL", "https://auth.example.com"))), `routes[0].signIn: needs one of basicAuthSecretName and authURL`},
		{"login of Traefik", production, "", class("traefik", object("path", "/bot", "process", "sockets", "signIn", object("authURL", "https://auth.example.com", "loginURL", "https://auth.example.com/login"))), `routes[0].signIn.loginURL: "https://auth.example.com/login": would be ignored: it goes with authURL and the class nginx`},
		{"Secret in capitals", production, "", behind(object("path", "/bot", "process", "sockets", "signIn", object("basicAuthSecretName", "Users"))), `routes[0].signIn.basicAuthSecretName: "Users": is no name that Kubernetes allows`},
		{"host without a certificate", production, "", on(object("ingress", object("ingressClassName", "traefik", "annotations", object("example.com/team", "web"))), object("host", "api.example.com")), `routes[0].tlsSecretName: is required, because app.url is "https://blog.example.com"`},
		{"certificate of a Gateway's host", production, "", attached(object("host", "api.example.com", "tlsSecretName", "api")), `routes[0].tlsSecretName: "api": would be ignored, because the listeners of the Gateway have the certificates`},
		{"certificate of a cluster on a cloud", onGCP, "", cloud(object("host", "api.example.com", "tlsSecretName", "api")), `routes[0].tlsSecretName: "api": would be ignored, because the load balancer has the certificates of the cloud`},
		{"certificate of a cloud on a cluster", production, "", behind(object("host", "api.example.com", "certificate", acm)), `needs a cloud; with web.ingress it is tlsSecretName`},
		{"host outside of the zone", onAWS, "", cloud(object("host", "blog.example.org")), `routes[0].host: "blog.example.org": is outside of dns.zone, which is example.com: give routes[0].certificate`},
		{"host outside of the zone on Google Cloud", onGCP, "", cloud(object("host", "*.example.org")), `routes[0].host: "*.example.org": is outside of dns.zone, which is example.com`},
		{"certificate of a host in the zone", onAWS, "", cloud(object("host", "api.example.com", "certificate", acm)), `would be ignored, because api.example.com is in dns.zone`},
		{"certificate of another account", onAWS, "", map[string]any{"aws.accountId": "210987654321", "routes": list(object("host", "blog.example.org", "certificate", acm))}, `must be of the account 210987654321: its load balancer takes certificates of no other account`},
		{"certificate of another project", onGCP, "", cloud(object("host", "blog.example.org", "certificate", "projects/other-project/locations/global/certificates/shop")), `its load balancer takes certificates of no other project`},
		{"certificate of another region", onAWS, "", cloud(object("host", "blog.example.org", "certificate", "arn:aws:acm:us-east-1:123456789012:certificate/12345678")), `must be in the region of the load balancer, which is eu-west-1`},
		{"certificate by its name", onAWS, "", cloud(object("host", "blog.example.org", "certificate", "blog")), `routes[0].certificate: "blog": must be the ARN of a certificate of ACM`},
		{"ARN on Google Cloud", onGCP, "", cloud(object("host", "blog.example.org", "certificate", acm)), `must be a certificate of Certificate Manager: projects/PROJECT/locations/global/certificates/NAME`},
		{"annotations on a cloud", onGCP, "", cloud(object("path", "/api", "annotations", object("a", "b"))), `routes[0].annotations: would be ignored, because the load balancer of the cloud has no Ingress`},
		{"annotations of an ALB's route", production, "", class("alb", object("path", "/api", "annotations", object("a", "b"))), `routes[0].annotations: would be ignored: with the class alb all routes share one Ingress`},
		{"annotation without a name", production, "", behind(object("path", "/api", "annotations", object("a b", "c"))), `routes[0].annotations.a b: is not an annotation's key`},
		{"path of too many parts on AWS", onAWS, "", cloud(object("path", "/1/2/3/4/5/6/7/8/9/10", "process", "sockets")), `routes[0].path: "/1/2/3/4/5/6/7/8/9/10": may have at most 9 parts on AWS, has 10`},
		{"hosts of no certificate", onAWS, "", hosts(10), `routes: may have at most 10 hosts in dns.zone on AWS, the names of a certificate; have 11`},
		{"rules of no listener", onAWS, "", paths(100), `routes: may be at most 100 on AWS, the rules of a listener; are 101`},
		{"hosts of no Gateway", onGCP, "", hosts(16), `routes: may have at most 16 hosts on Google Cloud`},
		{"paths of no Gateway", onGCP, "", paths(15), `routes: may have at most 15 paths on blog.example.com on Google Cloud`},
		{"route of the static files' host", onAWS, "", map[string]any{"static.cdn": "on", "routes": list(object("host", "static.blog.example.com"))}, `routes[0].host: "static.blog.example.com": is static.host, which leads to the CDN`},
		{"probe above the app's path", production, "", map[string]any{"app.url": "https://example.com/blog", "web.readinessPath": "/health"}, `web.readinessPath: "/health": must begin with /blog, the path of app.url`},
		{"static files above the app's path", production, "", map[string]any{"app.url": "https://example.com/blog", "static.url": "/files/"}, `static.url: "/files/": must begin with /blog, the path of app.url`},
		{"value of an app at the root", production, "app.bindings.PREFIX", "django.scriptName", `because app.url has no path`},
	}
}
