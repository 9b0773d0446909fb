package security

import "strings"

const (
	distribution = "aws:cloudfront/distribution:Distribution"
	loadBalancer = "aws:lb/loadBalancer:LoadBalancer"
	listener     = "aws:lb/listener:Listener"
	targetGroup  = "aws:lb/targetGroup:TargetGroup"
	certificate  = "aws:acm/certificate:Certificate"
	zone         = "aws:route53/zone:Zone"
	repository   = "aws:ecr/repository:Repository"
	wafAttached  = "aws:wafv2/webAclAssociation:WebAclAssociation"
)

func cdnOnAWS() []Line {
	return []Line{
		{
			IDs: []string{"CKV_AWS_34"}, Asks: "Visitors get files by HTTPS only",
			Of: []string{distribution}, Needs: []Need{arg("defaultCacheBehavior.viewerProtocolPolicy", isOneOf("redirect-to-https", "https-only"))},
		},
		{
			IDs: []string{"CKV_AWS_174"}, Asks: "Visitors get files by TLS 1.2 at least",
			Of: []string{distribution}, Needs: []Need{arg("viewerCertificate.minimumProtocolVersion", begins("TLSv1.2"))},
		},
		{
			IDs: []string{"CKV2_AWS_42"}, Asks: "The certificate is of a name of ours",
			Of: []string{distribution}, Needs: []Need{arg("viewerCertificate.acmCertificateArn", isGiven())},
		},
		{
			IDs: []string{"CKV2_AWS_46"}, Asks: "The CDN authenticates to its bucket, which nothing else can read",
			Of: []string{distribution}, Needs: []Need{arg("origins[*].originAccessControlId", isGiven())},
		},
		{
			IDs: []string{"CKV2_AWS_54", "CKV2_AWS_72"}, Asks: "The CDN asks for files by HTTPS only", Note: "An origin that is a bucket is asked so by AWS; only others have a choice",
			Of: []string{distribution}, Needs: []Need{arg("origins[*].customOriginConfig", isNotGiven(map[string]any{"originProtocolPolicy": "http-only"}))},
		},
		{
			IDs: []string{"CKV2_AWS_32"}, Asks: "Answers carry the headers that browsers protect themselves by", Note: "checkov looks for a custom policy and does not see AWS's managed one, which this is",
			Of: []string{distribution}, Needs: []Need{arg("defaultCacheBehavior.responseHeadersPolicyId", isGiven())},
		},
		{
			IDs: []string{"CKV_AWS_305"}, Asks: "The root answers with a file, never with a list",
			Of: []string{distribution}, Needs: []Need{arg("defaultRootObject", isGiven())},
		},
		{
			IDs: []string{"CKV_AWS_216"}, Asks: "The CDN is switched on",
			Of: []string{distribution}, Needs: []Need{arg("enabled", is(true))},
		},
		{
			IDs: []string{"CKV_AWS_68", "CKV2_AWS_47"}, Asks: "A firewall (WAF) reads requests before the CDN answers",
			Of: []string{distribution}, Needs: []Need{arg("webAclId", isGiven())},
			NotMet: notMet("nothing runs behind it: what is asked for is a file or it is not. The component takes an ACL (`WebACLARN`)"),
		},
		{
			IDs: []string{"CKV_AWS_86"}, Asks: "Who asked for what is logged",
			Of: []string{distribution}, Needs: []Need{arg("loggingConfig.bucket", isGiven())},
			NotMet: notMet("one line per served static file, which says nothing about the app"),
		},
		{
			IDs: []string{"CKV_AWS_310"}, Asks: "A second origin answers when the first fails",
			Of: []string{distribution}, Needs: []Need{arg("originGroups", isGiven())},
			NotMet: notMet("the origin is S3, in three zones; files are collected again with every release"),
		},
		{
			IDs: []string{"CKV_AWS_374"}, Asks: "Some countries get nothing",
			Of: []string{distribution}, Needs: []Need{arg("restrictions.geoRestriction.restrictionType", isNo("none"))},
			NotMet: notMet("which countries is the business's to say, and a header or a proxy gets around it"),
		},
	}
}

