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

// PriceClass says which of CloudFront's locations serve.
type PriceClass string

// The price classes, from the cheapest to all locations
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PriceClass.html).
const (
	NorthAmericaAndEurope PriceClass = "PriceClass_100"
	WithoutSouthAmerica   PriceClass = "PriceClass_200"
	Everywhere            PriceClass = "PriceClass_All"
)

// CDNOrigin is one bucket or one host, and the paths that it serves.
type CDNOrigin struct {
	// Bucket with Access cdn, in one CDN only; nil for a Host.
	Bucket *Bucket
	// Host that CloudFront requests over HTTPS, with the path of the viewer's request;
	// empty for a Bucket.
	Host string
	// Path is a path pattern of CloudFront, for instance /media/*. The whole path is the
	// key of the object. It is empty for the default origin.
	Path string
}

// CDNArgs describes one CloudFront distribution.
type CDNArgs struct {
	// Origins in order of precedence. Exactly one has no path, unless there is a
	// RedirectHost.
	Origins []CDNOrigin
	// RedirectHost is the host that requests for all other paths are redirected to, without
	// their query; empty for none.
	RedirectHost string
	// Aliases are the distribution's host names besides its own.
	Aliases []string
	// CertificateARN is an ACM certificate in us-east-1 for all aliases.
	CertificateARN pulumi.StringInput
	PriceClass     PriceClass
	// WebACLARN is a WAFv2 web ACL with the scope CLOUDFRONT; nil for none.
	WebACLARN pulumi.StringInput
	Tags      Tags
}

// CDN is one CloudFront distribution. It serves over HTTPS, signs its requests to the
// buckets, and grants itself read access to them.
type CDN struct {
	pulumi.ResourceState

	// Domain is the distribution's own host name.
	Domain pulumi.StringOutput
	// HostedZoneID is the zone id for an alias record.
	HostedZoneID pulumi.StringOutput
	// URL of the files: the first alias, or the distribution's own host name.
	URL pulumi.StringOutput
	// DistributionID is the id for an invalidation.
	DistributionID pulumi.StringOutput
}

// NewCDN registers a distribution and the policies of its buckets.
func NewCDN(ctx *pulumi.Context, name string, args *CDNArgs, opts ...pulumi.ResourceOption) (*CDN, error) {
	c := &CDN{}
	return component.New(ctx, "djangostack:aws:CDN", name+"-cdn", c, args.check, func() (pulumi.Map, error) {
		access, err := args.originAccessControl(ctx, name, c)
		if err != nil {
			return nil, err
		}
		redirect, err := args.redirectFunction(ctx, name, c)
		if err != nil {
			return nil, err
		}
		distribution, err := awscloudfront.NewDistribution(ctx, name+"-cdn", args.distribution(name, access, redirect), pulumi.Parent(c))
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
			validate.RefuseIf(origin.Path != "" && !strings.HasPrefix(origin.Path, "/"), "CDN", at+".Path must begin with /"),
			origin.check(at),
		)
	}
	problems = append(problems,
		validate.RefuseIf(len(a.Origins) > 0 && a.RedirectHost == "" && rest != 1, "CDN", "exactly one of Origins must have no Path"),
		validate.RefuseIf(a.RedirectHost != "" && rest > 0, "CDN", "every one of Origins needs a Path with RedirectHost, which handles all other paths"),
	)
	return errors.Join(problems...)
}

func (o CDNOrigin) check(at string) error {
	if (o.Bucket == nil) == (o.Host == "") {
		return validate.RefuseIf(true, "CDN", at+" needs either a Bucket or a Host")
	}
	return validate.RefuseIf(o.Bucket != nil && o.Bucket.access != arguments.CDNBucket, "CDN", at+".Bucket needs Access cdn")
}

// originAccessControl registers how the distribution signs requests to buckets; nil without
// buckets.
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

// readStatements let one distribution read every object. It may not list them: a request
// for the root would return the list.
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
