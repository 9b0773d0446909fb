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
		Volumes:          components.Volumes{DeletionPolicy: deletion.Delete},
		Data:             w.environment.HeldInCluster(),
		Tags:             w.tags,
	}
	if w.production() {
		args.LogTypes = []string{"api", "audit", "authenticator", "controllerManager", "scheduler"}
	}
	if wanted.Mode == spec.NodesMode {
		nodes, err := nodes(wanted.Nodes)
		if err != nil {
			return nil, err
		}
		args.Nodes = nodes
	}
	return components.NewCluster(w.ctx, w.name, args, w.options...)
}

func nodes(wanted spec.Nodes) (*components.NodesArgs, error) {
	instanceType, err := limits.InstanceType(wanted.CPU, string(wanted.Memory))
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
