package aws_test

import (
	"context"
	"errors"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators/aws"
	"github.com/djangostack/djangostack/emulators/cloud"
)

func TestAChangedTemplateHasANewVersion(t *testing.T) {
	d := newDirect(t)
	template := d.Create("ec2/launchTemplate", "nodes", args{"name": "nodes", "instanceType": "t3.large"})
	bigger := args{"name": "nodes", "instanceType": "t3.xlarge"}
	assert.Equal(t, cloud.Unknown{}, d.Update(template, bigger, true)["latestVersion"], "a preview does not know it")
	assert.InDelta(t, 2, d.Update(template, bigger, false).Number("latestVersion"), 0)
	tagged := args{"name": "nodes", "instanceType": "t3.large", "tags": map[string]any{"a": "b"}}
	assert.InDelta(t, 1, d.Update(template, tagged, true).Number("latestVersion"), 0, "tags are no part of a version")
}

func TestReplacementsAndEqualValues(t *testing.T) {
	d := newDirect(t)
	object := func(values args) map[string]any { return values }
	policy := `{"Version":"2012-10-17","Statement":[]}`
	for name, test := range map[string]struct {
		short         string
		before, after args
		changes       []string
		replaces      []string
	}{
		"order of a set":         {"lb/loadBalancer", args{"subnets": []any{"a", "b"}}, args{"subnets": []any{"b", "a"}}, nil, nil},
		"order that counts":      {"eks/nodeGroup", args{"instanceTypes": []any{"a", "b"}}, args{"instanceTypes": []any{"b", "a"}}, []string{"instanceTypes[0]", "instanceTypes[1]"}, []string{"instanceTypes[0]", "instanceTypes[1]"}},
		"spelling of a document": {"kms/key", args{"policy": policy}, args{"policy": `{"Statement": [], "Version": "2012-10-17"}`}, nil, nil},
		"default spelt out":      {"rds/instance", args{}, args{"monitoringInterval": 0, "deletionProtection": false}, nil, nil},
		"left to the cloud":      {"rds/instance", args{"backupWindow": "01:00-02:00"}, args{}, nil, nil},
		"inside an object":       {"eks/cluster", args{"kubernetesNetworkConfig": object(args{"serviceIpv4Cidr": "10.1.0.0/16"})}, args{"kubernetesNetworkConfig": object(args{"serviceIpv4Cidr": "10.2.0.0/16"})}, []string{"kubernetesNetworkConfig.serviceIpv4Cidr"}, []string{"kubernetesNetworkConfig.serviceIpv4Cidr"}},
		"taken out of an object": {"eks/cluster", args{"kubernetesNetworkConfig": object(args{"serviceIpv4Cidr": "10.1.0.0/16"})}, args{"kubernetesNetworkConfig": object(args{})}, nil, nil},
		"encryption taken away":  {"eks/cluster", args{"encryptionConfig": object(args{"resources": []any{"secrets"}})}, args{}, []string{"encryptionConfig"}, []string{"encryptionConfig"}},
		"users of RabbitMQ":      {"mq/broker", args{"engineType": "RabbitMQ", "users": []any{object(args{"username": "a"})}}, args{"engineType": "RabbitMQ", "users": []any{object(args{"username": "b"})}}, nil, nil},
		"engine made worse":      {"elasticache/replicationGroup", args{"engine": "valkey"}, args{"engine": "redis"}, []string{"engine"}, []string{"engine"}},
	} {
		changes, replaces := d.Diff(test.short, test.before, test.after)
		assert.Equal(t, test.changes, changes, name)
		assert.Equal(t, test.replaces, replaces, name)
	}
}

func TestEndpointOfARealClusterIsReturned(t *testing.T) {
	d := newDirectWith(t, &aws.Cluster{Endpoint: "https://127.0.0.1:6443", CertificateAuthority: []byte("certificate")})
	g := d.testNetwork()
	role := d.role("shop", "eks.amazonaws.com", "AmazonEKSClusterPolicy")
	cluster := d.Create("eks/cluster", "shop", args{
		"roleArn": role.Values.Text("arn"), "vpcConfig": map[string]any{"subnetIds": g.public},
	})
	assert.Equal(t, "https://127.0.0.1:6443", cluster.Values.Text("endpoint"))
	assert.Equal(t, "Y2VydGlmaWNhdGU=", cluster.Values.Text("certificateAuthority.data"))
}

func TestADelayEndsWithTheCall(t *testing.T) {
	d := newDirect(t)
	d.Account.Delay(func(string, string) time.Duration { return time.Hour })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err := d.Provider.Create(ctx, &pulumirpc.CreateRequest{
		Urn: "urn:pulumi:dev::shop::aws:kms/key:Key::data", Properties: d.Encode(args{}),
	})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.Empty(t, d.Account.Left())
}

func TestAFaultCanBeLimitedToANameAndRepeated(t *testing.T) {
	d := newDirect(t)
	d.Account.Fail(cloud.Fault{Operation: "create", Type: aws.Token("kms/key"), Name: "data", Times: 2, Err: errors.New("try again")})
	d.Create("kms/key", "other", args{})
	for range 2 {
		_, err := d.TryCreate("kms/key", "data", args{})
		require.ErrorContains(t, err, "creating KMS Key: try again")
	}
	d.Create("kms/key", "data", args{})
}

func TestProviderArguments(t *testing.T) {
	d := newDirect(t)
	for says, inputs := range map[string]args{
		"region is not set":                        {},
		"invalid AWS Region: eu-central-9":         {"region": "eu-central-9"},
		"AWS account ID not allowed: 123456789012": {"region": region, "allowedAccountIds": `["999999999999"]`},
		"Invalid or unknown key":                   {"region": region, "regoin": "x"},
	} {
		checked, err := d.Provider.CheckConfig(t.Context(), &pulumirpc.CheckRequest{
			Urn: "urn:pulumi:dev::shop::pulumi:providers:aws::aws", News: d.Encode(inputs),
		})
		require.NoError(t, err)
		require.NotEmpty(t, checked.GetFailures(), says)
		assert.Contains(t, checked.GetFailures()[0].GetReason(), says)
	}
}

func TestFunctionsAnswerFromTheAccount(t *testing.T) {
	d := newDirect(t)
	zones, err := d.Call("aws:index/getAvailabilityZones:getAvailabilityZones", args{"state": "available"})
	require.NoError(t, err)
	assert.Equal(t, []string{"eu-central-1a", "eu-central-1b", "eu-central-1c"}, zones.Texts("names"))
	_, err = d.Call("aws:route53/getZone:getZone", args{"name": "shop.example"})
	require.ErrorContains(t, err, "no matching Route 53 Hosted Zone found")
	d.Account.AddExisting(aws.Token("route53/zone"), "", "ZSHOP", cloud.Values{"name": "shop.example"})
	zone, err := d.Call("aws:route53/getZone:getZone", args{"name": "shop.example."})
	require.NoError(t, err)
	assert.Equal(t, "ZSHOP", zone.Text("zoneId"))
	_, err = d.Call("aws:ec2/getAmi:getAmi", args{})
	require.ErrorContains(t, err, "does not know the function aws:ec2/getAmi:getAmi")
	_, err = d.Call("aws:index/getRegion:getRegion", args{"regoin": "x"})
	require.ErrorContains(t, err, "Invalid or unknown key")
}
