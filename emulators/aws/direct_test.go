package aws_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators/aws"
	"github.com/djangostack/djangostack/emulators/cloud"
	"github.com/djangostack/djangostack/emulators/cloud/providertest"
)

// direct calls the provider without an engine.
type direct struct{ *providertest.Direct }

type (
	args = providertest.Args
	made = providertest.Created
)

func newDirect(t *testing.T) *direct {
	t.Helper()
	return newDirectWith(t, nil)
}

func newDirectWith(t *testing.T, cluster *aws.Cluster) *direct {
	t.Helper()
	account := cloud.NewAccount(aws.AccountID)
	connector, err := aws.New(aws.Options{Account: account, Cluster: cluster})
	require.NoError(t, err)
	return &direct{providertest.NewDirect(t, account, connector, aws.Token, args{"region": region})}
}

// testNetwork is a network with two zones, both with a route to the internet.
type testNetwork struct {
	vpc, gateway made
	public       []any
	group        made
	// parts in the order of their creation.
	parts []made
}

func (d *direct) testNetwork() testNetwork {
	d.T.Helper()
	g := testNetwork{vpc: d.Create("ec2/vpc", "net", args{"cidrBlock": "10.0.0.0/16"})}
	g.gateway = d.Create("ec2/internetGateway", "net", args{"vpcId": g.vpc.ID})
	table := d.Create("ec2/routeTable", "net", args{"vpcId": g.vpc.ID})
	route := d.Create("ec2/route", "net", args{"routeTableId": table.ID, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": g.gateway.ID})
	g.parts = append(g.parts, g.vpc, g.gateway, table, route)
	for i, zone := range []string{"a", "b"} {
		subnet := d.Create("ec2/subnet", "net-"+zone, args{
			"vpcId": g.vpc.ID, "cidrBlock": fmt.Sprintf("10.0.%d.0/24", i), "availabilityZone": region + zone,
		})
		association := d.Create("ec2/routeTableAssociation", "net-"+zone, args{"routeTableId": table.ID, "subnetId": subnet.ID})
		g.parts = append(g.parts, subnet, association)
		g.public = append(g.public, subnet.ID)
	}
	g.group = d.Create("ec2/securityGroup", "web", args{"vpcId": g.vpc.ID})
	g.parts = append(g.parts, g.group)
	return g
}

func trust(service string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":%q},"Action":["sts:AssumeRole","sts:TagSession"]}]}`, service)
}

// role creates a role that a service may assume, with AWS's own policies.
func (d *direct) role(name, service string, policies ...string) made {
	d.T.Helper()
	role := d.Create("iam/role", name, args{"assumeRolePolicy": trust(service)})
	for _, policy := range policies {
		d.Create("iam/rolePolicyAttachment", name+"-"+policy, args{
			"role": role.Values.Text("name"), "policyArn": "arn:aws:iam::aws:policy/" + policy,
		})
	}
	return role
}

// clusterWithNodes creates a cluster that add-ons can run on.
func (d *direct) clusterWithNodes() made {
	d.T.Helper()
	g := d.testNetwork()
	cluster := d.Create("eks/cluster", "shop", args{
		"roleArn":   d.role("good", "eks.amazonaws.com", "AmazonEKSClusterPolicy").Values.Text("arn"),
		"vpcConfig": map[string]any{"subnetIds": g.public},
	})
	for _, name := range []string{"vpc-cni", "kube-proxy"} {
		d.Create("eks/addon", name, args{"clusterName": cluster.ID, "addonName": name})
	}
	d.Create("eks/nodeGroup", "main", args{
		"clusterName": cluster.ID, "subnetIds": g.public, "scalingConfig": map[string]any{"minSize": 1, "maxSize": 2, "desiredSize": 1},
		"nodeRoleArn": d.role("worker", "ec2.amazonaws.com", "AmazonEKSWorkerNodePolicy").Values.Text("arn"),
	})
	return cluster
}
