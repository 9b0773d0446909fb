package aws

import (
	"slices"

	awscloudfront "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// cachingOptimized is the managed cache policy for files: compressed, cached for a day
	// unless the object says otherwise, the same for every viewer
	// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html).
	cachingOptimized = "658327ea-f89d-4fab-a63d-7e88639e58f6"
	// corsAndSecurityHeaders is the managed response headers policy that lets pages of any
	// origin use the files, for instance fonts, and sets security headers
	// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html).
	corsAndSecurityHeaders = "e61eb60c-9c35-4d20-a928-2b84e02af89c"
)

func (a *CDNArgs) distribution(name string, access *awscloudfront.OriginAccessControl, redirect *awscloudfront.Function) *awscloudfront.DistributionArgs {
	args := &awscloudfront.DistributionArgs{
		Enabled:       pulumi.Bool(true),
		Comment:       pulumi.String("Files of " + name),
		HttpVersion:   pulumi.String("http2and3"),
		IsIpv6Enabled: pulumi.Bool(true),
		PriceClass:    pulumi.String(string(a.PriceClass)),
		Restrictions: awscloudfront.DistributionRestrictionsArgs{
			GeoRestriction: awscloudfront.DistributionRestrictionsGeoRestrictionArgs{RestrictionType: pulumi.String("none")},
		},
		ViewerCertificate: a.certificate(),
		WaitForDeployment: pulumi.Bool(true),
		RetainOnDelete:    pulumi.Bool(false),
		Tags:              a.Tags.For(name + "-cdn"),
	}
	if len(a.Aliases) > 0 {
		args.Aliases = pulumi.ToStringArray(a.Aliases)
	}
	if a.WebACLARN != nil {
		args.WebAclId = a.WebACLARN.ToStringOutput().ToStringPtrOutput()
	}
	if redirect != nil {
		args.DefaultCacheBehavior = a.Origins[0].redirectBehavior(redirect)
	}
	origins := awscloudfront.DistributionOriginArray{}
	behaviors := awscloudfront.DistributionOrderedCacheBehaviorArray{}
	for _, origin := range a.Origins {
		origins = append(origins, origin.originArgs(access))
		if origin.Path == "" {
			args.DefaultCacheBehavior = origin.defaultBehavior()
			args.DefaultRootObject = origin.rootObject()
			continue
		}
		behaviors = append(behaviors, origin.pathBehavior())
	}
	args.Origins = origins
	if len(behaviors) > 0 {
		args.OrderedCacheBehaviors = behaviors
	}
	if slices.ContainsFunc(a.Origins, func(o CDNOrigin) bool { return o.Host != "" }) {
		args.CustomErrorResponses = uncachedErrors()
	}
	return args
}

// certificate is CloudFront's own without aliases. CloudFront then requires this minimum
// TLS version.
func (a *CDNArgs) certificate() awscloudfront.DistributionViewerCertificateArgs {
	if a.CertificateARN == nil {
		return awscloudfront.DistributionViewerCertificateArgs{
			CloudfrontDefaultCertificate: pulumi.Bool(true),
			MinimumProtocolVersion:       pulumi.String("TLSv1"),
		}
	}
	return awscloudfront.DistributionViewerCertificateArgs{
		AcmCertificateArn:      a.CertificateARN.ToStringOutput().ToStringPtrOutput(),
		MinimumProtocolVersion: pulumi.String("TLSv1.2_2021"),
		SslSupportMethod:       pulumi.String("sni-only"),
	}
}

func (o CDNOrigin) defaultBehavior() awscloudfront.DistributionDefaultCacheBehaviorArgs {
	return awscloudfront.DistributionDefaultCacheBehaviorArgs{
		TargetOriginId:          pulumi.String(o.id()),
		ViewerProtocolPolicy:    pulumi.String("redirect-to-https"),
		AllowedMethods:          readMethods(),
		CachedMethods:           pulumi.ToStringArray([]string{"GET", "HEAD"}),
		CachePolicyId:           pulumi.String(cachingOptimized),
		ResponseHeadersPolicyId: pulumi.String(corsAndSecurityHeaders),
		Compress:                pulumi.Bool(true),
	}
}

func (o CDNOrigin) pathBehavior() awscloudfront.DistributionOrderedCacheBehaviorArgs {
	return awscloudfront.DistributionOrderedCacheBehaviorArgs{
		PathPattern:             pulumi.String(o.Path),
		TargetOriginId:          pulumi.String(o.id()),
		ViewerProtocolPolicy:    pulumi.String("redirect-to-https"),
		AllowedMethods:          readMethods(),
		CachedMethods:           pulumi.ToStringArray([]string{"GET", "HEAD"}),
		CachePolicyId:           pulumi.String(cachingOptimized),
		ResponseHeadersPolicyId: pulumi.String(corsAndSecurityHeaders),
		Compress:                pulumi.Bool(true),
	}
}

func readMethods() pulumi.StringArray {
	return pulumi.ToStringArray([]string{"GET", "HEAD", "OPTIONS"})
}
