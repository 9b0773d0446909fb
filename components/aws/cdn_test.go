package aws_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/tests/mocks"
)

func withCDN(change func(*aws.CDNArgs)) pulumi.RunFunc {
	return withCDNOf(arguments.CDNBucket, change)
}

func withCDNOf(access arguments.BucketAccess, change func(*aws.CDNArgs)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		args := &aws.CDNArgs{PriceClass: aws.NorthAmericaAndEurope, Tags: tags()}
		change(args)
		if args.Origins == nil {
			for _, name := range []string{"static", "media"} {
				bucket, err := aws.NewBucket(ctx, "blog", &aws.BucketArgs{
					Name: name, Access: access, Versioning: arguments.VersioningSuspended, DeletionPolicy: deletion.Retain, Tags: tags(),
				})
				if err != nil {
					return err
				}
				args.Origins = append(args.Origins, aws.CDNOrigin{Bucket: bucket, Path: map[string]string{"media": "/media/*"}[name]})
			}
		}
		_, err := aws.NewCDN(ctx, "blog", args)
		return err
	}
}

func named(a *aws.CDNArgs) {
	a.Aliases, a.CertificateARN = []string{"static.example.com"}, pulumi.String("arn:certificate")
}

func TestTheCDNServesByHTTPSFromEachBucket(t *testing.T) {
	for _, outputs := range mocks.Both() {
		t.Run(string(outputs), func(t *testing.T) {
			ran := mocks.Run(t, outputs, withCDN(named))

			distribution := ran.Find(t, "Distribution", "blog-cdn")
			assert.Equal(t, "redirect-to-https", distribution.At(t, "defaultCacheBehavior.viewerProtocolPolicy"))
			assert.Equal(t, "redirect-to-https", distribution.At(t, "orderedCacheBehaviors[0].viewerProtocolPolicy"))
			assert.Equal(t, "blog-static", distribution.At(t, "defaultCacheBehavior.targetOriginId"))
			assert.Equal(t, "blog-media", distribution.At(t, "orderedCacheBehaviors[0].targetOriginId"))
			assert.Equal(t, "/media/*", distribution.At(t, "orderedCacheBehaviors[0].pathPattern"))
			assert.Equal(t, []any{"GET", "HEAD", "OPTIONS"}, distribution.At(t, "defaultCacheBehavior.allowedMethods"))
			assert.NotEmpty(t, distribution.At(t, "defaultCacheBehavior.responseHeadersPolicyId"))
			assert.Equal(t, true, distribution.At(t, "defaultCacheBehavior.compress"))
			assert.Equal(t, "http2and3", distribution.At(t, "httpVersion"))
			assert.Equal(t, "TLSv1.2_2021", distribution.At(t, "viewerCertificate.minimumProtocolVersion"))
			assert.Equal(t, "sni-only", distribution.At(t, "viewerCertificate.sslSupportMethod"))
			assert.Equal(t, []any{"static.example.com"}, distribution.At(t, "aliases"))
			tagged(t, ran, "Distribution")
		})
	}
}

func TestWithoutAliasesTheCertificateIsCloudFronts(t *testing.T) {
	distribution := mocks.Run(t, mocks.Known, withCDN(unchanged)).Find(t, "Distribution", "blog-cdn")

	assert.Equal(t, map[string]any{"cloudfrontDefaultCertificate": true, "minimumProtocolVersion": "TLSv1"},
		distribution.At(t, "viewerCertificate"))
	assert.Nil(t, distribution.At(t, "aliases"))
}

func TestEachBucketHasOnePolicyThatLetsThisDistributionRead(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withCDN(named))

	assert.Len(t, ran.OfKind("BucketPolicy"), 2, "one for each bucket")
	distribution := ran.Find(t, "Distribution", "blog-cdn")
	for _, written := range ran.OfKind("BucketPolicy") {
		policy := document(t, written.At(t, "policy"))
		assert.Len(t, policy, 3)
		assert.Equal(t, "Deny", policy[0]["Effect"], "plain text")
		read := policy[2]
		assert.Equal(t, []any{"s3:GetObject"}, read["Action"], "listing would show every name to whoever asks for the root")
		assert.Equal(t, map[string]any{"Service": []any{"cloudfront.amazonaws.com"}}, read["Principal"])
		assert.Equal(t, map[string]any{"StringEquals": map[string]any{
			"AWS:SourceArn": []any{"arn:aws:mock:eu-central-1:" + mocks.Account + ":" + distribution.Name},
		}}, read["Condition"])
		assert.True(t, written.Retain, "a kept bucket stays closed to plain text")
	}
}

