package spec

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/djangostack/djangostack/components/gcp/limits"
)

var cloudSQLBackup = regexp.MustCompile(`^[a-z][a-z0-9-]{0,97}/[0-9]+$`)

// checkGCP reports values that Google Cloud's services refuse.
func (e *Environment) checkGCP(problems *Problems) {
	if e.Cloud != GCPCloud {
		return
	}
	if e.Budget != nil && e.GCP != nil && e.GCP.BillingAccount == "" {
		problems.add("gcp.billingAccount", nil, "is required, because a budget belongs to a billing account")
	}
	if e.Budget != nil && len(e.Budget.Emails) > limits.MaxBudgetEmails {
		problems.add("budget.emails", nil, "may have at most %d addresses with cloud gcp, has %d", limits.MaxBudgetEmails, len(e.Budget.Emails))
	}
	if e.LoadBalancer.Addresses == FloatingAddresses {
		problems.add("loadBalancer.addresses", FloatingAddresses, "must be fixed with cloud gcp, whose load balancers always have a fixed address")
	}
	e.checkCloudLabels(problems)
	e.checkCloudSQL(problems)
	e.checkGroups(problems)
	e.checkGKE(problems)
	e.checkBucketNames(problems)
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
		if memory > limits.MaxCacheGiB {
			problems.add(server.path+".memory", string(server.memory), "may be at most %dGi with cloud gcp", limits.MaxCacheGiB)
		}
		if server.managed.Replicas > 1 && memory < limits.MinReplicatedCacheGiB {
			problems.add(server.path+".managed.replicas", server.managed.Replicas, "more than one needs %s.memory of at least %dGi with cloud gcp", server.path, limits.MinReplicatedCacheGiB)
		}
	}
}

// checkGKE reports values of the network and the nodes that GKE refuses.
func (e *Environment) checkGKE(problems *Problems) {
	// Memorystore answers no client of these addresses, which its own machines use
	// (https://cloud.google.com/memorystore/docs/redis/networking).
	docker := netip.MustParsePrefix("172.17.0.0/16")
	if network, err := netip.ParsePrefix(e.Network.CIDR); err == nil && network.Overlaps(docker) {
		problems.add("network.cidr", e.Network.CIDR, "may not overlap %s with cloud gcp: Google's servers use it inside", docker)
	}
	e.checkArmOfGoogle(problems)
	if e.Cluster.Mode != NodesMode {
		return
	}
	zones := e.zonesOfGoogle()
	if e.Cluster.Nodes.Max < zones {
		problems.add("cluster.nodes.max", e.Cluster.Nodes.Max, "must be at least %d with cloud gcp, one for each zone", zones)
	}
	if _, err := limits.MachineType(e.Cluster.Architecture, e.Cluster.Nodes.CPU, string(e.Cluster.Nodes.Memory)); err != nil {
		problems.add("cluster.nodes.memory", string(e.Cluster.Nodes.Memory), "must be that of a machine with cluster.nodes.cpu: %v", err)
	}
	e.checkZonesOfGoogle(problems)
	if disk := gibibytes(e.Cluster.Nodes.Disk); disk < limits.MinNodeDiskGiB || disk > limits.MaxNodeDiskGiB {
		problems.add("cluster.nodes.disk", string(e.Cluster.Nodes.Disk), "must be from %dGi to %dGi with cloud gcp", limits.MinNodeDiskGiB, limits.MaxNodeDiskGiB)
	}
}

// zonesOfGoogle is the number of zones that have nodes.
func (e *Environment) zonesOfGoogle() int {
	if e.GCP != nil && len(e.GCP.Zones) > 0 {
		return len(e.GCP.Zones)
	}
	return limits.DefaultNodeZones
}

// checkZonesOfGoogle reports zones that a region does not have; most have a, b and c, and
// others may come (https://cloud.google.com/compute/docs/regions-zones).
func (e *Environment) checkZonesOfGoogle(problems *Problems) {
	if e.GCP == nil {
		return
	}
	letters, known := map[string]string{"europe-west1": "bcd", "us-east1": "bcd", "us-central1": "abcf"}[e.GCP.Region]
	for i, zone := range e.GCP.Zones {
		if known && !strings.Contains(letters, zone) {
			problems.add(indexed("gcp.zones", i), zone, "is no zone of %s, which has %s", e.GCP.Region, strings.Join(strings.Split(letters, ""), ", "))
		}
	}
}

// checkBucketNames reports app names that are not allowed in bucket names, since the buckets
// are named after the app (https://cloud.google.com/storage/docs/buckets#naming).
func (e *Environment) checkBucketNames(problems *Problems) {
	buckets := e.Static.Store == StaticInBucket || e.Media.Store == "bucket"
	if name := e.App.Name; buckets && (strings.HasPrefix(name, "goog") || strings.Contains(strings.ReplaceAll(name, "0", "o"), "google")) {
		problems.add("app.name", name, "may neither begin with goog nor contain google, or what looks like it, with buckets on cloud gcp, which are called after the app")
	}
}

// checkGroups requires groups of one domain, because a cluster trusts only one
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
	if !e.HasManagedDatabase() {
		return
	}
	e.checkCloudSQLNames(problems)
	managed := e.Database.Managed
	if version, err := strconv.Atoi(managed.Version); err == nil && version > limits.MaxDatabaseVersion {
		problems.add("database.managed.version", managed.Version, "Cloud SQL has no PostgreSQL after %d", limits.MaxDatabaseVersion)
	}
	if managed.RestoreFrom != "" && !cloudSQLBackup.MatchString(managed.RestoreFrom) {
		problems.add("database.managed.restoreFrom", managed.RestoreFrom, "must be INSTANCE/BACKUP on Cloud SQL, as gcloud sql backups list shows them, for instance blog-1a2b3c/1700000000000")
	}
	problems.because(limits.CheckDatabaseMemory(managed.CPU, string(managed.Memory)), "database.managed.memory", managed.Memory)
	disks := map[string]Quantity{"database.managed.storage": managed.Storage}
	if managed.MaxStorage != "" {
		disks["database.managed.maxStorage"] = managed.MaxStorage
	}
	for path, disk := range disks {
		if amount := gibibytes(disk); amount < limits.MinDatabaseStorageGiB || amount > limits.MaxDatabaseStorageGiB {
			problems.add(path, string(disk), "must be from %dGi to %dGi on Cloud SQL", limits.MinDatabaseStorageGiB, limits.MaxDatabaseStorageGiB)
		}
	}
}

// checkCloudSQLNames reports users and databases that Cloud SQL has already
// (https://cloud.google.com/sql/docs/postgres/users#default-users).
func (e *Environment) checkCloudSQLNames(problems *Problems) {
	const has = "is of Cloud SQL itself; name another"
	const prefix = "cloudsql"
	if name := e.Database.Name; strings.HasPrefix(name, prefix) {
		problems.add("database.name", name, has)
	}
	if user := e.Database.User; strings.HasPrefix(user, prefix) || user == "postgres" {
		problems.add("database.user", user, has)
	}
}

// gibibytes converts an amount; 0 for text that is no amount, which the schema reports.
func gibibytes(amount Quantity) float64 {
	parsed, err := resource.ParseQuantity(string(amount))
	if err != nil {
		return 0
	}
	const gibibyte = 1 << 30
	return float64(parsed.Value()) / gibibyte
}
