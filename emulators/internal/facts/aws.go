package main

// aws is the SDK of AWS, with the resources and functions that the emulator knows.
func aws() module {
	return module{path: "github.com/pulumi/pulumi-aws/sdk/v6", name: "aws", resources: awsResources(), functions: awsFunctions()}
}

func awsResources() []string {
	return []string{
		"acm.Certificate", "acm.CertificateValidation",
		"budgets.Budget",
		"cloudfront.CachePolicy", "cloudfront.Distribution", "cloudfront.Function", "cloudfront.OriginAccessControl",
		"cloudfront.OriginRequestPolicy", "cloudfront.ResponseHeadersPolicy",
		"cloudwatch.LogGroup", "cloudwatch.LogResourcePolicy", "cloudwatch.MetricAlarm",
		"ec2.DefaultNetworkAcl", "ec2.DefaultRouteTable", "ec2.DefaultSecurityGroup", "ec2.Eip", "ec2.FlowLog",
		"ec2.InternetGateway", "ec2.LaunchTemplate", "ec2.NatGateway", "ec2.Route", "ec2.RouteTable",
		"ec2.RouteTableAssociation", "ec2.SecurityGroup", "ec2.SecurityGroupRule", "ec2.Subnet", "ec2.Tag", "ec2.Vpc",
		"ec2.VpcEndpoint",
		"ecr.LifecyclePolicy", "ecr.Repository", "ecr.RepositoryPolicy",
		"eks.AccessEntry", "eks.AccessPolicyAssociation", "eks.Addon", "eks.Cluster", "eks.NodeGroup",
		"eks.PodIdentityAssociation",
		"elasticache.ParameterGroup", "elasticache.ReplicationGroup", "elasticache.SubnetGroup", "elasticache.User",
		"elasticache.UserGroup",
		"iam.InstanceProfile", "iam.OpenIdConnectProvider", "iam.Policy", "iam.Role", "iam.RolePolicy",
		"iam.RolePolicyAttachment", "iam.ServiceLinkedRole",
		"kms.Alias", "kms.Key", "kms.KeyPolicy",
		"lb.Listener", "lb.ListenerCertificate", "lb.ListenerRule", "lb.LoadBalancer", "lb.TargetGroup",
		"lb.TargetGroupAttachment",
		"mq.Broker", "mq.Configuration",
		"opensearch.Domain", "opensearch.DomainPolicy",
		"rds.Instance", "rds.ParameterGroup", "rds.Snapshot", "rds.SubnetGroup",
		"route53.Record", "route53.Zone",
		"s3.BucketAclV2", "s3.BucketCorsConfigurationV2", "s3.BucketLifecycleConfigurationV2", "s3.BucketLoggingV2",
		"s3.BucketObjectv2", "s3.BucketOwnershipControls", "s3.BucketPolicy", "s3.BucketPublicAccessBlock",
		"s3.BucketServerSideEncryptionConfigurationV2", "s3.BucketV2", "s3.BucketVersioningV2",
		"secretsmanager.Secret", "secretsmanager.SecretVersion",
		"sns.Topic", "sns.TopicSubscription",
		"vpc.SecurityGroupEgressRule", "vpc.SecurityGroupIngressRule",
	}
}

func awsFunctions() []string {
	return []string{
		"getAvailabilityZones", "getCallerIdentity", "getPartition", "getRegion",
		"ec2.getManagedPrefixList", "ec2.getSubnet", "ec2.getVpc",
		"eks.getAddonVersion", "eks.getCluster", "eks.getClusterAuth",
		"iam.getPolicyDocument", "iam.getRoles",
		"rds.getSnapshot",
		"route53.getRecords", "route53.getZone",
	}
}
