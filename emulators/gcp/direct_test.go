package gcp_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators/cloud"
	"github.com/djangostack/djangostack/emulators/cloud/providertest"
	"github.com/djangostack/djangostack/emulators/gcp"
)

const (
	project = "shop-dev"
	region  = "europe-west3"
)

type (
	args = providertest.Args
	made = providertest.Created
	vals = map[string]any
)

// direct calls the provider without an engine.
type direct struct{ *providertest.Direct }

func newDirect(t *testing.T) *direct {
	t.Helper()
	return newDirectWith(t, gcp.Options{Enabled: everyAPI()})
}

func newDirectWith(t *testing.T, options gcp.Options) *direct {
	t.Helper()
	options.Account = cloud.NewAccount(project)
	connector, err := gcp.New(options)
	require.NoError(t, err)
	return &direct{providertest.NewDirect(t, options.Account, connector, gcp.Token, args{"project": project, "region": region})}
}

func everyAPI() []string {
	var all []string
	for _, name := range []string{
		"artifactregistry", "billingbudgets", "certificatemanager", "cloudkms", "cloudresourcemanager", "compute", "container", "dns", "iam",
		"redis", "secretmanager", "sqladmin",
	} {
		all = append(all, name+".googleapis.com")
	}
	return all
}

// testNetwork is a network with one subnetwork for a cluster.
type testNetwork struct{ network, subnetwork made }

func (d *direct) testNetwork() testNetwork {
	d.T.Helper()
	g := testNetwork{network: d.Create("compute/network", "net", args{"autoCreateSubnetworks": false})}
	g.subnetwork = d.Create("compute/subnetwork", "net", subnetwork(g.network))
	return g
}

func subnetwork(network made) args {
	return args{
		"network": network.ID, "ipCidrRange": "10.0.0.0/20", "privateIpGoogleAccess": true,
		"secondaryIpRanges": []any{
			vals{"rangeName": "pods", "ipCidrRange": "10.64.0.0/14"}, vals{"rangeName": "services", "ipCidrRange": "10.32.0.0/20"},
		},
	}
}

// standard returns the arguments of a Standard cluster.
func (g testNetwork) standard() args {
	return args{
		"location": region, "network": g.network.ID, "subnetwork": g.subnetwork.ID, "initialNodeCount": 1, "removeDefaultNodePool": true,
		"deletionProtection": false, "datapathProvider": "ADVANCED_DATAPATH", "workloadIdentityConfig": vals{"workloadPool": project + ".svc.id.goog"},
		"ipAllocationPolicy": vals{"clusterSecondaryRangeName": "pods", "servicesSecondaryRangeName": "services"},
	}
}

// auto returns the arguments of an Autopilot cluster.
func (g testNetwork) auto() args {
	return g.standard().With(args{
		"enableAutopilot": true, "initialNodeCount": nil, "removeDefaultNodePool": nil, "datapathProvider": nil, "workloadIdentityConfig": nil,
	})
}

// database returns the arguments of an instance that is published by Private Service Connect.
func database(settings vals) args {
	all := vals{
		"tier": "db-custom-2-7680", "availabilityType": "REGIONAL", "edition": "ENTERPRISE",
		"backupConfiguration": vals{"enabled": true, "pointInTimeRecoveryEnabled": true},
		"ipConfiguration": vals{
			"ipv4Enabled": false, "sslMode": "ENCRYPTED_ONLY", "pscConfigs": []any{vals{"pscEnabled": true, "allowedConsumerProjects": []any{project}}},
		},
	}
	for key, value := range settings {
		all[key] = value
	}
	return args{"databaseVersion": "POSTGRES_17", "region": region, "deletionProtection": false, "settings": all}
}
