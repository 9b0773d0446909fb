package aws

import (
	"fmt"

	awscloudfront "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/names"
)

func (o CDNOrigin) id() string {
	if o.Bucket != nil {
		return o.Bucket.name
	}
	return o.Host
}

func (o CDNOrigin) originArgs(access *awscloudfront.OriginAccessControl) awscloudfront.DistributionOriginArgs {
	if o.Bucket != nil {
		return awscloudfront.DistributionOriginArgs{
			OriginId:              pulumi.String(o.id()),
			DomainName:            o.Bucket.RegionalDomain,
			OriginAccessControlId: access.ID().ToStringOutput().ToStringPtrOutput(),
		}
	}
	const http, https = 80, 443
	return awscloudfront.DistributionOriginArgs{
		OriginId:   pulumi.String(o.id()),
		DomainName: pulumi.String(o.Host),
		CustomOriginConfig: awscloudfront.DistributionOriginCustomOriginConfigArgs{
			HttpPort:             pulumi.Int(http),
			HttpsPort:            pulumi.Int(https),
			OriginProtocolPolicy: pulumi.String("https-only"),
			OriginSslProtocols:   pulumi.ToStringArray([]string{"TLSv1.2"}),
		},
	}
}

// rootObject keeps a request for the root from returning a list of the objects, should
// listing ever be allowed.
func (o CDNOrigin) rootObject() pulumi.StringPtrInput {
	if o.Bucket == nil {
		return nil
	}
	return pulumi.String("index.html")
}

// uncachedErrors are error responses that CloudFront does not cache. During a rolling
// update, some pods do not have the files of the new release yet, and CloudFront would
// cache such a response for ten seconds
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html).
func uncachedErrors() awscloudfront.DistributionCustomErrorResponseArray {
	responses := awscloudfront.DistributionCustomErrorResponseArray{}
	for _, code := range []int{404, 500, 502, 503, 504} {
		responses = append(responses, awscloudfront.DistributionCustomErrorResponseArgs{
			ErrorCode:          pulumi.Int(code),
			ErrorCachingMinTtl: pulumi.Int(0),
		})
	}
	return responses
}

// redirectFunction registers the function that redirects to RedirectHost; nil without it.
func (a *CDNArgs) redirectFunction(ctx *pulumi.Context, name string, parent pulumi.Resource) (*awscloudfront.Function, error) {
	if a.RedirectHost == "" {
		return nil, nil
	}
	function, err := awscloudfront.NewFunction(ctx, names.Fit(limits.MaxFunctionName-autonameLength, name, "cdn-elsewhere"), &awscloudfront.FunctionArgs{
		Runtime: pulumi.String("cloudfront-js-2.0"),
		Comment: pulumi.String("Sends on to " + a.RedirectHost),
		Publish: pulumi.Bool(true),
		Code: pulumi.String(fmt.Sprintf(`function handler(event) {
  return {
    statusCode: 302,
    statusDescription: "Found",
    headers: {location: {value: "https://%s" + event.request.uri}}
  };
}
`, a.RedirectHost)),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the redirect to %s: %w", a.RedirectHost, err)
	}
	return function, nil
}

// redirectBehavior is the behavior of the paths without an origin. A behavior must name an
// origin; CloudFront never requests this one.
func (o CDNOrigin) redirectBehavior(redirect *awscloudfront.Function) awscloudfront.DistributionDefaultCacheBehaviorArgs {
	behavior := o.defaultBehavior()
	behavior.FunctionAssociations = awscloudfront.DistributionDefaultCacheBehaviorFunctionAssociationArray{
		awscloudfront.DistributionDefaultCacheBehaviorFunctionAssociationArgs{
			EventType:   pulumi.String("viewer-request"),
			FunctionArn: redirect.Arn,
		},
	}
	return behavior
}
