package spec

import (
	"regexp"
	"strings"
)

var hostname = regexp.MustCompile(`^(\*|\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)$`)

func (e *Environment) checkAddress(problems *Problems) {
	reachable := e.App.URL != "" || len(e.App.Hosts) > 0 || e.Web.Ingress != nil
	if e.Tier == Production && !reachable {
		problems.add("app.url", nil, "is required in production: without it, app.hosts or web.ingress, Django answers every request with 400")
	}
	for i, host := range e.App.Hosts {
		if !hostname.MatchString(host) {
			problems.add(indexed("app.hosts", i), host, "must be a host name without scheme, port or path")
		}
		if host == "*" && e.Tier == Production {
			problems.add(indexed("app.hosts", i), host, "must name the hosts in production")
		}
	}
	ingress := e.Web.Ingress
	if ingress != nil && ingress.TLSSecretName == "" && strings.HasPrefix(e.App.URL, "https://") {
		problems.add("web.ingress.tlsSecretName", nil, "is required, because app.url is %q", e.App.URL)
	}
}
