package gcp

import (
	"errors"
	"fmt"

	gcpcompute "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	gcpstorage "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/validate"
)

// CDNArgs describes a load balancer with Cloud CDN in front of one bucket.
type CDNArgs struct {
	Project string
	// Bucket with Access cdn, in one CDN only.
	Bucket *Bucket
	// Hosts are its host names. Requests for any other host are redirected to the first.
	Hosts []string
	// CertificateMapID is a certificate map with an entry for every host.
	CertificateMapID pulumi.StringInput
	// Address of the load balancer.
	Address *Address
	Labels  Labels
}

// CDN serves the objects of one bucket by HTTPS from Google's edge.
type CDN struct {
	pulumi.ResourceState

	// IP is the address for the hosts' DNS records.
	IP pulumi.StringOutput
	// URL of the files, on the first host.
	URL string
	// URLMapName is the name for an invalidation.
	URLMapName pulumi.StringOutput
}

// NewCDN registers the load balancer and grants it read access to its bucket.
func NewCDN(ctx *pulumi.Context, name string, args *CDNArgs, opts ...pulumi.ResourceOption) (*CDN, error) {
	c := &CDN{}
	return component.New(ctx, "djangostack:gcp:CDN", name+"-cdn", c, args.check, func() (pulumi.Map, error) {
		c.URL = "https://" + args.Hosts[0]
		backend, err := args.newBackend(ctx, name, c)
		if err != nil {
			return nil, err
		}
		read, err := args.grantRead(ctx, name, backend, c)
		if err != nil {
			return nil, err
		}
		paths, err := args.newURLMap(ctx, name, backend, c)
		if err != nil {
			return nil, err
		}
		if err := args.newListeners(ctx, name, paths, read, c); err != nil {
			return nil, err
		}
		c.IP, c.URLMapName = args.Address.IP, paths.Name
		return pulumi.Map{"ip": c.IP, "url": pulumi.String(c.URL), "urlMapName": c.URLMapName}, nil
	}, opts...)
}

func (a *CDNArgs) check() error {
	return errors.Join(
		validate.Check("CDN",
			validate.Required("Project", a.Project != ""),
			validate.Required("Bucket", a.Bucket != nil),
			validate.Required("Hosts", len(a.Hosts) > 0),
			validate.Required("CertificateMapID", a.CertificateMapID != nil),
			validate.Required("Address", a.Address != nil),
		),
		checkProject("CDN", a.Project),
		validate.RefuseIf(a.Bucket != nil && a.Bucket.access != arguments.CDNBucket, "CDN", "Bucket needs Access cdn"),
		checkHosts("CDN", a.Hosts),
		a.Labels.check("CDN"),
	)
}

// newBackend registers the bucket as a backend. Objects of a bucket that is not public have
// headers that forbid caching, so Cloud CDN is configured to cache them anyway
// (https://cloud.google.com/cdn/docs/setting-up-cdn-with-bucket).
func (a *CDNArgs) newBackend(ctx *pulumi.Context, name string, parent pulumi.Resource) (*gcpcompute.BackendBucket, error) {
	const hour, day = 3600, 86400
	backend, err := gcpcompute.NewBackendBucket(ctx, child(name, "cdn"), &gcpcompute.BackendBucketArgs{
		Project:         pulumi.String(a.Project),
		BucketName:      a.Bucket.Name,
		Description:     pulumi.String("Files of " + name),
		EnableCdn:       pulumi.Bool(true),
		CompressionMode: pulumi.String("AUTOMATIC"),
		CdnPolicy: &gcpcompute.BackendBucketCdnPolicyArgs{
			CacheMode:         pulumi.String("FORCE_CACHE_ALL"),
			DefaultTtl:        pulumi.Int(day),
			ClientTtl:         pulumi.Int(hour),
			NegativeCaching:   pulumi.Bool(true),
			RequestCoalescing: pulumi.Bool(true),
			ServeWhileStale:   pulumi.Int(day),
		},
		// Pages of any origin may use the files, for instance fonts.
		CustomResponseHeaders: pulumi.ToStringArray([]string{
			"Access-Control-Allow-Origin: *",
			"Referrer-Policy: strict-origin-when-cross-origin",
			"Strict-Transport-Security: max-age=31536000",
			"X-Content-Type-Options: nosniff",
			"X-Frame-Options: SAMEORIGIN",
		}),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the bucket as a backend: %w", err)
	}
	return backend, nil
}

// grantRead lets the project's load balancers read the bucket, which stays closed to
// everyone else. Their service account exists once the project has a backend bucket, and
// Google allows no other role for it
// (https://cloud.google.com/cdn/docs/configure-private-bucket-access).
func (a *CDNArgs) grantRead(ctx *pulumi.Context, name string, backend *gcpcompute.BackendBucket, parent pulumi.Resource) (pulumi.Resource, error) {
	agent := pulumi.Sprintf("serviceAccount:service-%s@https-lb.iam.gserviceaccount.com", projectNumber(ctx, a.Project, backend, parent))
	member, err := gcpstorage.NewBucketIAMMember(ctx, name+"-cdn-read", &gcpstorage.BucketIAMMemberArgs{
		Bucket: a.Bucket.Name,
		Role:   pulumi.String("roles/storage.objectViewer"),
		Member: agent,
	}, pulumi.Parent(parent), pulumi.DependsOn([]pulumi.Resource{backend}))
	if err != nil {
		return nil, fmt.Errorf("granting the load balancer access to the bucket: %w", err)
	}
	return member, nil
}
