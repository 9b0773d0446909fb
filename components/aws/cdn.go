package aws

import (
	"errors"
	"fmt"
	"strings"

	awscloudfront "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/binding"
	"github.com/djangostack/djangostack/components/names"
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

// CDNOrigin is one bucket and the paths that it answers.
type CDNOrigin struct {
	// Bucket has Access cdn, and is in one CDN only.
	Bucket *Bucket
	// Path as CloudFront writes patterns, for instance /media/*; the whole path is
	// the object's key. Empty for the bucket that answers all other paths.
	Path string
}

// CDNArgs describes one distribution in front of buckets.
type CDNArgs struct {
	// Origins are asked in this order; exactly one has no path.
	Origins []CDNOrigin
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

// accessControlNameLimit is what CloudFront allows
// (https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginAccessControlConfig.html).
const accessControlNameLimit = 64

// NewCDN registers a distribution.
func NewCDN(ctx *pulumi.Context, name string, args *CDNArgs, opts ...pulumi.ResourceOption) (*CDN, error) {
	if err := args.check(); err != nil {
		return nil, err
	}
	c := &CDN{}
	if err := ctx.RegisterComponentResource("djangostack:aws:CDN", name+"-cdn", c, opts...); err != nil {
		return nil, fmt.Errorf("registering the CDN component: %w", err)
	}
	signed, err := awscloudfront.NewOriginAccessControl(ctx, names.Fit(accessControlNameLimit-autonameLength, name, "cdn"), &awscloudfront.OriginAccessControlArgs{
		Description:                   pulumi.Sprintf("Reads the buckets of %s", name),
		OriginAccessControlOriginType: pulumi.String("s3"),
		SigningBehavior:               pulumi.String("always"),
		SigningProtocol:               pulumi.String("sigv4"),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("registering the CDN's access to its origins: %w", err)
	}
	distribution, err := awscloudfront.NewDistribution(ctx, name+"-cdn", args.distribution(name, signed), pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("registering the distribution: %w", err)
	}
	for _, origin := range args.Origins {
		if err := origin.Bucket.allow(ctx, c, origin.read(distribution)); err != nil {
			return nil, err
		}
	}
	c.Domain, c.HostedZoneID = distribution.DomainName, distribution.HostedZoneId
	c.DistributionID = distribution.ID().ToStringOutput()
	c.URL = pulumi.Sprintf("https://%s", c.Domain)
	if len(args.Aliases) > 0 {
		c.URL = pulumi.Sprintf("https://%s", args.Aliases[0])
	}
	outputs := pulumi.Map{"domain": c.Domain, "hostedZoneId": c.HostedZoneID, "url": c.URL, "distributionId": c.DistributionID}
	if err := ctx.RegisterResourceOutputs(c, outputs); err != nil {
		return nil, fmt.Errorf("registering the CDN component's outputs: %w", err)
	}
	return c, nil
}

func (a *CDNArgs) check() error {
	problems := []error{
		binding.Check("CDN",
			required("Origins", len(a.Origins) > 0),
			required("CertificateARN, since there are Aliases,", len(a.Aliases) == 0 || a.CertificateARN != nil),
		),
		refused(a.CertificateARN != nil && len(a.Aliases) == 0, "CDN", "CertificateARN goes with Aliases"),
		oneOf("CDN", "PriceClass", a.PriceClass, NorthAmericaAndEurope, WithoutSouthAmerica, Everywhere),
	}
	rest := 0
	for i, origin := range a.Origins {
		at := fmt.Sprintf("Origins[%d]", i)
		if origin.Path == "" {
			rest++
		}
		problems = append(problems,
			refused(origin.Path != "" && !strings.HasPrefix(origin.Path, "/"), "CDN", at+".Path does not begin with /"),
			origin.checkBucket(at),
		)
	}
	problems = append(problems, refused(len(a.Origins) > 0 && rest != 1, "CDN", "exactly one of Origins has no Path"))
	return errors.Join(problems...)
}

func (o CDNOrigin) checkBucket(at string) error {
	if o.Bucket == nil {
		return binding.Check("CDN", required(at+".Bucket", false))
	}
	return refused(o.Bucket.access != CDNBucket, "CDN", at+".Bucket has not Access cdn")
}

// read lets one distribution read every object. It may not list them: whoever asks
// for the root would get the list.
func (o CDNOrigin) read(distribution *awscloudfront.Distribution) []Statement {
	return []Statement{{
		Services:  []string{"cloudfront.amazonaws.com"},
		Actions:   []string{"s3:GetObject"},
		Resources: pulumi.StringArray{pulumi.Sprintf("%s/*", o.Bucket.ARN)},
		Conditions: []Condition{{
			Operator: "StringEquals", Key: "AWS:SourceArn", Values: pulumi.StringArray{distribution.Arn},
		}},
	}}
}