func loadBalancersOnAWS() []Line {
	web := &Where{Text: "that speak HTTPS", holds: func(r Resource) bool { return r.Inputs["protocol"] == "HTTPS" }}
	application := &Where{Text: "of the type application", holds: func(r Resource) bool { return r.Inputs["loadBalancerType"] == "application" }}
	network := &Where{Text: "of the type network", holds: func(r Resource) bool { return r.Inputs["loadBalancerType"] == "network" }}
	logged := []Need{arg("accessLogs.enabled", is(true)), arg("accessLogs.bucket", isGiven())}
	return []Line{
		{
			IDs: []string{"CIS EKS 5.4.5", "CKV_AWS_2", "CKV2_AWS_20"}, Asks: "What does not come by HTTPS is sent there",
			Of:    []string{listener},
			Where: &Where{Text: "that are no pass-through of fixed addresses", holds: func(r Resource) bool { return r.Inputs["protocol"] != "TCP" }},
			Needs: []Need{arg("", that("has `protocol` HTTPS and a `certificateArn`, or redirects to HTTPS", safeListener, map[string]any{"protocol": "HTTP", "defaultActions": []any{map[string]any{"type": "forward"}}}))},
		},
		{
			IDs: []string{"CKV_AWS_103", "CKV2_AWS_74"}, Asks: "TLS is 1.2 at least, with strong ciphers", Note: "CKV2_AWS_74 asks it of the redirect, too, which has no TLS",
			Of: []string{listener}, Where: web,
			Needs: []Need{arg("sslPolicy", begins("ELBSecurityPolicy-TLS13-1-2", "ELBSecurityPolicy-TLS13-1-3"))},
		},
		{
			IDs: []string{"CKV_AWS_131"}, Asks: "Headers that are none are dropped",
			Of: []string{loadBalancer}, Where: application, Needs: []Need{arg("dropInvalidHeaderFields", is(true))},
		},
		{
			IDs: []string{"CKV_AWS_328"}, Asks: "Requests that two servers would read differently are refused",
			Of: []string{loadBalancer}, Where: application, Needs: []Need{arg("desyncMitigationMode", isOneOf("defensive", "strictest"))},
		},
		{
			IDs: []string{"CKV_AWS_150"}, Asks: "AWS itself refuses to delete the load balancer",
			Of: []string{loadBalancer}, Needs: []Need{arg("enableDeletionProtection", is(true))},
			NotMet: inStaging("made to be thrown away; `protection: protected` meets it"),
		},
		{
			IDs: []string{"CKV_AWS_152"}, Asks: "A load balancer with fixed addresses sends to every zone",
			Of: []string{loadBalancer}, In: Other, Where: network, Needs: []Need{arg("enableCrossZoneLoadBalancing", is(true))},
		},
		{
			IDs: []string{"CKV_AWS_261"}, Asks: "Pods that are not well get no requests",
			Of: []string{targetGroup}, Needs: []Need{arg("healthCheck.path", isGiven()), arg("healthCheck.enabled", is(true))},
		},
		{
			IDs: []string{"CKV_AWS_378"}, Asks: "Pods are spoken to by HTTPS, too", Note: "Newer versions of the check are content with a listener that speaks HTTPS",
			Of: []string{targetGroup}, Needs: []Need{arg("protocol", isNo("HTTP"))},
			NotMet: notMet("TLS ends at the load balancer; from there, traffic stays in the private subnets, and the pods' security group allows nothing else"),
		},
		{
			IDs: []string{"CKV_AWS_91"}, Asks: "Who asked for what is logged",
			Of: []string{loadBalancer}, In: Usual, Where: application, Needs: logged,
			NotMet: inStaging("kept by the gigabyte, and Gunicorn logs each request as well; `loadBalancer.accessLogs: on` meets it"),
		},
		{
			IDs: []string{"CKV_AWS_91"}, Asks: "The same, with `traffic: {accessLogs: on}`", Note: "With fixed addresses, another load balancer passes connections on: AWS logs what ends TLS only",
			Of: []string{loadBalancer}, In: Other, Where: application, Needs: logged,
		},
		{
			IDs: []string{"CKV2_AWS_28", "CKV2_AWS_76"}, Asks: "A firewall (WAF) reads requests before the app does",
			Of: []string{loadBalancer}, Where: application, Needs: []Need{namedBy(wafAttached, "resourceArn")},
			NotMet: notMet("which rules an app can live with is the app's to say, and each costs by the month; an ACL is attached to the load balancer by its ARN"),
		},
	}
}

