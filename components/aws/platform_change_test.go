package aws_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws"
)

func TestWhatAChangeOfThePlatformCosts(t *testing.T) {
	changes := map[string]struct {
		change func(*aws.NetworkArgs, *aws.ClusterArgs)
		lost   []string
	}{
		"a third zone": {func(n *aws.NetworkArgs, _ *aws.ClusterArgs) { n.Zones = networkArgs().Zones },
			// Nodes hold no data, and the new ones come first.
			[]string{"NodeGroup blog-nodes"}},
		"one NAT gateway": {func(n *aws.NetworkArgs, _ *aws.ClusterArgs) { n.NAT = aws.NATSingle },
			[]string{"Eip blog-nat-eu-central-1b", "NatGateway blog-nat-eu-central-1b"}},
		"flow logs off": {func(n *aws.NetworkArgs, _ *aws.ClusterArgs) { n.FlowLogs.Mode = arguments.Off },
			[]string{"FlowLog blog-flow-logs", "LogGroup blog-flow-logs", "Role blog-flow-logs", "RolePolicy blog-flow-logs-policy"}},
		// Only what remembers the versions of add-ons for the old one.
		"a new Kubernetes": {func(_ *aws.NetworkArgs, c *aws.ClusterArgs) { c.Version = "1.36" }, []string{
			"RandomId blog-amazon-cloudwatch-observability-for-1.35", "RandomId blog-aws-ebs-csi-driver-for-1.35",
			"RandomId blog-coredns-for-1.35", "RandomId blog-eks-pod-identity-agent-for-1.35", "RandomId blog-kube-proxy-for-1.35",
			"RandomId blog-metrics-server-for-1.35", "RandomId blog-vpc-cni-for-1.35",
		}},
		"a private endpoint": {func(_ *aws.NetworkArgs, c *aws.ClusterArgs) {
			c.Endpoint = arguments.Endpoint{Access: arguments.EndpointPrivate}
		}, nil},
		"fewer logs": {func(_ *aws.NetworkArgs, c *aws.ClusterArgs) { c.LogTypes = []string{"audit"} }, nil},
		"no logs of containers": {func(_ *aws.NetworkArgs, c *aws.ClusterArgs) { c.WorkloadLogs = arguments.Off }, []string{
			"Addon blog-amazon-cloudwatch-observability", "RandomId blog-amazon-cloudwatch-observability-for-1.35", "Role blog-amazon-cloudwatch-observability",
			"RolePolicy blog-amazon-cloudwatch-observability-policy",
			"LogGroup blog-application-logs", "LogGroup blog-dataplane-logs", "LogGroup blog-host-logs",
		}},
		"logs for a month": {func(_ *aws.NetworkArgs, c *aws.ClusterArgs) { c.LogRetentionDays = 30 }, nil},
		"other tags": {func(n *aws.NetworkArgs, c *aws.ClusterArgs) {
			n.Tags, c.Tags = environment.With("team", "b"), environment.With("team", "b")
		}, []string{"StorageClass blog-storage"}},
		"one administrator less": {func(_ *aws.NetworkArgs, c *aws.ClusterArgs) { c.Admins = []string{deployer} },
			[]string{"AccessEntry blog-admin-123456789012-user-ada", "AccessPolicyAssociation blog-admin-123456789012-user-ada"}},
		"more nodes":      {func(_ *aws.NetworkArgs, c *aws.ClusterArgs) { c.Nodes.Max = 12 }, nil},
		"larger disks":    {func(_ *aws.NetworkArgs, c *aws.ClusterArgs) { c.Nodes.DiskGiB = 80 }, nil},
		"other instances": {func(_ *aws.NetworkArgs, c *aws.ClusterArgs) { c.Nodes.InstanceTypes = []string{"m7i.xlarge"} }, []string{"NodeGroup blog-nodes"}},
		"spot nodes":      {func(_ *aws.NetworkArgs, c *aws.ClusterArgs) { c.Nodes.Capacity = arguments.Spot }, []string{"NodeGroup blog-nodes"}},
		"a fixed add-on": {func(_ *aws.NetworkArgs, c *aws.ClusterArgs) {
			c.AddonVersions = map[string]string{"coredns": "v1.12.1-eksbuild.2"}
		}, []string{"RandomId blog-coredns-for-1.35"}},
	}
	p := platform{mode: arguments.ModeNodes, protect: true}
	twoZones := func(n *aws.NetworkArgs, _ *aws.ClusterArgs) { n.Zones = n.Zones[:2] }
	p.change = twoZones
	e := newEngine(t, func(ctx *pulumi.Context) error { return p.run(ctx) })
	require.NoError(t, e.Up())
	require.Empty(t, e.Lost(t))
	for name, each := range changes {
		p.change = func(n *aws.NetworkArgs, c *aws.ClusterArgs) {
			twoZones(n, c)
			each.change(n, c)
		}
		assert.ElementsMatch(t, each.lost, e.Lost(t), name)
	}
	p.change, p.untaggedDays = twoZones, 3
	require.NoError(t, e.Up(), "images are kept for another time")
	policies := e.Account.Objects("aws:ecr/lifecyclePolicy:LifecyclePolicy")
	require.Len(t, policies, 1)
	assert.Contains(t, policies[0].Values.Text("policy"), `"countNumber":3`)
	// EKS refuses a group whose least is above the number of nodes that it began with, and
	// takes nodes away when that number is sent again.
	scaling := func() any { return e.Account.Objects("aws:eks/nodeGroup:NodeGroup")[0].Values["scalingConfig"] }
	before := scaling()
	for _, bounds := range [][2]int{{5, 8}, {1, 2}} {
		p.change = func(n *aws.NetworkArgs, c *aws.ClusterArgs) {
			twoZones(n, c)
			c.Nodes.Min, c.Nodes.Desired, c.Nodes.Max = bounds[0], bounds[0], bounds[1]
		}
		require.NoError(t, e.Up(), bounds)
		assert.Equal(t, before, scaling(), bounds)
	}
}

// EKS keeps a cluster's own interfaces in the zones that it was created in; nodes run in any.
func TestAClusterGetsNodesInAZoneThatComesLater(t *testing.T) {
	p := platform{mode: arguments.ModeNodes, protect: true}
	p.change = func(n *aws.NetworkArgs, _ *aws.ClusterArgs) { n.Zones = n.Zones[:2] }
	e := newEngine(t, func(ctx *pulumi.Context) error { return p.run(ctx) })
	require.NoError(t, e.Up())
	p.change = nil
	require.NoError(t, e.Up())
	subnets := func(kind, path string) []string { return e.Account.Objects(kind)[0].Values.Texts(path) }
	assert.Len(t, subnets("aws:eks/cluster:Cluster", "vpcConfig.subnetIds"), 2)
	assert.Len(t, subnets("aws:eks/nodeGroup:NodeGroup", "subnetIds"), 3)
	require.NoError(t, e.Up(), "and nothing moves afterwards")
}
