package aws

import (
	"github.com/djangostack/djangostack/components/arguments"
	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/sizes"
	"github.com/djangostack/djangostack/stacks/cloud"
	"github.com/djangostack/djangostack/stacks/spec"
)

func (w wiring) cluster(key *components.Key, network *components.Network) (*components.Cluster, error) {
	wanted := w.environment.Cluster
	args := &components.ClusterArgs{
		Name:             names.Environment(limits.MaxClusterName, w.name, w.ctx.Stack()),
		Region:           w.environment.AWS.Region,
		Version:          wanted.Version,
		Mode:             arguments.ClusterMode(wanted.Mode),
		SubnetIDs:        network.PrivateSubnetIDs,
		Egress:           network.Egress,
		Endpoint:         cloud.Endpoint(wanted.Endpoint),
		SecretsKeyARN:    key.ARN,
		WorkloadLogs:     arguments.Switch(wanted.WorkloadLogs),
		LogRetentionDays: w.logDays(),
		LogsKeyARN:       key.ARN,
		Admins:           w.environment.AWS.Admins,
		Login:            w.login(),
		Volumes:          components.Volumes{DeletionPolicy: deletion.Delete},
		Data:             w.environment.HeldInCluster(),
		Tags:             w.tags,
	}
	if w.production() {
		args.LogTypes = []string{"api", "audit", "authenticator", "controllerManager", "scheduler"}
	}
	if wanted.Mode == spec.NodesMode {
		nodes, err := nodes(wanted.Architecture, wanted.Nodes)
		if err != nil {
			return nil, err
		}
		args.Nodes = nodes
	} else {
		args.Architecture = wanted.Architecture
	}
	pools, err := w.pools()
	if err != nil {
		return nil, err
	}
	args.Pools = pools
	return components.NewCluster(w.ctx, w.name, args, w.options...)
}

// pools returns the further nodes of the cluster.
func (w wiring) pools() ([]components.PoolArgs, error) {
	var pools []components.PoolArgs
	for _, wanted := range w.environment.Cluster.NodePools {
		pool := components.PoolArgs{
			Name:          wanted.Name,
			Architecture:  w.environment.ArchitectureOf(wanted),
			InstanceTypes: wanted.InstanceTypes,
			Capacity:      arguments.Capacity(wanted.Capacity),
			Labels:        wanted.AllLabels(),
			Taints:        cloud.Taints(wanted.AllTaints()),
		}
		if w.environment.Cluster.Mode == spec.NodesMode {
			if err := sizePool(&pool, wanted); err != nil {
				return nil, err
			}
		}
		pools = append(pools, pool)
	}
	return pools, nil
}

// sizePool sets the numbers, the disk and, unless they are stated, the instance types of a
// group of nodes.
func sizePool(pool *components.PoolArgs, wanted spec.NodePool) error {
	disk, err := sizes.GiB(string(wanted.Disk))
	if err != nil {
		return err
	}
	pool.Min, pool.Max, pool.DiskGiB = wanted.Min, wanted.Max, disk
	if len(pool.InstanceTypes) > 0 {
		return nil
	}
	instanceType, err := limits.InstanceType(pool.Architecture, wanted.CPU, string(wanted.Memory))
	if err != nil {
		return err
	}
	pool.InstanceTypes = []string{instanceType}
	return nil
}

// login is the identity of the AWS provider.
func (w wiring) login() components.Login {
	role := w.environment.AWS.AssumeRole
	if role == nil {
		return components.Login{}
	}
	return components.Login{RoleARN: role.RoleARN, SessionName: role.SessionName, ExternalID: role.ExternalID}
}

func nodes(architecture spec.Architecture, wanted spec.Nodes) (*components.NodesArgs, error) {
	instanceType, err := limits.InstanceType(architecture, wanted.CPU, string(wanted.Memory))
	if err != nil {
		return nil, err
	}
	disk, err := sizes.GiB(string(wanted.Disk))
	if err != nil {
		return nil, err
	}
	return &components.NodesArgs{
		InstanceTypes: []string{instanceType},
		Min:           wanted.Min,
		Max:           wanted.Max,
		Desired:       wanted.Min,
		DiskGiB:       disk,
		Capacity:      arguments.Capacity(wanted.Capacity),
	}, nil
}
