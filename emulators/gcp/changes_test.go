package gcp_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReplacementsAndEqualValues(t *testing.T) {
	d := newDirect(t)
	settings := func(more vals) args { return args{"settings": more} }
	for name, test := range map[string]struct {
		short         string
		before, after args
		changes       []string
		replaces      []string
	}{
		"a link for a name":           {"compute/firewall", args{"network": "https://www.googleapis.com/compute/v1/projects/p/global/networks/net"}, args{"network": "projects/p/global/networks/net"}, nil, nil},
		"another network":             {"compute/firewall", args{"network": "projects/p/global/networks/a"}, args{"network": "projects/p/global/networks/b"}, []string{"network"}, []string{"network"}},
		"a range that grows":          {"compute/subnetwork", args{"ipCidrRange": "10.0.0.0/20"}, args{"ipCidrRange": "10.0.0.0/18"}, []string{"ipCidrRange"}, nil},
		"a range that shrinks":        {"compute/subnetwork", args{"ipCidrRange": "10.0.0.0/18"}, args{"ipCidrRange": "10.0.0.0/20"}, []string{"ipCidrRange"}, []string{"ipCidrRange"}},
		"spelling of a location":      {"storage/bucket", args{"location": "eu"}, args{"location": "EU"}, nil, nil},
		"another location":            {"storage/bucket", args{"location": "EU"}, args{"location": "US"}, []string{"location"}, []string{"location"}},
		"left to Autopilot":           {"container/cluster", args{"enableAutopilot": true, "clusterAutoscaling": vals{"autoscalingProfile": "BALANCED"}}, args{"enableAutopilot": true, "clusterAutoscaling": vals{"autoscalingProfile": "OPTIMIZE_UTILIZATION"}}, nil, nil},
		"a newer PostgreSQL":          {"sql/databaseInstance", args{"databaseVersion": "POSTGRES_16"}, args{"databaseVersion": "POSTGRES_17"}, []string{"databaseVersion"}, nil},
		"an older PostgreSQL":         {"sql/databaseInstance", args{"databaseVersion": "POSTGRES_17"}, args{"databaseVersion": "POSTGRES_16"}, []string{"databaseVersion"}, nil},
		"a larger disk":               {"sql/databaseInstance", settings(vals{"diskSize": 10}), settings(vals{"diskSize": 20}), []string{"settings.diskSize"}, nil},
		"a smaller disk":              {"sql/databaseInstance", settings(vals{"diskSize": 20}), settings(vals{"diskSize": 10}), []string{"settings.diskSize"}, []string{"settings.diskSize"}},
		"a tier of Redis":             {"redis/instance", args{"tier": "BASIC"}, args{"tier": "STANDARD_HA"}, []string{"tier"}, []string{"tier"}},
		"more memory":                 {"redis/instance", args{"memorySizeGb": 1}, args{"memorySizeGb": 2}, []string{"memorySizeGb"}, nil},
		"order of a record's data":    {"dns/recordSet", args{"rrdatas": []any{"a.", "b."}}, args{"rrdatas": []any{"b.", "a."}}, nil, nil},
		"default spelt out":           {"compute/network", args{}, args{"deleteDefaultRoutesOnCreate": false}, nil, nil},
		"private nodes":               {"container/cluster", args{"privateClusterConfig": vals{"enablePrivateNodes": true}}, args{"privateClusterConfig": vals{"enablePrivateNodes": false}}, []string{"privateClusterConfig.enablePrivateNodes"}, []string{"privateClusterConfig.enablePrivateNodes"}},
		"the key of the secrets":      {"container/cluster", args{"databaseEncryption": vals{"keyName": "a"}}, args{"databaseEncryption": vals{"keyName": "b"}}, []string{"databaseEncryption.keyName"}, nil},
		"the key of the database":     {"sql/databaseInstance", args{"encryptionKeyName": "a"}, args{"encryptionKeyName": "b"}, []string{"encryptionKeyName"}, []string{"encryptionKeyName"}},
		"a link for a link":           {"compute/forwardingRule", args{"ipAddress": "projects/p/regions/r/addresses/a"}, args{"ipAddress": "projects/p/regions/r/addresses/b"}, nil, nil},
		"an address for a link":       {"compute/forwardingRule", args{"ipAddress": "projects/p/regions/r/addresses/a"}, args{"ipAddress": "10.0.0.9"}, nil, nil},
		"another address":             {"compute/forwardingRule", args{"ipAddress": "10.0.0.8"}, args{"ipAddress": "10.0.0.9"}, []string{"ipAddress"}, []string{"ipAddress"}},
		"ports as Google spells them": {"compute/globalForwardingRule", args{"portRange": "443-443"}, args{"portRange": "443"}, nil, nil},
	} {
		changes, replaces := d.Diff(test.short, test.before, test.after, "enableL4IlbSubsetting")
		assert.Equal(t, test.changes, changes, name)
		assert.Equal(t, test.replaces, replaces, name)
	}
}

func TestDriftingPropertiesAreAChangeAtEveryUpdate(t *testing.T) {
	d := newDirect(t)
	encrypted := args{"databaseEncryption": vals{"state": "ENCRYPTED", "keyName": "k"}}
	for name, test := range map[string]struct {
		short     string
		arguments args
		ignored   []string
		changes   []string
		replaces  []string
	}{
		"subsetting that no argument sets": {"container/cluster", args{}, nil, []string{"enableL4IlbSubsetting"}, []string{"enableL4IlbSubsetting"}},
		"subsetting that was asked for":    {"container/cluster", args{"enableL4IlbSubsetting": true}, nil, nil, nil},
		"encryption by another word":       {"container/cluster", encrypted, []string{"enableL4IlbSubsetting"}, []string{"databaseEncryption.state"}, nil},
		"all of it ignored":                {"container/cluster", encrypted, []string{"enableL4IlbSubsetting", "databaseEncryption"}, nil, nil},
		"the first pool's nodes": {
			"container/cluster", args{"removeDefaultNodePool": true, "nodeConfig": vals{"spot": true}}, []string{"enableL4IlbSubsetting"},
			[]string{"nodeConfig"}, []string{"nodeConfig"},
		},
		"queries that are not recorded": {"sql/databaseInstance", args{"settings": vals{"insightsConfig": vals{"recordClientAddress": false}}}, nil, []string{"settings.insightsConfig"}, nil},
		"queries that are":              {"sql/databaseInstance", args{"settings": vals{"insightsConfig": vals{"queryInsightsEnabled": true}}}, nil, nil, nil},
		"a kubelet and labels":          {"container/nodePool", args{}, nil, []string{"nodeConfig.kubeletConfig", "nodeConfig.resourceLabels"}, nil},
	} {
		changes, replaces := d.Diff(test.short, test.arguments, test.arguments, test.ignored...)
		assert.Equal(t, test.changes, changes, name)
		assert.Equal(t, test.replaces, replaces, name)
	}
}

func TestReplicasOfAnExistingServerNeedTheirOwnAddresses(t *testing.T) {
	d := newDirect(t)
	plain := args{"name": "shop-cache", "tier": "STANDARD_HA", "memorySizeGb": 5, "authorizedNetwork": d.testNetwork().network.ID}
	cache := d.Create("redis/instance", "cache", plain)
	reads := plain.With(args{"readReplicasMode": "READ_REPLICAS_ENABLED"})
	_, err := d.TryUpdate(cache, reads, false)
	require.ErrorContains(t, err, "secondary_ip_range is required")
	d.Update(cache, reads.With(args{"secondaryIpRange": "auto"}), false)
}
