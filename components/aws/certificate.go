package aws

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"

	awsacm "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	awsroute53 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/validate"
)

// CertificateArgs describes one ACM certificate.
type CertificateArgs struct {
	// Domain is the certificate's first name. Wildcards such as *.example.com are allowed.
	Domain string
	// AlternativeNames are its other names.
	AlternativeNames []string
	// ZoneID is the hosted zone for the validation records of all names.
	ZoneID pulumi.StringInput
	// DeletionPolicy of the validation records is Retain in a zone that the stack did not create, and Delete in one
	// that it deletes as well. All certificates of an account have the same record for a name, and without it none
	// of them is renewed.
	DeletionPolicy deletion.Policy
	// Delegation are resources that must exist before ACM can find the validation records.
	Delegation []pulumi.Resource
	Tags       Tags
}

// Certificate is one issued certificate, which ACM renews automatically. It is in the
// region of its provider: us-east-1 for a CDN, otherwise the region of the load balancer.
type Certificate struct {
	pulumi.ResourceState

	// ARN is known once the certificate is issued.
	ARN pulumi.StringOutput
}

const (
	// validationTTL is the TTL of validation records, in seconds.
	validationTTL = 60
	// issueTimeout is longer than the 30 minutes that ACM may need, and short enough to
	// report a missing delegation within the hour
	// (https://docs.aws.amazon.com/acm/latest/userguide/troubleshooting-DNS-validation.html).
	issueTimeout = "45m"
)

// NewCertificate registers a certificate and waits until it is issued.
func NewCertificate(ctx *pulumi.Context, name string, args *CertificateArgs, opts ...pulumi.ResourceOption) (*Certificate, error) {
	c := &Certificate{}
	return component.New(ctx, "djangostack:aws:Certificate", name+"-certificate", c, args.check, func() (pulumi.Map, error) {
		asked := &awsacm.CertificateArgs{
			DomainName:       pulumi.String(args.Domain),
			ValidationMethod: pulumi.String("DNS"),
			KeyAlgorithm:     pulumi.String("RSA_2048"),
			Options:          awsacm.CertificateOptionsArgs{CertificateTransparencyLoggingPreference: pulumi.String("ENABLED")},
			// ACM lists the first name among the alternative names. Without it here, every
			// update would find a change, which replaces the certificate.
			SubjectAlternativeNames: pulumi.ToStringArray(args.names()),
			Tags:                    args.Tags.For(name + "-certificate"),
		}
		certificate, err := awsacm.NewCertificate(ctx, name+"-certificate", asked, pulumi.Parent(c))
		if err != nil {
			return nil, fmt.Errorf("registering the certificate of %s: %w", args.Domain, err)
		}
		records, err := args.newValidationRecords(ctx, name, certificate, c)
		if err != nil {
			return nil, err
		}
		issued, err := awsacm.NewCertificateValidation(ctx, name+"-certificate-issued", &awsacm.CertificateValidationArgs{
			CertificateArn:        certificate.Arn,
			ValidationRecordFqdns: records,
		}, pulumi.Parent(c), pulumi.DependsOn(args.Delegation), pulumi.Timeouts(&pulumi.CustomTimeouts{Create: issueTimeout}))
		if err != nil {
			return nil, fmt.Errorf("registering the wait for the certificate of %s: %w", args.Domain, err)
		}
		c.ARN = issued.CertificateArn
		return pulumi.Map{"arn": c.ARN}, nil
	}, opts...)
}

func (a *CertificateArgs) check() error {
	return errors.Join(
		validate.Check("Certificate",
			validate.Required("Domain", a.Domain != ""),
			validate.Required("ZoneID", a.ZoneID != nil),
		),
		a.DeletionPolicy.Check("Certificate", "DeletionPolicy", deletion.Retain, deletion.Delete),
	)
}

