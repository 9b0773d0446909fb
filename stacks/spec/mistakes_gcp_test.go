package spec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestValuesThatGoogleCloudRefusesAreReported(t *testing.T) {
	list := func(values ...any) []any { return values }
	database := func(values map[string]any) map[string]any {
		return map[string]any{"kind": "managed", "managed": values}
	}
	nodes := func(nodes map[string]any) map[string]any {
		return map[string]any{"mode": "nodes", "nodes": nodes, "endpoint": map[string]any{"allowedCIDRs": list("203.0.113.0/24")}}
	}
	budget := func(emails ...any) map[string]any { return map[string]any{"monthlyUSD": 100, "emails": emails} }
	for _, mistake := range []wrong{
		{"too little memory for many CPUs", onGCP, "database", database(map[string]any{"cpu": 64, "memory": "32Gi"}), `database.managed.memory: "32Gi": must be from 57.75Gi to 416Gi with 64 CPUs on Cloud SQL`},
		{"a PostgreSQL that Cloud SQL has", onGCP, "database", database(map[string]any{"version": "18"}), ""},
		{"a PostgreSQL that Cloud SQL has not", onGCP, "database", database(map[string]any{"version": "19"}), `database.managed.version: "19": Cloud SQL has no PostgreSQL after 18`},
		{"a small disk", onGCP, "database", database(map[string]any{"storage": "5Gi"}), `database.managed.storage: "5Gi": must be from 10Gi to 65536Gi on Cloud SQL`},
		{"a disk that grows too large", onGCP, "database", database(map[string]any{"storage": "100Gi", "maxStorage": "100Ti"}), `database.managed.maxStorage: "100Ti": must be from 10Gi to 65536Gi`},
		{"fewer nodes than zones", onGCP, "cluster", nodes(map[string]any{"min": 1, "max": 2}), `cluster.nodes.max: 2: must be at least 3 with cloud gcp, one for each zone`},
		{"nodes with small disks", onGCP, "cluster", nodes(map[string]any{"disk": "10Gi"}), `cluster.nodes.disk: "10Gi": must be from 20Gi to 65536Gi with cloud gcp`},
		{"nodes of no machine", onGCP, "cluster", nodes(map[string]any{"cpu": 16, "memory": "512Gi"}), `cluster.nodes.memory: "512Gi": must be that of a machine with cluster.nodes.cpu: no node has 16 CPUs`},
		{"a zone that its region has not", onGCP, "", map[string]any{"cluster": nodes(map[string]any{"max": 3}), "gcp.zones": list("a", "b", "c")}, `gcp.zones[0]: "a": is no zone of europe-west1, which has b, c, d`},
		{"addresses beside Docker's", onGCP, "network", map[string]any{"cidr": "172.16.0.0/16"}, ""},
		{"addresses of Docker's", onGCP, "network", map[string]any{"cidr": "172.17.0.0/18"}, `network.cidr: "172.17.0.0/18": may not overlap 172.17.0.0/16 with cloud gcp`},
		{"six to tell", onGCP, "budget", budget("a@example.com", "b@example.com", "c@example.com", "d@example.com", "e@example.com", "f@example.com"), `budget.emails: may have at most 5 addresses with cloud gcp, has 6`},
		{"a name that looks like Google's", onGCP, "", map[string]any{"app.name": "my-g00gle", "media": map[string]any{"store": "bucket"}}, `app.name: "my-g00gle": may neither begin with goog nor contain google, or what looks like it`},
		{"a name that buckets may not have", onGCP, "", map[string]any{"app.name": "googler", "media": map[string]any{"store": "bucket"}}, `app.name: "googler": may neither begin with goog nor contain google`},
	} {
		t.Run(mistake.name, func(t *testing.T) {
			_, err := parse(t, mistake.text(t))
			if mistake.want == "" {
				require.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, mistake.want)
		})
	}
}
