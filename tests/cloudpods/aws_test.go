package cloudpods_test

import (
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators/aws"
	"github.com/djangostack/djangostack/emulators/cloud"
	"github.com/djangostack/djangostack/stacks/spec"
)

// onAWS emulates AWS with the real cluster.
func onAWS(t *testing.T, c *cluster) emulated {
	t.Helper()
	account := cloud.NewAccount(aws.AccountID)
	account.AddExisting(aws.Token("route53/zone"), "", "Z0GIVEN", cloud.Values{"name": "example.com"})
	provider, err := aws.New(aws.Options{
		Account: account,
		Cluster: &aws.Cluster{Endpoint: c.config.Host, CertificateAuthority: c.config.CAData},
	})
	require.NoError(t, err)
	return emulated{
		cloud:      spec.AWSCloud,
		provider:   map[string]pulumirpc.ResourceProviderServer{"aws": provider},
		account:    account,
		diskDriver: "ebs.csi.eks.amazonaws.com",
		class:      "gp3-encrypted",
		joined:     func(t *testing.T) { joinedOnAWS(t, c, account) },
	}
}

// joinedOnAWS follows a request from its name to the pods, and the pods' permissions to their role.
func joinedOnAWS(t *testing.T, c *cluster, account *cloud.Account) {
	t.Helper()
	balancers := account.Objects(aws.Token("lb/loadBalancer"))
	require.Len(t, balancers, 1)
	records := map[string]cloud.Object{}
	for _, record := range account.Objects(aws.Token("route53/record")) {
		records[record.Values.Text("type")+" "+record.Values.Text("name")] = record
	}
	require.Contains(t, records, "A "+host)
	assert.Equal(t, balancers[0].Values.Text("dnsName"), records["A "+host].Values.Text("aliases.name"), "the name leads to the load balancer")

	groups := account.Objects(aws.Token("lb/targetGroup"))
	require.Len(t, groups, 1)
	var bindings struct {
		Items []struct {
			Spec struct {
				TargetGroupARN string
				TargetType     string
				ServiceRef     struct {
					Name string
					Port int
				}
			}
		}
	}
	c.get(t, namespace, "targetgroupbindings.eks.amazonaws.com", &bindings)
	require.Len(t, bindings.Items, 1)
	bound := bindings.Items[0].Spec
	assert.Equal(t, groups[0].Values.Text("arn"), bound.TargetGroupARN, "the load balancer's group gets the Service's pods")
	assert.Equal(t, groups[0].Values.Text("targetType"), bound.TargetType)
	assert.Equal(t, service, bound.ServiceRef.Name)
	assert.Equal(t, 80, bound.ServiceRef.Port)

	associations := account.Objects(aws.Token("eks/podIdentityAssociation"))
	require.Len(t, associations, 1)
	assert.Equal(t, namespace, associations[0].Values.Text("namespace"))
	assert.Equal(t, c.serviceAccounts(t), []string{associations[0].Values.Text("serviceAccount")}, "every process of the app runs as the account that has the rights")
}
