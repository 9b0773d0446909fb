package spec

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"

	"github.com/djangostack/djangostack/components/cidr"
	"github.com/djangostack/djangostack/components/names"
)

// Namespace is the namespace of the app.
type Namespace struct {
	Origin
	// Name of the namespace.
	Name string `json:"name,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9-]{0\\,61}[a-z0-9])?$" default:"app.name, a hyphen and the stack's name"`
	// The Pod Security level that a created namespace enforces.
	PodSecurity string `json:"podSecurity,omitempty" jsonschema:"enum=restricted,enum=baseline,enum=privileged"`
	// Whether the app and its data services in the cluster (PostgreSQL, PgBouncer, Redis, RabbitMQ and OpenSearch) talk over TLS only, unless cache.tls, broker.tls or search.tls says otherwise. Their certificates come from a private authority of the environment; the app gets it as PGSSLROOTCERT and in its URLs.
	TLS string `json:"tls,omitempty" jsonschema:"enum=required,enum=off"`
	// Another, higher number renews the certificates of the data services and their authority.
	TLSGeneration int `json:"tlsGeneration,omitempty" jsonschema:"minimum=1,maximum=1000000"`
	// What all pods and claims of the namespace may have together, as a ResourceQuota; no limit when left out. In an existing namespace it counts the pods of others as well.
	Quota *Quota `json:"quota,omitempty"`
	// Requests and limits of containers in the namespace that state none, as a LimitRange.
	LimitRange *LimitRange `json:"limitRange,omitempty" default:"with quota, in a namespace that the stack creates, its fields' defaults"`
	// What the app's pods may connect to, besides DNS, the environment's data services and what its cloud rights need. The metadata address of the cloud is never among it. Holds where the cluster's network enforces NetworkPolicies.
	Egress []Egress `json:"egress,omitempty" default:"ports 80, 443, 465 and 587 of every address"`
}

// Egress is a set of addresses and ports that pods may connect to.
type Egress struct {
	// Address ranges, IPv4 or IPv6.
	CIDRs []string `json:"cidrs,omitempty" jsonschema:"minItems=1,uniqueItems=true"`
	// TCP ports.
	Ports []int `json:"ports,omitempty" jsonschema:"minItems=1,uniqueItems=true,minimum=1,maximum=65535"`
}

// UnmarshalJSON fills in the defaults of an egress rule before decoding it.
func (g *Egress) UnmarshalJSON(raw []byte) error {
	type plain Egress
	rule := plain(defaultEgress())
	if err := json.Unmarshal(raw, &rule); err != nil {
		return fmt.Errorf("decoding an egress rule: %w", err)
	}
	*g = Egress(rule)
	return nil
}

// defaultEgress is what a web app calls: the web, and mail servers by their submission
// ports.
func defaultEgress() Egress {
	return Egress{CIDRs: []string{"0.0.0.0/0", "::/0"}, Ports: []int{80, 443, 465, 587}}
}

func (e *Environment) checkEgress(problems *Problems) {
	for i, rule := range e.Namespace.Egress {
		for j, text := range rule.CIDRs {
			at := indexed(indexed("namespace.egress", i)+".cidrs", j)
			prefix, err := netip.ParsePrefix(text)
			if err != nil || prefix.Masked() != prefix {
				problems.add(at, text, "is not an address range such as 203.0.113.0/24 or 203.0.113.7/32")
				continue
			}
			for _, reserved := range cidr.LinkLocal() {
				if reserved.Overlaps(prefix) && reserved.Bits() <= prefix.Bits() {
					problems.add(at, text, "is in %s, where the metadata address of a cloud is", reserved)
				}
			}
		}
	}
}

// CertifiesDataServices reports whether a data service in the cluster has a certificate. A search
// engine has one even if its clients use no TLS.
func (e *Environment) CertifiesDataServices() bool {
	broker := e.Broker.Kind == InCluster && e.Broker.TLS == "required"
	database := e.RunsPostgres() && e.Namespace.TLS == "required"
	return database || e.databaseAuthority() || e.EncryptsCache() || broker || e.RunsSearch()
}

// Instance begins the names of all objects in the namespace, and is a part of every label
// selector: the app's name, and in a namespace that other environments of the app may use as
// well also the stack's.
func (e *Environment) Instance() string {
	if e.CreatesNamespace() {
		return e.App.Name
	}
	return names.Environment(names.MaxDNSLabel, e.App.Name, e.stack)
}

func (e *Environment) checkNamespace(problems *Problems) {
	name := e.Namespace.Name
	system := name == "default" || strings.HasPrefix(name, "kube-")
	if e.Namespace.Source == SourceCreate && system {
		problems.add("namespace.name", name, "belongs to the cluster; name another, or set namespace.source to existing")
	}
}
