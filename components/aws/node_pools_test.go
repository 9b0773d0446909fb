package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/sizes"
	"github.com/djangostack/djangostack/tests/mocks"
)

// batchPool is a pool of spot nodes of arm64 that may be empty.
func batchPool(mode arguments.ClusterMode) aws.PoolArgs {
	pool := aws.PoolArgs{
		Name: "batch", Architecture: sizes.ARM64, Capacity: arguments.Spot,
		Labels: map[string]string{"djangostack/pool": "batch"},
		Taints: []arguments.Taint{{Key: "djangostack/pool", Value: "batch", Effect: arguments.NoSchedule}, {Key: "example.com/late", Effect: arguments.NoExecute}},
	}
	if mode == arguments.ModeNodes {
		pool.InstanceTypes, pool.Max, pool.DiskGiB = []string{"m7g.large", "m6g.large"}, 8, 80
	}
	return pool
}

func TestAPoolIsASeparateGroup(t *testing.T) {
	args := clusterArgs(arguments.ModeNodes)
	args.Pools = []aws.PoolArgs{batchPool(arguments.ModeNodes)}
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, onNetwork(args))
		group := ran.Find(t, "NodeGroup", "blog-pool-batch")
		assert.Equal(t, "AL2023_ARM_64_STANDARD", group.At(t, "amiType"))
		assert.Equal(t, []any{"m7g.large", "m6g.large"}, group.At(t, "instanceTypes"))
		assert.Equal(t, "SPOT", group.At(t, "capacityType"))
		assert.EqualValues(t, 0, group.At(t, "scalingConfig.minSize"))
		assert.EqualValues(t, 0, group.At(t, "scalingConfig.desiredSize"))
		assert.Equal(t, map[string]any{"djangostack/pool": "batch"}, group.At(t, "labels"))
		assert.ElementsMatch(t, []any{
			map[string]any{"key": "djangostack/pool", "value": "batch", "effect": "NO_SCHEDULE"},
			map[string]any{"key": "example.com/late", "effect": "NO_EXECUTE"},
		}, group.At(t, "taints"))
		assert.EqualValues(t, 80, ran.Find(t, "LaunchTemplate", "blog-pool-batch").At(t, "blockDeviceMappings[0].ebs.volumeSize"))
		assert.Equal(t, "AL2023_x86_64_STANDARD", ran.Find(t, "NodeGroup", "blog-nodes").At(t, "amiType"))
		assert.True(t, ran.Waits(ran.Find(t, "Namespace", "blog-namespace"), group), "pods need their nodes, and end before them")
		assert.True(t, ran.Waits(group, ran.Find(t, "Addon", "blog-vpc-cni")))
		assert.False(t, ran.Waits(ran.Find(t, "Addon", "blog-coredns"), group), "an empty pool holds nothing up")
	}
	command := mocks.Run(t, mocks.Known, onNetwork(args)).Find(t, "Deployment", "blog-autoscaler").At(t, "spec.template.spec.containers[0].command").([]any)
	var bounds []any
	for _, word := range command {
		if text := word.(string); len(text) > len("--nodes=") && text[:len("--nodes=")] == "--nodes=" {
			bounds = append(bounds, text[:len("--nodes=0:0")])
		}
	}
	assert.Equal(t, []any{"--nodes=2:6", "--nodes=0:8"}, bounds, "the autoscaler keeps each group in its own bounds")
}

func TestNodesOfGravitonHaveTheirImage(t *testing.T) {
	args := clusterArgs(arguments.ModeNodes)
	args.Nodes.InstanceTypes = []string{"m7g.large"}
	assert.Equal(t, "AL2023_ARM_64_STANDARD", mocks.Run(t, mocks.Known, withCluster(args)).Find(t, "NodeGroup", "blog-nodes").At(t, "amiType"))
}

func TestAutoModeFillsAPoolByItsRequirements(t *testing.T) {
	args := clusterArgs(arguments.ModeAuto)
	args.Pools = []aws.PoolArgs{batchPool(arguments.ModeAuto)}
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withCluster(args))
		pools := ran.OfKind("NodePool")
		require.Len(t, pools, 1, "amd64 has the pool of EKS")
		pool := ran.Find(t, "NodePool", "blog-pool-batch")
		assert.Equal(t, "karpenter.sh/v1", pool.At(t, "apiVersion"))
		assert.Equal(t, []any{
			map[string]any{"key": "kubernetes.io/arch", "operator": "In", "values": []any{"arm64"}},
			map[string]any{"key": "kubernetes.io/os", "operator": "In", "values": []any{"linux"}},
			map[string]any{"key": "karpenter.sh/capacity-type", "operator": "In", "values": []any{"spot"}},
			map[string]any{"key": "eks.amazonaws.com/instance-category", "operator": "In", "values": []any{"c", "m", "r"}},
			map[string]any{"key": "eks.amazonaws.com/instance-generation", "operator": "Gt", "values": []any{"4"}},
		}, pool.At(t, "spec.template.spec.requirements"))
		assert.Equal(t, map[string]any{"group": "eks.amazonaws.com", "kind": "NodeClass", "name": "default"}, pool.At(t, "spec.template.spec.nodeClassRef"))
		assert.Equal(t, map[string]any{"djangostack/pool": "batch"}, pool.At(t, "spec.template.metadata.labels"))
		assert.Len(t, pool.At(t, "spec.template.spec.taints"), 2)
	}
}

