package aws_test

import (
	"errors"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws"
	emulatedaws "github.com/djangostack/djangostack/emulators/aws"
	"github.com/djangostack/djangostack/emulators/cloud"
	"github.com/djangostack/djangostack/tests/enginetest"
)

// AWS recommends newer versions of add-ons at any time, and EKS leaves those of a cluster as they are.
func TestAddonsGoUpWithTheCluster(t *testing.T) {
	newer := map[string]string{}
	account := cloud.NewAccount(emulatedaws.AccountID)
	provider, err := emulatedaws.New(emulatedaws.Options{Account: account, AddonVersions: newer})
	require.NoError(t, err)
	p := platform{mode: arguments.ModeNodes}
	e := enginetest.New(t, "aws", account, provider, func(ctx *pulumi.Context) error { return p.run(ctx) })
	require.NoError(t, e.Up())
	addons := func() map[string]string {
		versions := map[string]string{}
		for _, addon := range account.Objects("aws:eks/addon:Addon") {
			versions[addon.Values.Text("addonName")] = addon.Values.Text("addonVersion")
		}
		return versions
	}
	first := addons()
	assert.Len(t, first, 7)
	assert.Equal(t, "v1.35.0-eksbuild.2", first["kube-proxy"])

	newer["vpc-cni"], newer["coredns"] = "v1.21.1-eksbuild.1", "v1.13.2-eksbuild.7"
	require.NoError(t, e.Up(optup.ExpectNoChanges()), "the plan is that of the configuration, whatever AWS recommends by now")

	up := func(version string) {
		p.change = func(_ *aws.NetworkArgs, c *aws.ClusterArgs) { c.Version = version }
	}
	one := func(kind, path string) string { return account.Objects(emulatedaws.Token(kind))[0].Values.Text(path) }
	up("1.36")
	account.Fail(cloud.Fault{Operation: "update", Type: "aws:eks/cluster:Cluster", Err: errors.New("not now")})
	require.Error(t, e.Up())
	assert.Equal(t, first, addons(), "the control plane goes first")
	account.Fail(cloud.Fault{Operation: "update", Type: "aws:eks/addon:Addon", Name: "blog-kube-proxy", Err: errors.New("not now")})
	require.Error(t, e.Up())
	assert.Equal(t, "1.36", one("eks/cluster", "version"))
	assert.Equal(t, "1.35", one("eks/nodeGroup", "version"), "nodes go after the add-ons that they need")
	assert.Equal(t, first["coredns"], addons()["coredns"], "and those on the nodes after them")

	require.NoError(t, e.Up(), "an update that was cut off is finished")
	assert.Equal(t, map[string]string{
		"kube-proxy": "v1.36.0-eksbuild.1", "vpc-cni": "v1.21.1-eksbuild.1", "coredns": "v1.13.2-eksbuild.7",
		"aws-ebs-csi-driver": first["aws-ebs-csi-driver"], "eks-pod-identity-agent": first["eks-pod-identity-agent"],
		"metrics-server": first["metrics-server"], "amazon-cloudwatch-observability": first["amazon-cloudwatch-observability"],
	}, addons())
	assert.Equal(t, "1.36", one("eks/nodeGroup", "version"))
	require.NoError(t, e.Up(optup.ExpectNoChanges()))

	newer["vpc-cni"], newer["coredns"] = "v1.21.2-eksbuild.1", "v1.14.0-eksbuild.1"
	require.NoError(t, e.Up(optup.Replace([]string{"**::blog-vpc-cni-for-1.36"})))
	assert.Equal(t, "v1.21.2-eksbuild.1", addons()["vpc-cni"], "on request, what AWS recommends by now")
	assert.Equal(t, "v1.13.2-eksbuild.7", addons()["coredns"])

	up("1.40")
	require.ErrorContains(t, e.Preview(), "1.40", "AWS knows no add-on for it")
}
