package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/deletion"
	components "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/sizes"
	"github.com/djangostack/djangostack/stacks/spec"
)

// services turns on the APIs of all that the environment may have, so that one
// change of it never waits for another API.
func (w *wiring) services() error {
	services, err := components.NewServices(w.ctx, w.name, &components.ServicesArgs{
		Project: w.e.GCP.Project,
		APIs: append(components.PlatformAPIs(),
			"certificatemanager.googleapis.com",
			"redis.googleapis.com",
			"sqladmin.googleapis.com",
			"storage.googleapis.com",
		),
	}, w.options...)
	if err != nil {
		return err
	}
	w.options = w.after(services.Enabled...)
	return nil
}

// keys makes the one key that everything of the environment is encrypted with.
func (w *wiring) keys() error {
	opts := w.options
	if w.e.Tier == spec.Production {
		// What outlives the environment, such as a kept database, is unreadable without
		// its key.
		opts = with(opts, pulumi.RetainOnDelete(true))
	}
	users := []components.KeyUser{components.UserGKE, components.UserDisks, components.UserSQL, components.UserRedis, components.UserStorage}
	if w.e.CreatesRegistry() {
		users = append(users, components.UserRegistry)
	}
	key, err := components.NewKey(w.ctx, w.name, &components.KeyArgs{
		Project:  w.e.GCP.Project,
		Region:   w.e.GCP.Region,
		Rotation: arguments.RotateQuarterly,
		Users:    users,
		Protect:  w.protected(),
		Labels:   w.labels,
	}, opts...)
	w.made.key = key
	return err
}

func (w *wiring) network() error {
	network, err := components.NewNetwork(w.ctx, w.name, &components.NetworkArgs{
		Project:  w.e.GCP.Project,
		Region:   w.e.GCP.Region,
		CIDR:     w.e.Network.CIDR,
		FlowLogs: arguments.Switch(w.e.Network.FlowLogs),
		Protect:  w.protected(),
	}, w.options...)
	w.made.network = network
	return err
}

func (w *wiring) cluster() error {
	wanted := w.e.Cluster
	network := w.made.network
	args := &components.ClusterArgs{
		Name:             w.name + "-" + w.ctx.Stack(),
		Project:          w.e.GCP.Project,
		Region:           w.e.GCP.Region,
		Version:          wanted.Version,
		Mode:             arguments.ClusterMode(wanted.Mode),
		NetworkID:        network.NetworkID,
		SubnetID:         network.SubnetID,
		PodsRange:        network.PodsRange,
		ServicesRange:    network.ServicesRange,
		EndpointSubnetID: network.EndpointSubnetID,
		Egress:           network.Egress,
		Endpoint:         endpoint(wanted.Endpoint),
		SecretsKeyID:     w.made.key.ID,
		ReleaseChannel:   components.ChannelRegular,
		// The nights of Saturday and Sunday, when most sites sleep.
		Maintenance: components.Maintenance{Days: components.MaintenanceWeekend, StartHour: 1, Hours: 24},
		Admins:      w.e.GCP.Admins,
		Volumes:     components.Volumes{DeletionPolicy: deletion.Delete, KeyID: w.made.key.ID},
		Protect:     w.protected(),
		Labels:      w.labels,
	}
	if wanted.Mode == spec.NodesMode {
		nodes, err := nodes(wanted.Nodes)
		if err != nil {
			return err
		}
		args.Nodes, args.Zones = nodes, w.zones()
	}
	cluster, err := components.NewCluster(w.ctx, w.name, args, w.options...)
	w.made.cluster = cluster
	return err
}

// zones are the names of the nodes' zones: europe-west1-b, europe-west1-c, …; none
// where Google picks them.
func (w *wiring) zones() []string {
	var names []string
	for _, letter := range w.e.GCP.Zones {
		names = append(names, w.e.GCP.Region+"-"+letter)
	}
	return names
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
	machine, err := limits.MachineType(wanted.CPU, string(wanted.Memory))
	if err != nil {
		return nil, err
	}
	disk, err := sizes.GiB(string(wanted.Disk))
	if err != nil {
		return nil, err
	}
	return &components.NodesArgs{
		MachineType: machine,
		Min:         wanted.Min,
		Max:         wanted.Max,
		DiskGiB:     disk,
		Capacity:    arguments.Capacity(wanted.Capacity),
	}, nil
}
