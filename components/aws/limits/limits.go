// Package limits states what AWS allows, once: quotas, sizes, lengths of names, and
// instance classes. The configuration's checks, the components and the stacks read them
// here, so that a number that AWS changes is changed only here. The package imports no
// SDK. The emulators keep their own copy, because they check this one.
package limits

// Tags.
const (
	// MaxTags is the number of tags of a resource
	// (https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html).
	MaxTags = 50
	// MaxFurtherTags are left to a configuration: the program sets up to 7, and the driver of volumes 8, for instance
	// kubernetes.io/created-for/pvc/name.
	MaxFurtherTags = 30
)

// Networks and addresses.
const (
	// MinVPCPrefix is the prefix length of the widest VPC
	// (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html).
	MinVPCPrefix = 16
	// MaxElasticIPs is the initial quota of Elastic IP addresses in a region
	// (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html).
	MaxElasticIPs = 5
)

// EKS, with the quotas that AWS sets at first
// (https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html).
const (
	// MaxClusterName is the length of a cluster's name
	// (https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html).
	MaxClusterName = 100
	// MaxNodeGroupName is the length of a node group's name
	// (https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html).
	MaxNodeGroupName = 63
	// MaxEndpointCIDRs is the number of blocks that reach a public endpoint. AWS does not
	// raise this quota.
	MaxEndpointCIDRs = 40
	// MaxNodes is the number of nodes in a group.
	MaxNodes = 450
	// MinNodeDiskGiB holds Amazon Linux and a few images; it is EKS' own default.
	MinNodeDiskGiB = 20
	// MaxNodeDiskGiB is the size of the largest gp3 volume
	// (https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html).
	MaxNodeDiskGiB = 16384
)

// RDS for PostgreSQL
// (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html).
const (
	// MaxDatabaseIdentifier is the length of an instance's identifier.
	MaxDatabaseIdentifier = 63
	// MinDatabaseVersion is the oldest major version of PostgreSQL that RDS creates.
	MinDatabaseVersion = 13
	// MinDatabaseStorageGiB is the smallest gp3 disk.
	MinDatabaseStorageGiB = 20
	// MaxDatabaseStorageGiB is the largest disk.
	MaxDatabaseStorageGiB = 65536
	// MaxDatabaseBackupDays is how long automated backups are kept.
	MaxDatabaseBackupDays = 35
	// MaxDatabaseReplicas is the number of read replicas of one instance.
	MaxDatabaseReplicas = 15
	// FreeInsightsDays of Performance Insights cost nothing
	// (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.cost.html).
	FreeInsightsDays = 7
)

// From StripedGiB on, RDS puts several volumes under a gp3 disk. StripedIOPS and
// StripedThroughput, in MiB/s, are the least that such a disk has, at no extra cost
// (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage).
const (
	StripedGiB        = 400
	StripedIOPS       = 12000
	StripedThroughput = 500
)

// CanGrowDatabase reports whether RDS accepts a disk of gib GiB that grows up to maxGiB:
// the limit must be at least a tenth above the size. A disk that does not grow has both
// equal.
func CanGrowDatabase(gib, maxGiB int) bool {
	return maxGiB <= gib || 10*maxGiB >= 11*gib
}

// ElastiCache
// (https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html).
const (
	// MaxReplicationGroupID is the length of a replication group's identifier.
	MaxReplicationGroupID = 40
	// MaxCacheReplicas is the number of replicas of one primary node.
	MaxCacheReplicas = 5
	// MaxCacheConnections is the number of clients of a node, which no parameter changes
	// (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html).
	MaxCacheConnections = 65000
	// MaxCacheSnapshotDays is how long daily snapshots are kept.
	MaxCacheSnapshotDays = 35
)

// MaxBrokerName is the length of a broker's name on Amazon MQ
// (https://docs.aws.amazon.com/amazon-mq/latest/api-reference/brokers.html).
const MaxBrokerName = 50

// OpenSearch Service
// (https://docs.aws.amazon.com/opensearch-service/latest/developerguide/limits.html).
const (
	// MaxSearchDomainName is the length of a domain's name
	// (https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_CreateDomain.html).
	MaxSearchDomainName = 28
	// MaxSearchZones is the number of availability zones of a domain.
	MaxSearchZones = 3
	// MaxSearchInstances is the initial quota of data nodes of a domain.
	MaxSearchInstances = 80
	// MinSearchVolumeGiB and MaxSearchVolumeGiB bound the volume of a data node, of
	// whatever instance type.
	MinSearchVolumeGiB = 10
	MaxSearchVolumeGiB = 24576
)

