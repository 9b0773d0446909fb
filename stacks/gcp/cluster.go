package gcp

import (
	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/deletion"
	components "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/sizes"
	"github.com/djangostack/djangostack/stacks/cloud"
	"github.com/djangostack/djangostack/stacks/spec"
)

func (w wiring) cluster(key *components.Key, network *components.Network) (*components.Cluster, error) {
	wanted := w.environment.Cluster
	args := &components.ClusterArgs{
		Name:             names.Environment(limits.MaxClusterName, w.name, w.ctx.Stack()),
		Project:          w.environment.GCP.Project,
		Region:           w.environment.GCP.Region,
		Version:          wanted.Version,
		Mode:             arguments.ClusterMode(wanted.Mode),
		NetworkID:        network.NetworkID,
		SubnetID:         network.SubnetID,
		PodsRange:        network.PodsRange,
		ServicesRange:    network.ServicesRange,
		EndpointSubnetID: network.EndpointSubnetID,
		Egress:           network.Egress,
		Endpoint:         cloud.Endpoint(wanted.Endpoint),
		SecretsKeyID:     key.ID,
		ReleaseChannel:   components.ChannelRegular,
		WorkloadLogs:     arguments.Switch(wanted.WorkloadLogs),
		// The nights of Saturday and Sunday have the least traffic on most sites.
		Maintenance:               components.Maintenance{Days: components.MaintenanceWeekend, StartHour: 1, Hours: 24},
		Admins:                    w.environment.GCP.Admins,
		ImpersonateServiceAccount: w.environment.GCP.ImpersonateServiceAccount,
		Volumes:                   components.Volumes{DeletionPolicy: deletion.Delete, KeyID: key.ID},
		Data:                      w.environment.HeldInCluster(),
		Labels:                    w.labels,
	}
	if wanted.Mode == spec.NodesMode {
		nodes, err := nodes(wanted.Architecture, wanted.Nodes)
		if err != nil {
			return nil, err
		}
		pools, err := w.pools()
		if err != nil {
			return nil, err
		}
		args.Nodes, args.Pools, args.Zones = nodes, pools, w.zones()
	}
	return components.NewCluster(w.ctx, w.name, args, w.options...)
}

// pools returns the further nodes of the cluster.
func (w wiring) pools() ([]components.PoolArgs, error) {
	var pools []components.PoolArgs
	for _, wanted := range w.environment.Cluster.NodePools {
		pool := components.PoolArgs{
			Name:         wanted.Name,
			Architecture: w.environment.ArchitectureOf(wanted),
			Capacity:     arguments.Capacity(wanted.Capacity),
			Labels:       wanted.AllLabels(),
			Taints:       cloud.Taints(wanted.AllTaints()),
		}
		if err := sizePool(&pool, wanted); err != nil {
			return nil, err
		}
		pools = append(pools, pool)
	}
	return pools, nil
}

// sizePool sets the numbers, the disk and the machine type of a pool of nodes.
func sizePool(pool *components.PoolArgs, wanted spec.NodePool) error {
	disk, err := sizes.GiB(string(wanted.Disk))
	if err != nil {
		return err
	}
	pool.Min, pool.Max, pool.DiskGiB = wanted.Min, wanted.Max, disk
	if len(wanted.InstanceTypes) > 0 {
		pool.MachineType = wanted.InstanceTypes[0]
		return nil
	}
	pool.MachineType, err = limits.MachineType(pool.Architecture, wanted.CPU, string(wanted.Memory))
	return err
}

func nodes(architecture spec.Architecture, wanted spec.Nodes) (*components.NodesArgs, error) {
	machineType, err := limits.MachineType(architecture, wanted.CPU, string(wanted.Memory))
	if err != nil {
		return nil, err
	}
	disk, err := sizes.GiB(string(wanted.Disk))
	if err != nil {
		return nil, err
	}
	return &components.NodesArgs{
		MachineType: machineType,
		Min:         wanted.Min,
		Max:         wanted.Max,
		DiskGiB:     disk,
		Capacity:    arguments.Capacity(wanted.Capacity),
	}, nil
}
