package main

// resources are the types that package gcp knows.
func resources() []string {
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
		"monitoring.NotificationChannel",
		"projects.IAMAuditConfig", "projects.IAMCustomRole", "projects.IAMMember", "projects.Service", "projects.ServiceIdentity",
		"redis.Instance",
		"secretmanager.Secret", "secretmanager.SecretIamMember", "secretmanager.SecretVersion",
		"serviceaccount.Account", "serviceaccount.IAMMember",
		"sql.Database", "sql.DatabaseInstance", "sql.User",
		"storage.Bucket", "storage.BucketIAMMember", "storage.BucketObject",
	}
}

// functions are those that package gcp answers.
func functions() []string {
	return []string{
		"compute.getNetblockIPRanges", "compute.getNetwork", "compute.getSubnetwork", "compute.getZones",
		"container.getCluster", "container.getEngineVersions",
		"dns.getKeys", "dns.getManagedZone", "dns.getManagedZones",
		"organizations.getClientConfig", "organizations.getProject",
		"sql.getBackupRun",
		"storage.getProjectServiceAccount",
	}
}
