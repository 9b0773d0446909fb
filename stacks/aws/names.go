package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	rooms "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/stacks/spec"
)

func (w *wiring) zone() error {
	wanted := w.e.DNS
	args := &rooms.DNSArgs{Domain: wanted.Zone, Zone: rooms.GivenZone, Tags: w.tags}
	if wanted.Source == spec.Made {
		args.Zone = rooms.MadeZone
		args.Protect = w.protected()
	}
	if wanted.Parent != "" {
		parent, err := rooms.NewDNS(w.ctx, w.name+"-parent", &rooms.DNSArgs{Domain: wanted.Parent, Zone: rooms.GivenZone}, w.inside...)
		if err != nil {
			return err
		}
		args.ParentZoneID = parent.ZoneID
	}
	zone, err := rooms.NewDNS(w.ctx, w.name, args, w.inside...)
	w.made.zone = zone
	return err
}

// certificate proves a name of the zone; the options say in which region it stands.
func (w *wiring) certificate(name, domain string, opts ...pulumi.ResourceOption) (*rooms.Certificate, error) {
	return rooms.NewCertificate(w.ctx, name, &rooms.CertificateArgs{
		Domain:     domain,
		ZoneID:     w.made.zone.ZoneID,
		Delegation: w.made.zone.Delegation,
		Tags:       w.tags,
	}, append(append([]pulumi.ResourceOption{}, w.inside...), opts...)...)
}

// point writes the records of a name that leads to a load balancer or a CDN.
func (w *wiring) point(name, domain string, at rooms.Alias) error {
	records := []rooms.DNSRecord{{Name: domain, Type: "A", Alias: &at}}
	_, err := rooms.NewRecords(w.ctx, name, &rooms.RecordsArgs{ZoneID: w.made.zone.ZoneID, Records: records}, w.inside...)
	return err
}
