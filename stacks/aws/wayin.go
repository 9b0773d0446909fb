package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	rooms "github.com/djangostack/djangostack/components/aws"
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
func (w *wiring) wayIn() error {
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
	traffic, err := rooms.NewTraffic(w.ctx, w.name, &rooms.TrafficArgs{
		Addresses:        addresses,
		AccessLogs:       logs,
		VpcID:            w.made.network.VpcID,
		PublicSubnetIDs:  w.made.network.PublicSubnetIDs,
		PrivateSubnetIDs: w.made.network.PrivateSubnetIDs,
		CertificateARN:   certificate.ARN,
		AllowedCIDRs:     w.e.Traffic.AllowedCIDRs,
		Port:             w.e.Web.Port,
		PodGroupID:       w.made.cluster.SecurityGroupID,
		Health:           rooms.HealthCheck{Path: w.e.Web.ReadinessPath, Codes: healthyCodes},
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
	return w.point(w.name, host, rooms.Alias{DNSName: traffic.DNSName, ZoneID: traffic.ZoneID})
}

// accessLogs makes the bucket that requests are logged in, nil for none. It goes with
// what it holds, as the environment's groups of logs do.
func (w *wiring) accessLogs() (*rooms.Bucket, error) {
	if w.e.Traffic.AccessLogs == spec.Off {
		return nil, nil
	}
	return rooms.NewBucket(w.ctx, w.name, &rooms.BucketArgs{
		Name:      "access-logs",
		Access:    rooms.LogBucket,
		AccountID: w.account,
		// Each file is written once, by AWS.
		Versioning: rooms.SuspendVersions,
		Lifecycle:  rooms.BucketLifecycle{ExpireDays: w.logDays()},
		Destroy:    rooms.EmptyBucket,
		Tags:       w.tags,
	}, w.inside...)
}

// fixedAddresses reserves one address for each zone, where they are asked for.
func (w *wiring) fixedAddresses() (pulumi.StringArray, error) {
	if w.e.Traffic.Addresses != spec.FixedAddresses {
		return nil, nil
	}
	addresses, err := rooms.NewAddress(w.ctx, w.name, &rooms.AddressArgs{
		Count:   len(w.zones()),
		Protect: w.protected(),
		Tags:    w.tags,
	}, w.inside...)
	if err != nil {
		return nil, err
	}
	w.made.addresses = addresses
	return addresses.AllocationIDs, nil
}

func (w *wiring) bind(traffic *rooms.Traffic) error {
	registrar, running, err := w.registrar()
	if err != nil {
		return err
	}
	before := append(append([]pulumi.Resource{}, w.made.cluster.Ready...), w.deployed.Web)
	_, err = rooms.NewTargetBinding(w.ctx, w.name, &rooms.TargetBindingArgs{
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
	return append(append([]pulumi.ResourceOption{}, w.place.Inside...), pulumi.DependsOn(others))
}

// registrar says who fills the target group: Auto Mode by itself, elsewhere a
// controller that the environment brings.
func (w *wiring) registrar() (rooms.Registrar, []pulumi.Resource, error) {
	if w.e.Cluster.Mode != spec.NodesMode {
		return rooms.AutoModeRegistrar, nil, nil
	}
	controller, err := rooms.NewLoadBalancerController(w.ctx, w.name+"-balancer", &rooms.LoadBalancerControllerArgs{
		ClusterName:  w.made.cluster.Name,
		Region:       w.e.AWS.Region,
		VpcID:        w.made.network.VpcID,
		ChartVersion: controllerChart,
		Tags:         w.tags,
	}, w.inCluster(w.made.cluster.Ready...)...)
	if err != nil {
		return "", nil, err
	}
	return rooms.ControllerRegistrar, []pulumi.Resource{controller}, nil
}

func (w *wiring) budget() error {
	wanted := w.e.Budget
	if wanted == nil {
		return nil
	}
	_, err := rooms.NewBudget(w.ctx, w.name, &rooms.BudgetArgs{
		MonthlyUSD: wanted.MonthlyUSD,
		Emails:     wanted.Emails,
		TagKey:     environmentTag,
		TagValue:   w.ctx.Stack(),
		Tags:       w.tags,
	}, w.inside...)
	return err
}
