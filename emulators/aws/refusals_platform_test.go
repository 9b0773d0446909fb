package aws_test

import (
	"context"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestArgumentsOfAPlatformThatTheProviderRefuses(t *testing.T) {
	d := newDirect(t)
	nodes := args{
		"clusterName": "shop", "nodeRoleArn": "arn:aws:iam::123456789012:role/x", "subnetIds": []any{"s"},
		"scalingConfig": map[string]any{"minSize": 1, "maxSize": 2, "desiredSize": 1},
	}
	group := args{"port": 8000, "protocol": "HTTP", "vpcId": "vpc-0", "targetType": "ip"}
	for says, test := range map[string]struct {
		short  string
		inputs args
	}{
		"must follow semantic version format":                  {"eks/addon", args{"clusterName": "shop", "addonName": "coredns", "addonVersion": "1.12"}},
		"conflicts with updateConfig.maxUnavailablePercentage": {"eks/nodeGroup", nodes.With(args{"updateConfig": map[string]any{"maxUnavailable": 1, "maxUnavailablePercentage": 33}})},
		"must begin with a slash":                              {"lb/targetGroup", group.With(args{"healthCheck": map[string]any{"path": "healthz"}})},
		"must be lower-case, with single separators":           {"ecr/repository", args{"name": "shop..web"}},
		"is not a valid CIDR block; did you mean":              {"vpc/securityGroupIngressRule", args{"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "203.0.113.7/24"}},
		"cannot begin with sg-":                                {"ec2/securityGroup", args{"name": "sg-tools"}},
	} {
		_, err := d.TryCreate(test.short, "web", test.inputs)
		assert.ErrorContains(t, err, says)
	}
}

func TestAPublicEndpointIsForPublicAddresses(t *testing.T) {
	d := newDirect(t)
	g := d.testNetwork()
	role := d.role("good", "eks.amazonaws.com", "AmazonEKSClusterPolicy")
	_, err := d.TryCreate("eks/cluster", "shop", args{
		"roleArn": role.Values.Text("arn"), "vpcConfig": map[string]any{"subnetIds": g.public, "publicAccessCidrs": []any{"203.0.113.0/24", "10.0.0.0/8"}},
	})
	require.ErrorContains(t, err, "The following CIDRs are invalid in publicAccessCidrs: [10.0.0.0/8]")
}

func TestAutoModeCannotBeRemoved(t *testing.T) {
	d := newDirect(t)
	on := map[string]any{"enabled": true}
	nodes := args{"roleArn": "arn:aws:iam::123456789012:role/x", "vpcConfig": map[string]any{"subnetIds": []any{"s"}}}
	auto := nodes.With(args{
		"computeConfig": on, "storageConfig": map[string]any{"blockStorage": on}, "kubernetesNetworkConfig": map[string]any{"elasticLoadBalancing": on},
	})
	plan := func(before, after args) error {
		_, err := d.Provider.Diff(context.Background(), &pulumirpc.DiffRequest{
			Urn: d.URN("eks/cluster", "shop"), Id: "shop", OldInputs: d.Encode(before), News: d.Encode(after),
		})
		return err
	}
	require.ErrorContains(t, plan(auto, nodes), "must all be set to either true or false")
	require.NoError(t, plan(nodes, auto))
	require.NoError(t, plan(auto, auto))
}

func TestAnotherKindOfSourceReplacesARule(t *testing.T) {
	d := newDirect(t)
	visitors := args{"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "203.0.113.0/24"}
	_, replaces := d.Diff("vpc/securityGroupIngressRule", visitors, visitors.With(args{"cidrIpv4": "0.0.0.0/0"}))
	assert.Empty(t, replaces)
	_, replaces = d.Diff("vpc/securityGroupIngressRule", visitors, visitors.With(args{"cidrIpv4": nil, "referencedSecurityGroupId": "sg-2"}))
	assert.NotEmpty(t, replaces)
}

func TestAClusterKeepsItsZones(t *testing.T) {
	d := newDirect(t)
	g := d.testNetwork()
	role := d.role("good", "eks.amazonaws.com", "AmazonEKSClusterPolicy")
	in := func(subnets ...any) args {
		return args{"roleArn": role.Values.Text("arn"), "vpcConfig": map[string]any{"subnetIds": subnets}}
	}
	subnet := func(zone, block string) string {
		return d.Create("ec2/subnet", "more-"+zone, args{"vpcId": g.vpc.ID, "cidrBlock": block, "availabilityZone": region + zone}).ID
	}
	other, third := subnet("b", "10.0.11.0/24"), subnet("c", "10.0.12.0/24")
	cluster := d.Create("eks/cluster", "shop", in(g.public...))
	_, err := d.TryUpdate(cluster, in(g.public[0], g.public[1], third), false)
	require.ErrorContains(t, err, "they should belong to the exact set of AZs 'eu-central-1a,eu-central-1b'")
	_, err = d.TryUpdate(cluster, in(g.public[0], other), false)
	require.NoError(t, err)
}

func TestTheCollectorOfLogsIsConfiguredInItsSchema(t *testing.T) {
	d := newDirect(t)
	cluster := d.clusterWithNodes()
	role := d.role("collector", "pods.eks.amazonaws.com", "CloudWatchAgentServerPolicy")
	collector := func(configuration, account string) args {
		return args{"clusterName": cluster.ID, "addonName": "amazon-cloudwatch-observability", "configurationValues": configuration,
			"podIdentityAssociations": []any{map[string]any{"serviceAccount": account, "roleArn": role.Values.Text("arn")}}}
	}
	const account = "cloudwatch-agent"
	for says, inputs := range map[string]args{
		"[$.fluentBit: is not defined in the schema": collector(`{"fluentBit":{"enabled":true}}`, account),
		"[$.containerLogs.on: is not defined":        collector(`{"containerLogs":{"on":true}}`, account),
		"[$.manager.applicationSignals.enabled: is ": collector(`{"manager":{"applicationSignals":{"enabled":false}}}`, account),
		"Service account fluent-bit is not":          collector(`{}`, "fluent-bit"),
	} {
		_, err := d.TryCreate("eks/addon", "logs", inputs)
		require.ErrorContains(t, err, says)
	}
	made := d.Create("eks/addon", "logs", collector(`{"containerLogs":{"enabled":true},"manager":{"applicationSignals":{"autoMonitor":{"monitorAllServices":false}}}}`, account))
	assert.Equal(t, "v4.10.2-eksbuild.1", made.Values.Text("addonVersion"))
}

// AWS' own policy lets Fluent Bit create what it does not find, which nothing deletes.
func TestTheCollectorOfLogsCreatesItsGroupsAgain(t *testing.T) {
	const prefix = "/aws/containerinsights/"
	for policy, leaks := range map[string]int{"CloudWatchAgentServerPolicy": 3, "": 0} {
		d := newDirect(t)
		cluster := d.clusterWithNodes()
		role := d.Create("iam/role", "collector", args{"assumeRolePolicy": trust("pods.eks.amazonaws.com")})
		if policy != "" {
			d.Create("iam/rolePolicyAttachment", "collector", args{"role": role.ID, "policyArn": "arn:aws:iam::aws:policy/" + policy})
		}
		group := d.Create("cloudwatch/logGroup", "application", args{"name": prefix + cluster.ID + "/application"})
		addon := d.Create("eks/addon", "logs", args{
			"clusterName": cluster.ID, "addonName": "amazon-cloudwatch-observability",
			"podIdentityAssociations": []any{map[string]any{"serviceAccount": "cloudwatch-agent", "roleArn": role.Values.Text("arn")}},
		})
		require.NoError(t, d.Delete(group), "the wrong order")
		require.NoError(t, d.Delete(addon))
		left := 0
		for _, object := range d.Account.Leaked() {
			if strings.HasPrefix(object.ID, prefix) {
				left++
			}
		}
		assert.Equal(t, leaks, left, policy)
	}
}
