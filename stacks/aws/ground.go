package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	rooms "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/stacks/aws/size"
	"github.com/djangostack/djangostack/stacks/spec"
)

const (
	stagingLogDays    = 7
	productionLogDays = 365
	// shortKeyWindow is the least that KMS allows, longKeyWindow the most, in days.
	shortKeyWindow = 7
	longKeyWindow  = 30
)

// logDays is how long logs are kept; CIS asks for a year in production.
func (w *wiring) logDays() int {
	if w.e.Shape == spec.Production {
		return productionLogDays
	}
	return stagingLogDays
}

// keys makes the one key that everything of the environment is encrypted with.
func (w *wiring) keys() error {
	window := shortKeyWindow
	if w.e.Shape == spec.Production {
		window = longKeyWindow
	}
	opts := w.inside
	if w.e.Shape == spec.Production {
		// What outlives the environment, such as the last snapshot, is unreadable
		// without its key.
		opts = append(append([]pulumi.ResourceOption{}, opts...), pulumi.RetainOnDelete(true))
	}
	key, err := rooms.NewKey(w.ctx, w.name, &rooms.KeyArgs{
		Description:        "Everything of the environment " + w.ctx.Stack() + " of " + w.name,
		AccountID:          w.account,
		Region:             w.e.AWS.Region,
		Logs:               true,
		Rotation:           rooms.RotateYearly,
		DeletionWindowDays: window,
		Protect:            w.protected(),
		Tags:               w.tags,
	}, opts...)
	w.made.key = key
	return err
}

func (w *wiring) network() error {
	network, err := rooms.NewNetwork(w.ctx, w.name, &rooms.NetworkArgs{
		CIDR:  w.e.Network.CIDR,
		Zones: w.zones(),
		NAT:   rooms.NATMode(w.e.Network.NAT),
		FlowLogs: rooms.FlowLogs{
			Mode:          rooms.FlowLogsMode(w.e.Network.FlowLogs),
			RetentionDays: w.logDays(),
			KeyARN:        w.made.key.ARN,
		},
		Protect: w.protected(),
		Tags:    w.tags,
	}, w.inside...)
	w.made.network = network
	return err
}

func (w *wiring) cluster() error {
	wanted := w.e.Cluster
	args := &rooms.ClusterArgs{
		Name:             w.name + "-" + w.ctx.Stack(),
		Region:           w.e.AWS.Region,
		Version:          wanted.Version,
		Mode:             rooms.ClusterMode(wanted.Mode),
		SubnetIDs:        w.made.network.PrivateSubnetIDs,
		Egress:           w.made.network.Egress,
		Endpoint:         endpoint(wanted.Endpoint),
		SecretsKeyARN:    w.made.key.ARN,
		LogRetentionDays: w.logDays(),
		LogsKeyARN:       w.made.key.ARN,
		Admins:           w.e.AWS.Admins,
		Volumes:          rooms.Volumes{WithoutClaim: rooms.DeleteVolumes},
		Protect:          w.protected(),
		Tags:             w.tags,
	}
	if w.e.Shape == spec.Production {
		args.LogTypes = []string{"api", "audit", "authenticator", "controllerManager", "scheduler"}
	}
	if wanted.Mode == spec.NodesMode {
		nodes, err := nodes(wanted.Nodes)
		if err != nil {
			return err
		}
		args.Nodes = nodes
	}
	cluster, err := rooms.NewCluster(w.ctx, w.name, args, w.inside...)
	w.made.cluster = cluster
	return err
}

func endpoint(wanted spec.Endpoint) rooms.Endpoint {
	if wanted.Access == "private" {
		return rooms.Endpoint{Access: rooms.EndpointPrivate}
	}
	allowed := wanted.AllowedCIDRs
	if len(allowed) == 0 {
		allowed = []string{"0.0.0.0/0"}
	}
	return rooms.Endpoint{Access: rooms.EndpointPublicAndPrivate, AllowedCIDRs: allowed}
}

func nodes(wanted spec.Nodes) (*rooms.NodesArgs, error) {
	instance, err := size.Node(wanted.CPU, string(wanted.Memory))
	if err != nil {
		return nil, err
	}
	disk, err := size.GiB(string(wanted.Disk))
	if err != nil {
		return nil, err
	}
	return &rooms.NodesArgs{
		InstanceTypes: []string{instance},
		Min:           wanted.Min,
		Max:           wanted.Max,
		Desired:       wanted.Min,
		DiskGiB:       disk,
		Capacity:      rooms.Capacity(wanted.Capacity),
	}, nil
}
