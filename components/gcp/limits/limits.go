// Package limits states what Google Cloud allows, once: quotas, sizes, lengths of names,
// and machine types. The configuration's checks, the components and the stacks read them
// here, so that a number that Google changes is changed only here. The package imports
// no SDK. The emulators keep their own copy, because they check this one.
package limits

// Names and labels.
const (
	// MaxName is the length of most resources' names, which is that of a DNS label
	// (https://cloud.google.com/compute/docs/naming-resources).
	MaxName = 63
	// MaxLabels is the number of labels of a resource
	// (https://cloud.google.com/resource-manager/docs/labels-overview).
	MaxLabels = 64
	// MaxFurtherLabels are left to a configuration: the program sets 5, and GKE its own on nodes and disks, for
	// instance goog-k8s-cluster-name.
	MaxFurtherLabels = 40
	// MaxLabelValue is the length of a label's value
	// (https://cloud.google.com/resource-manager/docs/labels-overview).
	MaxLabelValue = 63
	// MaxServiceAccountID is the length of a service account's identifier
	// (https://cloud.google.com/iam/docs/service-accounts-create).
	MaxServiceAccountID = 30
	// MaxRepositoryName is the length of the name of a repository in Artifact Registry
	// (https://cloud.google.com/artifact-registry/docs/repositories/create-repos).
	MaxRepositoryName = 63
)

// GKE.
const (
	// MaxClusterName is the length of a cluster's name
	// (https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters).
	MaxClusterName = 40
	// MaxNodePoolName is the length of a node pool's name
	// (https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters.nodePools).
	MaxNodePoolName = 40
	// DefaultNodeZones is the number of zones that a regional cluster's nodes run in unless
	// the cluster names its zones
	// (https://cloud.google.com/kubernetes-engine/docs/concepts/regional-clusters).
	DefaultNodeZones = 3
	// MinNodeDiskGiB holds the operating system and a few images; GKE itself takes 10 GB.
	MinNodeDiskGiB = 20
	// MaxNodeDiskGiB is the size of the largest balanced disk
	// (https://cloud.google.com/compute/docs/disks).
	MaxNodeDiskGiB = 65536
)

// Cloud SQL for PostgreSQL (https://cloud.google.com/sql/docs/postgres/quotas).
const (
	// MaxDatabaseInstance is the length of an instance's name. With a project
	// ID of 30 characters it stays below their common limit of 98
	// (https://cloud.google.com/sql/docs/postgres/instance-settings#instance-id-2ndgen).
	MaxDatabaseInstance = 63
	// MinDatabaseVersion and MaxDatabaseVersion are the oldest and the newest major version
	// of PostgreSQL
	// (https://cloud.google.com/sql/docs/postgres/admin-api/rest/v1beta4/SqlDatabaseVersion).
	MinDatabaseVersion = 13
	MaxDatabaseVersion = 18
	// MinDatabaseStorageGiB and MaxDatabaseStorageGiB bound a disk.
	MinDatabaseStorageGiB = 10
	MaxDatabaseStorageGiB = 65536
	// MaxDatabaseBackups is the number of automated backups that are kept.
	MaxDatabaseBackups = 365
	// MaxDatabaseReplicas is the number of read replicas of one instance.
	MaxDatabaseReplicas = 10
	// MaxDatabaseCPUs of a custom machine
	// (https://cloud.google.com/sql/docs/postgres/create-instance#machine-types).
	MaxDatabaseCPUs = 96
	// DatabaseMemoryStepMiB divides the memory of a custom machine
	// (https://cloud.google.com/sql/docs/postgres/instance-settings).
	DatabaseMemoryStepMiB = 256
	// minDatabaseMiB and maxDatabaseMiB bound the memory of a custom machine; see
	// DatabaseMemoryMiB.
	minDatabaseMiB = 3840
	maxDatabaseMiB = 638976
)

// Days for which Cloud SQL keeps transaction logs, by edition
// (https://cloud.google.com/sql/docs/postgres/backup-recovery/pitr).
const (
	EnterpriseLogDays     = 7
	EnterprisePlusLogDays = 35
)

