package aws

import (
	"errors"
	"fmt"

	awsroute53 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/validate"
)

// DNSArgs describes the hosted zone of an environment.
type DNSArgs struct {
	// Domain of the zone, for instance staging.example.com.
	Domain string
	Source arguments.Source
	// ZoneID of an existing zone; without it the component looks up the public zone of the
	// domain.
	ZoneID pulumi.StringInput
	// ParentZoneID is a zone of this account to delegate a created zone from. Without it,
	// someone must enter the NS records at the registrar, and certificates wait until then.
	ParentZoneID pulumi.StringInput
	// Data that is protected refuses every plan that deletes or replaces a created zone.
	// Without it, deleting the zone also deletes the records that others created in it.
	Data data.Held
	Tags Tags
}

// DNS is one public Route 53 zone.
type DNS struct {
	pulumi.ResourceState

	ZoneID pulumi.StringOutput
	// NameServers are the name servers of the zone.
	NameServers pulumi.StringArrayOutput
	// Delegation are the records that make the zone's names resolvable. Resources that need
	// a name to resolve depend on them. It is empty for an existing zone and for a zone
	// that someone delegates by hand.
	Delegation []pulumi.Resource
}

// delegationTTL is how long resolvers cache a wrong delegation, in seconds.
const delegationTTL = 300

// NewDNS registers a zone and its delegation, or looks up an existing zone.
func NewDNS(ctx *pulumi.Context, name string, args *DNSArgs, opts ...pulumi.ResourceOption) (*DNS, error) {
	d := &DNS{}
	return component.New(ctx, "djangostack:aws:DNS", name+"-dns", d, args.check, func() (pulumi.Map, error) {
		take := args.lookUp
		if args.Source == arguments.Create {
			take = args.create
		}
		if err := take(ctx, name, d); err != nil {
			return nil, err
		}
		return component.DataOr(args.Data, pulumi.Map{"zoneId": d.ZoneID, "nameServers": d.NameServers}), nil
	}, opts...)
}

func (a *DNSArgs) check() error {
	return errors.Join(
		validate.Check("DNS", validate.Required("Domain", a.Domain != "")),
		validate.OneOf("DNS", "Source", a.Source, arguments.Create, arguments.Existing),
		validate.RefuseIf(a.Source == arguments.Create && a.ZoneID != nil, "DNS", "ZoneID goes with Source existing"),
		validate.RefuseIf(a.Source == arguments.Existing && a.ParentZoneID != nil, "DNS", "ParentZoneID goes with Source create"),
		validate.RefuseIf(a.Source == arguments.Existing && a.Data.Protected, "DNS", "Data.Protected goes with Source create"),
	)
}

func (a *DNSArgs) create(ctx *pulumi.Context, name string, d *DNS) error {
	zone, err := awsroute53.NewZone(ctx, name+"-zone", &awsroute53.ZoneArgs{
		Name:    pulumi.String(a.Domain),
		Comment: pulumi.String("Names of " + name),
		// Records that others created, for instance a validation record, would block the
		// deletion of the zone.
		ForceDestroy: pulumi.Bool(!a.Data.Protected),
		Tags:         a.Tags.For(name + "-zone"),
	}, pulumi.Parent(d), component.Protect(a.Data))
	if err != nil {
		return fmt.Errorf("registering the zone %s: %w", a.Domain, err)
	}
	d.ZoneID, d.NameServers = zone.ZoneId, zone.NameServers
	if a.ParentZoneID == nil {
		return nil
	}
	delegation, err := newRecord(ctx, name+"-delegation", &awsroute53.RecordArgs{
		ZoneId:  a.ParentZoneID,
		Name:    pulumi.String(a.Domain),
		Type:    pulumi.String("NS"),
		Ttl:     pulumi.Int(delegationTTL),
		Records: zone.NameServers,
	}, d)
	if err != nil {
		return fmt.Errorf("registering the delegation of %s: %w", a.Domain, err)
	}
	d.Delegation = []pulumi.Resource{delegation}
	return nil
}

func (a *DNSArgs) lookUp(ctx *pulumi.Context, _ string, d *DNS) error {
	if a.ZoneID != nil {
		zone := awsroute53.LookupZoneOutput(ctx, awsroute53.LookupZoneOutputArgs{
			ZoneId: a.ZoneID.ToStringOutput().ToStringPtrOutput(), PrivateZone: pulumi.Bool(false),
		}, pulumi.Parent(d))
		d.ZoneID, d.NameServers = zone.ZoneId(), zone.NameServers()
		return nil
	}
	private := false
	zone, err := awsroute53.LookupZone(ctx, &awsroute53.LookupZoneArgs{Name: &a.Domain, PrivateZone: &private}, pulumi.Parent(d))
	if err != nil {
		return fmt.Errorf("DNS: looking for the public zone of %s: %w", a.Domain, err)
	}
	d.ZoneID, d.NameServers = pulumi.String(zone.ZoneId).ToStringOutput(), pulumi.ToStringArray(zone.NameServers).ToStringArrayOutput()
	return nil
}
