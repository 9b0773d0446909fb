package gcp_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/gcp"
)

func TestWhatAChangeOfThePlatformCosts(t *testing.T) {
	changes := map[string]struct {
		change func(*gcp.NetworkArgs, *gcp.ClusterArgs)
		lost   []string
	}{
		"a zone less":   {func(_ *gcp.NetworkArgs, c *gcp.ClusterArgs) { c.Zones = c.Zones[:2] }, nil},
		"flow logs off": {func(n *gcp.NetworkArgs, _ *gcp.ClusterArgs) { n.FlowLogs = arguments.Off }, []string{"Policy blog-names"}},
		"a new Kubernetes": {func(_ *gcp.NetworkArgs, c *gcp.ClusterArgs) {
			c.Version = "1.36"
		}, nil},
		"another channel": {func(_ *gcp.NetworkArgs, c *gcp.ClusterArgs) { c.ReleaseChannel = gcp.ChannelRegular }, nil},
		"a private endpoint": {func(_ *gcp.NetworkArgs, c *gcp.ClusterArgs) {
			c.Endpoint = arguments.Endpoint{Access: arguments.EndpointPrivate}
		}, nil},
		"other visitors": {func(_ *gcp.NetworkArgs, c *gcp.ClusterArgs) {
			c.Endpoint.AllowedCIDRs = []string{"198.51.100.0/24"}
		}, nil},
		"no logs of workloads": {func(_ *gcp.NetworkArgs, c *gcp.ClusterArgs) { c.WorkloadLogs = arguments.Off }, nil},
		"fewer logs":           {func(_ *gcp.NetworkArgs, c *gcp.ClusterArgs) { c.LogTypes = nil }, nil},
		"another window": {func(_ *gcp.NetworkArgs, c *gcp.ClusterArgs) {
			c.Maintenance = gcp.Maintenance{Days: gcp.MaintenanceDaily, StartHour: 2, Hours: 4}
		}, nil},
		"other labels": {func(_ *gcp.NetworkArgs, c *gcp.ClusterArgs) { c.Labels = environment.With("team", "b") },
			[]string{"StorageClass blog-storage"}},
		"one administrator less": {func(_ *gcp.NetworkArgs, c *gcp.ClusterArgs) { c.Admins = c.Admins[1:] },
			[]string{"ClusterRoleBinding blog-admin-user-ada-example-com", "IAMMember blog-admin-user-ada-example-com"}},
		"Google's own encryption of Secrets": {func(_ *gcp.NetworkArgs, c *gcp.ClusterArgs) { c.SecretsKeyID = nil }, nil},
		"more nodes":                         {func(_ *gcp.NetworkArgs, c *gcp.ClusterArgs) { c.Nodes.Max = 12 }, nil},
		"larger disks":                       {func(_ *gcp.NetworkArgs, c *gcp.ClusterArgs) { c.Nodes.DiskGiB = 80 }, nil},
		// Nodes hold no data, and the new ones come first.
		"spot nodes": {func(_ *gcp.NetworkArgs, c *gcp.ClusterArgs) { c.Nodes.Capacity = arguments.Spot }, []string{"NodePool blog-nodes"}},
	}
	p := platform{mode: arguments.ModeNodes, protect: true, users: []gcp.KeyUser{gcp.UserGKE, gcp.UserDisks, gcp.UserRegistry}}
	e := newEngine(t, func(ctx *pulumi.Context) error { return p.run(ctx) })
	require.NoError(t, e.Up())
	require.Empty(t, e.Lost(t))
	for name, each := range changes {
		p.change = each.change
		assert.ElementsMatch(t, each.lost, e.Lost(t), name)
	}
	p.change, p.users = nil, nil
	assert.Empty(t, e.Lost(t), "what a key encrypts stays as it is when others may use the key too")
}