func TestOriginsAreReadSignedIn(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withCDN(named))

	signed := ran.OfKind("OriginAccessControl")
	assert.Len(t, signed, 1)
	assert.Equal(t, "always", signed[0].At(t, "signingBehavior"))
	assert.Equal(t, "sigv4", signed[0].At(t, "signingProtocol"))
	assert.Equal(t, "s3", signed[0].At(t, "originAccessControlOriginType"))
	distribution := ran.Find(t, "Distribution", "blog-cdn")
	for _, at := range []string{"origins[0]", "origins[1]"} {
		assert.Equal(t, signed[0].Name+"-id", distribution.At(t, at+".originAccessControlId"))
	}
}

func beforeAHost(a *aws.CDNArgs) {
	named(a)
	a.Origins = []aws.CDNOrigin{{Host: "blog.example.com", Path: "/static/*"}}
	a.RedirectHost = "blog.example.com"
}

func TestAHostIsAskedOverTLSForItsPathAlone(t *testing.T) {
	for _, outputs := range mocks.Both() {
		t.Run(string(outputs), func(t *testing.T) {
			ran := mocks.Run(t, outputs, withCDN(beforeAHost))

			distribution := ran.Find(t, "Distribution", "blog-cdn")
			assert.Equal(t, "blog.example.com", distribution.At(t, "origins[0].domainName"))
			assert.Equal(t, map[string]any{
				"httpPort": 80.0, "httpsPort": 443.0, "originProtocolPolicy": "https-only", "originSslProtocols": []any{"TLSv1.2"},
			}, distribution.At(t, "origins[0].customOriginConfig"))
			assert.Equal(t, "/static/*", distribution.At(t, "orderedCacheBehaviors[0].pathPattern"))
			assert.Nil(t, distribution.At(t, "defaultRootObject"), "the root is sent on")
			assert.Empty(t, ran.OfKind("OriginAccessControl"), "there is no bucket")
			assert.Empty(t, ran.OfKind("BucketPolicy"))
		})
	}
}

func TestOtherPathsAreSentOnAndNeverAnswered(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withCDN(beforeAHost))

	function := ran.Find(t, "Function", "blog-cdn-elsewhere")
	assert.Contains(t, function.At(t, "code"), `"https://blog.example.com" + event.request.uri`)
	assert.Equal(t, []any{map[string]any{
		"eventType": "viewer-request", "functionArn": "arn:aws:mock:eu-central-1:" + mocks.Account + ":" + function.Name,
	}}, ran.Find(t, "Distribution", "blog-cdn").At(t, "defaultCacheBehavior.functionAssociations"))
	assert.Nil(t, ran.Find(t, "Distribution", "blog-cdn").At(t, "orderedCacheBehaviors[0].functionAssociations"))
}

func TestAnErrorOfAHostIsAskedForAgain(t *testing.T) {
	responses := mocks.Run(t, mocks.Known, withCDN(beforeAHost)).Find(t, "Distribution", "blog-cdn").At(t, "customErrorResponses").([]any)

	kept := map[any]any{}
	for _, response := range responses {
		kept[response.(map[string]any)["errorCode"]] = response.(map[string]any)["errorCachingMinTtl"]
	}
	assert.Equal(t, map[any]any{404.0: 0.0, 500.0: 0.0, 502.0: 0.0, 503.0: 0.0, 504.0: 0.0}, kept)
	assert.Nil(t, mocks.Run(t, mocks.Known, withCDN(named)).Find(t, "Distribution", "blog-cdn").At(t, "customErrorResponses"), "a bucket has a file or has it not")
}

func TestTheCDNRefusesWhatCannotWork(t *testing.T) {
	refuses(t, withCDN, func(a *aws.CDNArgs) { a.Origins = []aws.CDNOrigin{} }, "CDN: Origins is required")
	refuses(t, withCDN, func(a *aws.CDNArgs) { a.Origins = []aws.CDNOrigin{{Path: "media/*"}} },
		"Origins[0] needs either a Bucket or a Host", "Origins[0].Path must begin with /", "exactly one of Origins must have no Path")
	refuses(t, withCDN, func(a *aws.CDNArgs) {
		a.Origins, a.RedirectHost = []aws.CDNOrigin{{Host: "blog.example.com"}}, "blog.example.com"
	},
		"every one of Origins needs a Path with RedirectHost")
	for name, change := range map[string]func(*aws.CDNArgs){
		"CertificateARN, since there are Aliases": func(a *aws.CDNArgs) { a.Aliases = []string{"static.example.com"} },
		"CertificateARN goes with Aliases":        func(a *aws.CDNArgs) { a.CertificateARN = pulumi.String("arn:certificate") },
		`PriceClass is "cheap"`:                   func(a *aws.CDNArgs) { a.PriceClass = "cheap" },
	} {
		_, err := mocks.Try(mocks.Known, nil, withCDN(change))
		assert.ErrorContains(t, err, name)
	}
	_, err := mocks.Try(mocks.Known, nil, withCDNOf(arguments.PrivateBucket, unchanged))
	assert.ErrorContains(t, err, "Bucket needs Access cdn")
}
