package aws

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/stacks/app"
	"github.com/djangostack/djangostack/stacks/spec"
)

const (
	// healthyCodes count an answer to an unknown host as healthy: the load balancer
	// requests the pod's address, which Django refuses with 400. The cluster decides
	// whether a pod is ready, and only ready pods are registered.
	healthyCodes = "200-499"
	// controllerChart is the version of the AWS Load Balancer Controller's chart
	// (https://github.com/aws/eks-charts).
	controllerChart = "1.13.3"
)

// front is what clients connect to.
type front struct {
	// addresses are fixed; nil without them.
	addresses *components.Address
	// name is the DNS name of the load balancer.
	name pulumi.StringOutput
	// balancer and certificate are what clients see.
	balancer    *components.LoadBalancer
	certificate *components.Certificate
}

// loadBalancer registers the load balancer, binds the app's pods to it, and points the
// app's host at it.
func (w wiring) loadBalancer(base foundation, zone *components.DNS, platform app.Platform, deployed *app.App) (front, error) {
	certificate, err := w.certificate(zone, w.name, w.environment.HostsInZone())
	if err != nil {
		return front{}, err
	}
	addresses, err := w.fixedAddresses()
	if err != nil {
		return front{}, err
	}
	args, err := w.loadBalancerArgs(base, certificate, addresses)
	if err != nil {
		return front{}, err
	}
	balancer, err := components.NewLoadBalancer(w.ctx, w.name, args, component.With(w.options, pulumi.DependsOn(base.network.Egress))...)
	if err != nil {
		return front{}, err
	}
	if err := w.bindPods(base, platform, deployed, balancer); err != nil {
		return front{}, err
	}
	alias := components.Alias{DNSName: balancer.DNSName, ZoneID: balancer.ZoneID}
	found := front{addresses: addresses, name: balancer.DNSName, balancer: balancer, certificate: certificate}
	return found, w.record(zone, w.name, alias, w.environment.HostsInZone()...)
}

func (w wiring) loadBalancerArgs(base foundation, certificate *components.Certificate, addresses *components.Address) (*components.LoadBalancerArgs, error) {
	logs, err := w.accessLogs()
	if err != nil {
		return nil, err
	}
	web := w.environment.Web
	args := &components.LoadBalancerArgs{
		AccessLogs:       logs,
		VpcID:            base.network.VpcID,
		PublicSubnetIDs:  base.network.PublicSubnetIDs,
		PrivateSubnetIDs: base.network.PrivateSubnetIDs,
		CertificateARN:   certificate.ARN,
		AllowedCIDRs:     w.environment.LoadBalancer.AllowedCIDRs,
		Port:             web.Port,
		PodGroupID:       base.cluster.SecurityGroupID,
		Health:           components.HealthCheck{Path: web.ReadinessPath, Codes: healthyCodes},
		DrainSeconds:     w.environment.DrainOf(spec.WebProcess),
		Backends:         w.backends(),
		Rules:            w.rules(),
		MoreCertificates: w.environment.RouteCertificates(),
		IdleSeconds:      w.environment.IdleSeconds(),
		ClusterName:      base.cluster.Name,
		Data:             w.environment.Held(data.Addresses),
		Tags:             w.tags,
	}
	if addresses != nil {
		args.Addresses = addresses.AllocationIDs
	}
	return args, nil
}

// fixedAddresses reserves one address for each zone; nil if the addresses are not fixed.
func (w wiring) fixedAddresses() (*components.Address, error) {
	if w.environment.LoadBalancer.Addresses != spec.FixedAddresses {
		return nil, nil
	}
	return components.NewAddress(w.ctx, w.name, &components.AddressArgs{
		Count: len(w.zones()),
		Data:  w.environment.Held(data.Addresses),
		Tags:  w.tags,
	}, w.options...)
}

// accessLogs registers the bucket that requests are logged in; nil if they are not. The
// bucket is deleted with its logs, as the environment's log groups are.
func (w wiring) accessLogs() (*components.Bucket, error) {
	if w.environment.LoadBalancer.AccessLogs == spec.Off {
		return nil, nil
	}
	return components.NewBucket(w.ctx, w.name, &components.BucketArgs{
		Name:      "access-logs",
		Access:    arguments.LogBucket,
		AccountID: w.account,
		// AWS writes each file once.
		Versioning:     arguments.VersioningSuspended,
		Lifecycle:      arguments.BucketLifecycle{ExpireDays: w.logDays()},
		DeletionPolicy: deletion.Delete,
		Tags:           w.tags,
	}, w.options...)
}

// bindPods registers the app's pods as targets of the load balancer.
func (w wiring) bindPods(base foundation, platform app.Platform, deployed *app.App, balancer *components.LoadBalancer) error {
	registrar, controller, err := w.registrar(base, platform)
	if err != nil {
		return err
	}
	// The load balancer's rules let requests that have begun reach the pods until all are
	// deregistered.
	before := slices.Concat(base.cluster.Ready, deployed.Served, []pulumi.Resource{balancer}, controller)
	bind := func(backend string, target spec.RouteTarget, group pulumi.StringOutput) error {
		_, err := components.NewTargetBinding(w.ctx, w.name, &components.TargetBindingArgs{
			Namespace:      deployed.Namespace,
			Labels:         deployed.Labels,
			Backend:        backend,
			Service:        target.Service,
			ServicePort:    target.ServicePort,
			PortName:       target.Port,
			TargetGroupARN: group,
			Registrar:      registrar,
		}, component.With(platform.Options, pulumi.DependsOn(before))...)
		return err
	}
	web := w.environment.TargetOf(spec.Route{Process: spec.WebProcess})
	if err := bind("", web, balancer.TargetGroupARN); err != nil {
		return err
	}
	for _, target := range w.environment.RouteTargets() {
		if target == web {
			continue
		}
		if err := bind(target.Name(), target, balancer.BackendARNs[target.Name()]); err != nil {
			return err
		}
	}
	return nil
}

// registrar returns what registers pods as targets: Auto Mode does it itself; elsewhere it
// is a controller, which is also returned.
func (w wiring) registrar(base foundation, platform app.Platform) (components.Registrar, []pulumi.Resource, error) {
	if w.environment.Cluster.Mode != spec.NodesMode {
		return components.AutoModeRegistrar, nil, nil
	}
	controller, err := components.NewLoadBalancerController(w.ctx, w.name+"-balancer", &components.LoadBalancerControllerArgs{
		ClusterName:  base.cluster.Name,
		Region:       w.environment.AWS.Region,
		VpcID:        base.network.VpcID,
		ChartVersion: controllerChart,
		Tags:         w.tags,
	}, platform.Options...)
	if err != nil {
		return "", nil, err
	}
	return components.ControllerRegistrar, []pulumi.Resource{controller}, nil
}
