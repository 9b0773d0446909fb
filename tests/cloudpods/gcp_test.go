package cloudpods_test

import (
	"fmt"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators/cloud"
	"github.com/djangostack/djangostack/emulators/gcp"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/environments"
)

// onGoogleCloud emulates Google Cloud with the real cluster.
func onGoogleCloud(t *testing.T, c *cluster) emulated {
	t.Helper()
	const project = environments.GCPProject
	account := cloud.NewAccount(project)
	account.AddExisting(gcp.Token("dns/managedZone"), "", "projects/"+project+"/managedZones/example", cloud.Values{
		"name": "example", "dnsName": "example.com.", "project": project, "visibility": "public", "managedZoneId": "1", "description": "",
		"nameServers": []any{"ns-cloud-a1.googledomains.com."},
	})
	provider, err := gcp.New(gcp.Options{
		Account: account,
		Cluster: &gcp.Cluster{Endpoint: strings.TrimPrefix(c.config.Host, "https://"), CertificateAuthority: c.config.CAData},
	})
	require.NoError(t, err)
	return emulated{
		cloud:      spec.GCPCloud,
		provider:   map[string]pulumirpc.ResourceProviderServer{"gcp": provider},
		account:    account,
		diskDriver: "pd.csi.storage.gke.io",
		class:      "balanced-labelled",
		joined:     func(t *testing.T) { joinedOnGoogleCloud(t, c, account) },
	}
}

// joinedOnGoogleCloud follows a request from its name to the pods, and the pods' permissions to their service account.
func joinedOnGoogleCloud(t *testing.T, c *cluster, account *cloud.Account) {
	t.Helper()
	addresses := account.Objects(gcp.Token("compute/globalAddress"))
	require.Len(t, addresses, 1)
	leads := false
	for _, record := range account.Objects(gcp.Token("dns/recordSet")) {
		if record.Values.Text("type") == "A" && record.Values.Text("name") == host+"." {
			leads = assert.Equal(t, []string{addresses[0].Values.Text("address")}, record.Values.Texts("rrdatas"), "the name leads to the address")
		}
	}
	assert.True(t, leads, "the name has a record")

	var gateways struct {
		Items []struct {
			Metadata struct{ Annotations map[string]string }
			Spec     struct{ Addresses []struct{ Value string } }
		}
	}
	c.get(t, namespace, "gateways.gateway.networking.k8s.io", &gateways)
	require.Len(t, gateways.Items, 1)
	require.Len(t, gateways.Items[0].Spec.Addresses, 1)
	assert.Equal(t, addresses[0].Values.Text("name"), gateways.Items[0].Spec.Addresses[0].Value, "the Gateway takes the address")
	maps := account.Objects(gcp.Token("certificatemanager/certificateMap"))
	require.Len(t, maps, 1)
	assert.Equal(t, maps[0].Values.Text("name"), gateways.Items[0].Metadata.Annotations["networking.gke.io/certmap"], "and shows the certificates")
	assert.Equal(t, []string{service + ":80"}, c.routed(t), "its routes lead to the Service, or back to HTTPS")

	accounts := account.Objects(gcp.Token("serviceaccount/account"))
	var emails []string
	for _, one := range accounts {
		emails = append(emails, one.Values.Text("email"))
	}
	running := c.serviceAccounts(t)
	require.Len(t, running, 1, "every process of the app runs as one account")
	email := c.Kubectl(t, namespace, "get", "serviceaccount", running[0], "--output", `jsonpath={.metadata.annotations.iam\.gke\.io/gcp-service-account}`)
	assert.Contains(t, emails, email, "it impersonates an account that has the permissions")
	var may []string
	for _, member := range account.Objects(gcp.Token("serviceaccount/iAMMember")) {
		if member.Values.Text("role") == "roles/iam.workloadIdentityUser" {
			may = append(may, member.Values.Text("member"))
		}
	}
	assert.Equal(t, []string{"serviceAccount:blog-staging.svc.id.goog[" + namespace + "/" + running[0] + "]"}, may)
}

// routed returns the Services that the routes lead to, with the port.
func (c *cluster) routed(t *testing.T) []string {
	t.Helper()
	var routes struct {
		Items []struct {
			Spec struct {
				Hostnames []string
				Rules     []struct {
					BackendRefs []struct {
						Name string
						Port int
					}
				}
			}
		}
	}
	c.get(t, namespace, "httproutes.gateway.networking.k8s.io", &routes)
	var services []string
	for _, route := range routes.Items {
		assert.Equal(t, []string{host}, route.Spec.Hostnames)
		for _, rule := range route.Spec.Rules {
			for _, to := range rule.BackendRefs {
				services = append(services, fmt.Sprintf("%s:%d", to.Name, to.Port))
			}
		}
	}
	return services
}
