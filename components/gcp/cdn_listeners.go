package gcp

import (
	"errors"
	"fmt"
	"regexp"

	gcpcompute "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/validate"
)

// externalManaged is the scheme of the global external Application Load Balancer.
const externalManaged = "EXTERNAL_MANAGED"

// checkHosts returns an error that names every text which is not a host name in lower case.
func checkHosts(component string, hosts []string) error {
	host := regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`)
	var problems []error
	for i, name := range hosts {
		problems = append(problems, validate.RefuseIf(!host.MatchString(name), component,
			fmt.Sprintf("Hosts[%d] is %q, which is not a host name such as static.example.com", i, name)))
	}
	return errors.Join(problems...)
}

// newURLMap routes requests for the hosts to the bucket, and redirects all others to the
// first host, because Cloud CDN caches a copy for every host name.
func (a *CDNArgs) newURLMap(ctx *pulumi.Context, name string, backend *gcpcompute.BackendBucket, parent pulumi.Resource) (*gcpcompute.URLMap, error) {
	const files = "files"
	paths, err := gcpcompute.NewURLMap(ctx, child(name, "cdn"), &gcpcompute.URLMapArgs{
		Project:            pulumi.String(a.Project),
		Description:        pulumi.String("Files of " + name),
		DefaultUrlRedirect: redirect(a.Hosts[0]),
		HostRules: gcpcompute.URLMapHostRuleArray{&gcpcompute.URLMapHostRuleArgs{
			Hosts:       pulumi.ToStringArray(a.Hosts),
			PathMatcher: pulumi.String(files),
		}},
		PathMatchers: gcpcompute.URLMapPathMatcherArray{&gcpcompute.URLMapPathMatcherArgs{
			Name:           pulumi.String(files),
			DefaultService: backend.ID().ToStringOutput().ToStringPtrOutput(),
		}},
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the URL map of the CDN: %w", err)
	}
	return paths, nil
}

func redirect(host string) *gcpcompute.URLMapDefaultUrlRedirectArgs {
	args := &gcpcompute.URLMapDefaultUrlRedirectArgs{
		HttpsRedirect:        pulumi.Bool(true),
		RedirectResponseCode: pulumi.String("MOVED_PERMANENTLY_DEFAULT"),
		StripQuery:           pulumi.Bool(false),
	}
	if host != "" {
		args.HostRedirect = pulumi.String(host)
	}
	return args
}

// newListeners registers the HTTPS proxy and the HTTP redirect. The forwarding rules wait
// until the load balancer may read the bucket.
func (a *CDNArgs) newListeners(ctx *pulumi.Context, name string, paths *gcpcompute.URLMap, read pulumi.Resource, parent pulumi.Resource) error {
	policy, err := newTLSPolicy(ctx, child(name, "cdn"), a.Project, parent)
	if err != nil {
		return err
	}
	https, err := gcpcompute.NewTargetHttpsProxy(ctx, child(name, "cdn"), &gcpcompute.TargetHttpsProxyArgs{
		Project:        pulumi.String(a.Project),
		UrlMap:         paths.ID(),
		CertificateMap: a.CertificateMapID.ToStringOutput().ToStringPtrOutput(),
		SslPolicy:      policy.ID().ToStringOutput().ToStringPtrOutput(),
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("registering the HTTPS proxy of the CDN: %w", err)
	}
	redirects, err := gcpcompute.NewURLMap(ctx, child(name, "cdn-http"), &gcpcompute.URLMapArgs{
		Project:            pulumi.String(a.Project),
		Description:        pulumi.String("Redirects HTTP to HTTPS"),
		DefaultUrlRedirect: redirect(""),
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("registering the redirect to HTTPS: %w", err)
	}
	http, err := gcpcompute.NewTargetHttpProxy(ctx, child(name, "cdn-http"), &gcpcompute.TargetHttpProxyArgs{
		Project: pulumi.String(a.Project),
		UrlMap:  redirects.ID(),
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("registering the HTTP proxy of the CDN: %w", err)
	}
	if err := a.newForwardingRule(ctx, child(name, "cdn", "443"), "443", https.ID(), read, parent); err != nil {
		return err
	}
	return a.newForwardingRule(ctx, child(name, "cdn", "80"), "80", http.ID(), read, parent)
}

func (a *CDNArgs) newForwardingRule(ctx *pulumi.Context, part, port string, target pulumi.StringInput, read pulumi.Resource, parent pulumi.Resource) error {
	_, err := gcpcompute.NewGlobalForwardingRule(ctx, part, &gcpcompute.GlobalForwardingRuleArgs{
		Project:             pulumi.String(a.Project),
		IpAddress:           a.Address.ID.ToStringPtrOutput(),
		IpProtocol:          pulumi.String("TCP"),
		PortRange:           pulumi.String(port),
		LoadBalancingScheme: pulumi.String(externalManaged),
		Target:              target,
		Labels:              a.Labels.All(),
		// An address has one forwarding rule for each port.
	}, pulumi.Parent(parent), pulumi.DeleteBeforeReplace(true), pulumi.DependsOn([]pulumi.Resource{read}))
	if err != nil {
		return fmt.Errorf("registering the forwarding of port %s: %w", port, err)
	}
	return nil
}

// newTLSPolicy registers a TLS policy that refuses versions before TLS 1.2 and weak
// ciphers, which Google's default still allows.
func newTLSPolicy(ctx *pulumi.Context, name, project string, parent pulumi.Resource) (*gcpcompute.SSLPolicy, error) {
	policy, err := gcpcompute.NewSSLPolicy(ctx, name, &gcpcompute.SSLPolicyArgs{
		Project:       pulumi.String(project),
		Profile:       pulumi.String("MODERN"),
		MinTlsVersion: pulumi.String("TLS_1_2"),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the TLS policy %s: %w", name, err)
	}
	return policy, nil
}