func TestAutoModeHasNodesOfTheClustersArchitecture(t *testing.T) {
	args := clusterArgs(arguments.ModeAuto)
	args.Architecture = sizes.ARM64
	ran := mocks.Run(t, mocks.Known, withCluster(args))
	pool := ran.Find(t, "NodePool", "blog-arm64")
	assert.Equal(t, []any{"arm64"}, pool.At(t, "spec.template.spec.requirements[0].values"))
	assert.Equal(t, []any{"on-demand"}, pool.At(t, "spec.template.spec.requirements[2].values"))
	assert.Equal(t, []any{"general-purpose", "system"}, ran.Find(t, "Cluster", "blog-cluster").At(t, "computeConfig.nodePools"), "running pods keep their nodes")
}

func TestWrongPoolsAreNamed(t *testing.T) {
	for want, change := range map[string]func(*aws.PoolArgs){
		"Pools has a pool without a Name":                 func(p *aws.PoolArgs) { p.Name = "" },
		`Pools[batch].Architecture is "arm"`:              func(p *aws.PoolArgs) { p.Architecture = "arm" },
		`Pools[batch].Capacity is ""`:                     func(p *aws.PoolArgs) { p.Capacity = "" },
		"Pools[batch].InstanceTypes has m7i.large, which": func(p *aws.PoolArgs) { p.InstanceTypes = []string{"m7g.large", "m7i.large"} },
		"Pools[batch].InstanceTypes is required":          func(p *aws.PoolArgs) { p.InstanceTypes = nil },
		"Pools[batch].Min and Max are 9 and 8":            func(p *aws.PoolArgs) { p.Min = 9 },
		"Pools[batch].Min and Max are 0 and 451":          func(p *aws.PoolArgs) { p.Max = 451 },
		"Pools[batch].DiskGiB is 5":                       func(p *aws.PoolArgs) { p.DiskGiB = 5 },
	} {
		args := clusterArgs(arguments.ModeNodes)
		pool := batchPool(arguments.ModeNodes)
		change(&pool)
		args.Pools = []aws.PoolArgs{pool}
		refusedWith(t, withCluster(args), want)
	}
	args := clusterArgs(arguments.ModeNodes)
	args.Architecture = sizes.ARM64
	refusedWith(t, withCluster(args), "Architecture has no meaning when Mode is nodes")
	args = clusterArgs(arguments.ModeAuto)
	args.Pools = []aws.PoolArgs{batchPool(arguments.ModeNodes)}
	refusedWith(t, withCluster(args), "Pools[batch] has Min, Max or DiskGiB, which have no meaning when Mode is auto")
	args.Pools = []aws.PoolArgs{batchPool(arguments.ModeAuto), batchPool(arguments.ModeAuto)}
	refusedWith(t, withCluster(args), "Pools has batch twice")
	args.Pools, args.Architecture = nil, "arm"
	refusedWith(t, withCluster(args), `Architecture is "arm"; allowed are amd64, arm64`)
}

func TestAPoolDoesNotTouchTheOthers(t *testing.T) {
	groups := func(pools ...aws.PoolArgs) map[string]any {
		args := clusterArgs(arguments.ModeNodes)
		args.Pools = pools
		found := map[string]any{}
		for _, group := range mocks.Run(t, mocks.Known, withCluster(args)).OfKind("NodeGroup") {
			found[group.Name] = []any{group.At(t, "labels"), group.At(t, "instanceTypes"), group.At(t, "scalingConfig")}
		}
		return found
	}
	other := batchPool(arguments.ModeNodes)
	other.Name = "api"
	alone, first, last := groups(batchPool(arguments.ModeNodes)), groups(other, batchPool(arguments.ModeNodes)), groups(batchPool(arguments.ModeNodes), other)
	for name, group := range alone {
		assert.Equal(t, group, first[name], name)
		assert.Equal(t, group, last[name], name)
	}
	assert.Len(t, first, len(alone)+1)
}
