package gcp

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	components "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/stacks/app"
	"github.com/djangostack/djangostack/stacks/spec"
)

// front is what clients connect to.
type front struct {
	balancer *components.LoadBalancer
	address  *components.Address
}

// loadBalancer registers the Gateway, from which GKE creates the load balancer, and points
// the app's host at it.
func (w wiring) loadBalancer(base foundation, zone *components.DNS, platform app.Platform, deployed *app.App) (front, error) {
	certificate, err := w.certificate(zone, w.name, w.environment.HostsInZone(), w.certificates())
	if err != nil {
		return front{}, err
	}
	address, err := w.address(w.name)
	if err != nil {
		return front{}, err
	}
	args := w.loadBalancerArgs(deployed, certificate, address)
	args.Before = slices.Concat(base.cluster.Ready, []pulumi.Resource{address, certificate}, deployed.Served)
	balancer, err := components.NewLoadBalancer(w.ctx, w.name, args, platform.Options...)
	if err != nil {
		return front{}, err
	}
	return front{balancer: balancer, address: address}, w.record(zone, w.name, address.IP, w.environment.HostsInZone()...)
}

func (w wiring) loadBalancerArgs(deployed *app.App, certificate *components.Certificate, address *components.Address) *components.LoadBalancerArgs {
	web, balancer := w.environment.Web, w.environment.LoadBalancer
	return &components.LoadBalancerArgs{
		Project:            w.environment.GCP.Project,
		Namespace:          deployed.Namespace,
		Labels:             deployed.Labels,
		Service:            w.environment.WebServiceName(),
		ServicePort:        web.Service.Port,
		PodPorts:           w.webPorts(),
		Hosts:              w.environment.RoutedHosts(),
		Backends:           w.backends(),
		Rules:              w.rules(),
		AddressName:        address.Name,
		CertificateMapName: certificate.MapName,
		AllowedCIDRs:       balancer.AllowedCIDRs,
		AccessLogs:         arguments.Switch(balancer.AccessLogs),
		DrainSeconds:       w.environment.DrainOf(spec.WebProcess),
		TimeoutSeconds:     w.environment.RouteTimeout(spec.WebProcess),
		CachedPath:         w.cachedPath(),
	}
}

// cachedPath is the path of static files that the pods serve and the CDN caches; empty
// without a CDN.
func (w wiring) cachedPath() string {
	static := w.environment.Static
	if static.CDN == spec.Off || static.Store == spec.StaticInBucket {
		return ""
	}
	return static.URL
}