// S3.
const (
	// MaxBucketName is the length of a bucket's name
	// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html).
	MaxBucketName = 63
	// MaxCORSRules is the number of CORS rules of a bucket
	// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html).
	MaxCORSRules = 100
)

// CloudFront.
const (
	// MaxOriginAccessControlName is the length of an origin access control's name
	// (https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginAccessControlConfig.html).
	MaxOriginAccessControlName = 64
	// MaxFunctionName is the length of a function's name
	// (https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateFunction.html).
	MaxFunctionName = 64
)

// MaxCertificateNames is the number of names of one certificate that ACM issues without a
// higher quota (https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html).
const MaxCertificateNames = 10

// MaxListenerRules is the number of rules of a load balancer without a higher quota, besides
// the default rules
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html).
const MaxListenerRules = 100

// MaxRulePriority is the highest priority of a rule
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html).
const MaxRulePriority = 50000

// MaxRuleDepth is the number of parts of a rule's path for which there are priorities: each
// number has a range of them, so that a new rule never moves another one.
const MaxRuleDepth = 9

// MaxCertificateDomain is the length of the first name of a certificate
// (https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html).
const MaxCertificateDomain = 64

// Elastic Load Balancing.
const (
	// MaxLoadBalancerName is the length of the names of load balancers and target groups
	// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html).
	MaxLoadBalancerName = 32
	// MaxDrainSeconds is the longest deregistration delay of a target group
	// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html).
	MaxDrainSeconds = 3600
	// MaxIdleSeconds is the longest idle timeout of an application load balancer
	// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html).
	MaxIdleSeconds = 4000
	// NetworkIdleSeconds is the idle timeout of a network load balancer's TCP listener. It
	// tells neither side when it drops a connection
	// (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/update-idle-timeout.html).
	NetworkIdleSeconds = 350
)

// ECR (https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html).
const (
	// MinRepositoryName and MaxRepositoryName bound the length of a repository's name.
	MinRepositoryName = 2
	MaxRepositoryName = 256
)

// MaxRoleName is the length of an IAM role's name
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
const MaxRoleName = 64

// PrincipalARN is the pattern of the ARN of an IAM role or user. The ARN of a session,
// as aws sts get-caller-identity prints it, does not match
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns).
const PrincipalARN = `^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/.+$`

// MinKeyDeletionDays and MaxKeyDeletionDays bound the days that KMS waits before it
// deletes a key (https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html).
const (
	MinKeyDeletionDays = 7
	MaxKeyDeletionDays = 30
)

// AWS Budgets.
const (
	// MaxBudgetName is the length of a budget's name
	// (https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html).
	MaxBudgetName = 100
	// MaxBudgetEmails is the number of addresses that one notice goes to
	// (https://docs.aws.amazon.com/cost-management/latest/userguide/management-limits.html).
	MaxBudgetEmails = 10
)

// ARNRegion is the position of the region in an ARN, between colons
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html).
const ARNRegion = 3

// CloudWatch and SNS.
const (
	// MaxAlarmName is the length of an alarm's name
	// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html).
	MaxAlarmName = 255
	// MaxTopicName is the length of a topic's name
	// (https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html).
	MaxTopicName = 256
	// TopicARN is the pattern of a topic's ARN. CloudWatch notifies no topic whose messages are
	// in order.
	TopicARN = `^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$`
)

// LogRetentionDays returns the numbers of days for which CloudWatch Logs keeps a log
// group (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html).
func LogRetentionDays() []int {
	return []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
}

// StorageClass is the name of the default StorageClass that a cluster gets.
const StorageClass = "gp3-encrypted"

// nodeAddresses is how many addresses of its subnet a node takes at least: the CNI fills one
// network interface, which has ten addresses on the smallest instances that nodes have
// (https://docs.aws.amazon.com/eks/latest/best-practices/vpc-cni.html and
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html).
const nodeAddresses = 10

// NodesOf returns the highest number of nodes in a network with a prefix of so many bits, whose
// private subnets are a quarter of it each, one for each zone. AWS reserves five addresses of
// a subnet (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html).
func NodesOf(networkBits, zones int) int {
	const addressBits, quarter, reserved = 32, 2, 5
	return zones * (1<<(addressBits-networkBits-quarter) - reserved) / nodeAddresses
}

// SpotNoticeSeconds is how long a spot instance still runs after AWS has reclaimed it
// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html).
const SpotNoticeSeconds = 120
