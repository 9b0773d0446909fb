package gcp_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/components/sizes"
	"github.com/djangostack/djangostack/tests/mocks"
)

// batchPool is a pool of spot nodes of arm64 that may be empty.
func batchPool() gcp.PoolArgs {
	return gcp.PoolArgs{
		Name: "batch", Architecture: sizes.ARM64, MachineType: "t2a-standard-4", Max: 8, DiskGiB: 80, Capacity: arguments.Spot,
		Labels: map[string]string{"djangostack/pool": "batch"},
		Taints: []arguments.Taint{{Key: "djangostack/pool", Value: "batch", Effect: arguments.NoSchedule}, {Key: "example.com/late", Effect: arguments.PreferNoSchedule}},
	}
}

func TestAPoolHasItsOwnMachines(t *testing.T) {
	args := clusterArgs(arguments.ModeNodes)
	args.Pools = []gcp.PoolArgs{batchPool()}
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withClusterOnNetwork(args))
		pool := ran.Find(t, "NodePool", "blog-pool-batch-arm64")
		assert.Equal(t, "t2a-standard-4", pool.At(t, "nodeConfig.machineType"))
		assert.Equal(t, true, pool.At(t, "nodeConfig.spot"))
		assert.Equal(t, false, pool.At(t, "nodeConfig.shieldedInstanceConfig.enableSecureBoot"))
		assert.EqualValues(t, 80, pool.At(t, "nodeConfig.diskSizeGb"))
		assert.Equal(t, map[string]any{"djangostack/pool": "batch"}, pool.At(t, "nodeConfig.labels"))
		assert.ElementsMatch(t, []any{
			map[string]any{"key": "djangostack/pool", "value": "batch", "effect": "NO_SCHEDULE"},
			map[string]any{"key": "example.com/late", "value": "", "effect": "PREFER_NO_SCHEDULE"},
		}, pool.At(t, "nodeConfig.taints"))
		assert.EqualValues(t, 0, pool.At(t, "initialNodeCount"), "it may be empty")
		assert.EqualValues(t, 8, pool.At(t, "autoscaling.totalMaxNodeCount"))
		main := ran.Find(t, "NodePool", "blog-nodes")
		assert.Equal(t, main.At(t, "nodeLocations"), pool.At(t, "nodeLocations"), "volumes of a zone find nodes of either pool there")
		assert.Equal(t, true, main.At(t, "nodeConfig.shieldedInstanceConfig.enableSecureBoot"), "CKV_GCP_68")
		assert.True(t, ran.Waits(ran.Find(t, "Namespace", "blog-namespace"), pool), "pods need their nodes, and end before them")
	}
}

func TestAPoolStartsWithNodesInEveryZone(t *testing.T) {
	args := clusterArgs(arguments.ModeNodes)
	pool := batchPool()
	pool.Min = 4
	args.Pools = []gcp.PoolArgs{pool}
	assert.EqualValues(t, 2, mocks.Run(t, mocks.Known, withCluster(args)).Find(t, "NodePool", "blog-pool-batch-arm64").At(t, "initialNodeCount"))
}

// Google changes the machines of a pool in place, one architecture into another it does not. The new pool is there before the
// pods that move to it, and the old one goes last.
func TestNodesOfAnotherArchitectureAreAnotherPool(t *testing.T) {
	args := clusterArgs(arguments.ModeNodes)
	args.Nodes.MachineType = "t2a-standard-4"
	ran := mocks.Run(t, mocks.Known, withCluster(args))
	assert.Equal(t, "t2a-standard-4", ran.Find(t, "NodePool", "blog-nodes-arm64").At(t, "nodeConfig.machineType"))
	assert.Len(t, ran.OfKind("NodePool"), 1)
}

func TestWrongPoolsAreNamed(t *testing.T) {
	for want, change := range map[string]func(*gcp.PoolArgs){
		"Pools has a pool without a Name":                            func(p *gcp.PoolArgs) { p.Name = "" },
		`Pools[batch].Architecture is "arm"`:                         func(p *gcp.PoolArgs) { p.Architecture = "arm" },
		`Pools[batch].Capacity is ""`:                                func(p *gcp.PoolArgs) { p.Capacity = "" },
		"Pools[batch].MachineType is e2-standard-4, which is not":    func(p *gcp.PoolArgs) { p.MachineType = "e2-standard-4" },
		`Pools[batch].MachineType is "large", which is no type such`: func(p *gcp.PoolArgs) { p.MachineType = "large" },
		"Pools[batch].Min and Max are 9 and 8":                       func(p *gcp.PoolArgs) { p.Min = 9 },
		"Pools[batch].Min and Max are 1 and 2":                       func(p *gcp.PoolArgs) { p.Min, p.Max = 1, 2 },
		"Pools[batch].DiskGiB is 5":                                  func(p *gcp.PoolArgs) { p.DiskGiB = 5 },
	} {
		args, pool := clusterArgs(arguments.ModeNodes), batchPool()
		change(&pool)
		args.Pools = []gcp.PoolArgs{pool}
		refusedWith(t, withCluster(args), want)
	}
	args := clusterArgs(arguments.ModeNodes)
	args.Pools = []gcp.PoolArgs{batchPool(), batchPool()}
	refusedWith(t, withCluster(args), "Pools has batch twice")
	args = clusterArgs(arguments.ModeAuto)
	args.Pools = []gcp.PoolArgs{batchPool()}
	refusedWith(t, withCluster(args), "Pools has no meaning when Mode is auto")
}

func TestAPoolDoesNotTouchTheOthers(t *testing.T) {
	pools := func(further ...gcp.PoolArgs) map[string]any {
		args := clusterArgs(arguments.ModeNodes)
		args.Pools = further
		found := map[string]any{}
		for _, pool := range mocks.Run(t, mocks.Known, withCluster(args)).OfKind("NodePool") {
			found[pool.Name] = []any{pool.At(t, "nodeConfig"), pool.At(t, "autoscaling")}
		}
		return found
	}
	other := batchPool()
	other.Name = "api"
	alone, first, last := pools(batchPool()), pools(other, batchPool()), pools(batchPool(), other)
	for name, pool := range alone {
		assert.Equal(t, pool, first[name], name)
		assert.Equal(t, pool, last[name], name)
	}
	assert.Len(t, first, len(alone)+1)
}
