package aws

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	awscloudfront "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/validate"
)

// PriceClass says which of CloudFront's locations serve, from the cheapest to all.
type PriceClass string

// The price classes
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PriceClass.html).
const (
	NorthAmericaAndEurope PriceClass = "PriceClass_100"
	WithoutSouthAmerica   PriceClass = "PriceClass_200"
	Everywhere            PriceClass = "PriceClass_All"
)

// CDNOrigin is one bucket or one host, and the paths that it answers.
type CDNOrigin struct {
	// Bucket has Access cdn, and is in one CDN only; nil for a Host.
	Bucket *Bucket
	// Host is asked by this name over HTTPS, with the path as the visitor sent it;
	// empty for a Bucket.
	Host string
	// Path as CloudFront writes patterns, for instance /media/*; the whole path is
	// the object's key. Empty for the origin that answers all other paths.
	Path string
}

// CDNArgs describes one distribution in front of buckets and hosts.
type CDNArgs struct {
	// Origins are asked in this order; exactly one has no path, unless RedirectHost is set.
	Origins []CDNOrigin
	// RedirectHost is a host that visitors are sent on to from every path that no origin
	// answers; their query is not carried along. Empty for none.
	RedirectHost string
	// Aliases are the host names it answers to beside its own.
	Aliases []string
	// CertificateARN is an ACM certificate in us-east-1 for every alias.
	CertificateARN pulumi.StringInput
	PriceClass     PriceClass
	// WebACLARN is a web ACL of WAFv2 with the scope CLOUDFRONT; without it nothing
	// is filtered.
	WebACLARN pulumi.StringInput
	Tags      Tags
}

// CDN is one CloudFront distribution. It serves by HTTPS, reads its buckets signed
// in, and lets itself into them.
type CDN struct {
	pulumi.ResourceState

	// Domain is the distribution's own host name.
	Domain pulumi.StringOutput
	// HostedZoneID is the zone that an alias record names.
	HostedZoneID pulumi.StringOutput
	// URL is where users find the files: the first alias, or its own host name.
	URL pulumi.StringOutput
	// DistributionID is what an invalidation names.
	DistributionID pulumi.StringOutput
}

// NewCDN registers a distribution.
func NewCDN(ctx *pulumi.Context, name string, args *CDNArgs, opts ...pulumi.ResourceOption) (*CDN, error) {
	c := &CDN{}
	return component.New(ctx, "djangostack:aws:CDN", name+"-cdn", c, args.check, func() (pulumi.Map, error) {
		signed, err := args.originAccessControl(ctx, name, c)
		if err != nil {
			return nil, err
		}
		onward, err := args.redirectFunction(ctx, name, c)
		if err != nil {
			return nil, err
		}
		distribution, err := awscloudfront.NewDistribution(ctx, name+"-cdn", args.distribution(name, signed, onward), pulumi.Parent(c))
		if err != nil {
			return nil, fmt.Errorf("registering the distribution: %w", err)
		}
		for _, origin := range args.Origins {
			if origin.Bucket == nil {
				continue
			}
			if err := origin.Bucket.newPolicy(ctx, c, origin.readStatements(distribution)); err != nil {
				return nil, err
			}
		}
		c.Domain, c.HostedZoneID = distribution.DomainName, distribution.HostedZoneId
		c.DistributionID = distribution.ID().ToStringOutput()
		c.URL = pulumi.Sprintf("https://%s", c.Domain)
		if len(args.Aliases) > 0 {
			c.URL = pulumi.Sprintf("https://%s", args.Aliases[0])
		}
		return pulumi.Map{"domain": c.Domain, "hostedZoneId": c.HostedZoneID, "url": c.URL, "distributionId": c.DistributionID}, nil
	}, opts...)
}

func (a *CDNArgs) check() error {
	problems := []error{
		validate.Check("CDN",
			validate.Required("Origins", len(a.Origins) > 0),
			validate.Required("CertificateARN, since there are Aliases,", len(a.Aliases) == 0 || a.CertificateARN != nil),
		),
		validate.RefuseIf(a.CertificateARN != nil && len(a.Aliases) == 0, "CDN", "CertificateARN goes with Aliases"),
		validate.OneOf("CDN", "PriceClass", a.PriceClass, NorthAmericaAndEurope, WithoutSouthAmerica, Everywhere),
	}
	rest := 0
	for i, origin := range a.Origins {
		at := fmt.Sprintf("Origins[%d]", i)
		if origin.Path == "" {
			rest++
		}
		problems = append(problems,
			validate.RefuseIf(origin.Path != "" && !strings.HasPrefix(origin.Path, "/"), "CDN", at+".Path does not begin with /"),
			origin.check(at),
		)
	}
	problems = append(problems,
		validate.RefuseIf(len(a.Origins) > 0 && a.RedirectHost == "" && rest != 1, "CDN", "exactly one of Origins has no Path"),
		validate.RefuseIf(a.RedirectHost != "" && rest > 0, "CDN", "each of Origins has a Path with RedirectHost, which answers all others"),
	)
	return errors.Join(problems...)
}

func (o CDNOrigin) check(at string) error {
	if (o.Bucket == nil) == (o.Host == "") {
		return validate.RefuseIf(true, "CDN", at+" has either a Bucket or a Host")
	}
	return validate.RefuseIf(o.Bucket != nil && o.Bucket.access != arguments.CDNBucket, "CDN", at+".Bucket has not Access cdn")
}

// signed is how buckets are read, nil without any.
func (a *CDNArgs) originAccessControl(ctx *pulumi.Context, name string, parent pulumi.Resource) (*awscloudfront.OriginAccessControl, error) {
	if !slices.ContainsFunc(a.Origins, func(o CDNOrigin) bool { return o.Bucket != nil }) {
		return nil, nil
	}
	control, err := awscloudfront.NewOriginAccessControl(ctx, names.Fit(limits.MaxOriginAccessControlName-autonameLength, name, "cdn"), &awscloudfront.OriginAccessControlArgs{
		Description:                   pulumi.Sprintf("Reads the buckets of %s", name),
		OriginAccessControlOriginType: pulumi.String("s3"),
		SigningBehavior:               pulumi.String("always"),
		SigningProtocol:               pulumi.String("sigv4"),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the CDN's access to its origins: %w", err)
	}
	return control, nil
}

// read lets one distribution read every object. It may not list them: whoever asks
// for the root would get the list.
func (o CDNOrigin) readStatements(distribution *awscloudfront.Distribution) []Statement {
	return []Statement{{
		Services:  []string{"cloudfront.amazonaws.com"},
		Actions:   []string{"s3:GetObject"},
		Resources: pulumi.StringArray{pulumi.Sprintf("%s/*", o.Bucket.ARN)},
		Conditions: []Condition{{
			Operator: "StringEquals", Key: "AWS:SourceArn", Values: pulumi.StringArray{distribution.Arn},
		}},
	}}
}
