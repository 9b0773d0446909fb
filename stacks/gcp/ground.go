package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	rooms "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/stacks/gcp/size"
	"github.com/djangostack/djangostack/stacks/spec"
)

// services turns on the APIs of all that the environment may have, so that one
// change of it never waits for another API.
func (w *wiring) services() error {
	services, err := rooms.NewServices(w.ctx, w.name, &rooms.ServicesArgs{
		Project: w.e.GCP.Project,
		APIs: append(rooms.PlatformAPIs(),
			"certificatemanager.googleapis.com",
			"redis.googleapis.com",
			"sqladmin.googleapis.com",
			"storage.googleapis.com",
		),
	}, w.inside...)
	if err != nil {
		return err
	}
	w.inside = w.after(services.Enabled...)
	return nil
}

// keys makes the one key that everything of the environment is encrypted with.
func (w *wiring) keys() error {
	opts := w.inside
	if w.e.Shape == spec.Production {
		// What outlives the environment, such as a kept database, is unreadable without
		// its key.
		opts = with(opts, pulumi.RetainOnDelete(true))
	}
	users := []rooms.KeyUser{rooms.UserGKE, rooms.UserDisks, rooms.UserSQL, rooms.UserRedis, rooms.UserStorage}
	if w.e.Registry.Source == spec.MadeRegistry {
		users = append(users, rooms.UserRegistry)
	}
	key, err := rooms.NewKey(w.ctx, w.name, &rooms.KeyArgs{
		Project:  w.e.GCP.Project,
		Region:   w.e.GCP.Region,
		Rotation: rooms.RotateQuarterly,
		Users:    users,
		Protect:  w.protected(),
		Labels:   w.labels,
	}, opts...)
	w.made.key = key
	return err
}

func (w *wiring) network() error {
	network, err := rooms.NewNetwork(w.ctx, w.name, &rooms.NetworkArgs{
		Project:  w.e.GCP.Project,
		Region:   w.e.GCP.Region,
		CIDR:     w.e.Network.CIDR,
		FlowLogs: rooms.FlowLogsMode(w.e.Network.FlowLogs),
		Protect:  w.protected(),
	}, w.inside...)
	w.made.network = network
	return err
}

func (w *wiring) cluster() error {
	wanted := w.e.Cluster
	network := w.made.network
	args := &rooms.ClusterArgs{
		Name:             w.name + "-" + w.ctx.Stack(),
		Project:          w.e.GCP.Project,
		Region:           w.e.GCP.Region,
		Version:          wanted.Version,
		Mode:             rooms.ClusterMode(wanted.Mode),
		NetworkID:        network.NetworkID,
		SubnetID:         network.SubnetID,
		PodsRange:        network.PodsRange,
		ServicesRange:    network.ServicesRange,
		EndpointSubnetID: network.EndpointSubnetID,
		Egress:           network.Egress,
		Endpoint:         endpoint(wanted.Endpoint),
		SecretsKeyID:     w.made.key.ID,
		ReleaseChannel:   rooms.ChannelRegular,
		// The nights of Saturday and Sunday, when most sites sleep.
		Maintenance: rooms.Maintenance{Days: rooms.MaintenanceWeekend, StartHour: 1, Hours: 24},
		Admins:      w.e.GCP.Admins,
		Volumes:     rooms.Volumes{WithoutClaim: rooms.DeleteVolumes, KeyID: w.made.key.ID},
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
	cluster, err := rooms.NewCluster(w.ctx, w.name, args, w.inside...)
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
	machine, err := size.Node(wanted.CPU, string(wanted.Memory))
	if err != nil {
		return nil, err
	}
	disk, err := size.GiB(string(wanted.Disk))
	if err != nil {
		return nil, err
	}
	return &rooms.NodesArgs{
		MachineType: machine,
		Min:         wanted.Min,
		Max:         wanted.Max,
		DiskGiB:     disk,
		Capacity:    rooms.Capacity(wanted.Capacity),
	}, nil
}
