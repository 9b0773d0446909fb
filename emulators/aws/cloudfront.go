package aws

import (
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func distributions() kinds {
	policy := func(called, singular string) *kind {
		return &kind{
			DisplayName: called, ID: "{uuid}", Global: true, Name: &cloud.Name{Property: "name", Max: maxName, Separator: "-"},
			Unique: []string{"name"}, Conflict: code{Code: singular + "AlreadyExists", Message: "A policy with the name %s already exists."},
			Outputs: vals{"arn": "arn:{partition}:cloudfront::{account}:policy/{id}", "etag": "E{upper:13}"},
			Missing: code{Code: "NoSuch" + singular, Message: "The specified policy does not exist: %s"},
			InUse:   code{Code: singular + "InUse", Message: "The policy %s is attached to a distribution."},
		}
	}
	cache := policy("CloudFront Cache Policy", "CachePolicy")
	cache.Defaults = vals{"defaultTtl": 86400.0, "maxTtl": 31536000.0, "minTtl": 0.0}
	return kinds{
		"cloudfront/cachePolicy":           cache,
		"cloudfront/originRequestPolicy":   policy("CloudFront Origin Request Policy", "OriginRequestPolicy"),
		"cloudfront/responseHeadersPolicy": policy("CloudFront Response Headers Policy", "ResponseHeadersPolicy"),
		"cloudfront/originAccessControl": {
			DisplayName: "CloudFront Origin Access Control", ID: "E{upper:13}", Global: true,
			Name:     &cloud.Name{Property: "name", Max: maxName, Separator: "-"},
			Defaults: vals{"description": managed},
			Rules: rules{
				cloud.Length("name", 1, 64), cloud.Length("description", 0, 256), cloud.OneOf("signingProtocol", "sigv4"),
				cloud.OneOf("originAccessControlOriginType", "s3", "mediastore", "lambda", "mediapackagev2"),
				cloud.OneOf("signingBehavior", "always", "never", "no-override"),
			},
			Unique:   []string{"name"},
			Conflict: code{Code: "OriginAccessControlAlreadyExists", Message: "An origin access control with the name %s already exists."},
			Outputs:  vals{"arn": "arn:{partition}:cloudfront::{account}:origin-access-control/{id}", "etag": "E{upper:13}"},
			Missing:  code{Code: "NoSuchOriginAccessControl", Message: "The specified origin access control does not exist: %s"},
			InUse:    code{Code: "OriginAccessControlInUse", Message: "Cannot delete the origin access control %s because it's in use by one or more distributions."},
		},
		"cloudfront/function": {
			DisplayName: "CloudFront Function", ID: "{name}", Global: true, Name: &cloud.Name{Property: "name", Max: maxName, Separator: "-"},
			Defaults: vals{"publish": true}, ReplaceOn: []string{"name"},
			Rules:  rules{cloud.Length("name", 1, 64), cloud.OneOf("runtime", "cloudfront-js-1.0", "cloudfront-js-2.0")},
			Unique: []string{"name"},
			Outputs: vals{
				"arn": "arn:{partition}:cloudfront::{account}:function/{name}", "etag": "E{upper:13}", "liveStageEtag": "E{upper:14}",
				"status": "UNASSOCIATED",
			},
			InUse: code{Code: "FunctionInUse", Message: "Cannot delete the function %s because it's in use."},
		},
		"cloudfront/distribution": distribution(),
	}
}

func distribution() *kind {
	defaults := vals{
		"httpVersion": "http2", "priceClass": "PriceClass_All", "retainOnDelete": false, "waitForDeployment": true, "staging": false,
		"viewerCertificate.minimumProtocolVersion": "TLSv1", "origins.connectionAttempts": 3.0, "origins.connectionTimeout": 10.0,
		"loggingConfig.includeCookies": false,
	}
	var refs []ref
	var checks rules
	for _, at := range []string{"defaultCacheBehavior", "orderedCacheBehaviors"} {
		defaults[at+".compress"], defaults[at+".minTtl"] = false, 0.0
		refs = append(refs,
			ref{Path: at + ".cachePolicyId", To: "cloudfront/cachePolicy", BlocksDelete: true, ExternalPrefixes: managedCachePolicies()},
			ref{Path: at + ".originRequestPolicyId", To: "cloudfront/originRequestPolicy", BlocksDelete: true, ExternalPrefixes: managedRequestPolicies()},
			ref{Path: at + ".responseHeadersPolicyId", To: "cloudfront/responseHeadersPolicy", BlocksDelete: true, ExternalPrefixes: managedHeaderPolicies()},
			holds(at+".functionAssociations.functionArn", "cloudfront/function", "arn"),
		)
		checks = append(checks,
			cloud.OneOf(at+".viewerProtocolPolicy", "allow-all", "https-only", "redirect-to-https"),
			cloud.OneOf(at+".allowedMethods", "GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"),
			cloud.OneOf(at+".cachedMethods", "GET", "HEAD", "OPTIONS"))
	}
	checks = append(checks,
		cloud.OneOf("httpVersion", "http1.1", "http2", "http3", "http2and3"),
		cloud.OneOf("priceClass", "PriceClass_All", "PriceClass_200", "PriceClass_100"),
		cloud.OneOf("restrictions.geoRestriction.restrictionType", "none", "whitelist", "blacklist"),
		cloud.OneOf("viewerCertificate.sslSupportMethod", "sni-only", "vip", "static-ip"),
		cloud.OneOf("viewerCertificate.minimumProtocolVersion", "SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016", "TLSv1.2_2018",
			"TLSv1.2_2019", "TLSv1.2_2021"),
		cloud.OneNeeded("viewerCertificate.acmCertificateArn", "viewerCertificate.cloudfrontDefaultCertificate", "viewerCertificate.iamCertificateId"))
	refs = append(refs,
		holds("origins.originAccessControlId", "cloudfront/originAccessControl"), holds("viewerCertificate.acmCertificateArn", "acm/certificate", "arn"))
	for i := range refs {
		// The certificate is in us-east-1, where another check looks for it.
		refs[i].Optional = refs[i].Path == "viewerCertificate.acmCertificateArn"
	}
	return &kind{
		DisplayName: "CloudFront Distribution", ID: "E{upper:13}", Global: true,
		Defaults: defaults, ReplaceOn: []string{"staging"}, Sets: []string{"origins", "originGroups", "customErrorResponses"},
		Rules: checks, References: refs,
		Outputs: vals{
			"arn": "arn:{partition}:cloudfront::{account}:distribution/{id}", "domainName": "d{letters:13}.cloudfront.net",
			"hostedZoneId": "Z2FDTNDATAQYW2", "status": "Deployed", "etag": "E{upper:12}", "callerReference": "terraform-{digits:26}",
			"lastModifiedTime": "{now}", "trustedKeyGroups": []any{vals{"enabled": false}}, "trustedSigners": []any{vals{"enabled": false}},
		},
		Apply: makeDistribution,
		AfterDelete: func(m *cloud.Operation) {
			if m.True("retainOnDelete") {
				m.LeaveBehind(Token("cloudfront/distribution"), m.ID, "retainOnDelete is set", m.Values)
			}
		},
	}
}

func makeDistribution(m *cloud.Operation) error {
	if err := checkBehaviours(m); err != nil {
		return err
	}
	aliases, certificate := m.Texts("aliases"), m.Text("viewerCertificate.acmCertificateArn")
	if len(aliases) > 0 && certificate == "" {
		return cloud.Refuse("InvalidViewerCertificate", "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a "+
			"trusted certificate that validates your authorization to use the domain name.")
	}
	if certificate != "" && m.Text("viewerCertificate.sslSupportMethod") == "" {
		return cloud.Refuse("InvalidViewerCertificate", "sslSupportMethod is required with acmCertificateArn")
	}
	if err := checkViewerCertificate(m, certificate, aliases); err != nil {
		return err
	}
	for _, other := range m.Find(Token("cloudfront/distribution"), "", "") {
		for _, alias := range other.Texts("aliases") {
			if other.Text("id") != m.ID && slices.Contains(aliases, alias) {
				return cloud.Refuse("CNAMEAlreadyExists", "One or more of the CNAMEs you provided are already associated with a different resource: %s", alias)
			}
		}
	}
	return nil
}

func checkBehaviours(m *cloud.Operation) error {
	origins := m.Texts("origins.originId")
	for _, at := range []string{"defaultCacheBehavior", "orderedCacheBehaviors"} {
		for _, one := range m.Objects(at) {
			target := one.Text("targetOriginId")
			if !slices.Contains(origins, target) {
				return cloud.Refuse("NoSuchOrigin", "One or more of your origins or origin groups do not exist: %s", target)
			}
			if one.Text("cachePolicyId") == "" && !one.Has("forwardedValues") {
				return cloud.Refuse("InvalidArgument", "The parameter ForwardedValues is required.")
			}
		}
	}
	return nil
}

func checkViewerCertificate(m *cloud.Operation, certificate string, aliases []string) error {
	if certificate == "" {
		return nil
	}
	in := m.InRegion("us-east-1")
	if !strings.Contains(certificate, ":us-east-1:") || len(in.Find(issuedCertificate, "arn", certificate)) == 0 {
		return cloud.Refuse("InvalidViewerCertificate", "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, "+
			"or doesn't include a valid certificate chain.")
	}
	covered := in.First(Token("acm/certificate"), "arn", certificate)
	for _, alias := range aliases {
		if !covers(append(covered.Texts("subjectAlternativeNames"), covered.Text("domainName")), alias) {
			return cloud.Refuse("InvalidViewerCertificate", "The certificate that is attached to your distribution doesn't cover the alternate "+
				"domain name (CNAME) that you're trying to add: %s", alias)
		}
	}
	return nil
}

// covers tells whether a certificate with these names is valid for a name.
func covers(certified []string, name string) bool {
	_, above, _ := strings.Cut(name, ".")
	return slices.Contains(certified, name) || slices.Contains(certified, "*."+above)
}

// The ids of CloudFront's managed policies.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
func managedCachePolicies() []string {
	return []string{
		"2e54312d-136d-493c-8eb9-b001f22f67d2", "658327ea-f89d-4fab-a63d-7e88639e58f6", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
		"b2884449-e4de-46a7-ac36-70bc7f1ddd6d", "08627262-05a9-4f76-9ded-b50ca2e3a84f", "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
		"4cc15a8a-d715-48a4-82b8-cc0b614638fe",
	}
}

// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
func managedRequestPolicies() []string {
	return []string{
		"216adef6-5c7f-47e4-b989-5492eafa07d3", "33f36d7e-f396-46d9-90e0-52428a34d9dc", "b689b0a8-53d0-40ab-baf2-68738e2966ac",
		"59781a5b-3903-41f3-afcb-af62929ccde1", "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf", "775133bc-15f2-49f9-abea-afb2e0bf67d2",
		"acba4595-bd28-49b8-b9fe-13317c0390fa",
	}
}

// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
func managedHeaderPolicies() []string {
	return []string{
		"e61eb60c-9c35-4d20-a928-2b84e02af89c", "5cc3b908-e619-4b99-88e5-2cf7f45965bd", "eaab4381-ed33-4a86-88ca-d9558dc6cd63",
		"67f7725c-6f97-4210-82d7-5512b31e9d03", "60669652-455b-4ae9-85a4-c4c02393f86c",
	}
}
