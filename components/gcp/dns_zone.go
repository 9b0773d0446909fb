package gcp

import (
	"fmt"
	"strings"

	gcpdns "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/dns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
)

// dnssec returns the signing configuration of a created zone. ECDSA keys keep responses
// small; Cloud DNS still offers RSASHA1, which is insecure.
func (a *DNSArgs) dnssec() *gcpdns.ManagedZoneDnssecConfigArgs {
	if a.DNSSEC == arguments.Off {
		return &gcpdns.ManagedZoneDnssecConfigArgs{State: pulumi.String("off")}
	}
	const bits = 256
	keys := gcpdns.ManagedZoneDnssecConfigDefaultKeySpecArray{}
	for _, kind := range []string{"keySigning", "zoneSigning"} {
		keys = append(keys, &gcpdns.ManagedZoneDnssecConfigDefaultKeySpecArgs{
			Algorithm: pulumi.String("ecdsap256sha256"),
			KeyLength: pulumi.Int(bits),
			KeyType:   pulumi.String(kind),
		})
	}
	return &gcpdns.ManagedZoneDnssecConfigArgs{
		State:           pulumi.String("on"),
		NonExistence:    pulumi.String("nsec3"),
		DefaultKeySpecs: keys,
	}
}

// lookUp finds an existing zone by its name, or by its domain among the project's zones.
func (a *DNSArgs) lookUp(ctx *pulumi.Context, _ string, d *DNS) error {
	if a.ZoneName != nil {
		zone := gcpdns.LookupManagedZoneOutput(ctx, gcpdns.LookupManagedZoneOutputArgs{
			Name:    a.ZoneName,
			Project: pulumi.String(a.Project),
		}, pulumi.Parent(d))
		d.ZoneName, d.NameServers = zone.Name(), zone.NameServers()
		return nil
	}
	all := gcpdns.GetManagedZonesOutput(ctx, gcpdns.GetManagedZonesOutputArgs{Project: pulumi.String(a.Project)}, pulumi.Parent(d))
	zone := all.ManagedZones().ApplyT(a.publicZone).(gcpdns.GetManagedZonesManagedZoneOutput)
	d.ZoneName, d.NameServers = zone.Name().Elem(), zone.NameServers()
	return nil
}

// publicZone returns the public zone of the domain.
func (a *DNSArgs) publicZone(zones []gcpdns.GetManagedZonesManagedZone) (gcpdns.GetManagedZonesManagedZone, error) {
	for _, zone := range zones {
		if zone.DnsName == absolute(a.Domain) && zone.Visibility != "private" && zone.Name != nil {
			return zone, nil
		}
	}
	return gcpdns.GetManagedZonesManagedZone{}, fmt.Errorf("DNS: the project %s has no public zone of %s", a.Project, a.Domain)
}

// afterCreation returns a text that is known once a resource exists.
func afterCreation(resource pulumi.CustomResource, text pulumi.StringInput) pulumi.StringOutput {
	return pulumi.All(resource.ID(), text).ApplyT(func(all []any) string { return all[1].(string) }).(pulumi.StringOutput)
}

// absolute is a name with the trailing dot that Cloud DNS requires.
func absolute(name string) string {
	return strings.TrimSuffix(name, ".") + "."
}
