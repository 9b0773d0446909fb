package spec

import (
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

// Limits of Google Cloud's data services.
const (
	// Cloud SQL's custom machines have from 0.9 to 6.5 GiB for each CPU
	// (https://cloud.google.com/sql/docs/postgres/instance-settings).
	cloudSQLMostPerCPU = 6.5
	cloudSQLLeastTotal = 3.75
	// Memorystore has read replicas from 5 GiB on
	// (https://cloud.google.com/memorystore/docs/redis/about-read-replicas).
	memorystoreReplicas = 5
	memorystoreMost     = 300
)

// checkGCP finds what Google Cloud's services refuse.
func (e *Environment) checkGCP(problems *Problems) {
	if e.Place != OnGCP {
		return
	}
	if e.Budget != nil && e.GCP != nil && e.GCP.BillingAccount == "" {
		problems.add("gcp.billingAccount", nil, "is required, because a budget belongs to a billing account")
	}
	if e.Search.Kind == Managed {
		problems.add("search.kind", string(Managed), "needs place aws: Google Cloud looks after no OpenSearch")
	}
	if e.Traffic.Addresses == FloatingAddresses {
		problems.add("traffic.addresses", FloatingAddresses, "must be fixed with place gcp, whose load balancer has an address of its own")
	}
	e.checkCloudSQL(problems)
	e.checkGroups(problems)
	for _, server := range []struct {
		path    string
		kind    Kind
		memory  Quantity
		managed ManagedRedis
	}{{"cache", e.Cache.Kind, e.Cache.Memory, e.Cache.Managed}, {"broker", e.Broker.Kind, e.Broker.Memory, e.Broker.Managed}} {
		if server.kind != Managed {
			continue
		}
		memory := gibibytes(server.memory)
		if memory > memorystoreMost {
			problems.add(server.path+".memory", string(server.memory), "may be at most %dGi with place gcp", memorystoreMost)
		}
		if server.managed.Replicas > 1 && memory < memorystoreReplicas {
			problems.add(server.path+".managed.replicas", server.managed.Replicas, "more than one needs %s.memory of at least %dGi with place gcp", server.path, memorystoreReplicas)
		}
	}
}

// checkGroups wants the groups of one domain, because a cluster trusts one
// (https://cloud.google.com/kubernetes-engine/docs/how-to/google-groups-rbac).
func (e *Environment) checkGroups(problems *Problems) {
	if e.GCP == nil {
		return
	}
	first := ""
	for i, admin := range e.GCP.Admins {
		address, isGroup := strings.CutPrefix(admin, "group:")
		if !isGroup {
			continue
		}
		_, domain, _ := strings.Cut(address, "@")
		if first == "" {
			first = domain
		}
		if domain != first {
			problems.add(indexed("gcp.admins", i), admin, "must be a group of %s, as the first one is: a cluster trusts one domain's groups", first)
		}
	}
}

func (e *Environment) checkCloudSQL(problems *Problems) {
	if e.Database.Kind != Managed {
		return
	}
	managed := e.Database.Managed
	backup := regexp.MustCompile(`^[a-z][a-z0-9-]{0,97}/[0-9]+$`)
	if managed.RestoreFrom != "" && !backup.MatchString(managed.RestoreFrom) {
		problems.add("database.managed.restoreFrom", managed.RestoreFrom, "must be INSTANCE/BACKUP on Cloud SQL, as gcloud sql backups list shows them, for instance blog-1a2b3c/1700000000000")
	}
	memory := gibibytes(managed.Memory)
	if memory < cloudSQLLeastTotal || memory > cloudSQLMostPerCPU*float64(managed.CPU) {
		problems.add("database.managed.memory", string(managed.Memory), "must be from %gGi to %gGi with %d CPUs on Cloud SQL", cloudSQLLeastTotal, cloudSQLMostPerCPU*float64(managed.CPU), managed.CPU)
	}
}

// gibibytes of an amount; 0 for one that is no amount, which the schema names.
func gibibytes(amount Quantity) float64 {
	parsed, err := resource.ParseQuantity(string(amount))
	if err != nil {
		return 0
	}
	const gibibyte = 1 << 30
	return float64(parsed.Value()) / gibibyte
}
