package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/stacks/spec"
)

func (w *wiring) zone() error {
	wanted := w.e.DNS
	args := &components.DNSArgs{Domain: wanted.Zone, Source: arguments.Existing, Tags: w.tags}
	if wanted.Source == spec.SourceCreate {
		args.Source = arguments.Create
		args.Protect = w.protected()
	}
	if wanted.Parent != "" {
		parent, err := components.NewDNS(w.ctx, w.name+"-parent", &components.DNSArgs{Domain: wanted.Parent, Source: arguments.Existing}, w.options...)
		if err != nil {
			return err
		}
		args.ParentZoneID = parent.ZoneID
	}
	zone, err := components.NewDNS(w.ctx, w.name, args, w.options...)
	w.made.zone = zone
	return err
}

// certificate proves a name of the zone; the options say in which region it stands.
func (w *wiring) certificate(name, domain string, opts ...pulumi.ResourceOption) (*components.Certificate, error) {
	return components.NewCertificate(w.ctx, name, &components.CertificateArgs{
		Domain:     domain,
		ZoneID:     w.made.zone.ZoneID,
		Delegation: w.made.zone.Delegation,
		Tags:       w.tags,
	}, append(append([]pulumi.ResourceOption{}, w.options...), opts...)...)
}

// point writes the records of a name that leads to a load balancer or a CDN.
func (w *wiring) point(name, domain string, at components.Alias) error {
	records := []components.DNSRecord{{Name: domain, Type: "A", Alias: &at}}
	_, err := components.NewRecords(w.ctx, name, &components.RecordsArgs{ZoneID: w.made.zone.ZoneID, Records: records}, w.options...)
	return err
}
