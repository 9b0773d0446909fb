package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/sizes"
	"github.com/djangostack/djangostack/stacks/spec"
)

const (
	stagingLogDays    = 7
	productionLogDays = 365
)

// logDays is how long logs are kept; CIS asks for a year in production.
func (w *wiring) logDays() int {
	if w.e.Tier == spec.Production {
		return productionLogDays
	}
	return stagingLogDays
}

// keys makes the one key that everything of the environment is encrypted with.
func (w *wiring) keys() error {
	window := limits.MinKeyDeletionDays
	if w.e.Tier == spec.Production {
		window = limits.MaxKeyDeletionDays
	}
	opts := w.options
	if w.e.Tier == spec.Production {
		// What outlives the environment, such as the last snapshot, is unreadable
		// without its key.
		opts = append(append([]pulumi.ResourceOption{}, opts...), pulumi.RetainOnDelete(true))
	}
	key, err := components.NewKey(w.ctx, w.name, &components.KeyArgs{
		Description:        "Everything of the environment " + w.ctx.Stack() + " of " + w.name,
		AccountID:          w.account,
		Region:             w.e.AWS.Region,
		Logs:               true,
		Rotation:           arguments.RotateYearly,
		DeletionWindowDays: window,
		Protect:            w.protected(),
		Tags:               w.tags,
	}, opts...)
	w.made.key = key
	return err
}

func (w *wiring) network() error {
	network, err := components.NewNetwork(w.ctx, w.name, &components.NetworkArgs{
		CIDR:  w.e.Network.CIDR,
		Zones: w.zones(),
		NAT:   components.NATMode(w.e.Network.NAT),
		FlowLogs: components.FlowLogs{
			Mode:          arguments.Switch(w.e.Network.FlowLogs),
			RetentionDays: w.logDays(),
			KeyARN:        w.made.key.ARN,
		},
		Protect: w.protected(),
		Tags:    w.tags,
	}, w.options...)
	w.made.network = network
	return err
}

func (w *wiring) cluster() error {
	wanted := w.e.Cluster
	args := &components.ClusterArgs{
		Name:             w.name + "-" + w.ctx.Stack(),
		Region:           w.e.AWS.Region,
		Version:          wanted.Version,
		Mode:             arguments.ClusterMode(wanted.Mode),
		SubnetIDs:        w.made.network.PrivateSubnetIDs,
		Egress:           w.made.network.Egress,
		Endpoint:         endpoint(wanted.Endpoint),
		SecretsKeyARN:    w.made.key.ARN,
		LogRetentionDays: w.logDays(),
		LogsKeyARN:       w.made.key.ARN,
		Admins:           w.e.AWS.Admins,
		Volumes:          components.Volumes{DeletionPolicy: deletion.Delete},
		Protect:          w.protected(),
		Tags:             w.tags,
	}
	if w.e.Tier == spec.Production {
		args.LogTypes = []string{"api", "audit", "authenticator", "controllerManager", "scheduler"}
	}
	if wanted.Mode == spec.NodesMode {
		nodes, err := nodes(wanted.Nodes)
		if err != nil {
			return err
		}
		args.Nodes = nodes
	}
	cluster, err := components.NewCluster(w.ctx, w.name, args, w.options...)
	w.made.cluster = cluster
	return err
}

func endpoint(wanted spec.Endpoint) arguments.Endpoint {
	if wanted.Access == "private" {
		return arguments.Endpoint{Access: arguments.EndpointPrivate}
	}
	allowed := wanted.AllowedCIDRs
	if len(allowed) == 0 {
		allowed = []string{"0.0.0.0/0"}
	}
	return arguments.Endpoint{Access: arguments.EndpointPublicAndPrivate, AllowedCIDRs: allowed}
}

func nodes(wanted spec.Nodes) (*components.NodesArgs, error) {
	instance, err := limits.InstanceType(wanted.CPU, string(wanted.Memory))
	if err != nil {
		return nil, err
	}
	disk, err := sizes.GiB(string(wanted.Disk))
	if err != nil {
		return nil, err
	}
	return &components.NodesArgs{
		InstanceTypes: []string{instance},
		Min:           wanted.Min,
		Max:           wanted.Max,
		Desired:       wanted.Min,
		DiskGiB:       disk,
		Capacity:      arguments.Capacity(wanted.Capacity),
	}, nil
}
