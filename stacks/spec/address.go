package spec

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/components/names"
)

// WebServiceName returns the name of the Service of the web pods.
func (e *Environment) WebServiceName() string {
	return cmp.Or(e.Web.Service.Name, names.Fit(names.MaxDNSLabel, e.Instance(), "web"))
}

// Address returns the public address of the app: the configured URL, the Ingress' host, or
// else the Service's address in the cluster.
func (e *Environment) Address() string {
	if e.App.URL != "" {
		return e.App.URL
	}
	if ingress := e.Web.Ingress; ingress != nil && ingress.Host != "" {
		scheme := "http"
		if ingress.TerminatesTLS() {
			scheme = "https"
		}
		return scheme + "://" + ingress.Host
	}
	return fmt.Sprintf("http://%s.%s.svc:%d", e.WebServiceName(), e.Namespace.Name, e.Web.Service.Port)
}

// Secure reports whether browsers reach the app by https.
func (e *Environment) Secure() bool { return strings.HasPrefix(e.Address(), "https://") }

// AllowedHosts lists the host names that the app answers to. The first is the host of
// Address, the last is the Service, for callers in the cluster.
func (e *Environment) AllowedHosts() []string {
	hosts := []string{hostOf(e.Address())}
	for _, host := range e.appHosts() {
		hosts = append(hosts, allowedHost(host))
	}
	hosts = append(hosts, e.App.Hosts...)
	hosts = append(hosts, e.addressedHosts()...)
	hosts = append(hosts, e.namedServices()...)
	hosts = append(hosts, fmt.Sprintf("%s.%s.svc", e.WebServiceName(), e.Namespace.Name))
	return unique(hosts)
}

// TrustedOrigins lists the origins that may POST to the app.
func (e *Environment) TrustedOrigins() []string {
	address := e.Address()
	origins := []string{strings.TrimSuffix(address, e.BasePath())}
	for _, host := range e.appHosts() {
		// Django trusts the origin that a request itself went to.
		if host != AnyHost {
			origins = append(origins, e.OriginOf(host))
		}
	}
	return unique(append(origins, e.App.CSRFTrustedOrigins...))
}

// ProbeHost returns the host name that probes send.
func (e *Environment) ProbeHost() string {
	return e.AllowedHosts()[0]
}

// Host returns the host name of the app's public address.
func (e *Environment) Host() string {
	return hostOf(e.Address())
}

func hostOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return address
	}
	return parsed.Hostname()
}

func unique(values []string) []string {
	var out []string
	for _, value := range values {
		if !slices.Contains(out, value) {
			out = append(out, value)
		}
	}
	return out
}
