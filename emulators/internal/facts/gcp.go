package main

// gcp is the SDK of Google Cloud, with the resources and functions that the emulator knows.
func gcp() module {
	return module{path: "github.com/pulumi/pulumi-gcp/sdk/v7", name: "gcp", resources: gcpResources(), functions: gcpFunctions()}
}

func gcpResources() []string {
	return []string{
		"artifactregistry.Repository", "artifactregistry.RepositoryIamMember",
		"billing.Budget",
		"certificatemanager.Certificate", "certificatemanager.CertificateMapEntry", "certificatemanager.CertificateMapResource",
		"certificatemanager.DnsAuthorization",
		"compute.Address", "compute.BackendBucket", "compute.BackendBucketSignedUrlKey", "compute.Firewall", "compute.ForwardingRule",
		"compute.GlobalAddress", "compute.GlobalForwardingRule", "compute.Network", "compute.Route", "compute.Router",
		"compute.RouterNat", "compute.SSLPolicy", "compute.SecurityPolicy", "compute.Subnetwork", "compute.TargetHttpProxy",
		"compute.TargetHttpsProxy", "compute.URLMap",
		"container.Cluster", "container.NodePool",
		"dns.ManagedZone", "dns.Policy", "dns.RecordSet",
		"kms.CryptoKey", "kms.CryptoKeyIAMMember", "kms.KeyRing",
		"monitoring.AlertPolicy", "monitoring.NotificationChannel",
		"projects.IAMAuditConfig", "projects.IAMCustomRole", "projects.IAMMember", "projects.Service", "projects.ServiceIdentity",
		"redis.Instance",
		"secretmanager.Secret", "secretmanager.SecretIamMember", "secretmanager.SecretVersion",
		"serviceaccount.Account", "serviceaccount.IAMMember",
		"sql.Database", "sql.DatabaseInstance", "sql.User",
		"storage.Bucket", "storage.BucketIAMMember", "storage.BucketObject", "storage.HmacKey",
	}
}

func gcpFunctions() []string {
	return []string{
		"compute.getNetblockIPRanges", "compute.getNetwork", "compute.getSubnetwork", "compute.getZones",
		"container.getCluster", "container.getEngineVersions",
		"dns.getKeys", "dns.getManagedZone", "dns.getManagedZones", "dns.getRecordSet", "sql.getDatabaseInstances",
		"organizations.getClientConfig", "organizations.getProject",
		"sql.getBackupRun",
		"storage.getProjectServiceAccount",
	}
}
