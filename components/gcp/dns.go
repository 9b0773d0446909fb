package gcp

import (
	"errors"
	"fmt"

	gcpdns "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/dns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/validate"
)

// DNSArgs describes the managed zone of an environment.
type DNSArgs struct {
	Project string
	// Domain of the zone, for instance staging.example.com.
	Domain string
	Source arguments.Source
	// ZoneName is the name of an existing zone in Cloud DNS; without it the component looks
	// up the public zone of the domain in the project.
	ZoneName pulumi.StringInput
	// ParentZoneName is a Cloud DNS zone to delegate a created zone from, and ParentProject
	// its project if it differs. Without it, someone must enter the NS records at the
	// registrar, and certificates wait until then.
	ParentZoneName pulumi.StringInput
	ParentProject  string
	// DNSSEC signs a created zone. With a parent zone, which must be signed as well, the
	// component writes the DS record there.
	DNSSEC arguments.Switch
	// Data that is protected refuses every plan that deletes or replaces a created zone.
	// Without it, deleting the zone also deletes the records that others created in it.
	Data   data.Held
	Labels Labels
}

// DNS is one public zone of Cloud DNS.
type DNS struct {
	pulumi.ResourceState

	// ZoneName is the name of the zone in Cloud DNS.
	ZoneName pulumi.StringOutput
	// NameServers are the name servers of the zone.
	NameServers pulumi.StringArrayOutput
	// DS is the record of a signed zone that its parent needs, to enter at the registrar;
	// empty for an unsigned or an existing zone.
	DS pulumi.StringOutput
	// Delegation are the records that make the zone's names resolvable. Resources that need
	// a name to resolve depend on them. It is empty for an existing zone and for a zone
	// that someone delegates by hand.
	Delegation []pulumi.Resource
}

// delegationTTL is how long resolvers cache a wrong delegation, in seconds.
const delegationTTL = 300

// NewDNS registers a zone and its delegation, or looks up an existing zone.
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
		return component.DataOr(args.Data, pulumi.Map{"zoneName": d.ZoneName, "nameServers": d.NameServers, "ds": d.DS}), nil
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
		validate.RefuseIf(a.Source == arguments.Existing && a.Data.Protected, "DNS", "Data.Protected goes with Source create"),
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
		// Records that others created, for instance a validation record, would block the
		// deletion of the zone.
		ForceDestroy: pulumi.Bool(!a.Data.Protected),
		Labels:       a.Labels.All(),
	}, pulumi.Parent(d), component.Protect(a.Data))
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

// delegate registers the NS and DS records in the parent zone.
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
		record, err := newRecordSet(ctx, part, &gcpdns.RecordSetArgs{
			Project:     pulumi.String(project),
			ManagedZone: a.ParentZoneName,
			Name:        pulumi.String(absolute(a.Domain)),
			Type:        pulumi.String(kind),
			Ttl:         pulumi.Int(delegationTTL),
			Rrdatas:     records[kind],
		}, d)
		if err != nil {
			return fmt.Errorf("registering the %s record of %s in its parent zone: %w", kind, a.Domain, err)
		}
		d.Delegation = append(d.Delegation, record)
	}
	return nil
}
