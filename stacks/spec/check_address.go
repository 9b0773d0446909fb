package spec

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/djangostack/djangostack/components/names"
)

var hostname = regexp.MustCompile(`^(\*|\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)$`)

func (e *Environment) checkAddress(problems *Problems) {
	reachable := e.App.URL != "" || len(e.App.Hosts) > 0 || e.routable()
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
	if ingress != nil && !ingress.TerminatesTLS() && strings.HasPrefix(e.App.URL, "https://") {
		problems.add("web.ingress.tlsSecretName", nil, "is required, because app.url is %q and no annotation of the Ingress names a certificate", e.App.URL)
	}
	for path, address := range map[string]string{"app.url": e.App.URL} {
		checkURL(problems, path, address)
	}
	for i, origin := range e.App.CSRFTrustedOrigins {
		checkURL(problems, indexed("app.csrfTrustedOrigins", i), origin)
	}
}

// checkURL reports a port that does not exist, and a host that no name server has.
func checkURL(problems *Problems, path, address string) {
	if address == "" {
		return
	}
	_, rest, _ := strings.Cut(address, "://")
	rest, _, _ = strings.Cut(rest, "/")
	host, port, hasPort := strings.Cut(rest, ":")
	if number, err := strconv.Atoi(port); hasPort && (err != nil || number < 1 || number > mostPort) {
		problems.add(path, address, "has a port that is not from 1 to %d", mostPort)
	}
	if !isHost(strings.ReplaceAll(host, "*", "x")) {
		problems.add(path, address, "has a host that is neither an address nor a name: labels of letters, digits and inner hyphens, 63 at most each")
	}
}

const mostPort = 65535

// isHost reports whether a text is an IP address or a host name.
func isHost(text string) bool {
	if _, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return true
	}
	name := strings.ToLower(strings.TrimSuffix(text, "."))
	return len(validation.IsDNS1123Subdomain(name)) == 0 && hasLabels(name) && !numeric.MatchString(text)
}

// hasLabels reports whether no label of a host name is longer than DNS allows. The API server takes longer ones.
func hasLabels(name string) bool {
	return !slices.ContainsFunc(strings.Split(name, "."), func(label string) bool { return len(label) > names.MaxDNSLabel })
}

func isAddress(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil
}

// numeric is a text that looks like an IPv4 address and is none.
var numeric = regexp.MustCompile(`^[0-9.]+$`)

// checkServers reports hosts of external servers that are more than a host.
func (e *Environment) checkServers(problems *Problems) {
	hosts := map[string]string{}
	if external := e.Database.External; external != nil {
		hosts["database.external.host"] = external.Host
	}
	for _, server := range e.ExternalServers() {
		hosts[server.path+".host"] = server.Host
		for i, host := range server.Replicas {
			hosts[indexed(server.path+".replicas", i)] = host
		}
	}
	for path, host := range hosts {
		if !isHost(host) || strings.HasPrefix(host, "[") {
			// It may be a URL with its password.
			problems.add(path, nil, "must be a host name or an address alone: without scheme, user, port, path and brackets; the port is %s.port", sectionOfServer(path))
		}
	}
}

func sectionOfServer(path string) string {
	service, _, _ := strings.Cut(path, ".")
	return service + ".external"
}
