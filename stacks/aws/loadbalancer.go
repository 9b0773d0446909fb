package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/stacks/spec"
)

const (
	// healthyCodes count an answer to an unknown host as healthy: the load balancer
	// asks by the pod's address, which Django refuses with 400. Whether a pod is ready
	// to serve is the cluster's to say; only ready pods are registered.
	healthyCodes = "200-499"
	// controllerChart is the version of the AWS Load Balancer Controller's chart
	// (https://github.com/aws/eks-charts).
	controllerChart = "1.13.3"
)

// wayIn makes the load balancer, binds the pods to it, and points the name at it.
func (w *wiring) loadBalancer() error {
	host := w.e.Host()
	certificate, err := w.certificate(w.name, host)
	if err != nil {
		return err
	}
	addresses, err := w.fixedAddresses()
	if err != nil {
		return err
	}
	logs, err := w.accessLogs()
	if err != nil {
		return err
	}
	traffic, err := components.NewLoadBalancer(w.ctx, w.name, &components.LoadBalancerArgs{
		Addresses:        addresses,
		AccessLogs:       logs,
		VpcID:            w.made.network.VpcID,
		PublicSubnetIDs:  w.made.network.PublicSubnetIDs,
		PrivateSubnetIDs: w.made.network.PrivateSubnetIDs,
		CertificateARN:   certificate.ARN,
		AllowedCIDRs:     w.e.LoadBalancer.AllowedCIDRs,
		Port:             w.e.Web.Port,
		PodGroupID:       w.made.cluster.SecurityGroupID,
		Health:           components.HealthCheck{Path: w.e.Web.ReadinessPath, Codes: healthyCodes},
		DrainSeconds:     w.e.Web.LongestRequestSeconds,
		IdleSeconds:      w.e.IdleSeconds(),
		ClusterName:      w.made.cluster.Name,
		Protect:          w.protected(),
		Tags:             w.tags,
	}, w.after(w.made.network.Egress...)...)
	if err != nil {
		return err
	}
	if err := w.bind(traffic); err != nil {
		return err
	}
	return w.point(w.name, host, components.Alias{DNSName: traffic.DNSName, ZoneID: traffic.ZoneID})
}

// accessLogs makes the bucket that requests are logged in, nil for none. It goes with
// what it holds, as the environment's groups of logs do.
func (w *wiring) accessLogs() (*components.Bucket, error) {
	if w.e.LoadBalancer.AccessLogs == spec.Off {
		return nil, nil
	}
	return components.NewBucket(w.ctx, w.name, &components.BucketArgs{
		Name:      "access-logs",
		Access:    arguments.LogBucket,
		AccountID: w.account,
		// Each file is written once, by AWS.
		Versioning:     arguments.VersioningSuspended,
		Lifecycle:      arguments.BucketLifecycle{ExpireDays: w.logDays()},
		DeletionPolicy: deletion.Delete,
		Tags:           w.tags,
	}, w.options...)
}

// fixedAddresses reserves one address for each zone, where they are asked for.
func (w *wiring) fixedAddresses() (pulumi.StringArray, error) {
	if w.e.LoadBalancer.Addresses != spec.FixedAddresses {
		return nil, nil
	}
	addresses, err := components.NewAddress(w.ctx, w.name, &components.AddressArgs{
		Count:   len(w.zones()),
		Protect: w.protected(),
		Tags:    w.tags,
	}, w.options...)
	if err != nil {
		return nil, err
	}
	w.made.addresses = addresses
	return addresses.AllocationIDs, nil
}

func (w *wiring) bind(traffic *components.LoadBalancer) error {
	registrar, running, err := w.registrar()
	if err != nil {
		return err
	}
	before := append(append([]pulumi.Resource{}, w.made.cluster.Ready...), w.deployed.Web)
	_, err = components.NewTargetBinding(w.ctx, w.name, &components.TargetBindingArgs{
		Namespace:      w.deployed.Namespace,
		Labels:         w.deployed.Labels,
		Service:        w.e.WebServiceName(),
		ServicePort:    w.e.Web.Service.Port,
		TargetGroupARN: traffic.TargetGroupARN,
		Registrar:      registrar,
	}, w.inCluster(append(before, running...)...)...)
	return err
}

// inCluster returns the options of what is made in the cluster once others are
// ready.
func (w *wiring) inCluster(others ...pulumi.Resource) []pulumi.ResourceOption {
	return append(append([]pulumi.ResourceOption{}, w.platform.Options...), pulumi.DependsOn(others))
}

// registrar says who fills the target group: Auto Mode by itself, elsewhere a
// controller that the environment brings.
func (w *wiring) registrar() (components.Registrar, []pulumi.Resource, error) {
	if w.e.Cluster.Mode != spec.NodesMode {
		return components.AutoModeRegistrar, nil, nil
	}
	controller, err := components.NewLoadBalancerController(w.ctx, w.name+"-balancer", &components.LoadBalancerControllerArgs{
		ClusterName:  w.made.cluster.Name,
		Region:       w.e.AWS.Region,
		VpcID:        w.made.network.VpcID,
		ChartVersion: controllerChart,
		Tags:         w.tags,
	}, w.inCluster(w.made.cluster.Ready...)...)
	if err != nil {
		return "", nil, err
	}
	return components.ControllerRegistrar, []pulumi.Resource{controller}, nil
}

func (w *wiring) budget() error {
	wanted := w.e.Budget
	if wanted == nil {
		return nil
	}
	_, err := components.NewBudget(w.ctx, w.name, &components.BudgetArgs{
		MonthlyUSD: wanted.MonthlyUSD,
		Emails:     wanted.Emails,
		TagKey:     environmentTag,
		TagValue:   w.ctx.Stack(),
		Tags:       w.tags,
	}, w.options...)
	return err
}
