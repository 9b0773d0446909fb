package aws

import (
	"errors"
	"fmt"
	"strings"

	awsroute53 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/validate"
)

// Alias is a record that Route 53 resolves to the addresses of another AWS resource.
type Alias struct {
	// DNSName and ZoneID of a load balancer or a distribution.
	DNSName pulumi.StringInput
	ZoneID  pulumi.StringInput
}

// DNSRecord is one record set, with either an alias, or values and a TTL.
type DNSRecord struct {
	// Name is fully qualified, for instance www.example.com.
	Name string
	// Type is A, AAAA, CAA, CNAME, MX, NS, SRV or TXT.
	Type string
	// TTL in seconds.
	TTL    int
	Values pulumi.StringArrayInput
	Alias  *Alias
}

// CAA is the record that lets only the named authorities issue certificates for a domain.
// ACM's name is amazon.com.
func CAA(domain string, authorities ...string) DNSRecord {
	const hour = 3600
	return DNSRecord{Name: domain, Type: "CAA", TTL: hour, Values: pulumi.ToStringArray(arguments.CAAValues(authorities...))}
}

// RecordsArgs lists records of one zone.
type RecordsArgs struct {
	ZoneID  pulumi.StringInput
	Records []DNSRecord
}

// Records are record sets of one zone.
type Records struct {
	pulumi.ResourceState

	// Names of the records, in the order of the arguments.
	Names []string
}

// NewRecords registers record sets. It refuses one that exists with other values, in a preview
// as well.
func NewRecords(ctx *pulumi.Context, name string, args *RecordsArgs, opts ...pulumi.ResourceOption) (*Records, error) {
	r := &Records{}
	return component.New(ctx, "djangostack:aws:Records", name+"-records", r, args.check, func() (pulumi.Map, error) {
		for _, record := range args.Records {
			if _, err := newRecord(ctx, record.resource(name), record.args(args.ZoneID), r); err != nil {
				return nil, fmt.Errorf("registering the %s record of %s: %w", record.Type, record.Name, err)
			}
			r.Names = append(r.Names, record.Name)
		}
		return pulumi.Map{"names": pulumi.ToStringArray(r.Names)}, nil
	}, opts...)
}

func (a *RecordsArgs) check() error {
	problems := []error{validate.Check("Records",
		validate.Required("ZoneID", a.ZoneID != nil),
		validate.Required("Records", len(a.Records) > 0),
	)}
	seen := map[string]bool{}
	for i, record := range a.Records {
		at := fmt.Sprintf("Records[%d]", i)
		problems = append(problems, record.check(at),
			validate.RefuseIf(seen[record.Type+" "+record.Name], "Records", fmt.Sprintf("%s is a second %s record of %s", at, record.Type, record.Name)))
		seen[record.Type+" "+record.Name] = true
	}
	return errors.Join(problems...)
}

func (r DNSRecord) check(at string) error {
	alias := r.Alias != nil
	return errors.Join(
		validate.Check("Records",
			validate.Required(at+".Name", r.Name != ""),
			validate.Required(at+".Values or Alias", alias || r.Values != nil),
			validate.Required(at+".TTL", alias || r.TTL > 0),
		),
		validate.OneOf("Records", at+".Type", r.Type, arguments.RecordTypes()...),
		validate.RefuseIf(alias && (r.Values != nil || r.TTL > 0), "Records", at+".Alias goes without Values and TTL"),
		validate.RefuseIf(alias && r.Type != "A" && r.Type != "AAAA", "Records", at+".Alias goes with Type A or AAAA"),
	)
}

func (r DNSRecord) resource(name string) string {
	return strings.ToLower(name + "-" + r.Type + "-" + r.Name)
}

func (r DNSRecord) args(zone pulumi.StringInput) *awsroute53.RecordArgs {
	args := &awsroute53.RecordArgs{ZoneId: zone, Name: pulumi.String(r.Name), Type: pulumi.String(r.Type)}
	if r.Alias == nil {
		args.Ttl, args.Records = pulumi.Int(r.TTL), r.Values
		return args
	}
	args.Aliases = awsroute53.RecordAliasArray{awsroute53.RecordAliasArgs{
		Name:   r.Alias.DNSName,
		ZoneId: r.Alias.ZoneID,
		// There is only one target, and a failing target is better than no answer. A
		// distribution allows no other value.
		EvaluateTargetHealth: pulumi.Bool(false),
	}}
	return args
}
