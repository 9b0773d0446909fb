package gcp

import (
	"errors"
	"fmt"

	gcpdns "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/dns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/validate"
)

// DNSArgs describes the zone that an environment's names stand in.
type DNSArgs struct {
	Project string
	// Domain of the zone, for instance staging.example.com.
	Domain string
	Source arguments.Source
	// ZoneName is the name of a given zone in Cloud DNS; without it the public zone of the
	// domain is looked up in the project.
	ZoneName pulumi.StringInput
	// ParentZoneName is a zone of Cloud DNS that a made zone is delegated from, and
	// ParentProject the project it is in, when that is another. Without it someone writes
	// the NS records at the registrar, and certificates wait until then.
	ParentZoneName pulumi.StringInput
	ParentProject  string
	// DNSSEC of a made zone; with a parent zone, which is signed as well, the DS record is
	// written there.
	DNSSEC arguments.Switch
	// Protect refuses every plan that deletes or replaces a made zone, and leaves the
	// deletion of a zone that still has records of others to a person.
	Protect bool
	Labels  Labels
}

// DNS is one public zone of Cloud DNS.
type DNS struct {
	pulumi.ResourceState

	// ZoneName is the zone's name in Cloud DNS.
	ZoneName pulumi.StringOutput
	// NameServers answer for the zone.
	NameServers pulumi.StringArrayOutput
	// DS is the record of a signed zone that its parent needs, for whoever writes it at
	// the registrar; empty for a zone that is not signed or was given.
	DS pulumi.StringOutput
	// Delegation is what makes the zone's names known to the world: whoever waits for
	// a name to be found depends on it. It is empty for a given zone and for one that
	// a person delegates.
	Delegation []pulumi.Resource
}

// delegationTTL is how long a mistake in the delegation stays in caches, in
// seconds.
const delegationTTL = 300

// NewDNS registers a zone and its delegation, or finds a zone that is there.
func NewDNS(ctx *pulumi.Context, name string, args *DNSArgs, opts ...pulumi.ResourceOption) (*DNS, error) {
	d := &DNS{DS: pulumi.String("").ToStringOutput()}
	return component.New(ctx, "djangostack:gcp:DNS", name+"-dns", d, args.check, func() (pulumi.Map, error) {
		take := args.lookUp
		if args.Source == arguments.Create {
			take = args.create
		}
		if err := take(ctx, name, d); err != nil {
			return nil, err
		}
		return pulumi.Map{"zoneName": d.ZoneName, "nameServers": d.NameServers, "ds": d.DS}, nil
	}, opts...)
}

func (a *DNSArgs) check() error {
	problems := []error{
		validate.Check("DNS",
			validate.Required("Project", a.Project != ""),
			validate.Required("Domain", a.Domain != ""),
		),
		checkProject("DNS", a.Project),
		checkProject("DNS", a.ParentProject),
		validate.OneOf("DNS", "Source", a.Source, arguments.Create, arguments.Existing),
		validate.RefuseIf(a.Source == arguments.Create && a.ZoneName != nil, "DNS", "ZoneName goes with Source existing"),
		validate.RefuseIf(a.Source == arguments.Existing && a.ParentZoneName != nil, "DNS", "ParentZoneName goes with Source create"),
		validate.RefuseIf(a.Source == arguments.Existing && a.Protect, "DNS", "Protect goes with Source create"),
		validate.RefuseIf(a.Source == arguments.Existing && a.DNSSEC == arguments.On, "DNS", "DNSSEC on goes with Source create"),
		validate.RefuseIf(a.ParentZoneName == nil && a.ParentProject != "", "DNS", "ParentProject goes with ParentZoneName"),
		a.Labels.check("DNS"),
	}
	if a.Source == arguments.Create {
		problems = append(problems, validate.OneOf("DNS", "DNSSEC", a.DNSSEC, arguments.Off, arguments.On))
	}
	return errors.Join(problems...)
}

func (a *DNSArgs) create(ctx *pulumi.Context, name string, d *DNS) error {
	zone, err := gcpdns.NewManagedZone(ctx, child(name, "zone"), &gcpdns.ManagedZoneArgs{
		Project:      pulumi.String(a.Project),
		DnsName:      pulumi.String(absolute(a.Domain)),
		Description:  pulumi.String("Names of " + name),
		Visibility:   pulumi.String("public"),
		DnssecConfig: a.dnssec(),
		// Records that someone else wrote, a validation for instance, would stop the
		// deletion of a zone that is meant to go.
		ForceDestroy: pulumi.Bool(!a.Protect),
		Labels:       a.Labels.All(),
	}, pulumi.Parent(d), pulumi.Protect(a.Protect))
	if err != nil {
		return fmt.Errorf("registering the zone %s: %w", a.Domain, err)
	}
	d.ZoneName, d.NameServers = zone.Name, zone.NameServers
	if a.DNSSEC == arguments.On {
		keys := gcpdns.GetKeysOutput(ctx, gcpdns.GetKeysOutputArgs{
			ManagedZone: afterCreation(zone, zone.Name),
			Project:     pulumi.String(a.Project),
		}, pulumi.Parent(d))
		d.DS = keys.KeySigningKeys().Index(pulumi.Int(0)).DsRecord()
	}
	return a.delegate(ctx, name, d)
}

// delegate writes what leads from the parent zone to this one.
func (a *DNSArgs) delegate(ctx *pulumi.Context, name string, d *DNS) error {
	if a.ParentZoneName == nil {
		return nil
	}
	project := a.ParentProject
	if project == "" {
		project = a.Project
	}
	records := map[string]pulumi.StringArrayInput{"NS": d.NameServers}
	if a.DNSSEC == arguments.On {
		records["DS"] = pulumi.StringArray{d.DS}
	}
	for _, kind := range []string{"NS", "DS"} {
		if records[kind] == nil {
			continue
		}
		part := name + "-delegation"
		if kind == "DS" {
			part = name + "-signature"
		}
		record, err := gcpdns.NewRecordSet(ctx, part, &gcpdns.RecordSetArgs{
			Project:     pulumi.String(project),
			ManagedZone: a.ParentZoneName,
			Name:        pulumi.String(absolute(a.Domain)),
			Type:        pulumi.String(kind),
			Ttl:         pulumi.Int(delegationTTL),
			Rrdatas:     records[kind],
		}, pulumi.Parent(d))
		if err != nil {
			return fmt.Errorf("registering the %s record of %s in its parent zone: %w", kind, a.Domain, err)
		}
		d.Delegation = append(d.Delegation, record)
	}
	return nil
}
