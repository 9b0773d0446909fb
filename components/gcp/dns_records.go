package gcp

import (
	"errors"
	"fmt"
	"strings"

	gcpdns "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/dns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/validate"
)

// DNSRecord is one record set.
type DNSRecord struct {
	// Name is fully qualified, for instance www.example.com.
	Name string
	// Type is A, AAAA, CAA, CNAME, MX, NS, SRV or TXT.
	Type string
	// TTL in seconds.
	TTL int
	// Values without quotes around texts. Names are fully qualified, with or without the
	// trailing dot.
	Values pulumi.StringArray
}

// RecordsArgs lists records of one zone.
type RecordsArgs struct {
	Project  string
	ZoneName pulumi.StringInput
	Records  []DNSRecord
}

// Records are record sets of one zone.
type Records struct {
	pulumi.ResourceState

	// Names of the records, in the order of the arguments.
	Names []string
}

// CAA is the record that lets only the named authorities issue certificates for a domain.
// Google's name is pki.goog.
func CAA(domain string, authorities ...string) DNSRecord {
	const hour = 3600
	return DNSRecord{Name: domain, Type: "CAA", TTL: hour, Values: pulumi.ToStringArray(arguments.CAAValues(authorities...))}
}

// NewRecords registers record sets. A record that exists in the zone with other values is refused when the plan is made.
func NewRecords(ctx *pulumi.Context, name string, args *RecordsArgs, opts ...pulumi.ResourceOption) (*Records, error) {
	r := &Records{}
	return component.New(ctx, "djangostack:gcp:Records", name+"-records", r, args.check, func() (pulumi.Map, error) {
		for _, record := range args.Records {
			_, err := newRecordSet(ctx, strings.ToLower(name+"-"+record.Type+"-"+record.Name), &gcpdns.RecordSetArgs{
				Project:     pulumi.String(args.Project),
				ManagedZone: args.ZoneName,
				Name:        pulumi.String(absolute(record.Name)),
				Type:        pulumi.String(record.Type),
				Ttl:         pulumi.Int(record.TTL),
				Rrdatas:     record.data(),
			}, r)
			if err != nil {
				return nil, fmt.Errorf("registering the %s record of %s: %w", record.Type, record.Name, err)
			}
			r.Names = append(r.Names, record.Name)
		}
		return pulumi.Map{"names": pulumi.ToStringArray(r.Names)}, nil
	}, opts...)
}

func (a *RecordsArgs) check() error {
	problems := []error{
		validate.Check("Records",
			validate.Required("Project", a.Project != ""),
			validate.Required("ZoneName", a.ZoneName != nil),
			validate.Required("Records", len(a.Records) > 0),
		),
		checkProject("Records", a.Project),
	}
	seen := map[string]bool{}
	for i, record := range a.Records {
		at := fmt.Sprintf("Records[%d]", i)
		problems = append(problems,
			validate.Check("Records",
				validate.Required(at+".Name", record.Name != ""),
				validate.Required(at+".TTL", record.TTL > 0),
				validate.Required(at+".Values", len(record.Values) > 0),
			),
			validate.OneOf("Records", at+".Type", record.Type, arguments.RecordTypes()...),
			validate.RefuseIf(seen[record.Type+" "+record.Name], "Records", fmt.Sprintf("%s is a second %s record of %s", at, record.Type, record.Name)))
		seen[record.Type+" "+record.Name] = true
	}
	return errors.Join(problems...)
}

// data returns the values in the form of Cloud DNS: names with a trailing dot, and texts in
// quotes.
func (r DNSRecord) data() pulumi.StringArray {
	write := func(value string) string { return value }
	switch r.Type {
	case "CNAME", "MX", "NS", "SRV":
		write = absolute
	case "TXT":
		write = quoted
	}
	data := pulumi.StringArray{}
	for _, value := range r.Values {
		data = append(data, value.ToStringOutput().ApplyT(write).(pulumi.StringOutput))
	}
	return data
}

// quoted quotes a text, in strings of at most 255 characters.
func quoted(text string) string {
	const most = 255
	var pieces []string
	for len(text) > most {
		pieces, text = append(pieces, text[:most]), text[most:]
	}
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	var written []string
	for _, piece := range append(pieces, text) {
		written = append(written, `"`+escape.Replace(piece)+`"`)
	}
	return strings.Join(written, " ")
}