// Memorystore for Redis
// (https://cloud.google.com/memorystore/docs/redis/read-replicas-overview).
const (
	// MaxCacheName is the length of an instance's name
	// (https://cloud.google.com/memorystore/docs/redis/reference/rest/v1/projects.locations.instances/create).
	MaxCacheName = 40
	// MaxCacheGiB is the memory of one instance.
	MaxCacheGiB = 300
	// MaxCacheConnections is the number of clients of an instance
	// (https://docs.cloud.google.com/memorystore/docs/redis/quotas#per-instance_limits).
	MaxCacheConnections = 65000
	// MaxCacheReplicas is the number of read replicas of one instance.
	MaxCacheReplicas = 5
	// MinReplicatedCacheGiB is the least memory of an instance with read replicas
	// (https://cloud.google.com/memorystore/docs/redis/about-read-replicas).
	MinReplicatedCacheGiB = 5
)

// MinSoftDeleteDays and MaxSoftDeleteDays bound how long Cloud Storage keeps deleted
// objects, unless the policy is off
// (https://cloud.google.com/storage/docs/soft-delete).
const (
	MinSoftDeleteDays = 7
	MaxSoftDeleteDays = 90
)

// Cloud Load Balancing.
const (
	// MaxDrainSeconds is the longest connection draining of a backend service
	// (https://cloud.google.com/load-balancing/docs/enabling-connection-draining).
	MaxDrainSeconds = 3600
	// MaxBackendTimeoutSeconds is the longest timeout of a backend service
	// (https://cloud.google.com/load-balancing/docs/backend-service#timeout-setting).
	MaxBackendTimeoutSeconds = 2147483647
)

// Cloud Armor
// (https://cloud.google.com/armor/quotas).
const (
	// MaxRuleCIDRs is the number of address blocks in one rule.
	MaxRuleCIDRs = 10
	// LastRulePriority is the priority of a security policy's default rule
	// (https://cloud.google.com/armor/docs/security-policy-overview).
	LastRulePriority = 2147483647
)

// Budgets
// (https://cloud.google.com/billing/docs/reference/budget/rest/v1/billingAccounts.budgets).
const (
	// MaxBudgetName is the length of a budget's display name.
	MaxBudgetName = 60
	// MaxBudgetEmails is the number of notification channels of a budget.
	MaxBudgetEmails = 5
)

// MaxPolicyChannels is the number of notification channels of an alert policy
// (https://docs.cloud.google.com/monitoring/quotas#limits_alerting_uptime_checks).
const MaxPolicyChannels = 16

// StorageClass is the name of the default StorageClass that a cluster gets.
const StorageClass = "balanced-labelled"

// Pods on GKE.
const (
	// PodsPerNode is the highest number of pods of a node, for which it takes a /25
	// (https://cloud.google.com/kubernetes-engine/docs/how-to/flexible-pod-cidr).
	PodsPerNode = 64
	// podRangeBits is the prefix length of a node's range for pods.
	podRangeBits = 25
	// MaxAutopilotCPU, MaxAutopilotMemory and MaxAutopilotDisk bound a pod of the general-purpose
	// platform of Autopilot
	// (https://cloud.google.com/kubernetes-engine/docs/concepts/autopilot-resource-requests#min-max-requests).
	MaxAutopilotCPU    = "30"
	MaxAutopilotMemory = "110Gi"
	MaxAutopilotDisk   = "10Gi"
	// MaxScaleDownSeconds is how long the cluster autoscaler waits for a pod to end
	// (https://cloud.google.com/kubernetes-engine/docs/concepts/cluster-autoscaler).
	MaxScaleDownSeconds = 600
	// MaxUpgradeDrainSeconds is how long an upgrade of a node waits for a pod to end
	// (https://cloud.google.com/kubernetes-engine/docs/concepts/node-pool-upgrade-strategies).
	MaxUpgradeDrainSeconds = 3600
	// MaxRouteHosts is how many host names an HTTPRoute has, and how many rules
	// (https://gateway-api.sigs.k8s.io/reference/spec/#httproutespec).
	MaxRouteHosts = 16
	// SpotNoticeSeconds is how long a pod has to end on a reclaimed spot node
	// (https://cloud.google.com/kubernetes-engine/docs/concepts/spot-vms).
	SpotNoticeSeconds = 15
)

// MaxNodes returns the highest number of nodes of a cluster in a network with a prefix of so
// many bits, half of which is for pods.
func MaxNodes(networkBits int) int {
	return 1 << max(0, podRangeBits-networkBits-1)
}