// newValidationRecords registers one record per base domain. A wildcard and its domain
// share a record.
func (a *CertificateArgs) newValidationRecords(ctx *pulumi.Context, name string, certificate *awsacm.Certificate, parent pulumi.Resource) (pulumi.StringArray, error) {
	ttls := a.ttls(ctx, certificate, parent)
	var records pulumi.StringArray
	for _, domain := range arguments.BaseDomains(a.names()...) {
		option := validationField(certificate, domain)
		recordName := option("name", func(o awsacm.CertificateDomainValidationOption) *string { return o.ResourceRecordName })
		record, err := newRecord(ctx, name+"-proof-"+domain, &awsroute53.RecordArgs{
			ZoneId: a.ZoneID,
			Name:   recordName,
			Type:   option("type", func(o awsacm.CertificateDomainValidationOption) *string { return o.ResourceRecordType }),
			Records: pulumi.StringArray{
				option("value", func(o awsacm.CertificateDomainValidationOption) *string { return o.ResourceRecordValue }),
			},
			Ttl: ttls(recordName),
		}, parent, pulumi.RetainOnDelete(a.DeletionPolicy == deletion.Retain))
		if err != nil {
			return nil, fmt.Errorf("registering the validation record of %s: %w", domain, err)
		}
		records = append(records, record.Fqdn)
	}
	return records, nil
}

// ttls returns the TTL of a validation record. A record that another certificate of the account has in the zone
// already keeps its TTL.
func (a *CertificateArgs) ttls(ctx *pulumi.Context, certificate *awsacm.Certificate, parent pulumi.Resource) func(record pulumi.StringOutput) pulumi.IntInput {
	if a.DeletionPolicy != deletion.Retain {
		return func(pulumi.StringOutput) pulumi.IntInput { return pulumi.Int(validationTTL) }
	}
	found := pulumi.All(a.ZoneID, certificate.DomainValidationOptions).ApplyT(func(known []any) (map[string]int, error) {
		zone, isText := known[0].(string)
		options, isList := known[1].([]awsacm.CertificateDomainValidationOption)
		if !isText || !isList {
			return nil, fmt.Errorf("reading the validation records of %s: unexpected types %T and %T", a.Domain, known[0], known[1])
		}
		return lookUpTTLs(ctx, zone, options, parent)
	})
	return func(record pulumi.StringOutput) pulumi.IntInput {
		return pulumi.All(found, record).ApplyT(func(known []any) int {
			ttls, _ := known[0].(map[string]int)
			name, _ := known[1].(string)
			return cmp.Or(ttls[sameName(name)], validationTTL)
		}).(pulumi.IntOutput)
	}
}

// lookUpTTLs returns the TTLs of those validation records that are in the zone, by name.
func lookUpTTLs(ctx *pulumi.Context, zone string, options []awsacm.CertificateDomainValidationOption, parent pulumi.Resource) (map[string]int, error) {
	var names []string
	for _, option := range options {
		if option.ResourceRecordName != nil {
			names = append(names, regexp.QuoteMeta(sameName(*option.ResourceRecordName)))
		}
	}
	pattern := `^(` + strings.Join(names, "|") + `)\.?$`
	found, err := awsroute53.GetRecords(ctx, &awsroute53.GetRecordsArgs{ZoneId: zone, NameRegex: &pattern}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("looking for validation records in the zone %s: %w", zone, err)
	}
	ttls := map[string]int{}
	for _, record := range found.ResourceRecordSets {
		ttls[sameName(record.Name)] = record.Ttl
	}
	return ttls, nil
}

func (a *CertificateArgs) names() []string {
	return append([]string{a.Domain}, a.AlternativeNames...)
}

// validationField reads one field of the record that ACM asks for to prove a domain.
func validationField(certificate *awsacm.Certificate, domain string) func(string, func(awsacm.CertificateDomainValidationOption) *string) pulumi.StringOutput {
	return func(field string, read func(awsacm.CertificateDomainValidationOption) *string) pulumi.StringOutput {
		return certificate.DomainValidationOptions.ApplyT(func(options []awsacm.CertificateDomainValidationOption) (string, error) {
			for _, option := range options {
				if option.DomainName == nil || strings.TrimPrefix(*option.DomainName, "*.") != domain {
					continue
				}
				if value := read(option); value != nil {
					return *value, nil
				}
			}
			return "", fmt.Errorf("ACM returned no %s of a validation record for %s", field, domain)
		}).(pulumi.StringOutput)
	}
}
