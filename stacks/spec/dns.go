package spec

import (
	"encoding/json"
	"strings"
)

// DNS is the zone of the environment's host names.
type DNS struct {
	Origin
	// Name of the zone, for instance example.com.
	Zone string `json:"zone" jsonschema:"pattern=^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$"`
	// Existing zone of the same account above the created zone, which delegates to it.
	Parent string `json:"parent,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$"`
}

// UnmarshalJSON fills in the defaults of a zone before decoding it.
func (d *DNS) UnmarshalJSON(raw []byte) error {
	type plain DNS
	zone := plain{Origin: Origin{Source: SourceExisting}}
	if err := json.Unmarshal(raw, &zone); err != nil {
		return err
	}
	*d = DNS(zone)
	return nil
}

func (e *Environment) checkDNS(problems *Problems) {
	if !strings.HasPrefix(e.App.URL, "https://") {
		problems.add("app.url", e.App.URL, "must be an https address on a cloud: the load balancer serves nothing else")
		return
	}
	if e.DNS == nil {
		problems.add("dns", nil, "is required on a cloud: the certificate of app.url is validated in its zone")
		return
	}
	host := hostOf(e.App.URL)
	if host != e.DNS.Zone && !strings.HasSuffix(host, "."+e.DNS.Zone) {
		problems.add("dns.zone", e.DNS.Zone, "must hold the name of app.url, which is %s", host)
	}
	if e.DNS.Parent == "" {
		return
	}
	if e.DNS.Source == SourceExisting {
		problems.add("dns.parent", e.DNS.Parent, "would be ignored, because dns.source is existing")
	}
	if !strings.HasSuffix(e.DNS.Zone, "."+e.DNS.Parent) {
		problems.add("dns.parent", e.DNS.Parent, "must be a zone above dns.zone, which is %s", e.DNS.Zone)
	}
}