// safeListener tells whether a listener uses HTTPS or redirects to it.
func safeListener(got any) bool {
	one, _ := got.(map[string]any)
	if one["protocol"] == "HTTPS" {
		return !empty(one["certificateArn"])
	}
	return first(one, "defaultActions[*].type") == "redirect" && first(one, "defaultActions[*].redirect.protocol") == "HTTPS"
}

func namesOnAWS() []Line {
	return []Line{
		{
			IDs: []string{"CKV_AWS_234"}, Asks: "Certificates are in the public logs of certificates",
			Of: []string{certificate}, Needs: []Need{arg("options.certificateTransparencyLoggingPreference", is("ENABLED"))},
		},
		{
			IDs: []string{"CKV2_AWS_71"}, Asks: "A certificate is for one name, not for all",
			Of: []string{certificate}, Needs: []Need{arg("domainName", noWildcard()), arg("subjectAlternativeNames[*]", noWildcard())},
		},
		{
			IDs: []string{"CKV2_AWS_23"}, Asks: "Names lead to something that is there",
			Of:    []string{"aws:route53/record:Record"},
			Where: &Where{Text: "of the type A", holds: func(r Resource) bool { return r.Inputs["type"] == "A" }},
			Needs: []Need{arg("aliases[*].name", isGiven())},
		},
		{
			IDs: []string{"CKV2_AWS_38"}, Asks: "Answers for the zone are signed (DNSSEC)",
			Of: []string{zone}, Needs: []Need{namedBy("aws:route53/hostedZoneDnsSec:HostedZoneDnsSec", "hostedZoneId")},
			NotMet: notMet("it needs a separate kind of key in us-east-1, and a DS record in the parent zone: when the two no longer match, no name of the zone resolves. An existing zone (`dns.source: existing`) may be signed"),
		},
		{
			IDs: []string{"CKV2_AWS_39"}, Asks: "Who asked for which name is logged",
			Of: []string{zone}, Needs: []Need{namedBy("aws:route53/queryLog:QueryLog", "zoneId")},
			NotMet: notMet("what resolvers ask says nothing about visitors, and is paid for by the gigabyte"),
		},
	}
}

func noWildcard() Want {
	return that("has no *", func(got any) bool {
		name, ok := got.(string)
		return ok && !strings.Contains(name, "*")
	}, "*.example.com")
}

func imagesOnAWS() []Line {
	return []Line{
		{
			IDs: []string{"CIS EKS 5.1.1", "CKV_AWS_163"}, Asks: "Images are scanned when they are pushed",
			Of: []string{repository}, Needs: []Need{arg("imageScanningConfiguration.scanOnPush", is(true))},
		},
		{
			IDs: []string{"CKV_AWS_51"}, Asks: "A tag always names the same image",
			Of: []string{repository}, Needs: []Need{arg("imageTagMutability", is("IMMUTABLE"))},
		},
		{
			IDs: []string{"CKV_AWS_136"}, Asks: "Images are encrypted with a key of the account",
			Of:    []string{repository},
			Needs: []Need{arg("encryptionConfigurations[*].encryptionType", is("KMS")), arg("encryptionConfigurations[*].kmsKey", isGiven())},
		},
	}
}
