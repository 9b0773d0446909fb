package gcp_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/tests/mocks"
)

const certificateMap = "//certificatemanager.googleapis.com/projects/" + mocks.Project + "/locations/global/certificateMaps/blog"

func withCDN(change func(*gcp.CDNArgs)) pulumi.RunFunc { return withCDNOf(arguments.CDNBucket, change) }

func withCDNOf(access arguments.BucketAccess, change func(*gcp.CDNArgs)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		bucketArgs := bucketArgs()
		bucketArgs.Name, bucketArgs.Access = "static", access
		bucket, err := gcp.NewBucket(ctx, "blog", bucketArgs)
		if err != nil {
			return err
		}
		address, err := gcp.NewAddress(ctx, "static", &gcp.AddressArgs{Project: mocks.Project, Data: data.Held{Protected: true}, Labels: environment})
		if err != nil {
			return err
		}
		args := &gcp.CDNArgs{
			Project: mocks.Project, Bucket: bucket, Hosts: []string{"static.example.com", "files.example.com"},
			CertificateMapID: pulumi.String(certificateMap), Address: address, Labels: environment,
		}
		change(args)
		_, err = gcp.NewCDN(ctx, "blog", args)
		return err
	}
}

func TestTheCDNServesItsHostsByHTTPSFromItsBucket(t *testing.T) {
	for _, outputs := range mocks.Both() {
		t.Run(string(outputs), func(t *testing.T) {
			ran := mocks.Run(t, outputs, withCDN(unchanged))

			backend := ran.Find(t, "BackendBucket", "blog-cdn")
			assert.Equal(t, true, backend.At(t, "enableCdn"))
			assert.Equal(t, "AUTOMATIC", backend.At(t, "compressionMode"))
			assert.Equal(t, "FORCE_CACHE_ALL", backend.At(t, "cdnPolicy.cacheMode"), "what is not public says that it must not be kept")
			assert.Nil(t, backend.At(t, "cdnPolicy.maxTtl"), "Cloud CDN refuses it with this mode")
			assert.Contains(t, backend.At(t, "customResponseHeaders"), "X-Content-Type-Options: nosniff")

			paths := ran.Find(t, "URLMap", "blog-cdn")
			assert.Equal(t, []any{"static.example.com", "files.example.com"}, paths.At(t, "hostRules[0].hosts"))
			assert.Equal(t, paths.At(t, "hostRules[0].pathMatcher"), paths.At(t, "pathMatchers[0].name"))
			assert.Equal(t, "static.example.com", paths.At(t, "defaultUrlRedirect.hostRedirect"))

			proxy, policy := ran.Find(t, "TargetHttpsProxy", "blog-cdn"), ran.Find(t, "SSLPolicy", "blog-cdn")
			assert.Equal(t, certificateMap, proxy.At(t, "certificateMap"))
			assert.Equal(t, "TLS_1_2", policy.At(t, "minTlsVersion"))
			assert.Equal(t, "MODERN", policy.At(t, "profile"))
			assert.True(t, ran.Waits(proxy, policy))
			carriesLabels(t, ran, "GlobalForwardingRule", "GlobalAddress")
			ofProject(t, ran, "BucketIAMMember")
		})
	}
}

func TestOneAddressAnswersAtBothPorts(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withCDN(unchanged))

	for port, target := range map[string]string{"443": "blog-cdn-id", "80": "blog-cdn-http-id"} {
		rule := ran.Find(t, "GlobalForwardingRule", "blog-cdn-"+port)
		assert.Equal(t, port, rule.At(t, "portRange"))
		assert.Equal(t, target, rule.At(t, "target"))
		assert.Equal(t, "EXTERNAL_MANAGED", rule.At(t, "loadBalancingScheme"))
		assert.Equal(t, "static-address-id", rule.At(t, "ipAddress"))
		assert.True(t, ran.Waits(rule, ran.Find(t, "BucketIAMMember", "blog-cdn-read")), "no one is answered that there is nothing")
	}
	onward := ran.Find(t, "URLMap", "blog-cdn-http")
	assert.Equal(t, map[string]any{
		"httpsRedirect": true, "redirectResponseCode": "MOVED_PERMANENTLY_DEFAULT", "stripQuery": false,
	}, onward.At(t, "defaultUrlRedirect"))
	assert.True(t, ran.Find(t, "GlobalAddress", "static-address").Protect)
}

func TestOnlyTheProjectsLoadBalancersReadABucketBehindACDN(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withCDN(unchanged))

	read := ran.Find(t, "BucketIAMMember", "blog-cdn-read")
	assert.Len(t, ran.OfKind("BucketIAMMember"), 1)
	assert.Equal(t, "serviceAccount:service-"+mocks.ProjectNumber+"@https-lb.iam.gserviceaccount.com", read.At(t, "member"))
	assert.Equal(t, "roles/storage.objectViewer", read.At(t, "role"))
	assert.True(t, ran.Waits(read, ran.Find(t, "BackendBucket", "blog-cdn")), "the account is there once a backend bucket is")
	assert.Equal(t, "enforced", made(t, ran).At(t, "publicAccessPrevention"))
}

func TestTheCDNRefusesWhatCannotWork(t *testing.T) {
	for want, change := range map[string]func(*gcp.CDNArgs){
		"CDN: Project is required":          func(a *gcp.CDNArgs) { a.Project = "" },
		"CDN: Bucket is required":           func(a *gcp.CDNArgs) { a.Bucket = nil },
		"CDN: Hosts is required":            func(a *gcp.CDNArgs) { a.Hosts = nil },
		"CDN: CertificateMapID is required": func(a *gcp.CDNArgs) { a.CertificateMapID = nil },
		"CDN: Address is required":          func(a *gcp.CDNArgs) { a.Address = nil },
		`Hosts[0] is "https://example.com"`: func(a *gcp.CDNArgs) { a.Hosts = []string{"https://example.com"} },
	} {
		_, err := mocks.Try(mocks.Known, nil, withCDN(change))
		assert.ErrorContains(t, err, want)
	}
	_, err := mocks.Try(mocks.Known, nil, withCDNOf(arguments.PrivateBucket, unchanged))
	assert.ErrorContains(t, err, "Bucket needs Access cdn")
}
