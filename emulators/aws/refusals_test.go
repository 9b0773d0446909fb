package aws_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators/aws"
)

// everyBucket is a policy that allows everybody.
const everyBucket = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::media/*"}]}`

func TestArgumentsThatTheProviderRefuses(t *testing.T) {
	d := newDirect(t)
	instance := args{
		"engine": "postgres", "engineVersion": "17", "instanceClass": "db.t4g.micro", "allocatedStorage": 20, "username": "shop",
		"password": "correct-horse", "skipFinalSnapshot": true,
	}
	cache := args{"description": "cache", "nodeType": "cache.t4g.micro"}
	broker := args{
		"engineType": "RabbitMQ", "engineVersion": "3.13", "hostInstanceType": "mq.m5.large", "autoMinorVersionUpgrade": true,
		"users": []any{map[string]any{"username": "shop", "password": "correct-horse-battery"}},
	}
	group := args{"name": "web", "port": 8000, "protocol": "HTTP", "vpcId": "vpc-0", "targetType": "ip"}
	for says, test := range map[string]struct {
		short  string
		inputs args
	}{
		"must begin with a lowercase letter":                          {"rds/instance", instance.With(args{"identifier": "Shop"})},
		"must satisfy the format of \"ddd:hh24:mi-ddd:hh24:mi\"":      {"rds/instance", instance.With(args{"maintenanceWindow": "sunday"})},
		"backupRetentionPeriod to be in the range (0 - 35), got 40":   {"rds/instance", instance.With(args{"backupRetentionPeriod": 40})},
		"expected number type, got \"20\" of type string":             {"rds/instance", instance.With(args{"allocatedStorage": "20"})},
		"must be at least 2 if automatic_failover_enabled":            {"elasticache/replicationGroup", cache.With(args{"automaticFailoverEnabled": true, "numCacheClusters": 1})},
		"must be true if multi_az_enabled":                            {"elasticache/replicationGroup", cache.With(args{"multiAzEnabled": true, "numCacheClusters": 2})},
		"Redis versions must match":                                   {"elasticache/replicationGroup", cache.With(args{"engineVersion": "7"})},
		"expected length of authToken to be in the range (16 - 128)":  {"elasticache/replicationGroup", cache.With(args{"authToken": "short"})},
		"expected family to be one of":                                {"elasticache/parameterGroup", args{"family": "redis8"}},
		"expected length of users.password":                           {"mq/broker", broker.With(args{"users": []any{map[string]any{"username": "shop", "password": "short"}}})},
		"Can not be configured when engine is RabbitMQ":               {"mq/broker", broker.With(args{"logs": map[string]any{"audit": true}})},
		"must start with a lowercase alphabet":                        {"opensearch/domain", args{"domainName": "1search"}},
		"\"targetGroupArn\" is required":                              {"lb/targetGroupAttachment", args{"targetId": "10.0.0.1"}},
		"must be specified when \"target_type\" is \"ip\"":            {"lb/targetGroup", group.With(args{"vpcId": nil})},
		"must be smaller than the interval":                           {"lb/targetGroup", group.With(args{"healthCheck": map[string]any{"timeout": 30, "interval": 30}})},
		"plus 7 random chars is longer than maximum length 32":        {"lb/targetGroup", group.With(args{"name": nil})},
		"One of `records,aliases` must be specified, and only":        {"route53/record", args{"zoneId": "Z", "name": "a", "type": "A"}},
		"expected type to be one of":                                  {"route53/record", args{"zoneId": "Z", "name": "a", "type": "ALIAS", "records": []any{"x"}, "ttl": 60}},
		"all of `enableKeyRotation,rotationPeriodInDays`":             {"kms/key", args{"rotationPeriodInDays": 90}},
		"must begin with 'alias/'":                                    {"kms/alias", args{"name": "data", "targetKeyId": "x"}},
		"expected retentionInDays to be one of":                       {"cloudwatch/logGroup", args{"retentionInDays": 31}},
		"MalformedPolicyDocument: Policy statement must contain acti": {"iam/policy", args{"policy": `{"Statement":[{"Effect":"Allow","Resource":"*"}]}`}},
		"Policy document should not specify a principal":              {"iam/policy", args{"policy": everyBucket}},
		"is an invalid ARN":                                           {"iam/rolePolicyAttachment", args{"role": "a", "policyArn": "AmazonEKSClusterPolicy"}},
		"all either fully enabled or fully disabled":                  {"eks/cluster", args{"roleArn": "arn:aws:iam::123456789012:role/x", "vpcConfig": map[string]any{"subnetIds": []any{"s"}}, "computeConfig": map[string]any{"enabled": true}}},
		"must be lower-case":                                          {"ecr/repository", args{"name": "Shop"}},
		"allowedMethods and allowedOrigins are required":              {"s3/bucketCorsConfigurationV2", args{"bucket": "b", "corsRules": []any{map[string]any{"allowedMethods": []any{"GET"}}}}},
		"At least one action needs to be specified in a rule":         {"s3/bucketLifecycleConfigurationV2", args{"bucket": "b", "rules": []any{map[string]any{"id": "a", "status": "Enabled"}}}},
		"Must specify both from and to ports with TCP/UDP":            {"vpc/securityGroupIngressRule", args{"securityGroupId": "sg-1", "ipProtocol": "tcp", "cidrIpv4": "0.0.0.0/0"}},
		"cannot begin with \"internal-\"":                             {"lb/loadBalancer", args{"name": "internal-web", "subnets": []any{"a", "b"}}},
		"Notification must have at least one subscriber":              {"budgets/budget", args{"budgetType": "COST", "timeUnit": "MONTHLY", "limitAmount": "5", "limitUnit": "USD", "notifications": []any{map[string]any{"comparisonOperator": "GREATER_THAN", "notificationType": "ACTUAL", "threshold": 80, "thresholdType": "PERCENTAGE"}}}},
		"backup window and maintenance window must not overlap":       {"rds/instance", instance.With(args{"backupWindow": "23:30-00:30", "maintenanceWindow": "Mon:00:00-Mon:01:00"})},
		"is 7, 731, or 31 times 1 to 23":                              {"rds/instance", instance.With(args{"performanceInsightsEnabled": true, "performanceInsightsRetentionPeriod": 30})},
		"must be greater than or equal to 30 for storageClass":        {"s3/bucketLifecycleConfigurationV2", args{"bucket": "b", "rules": []any{map[string]any{"id": "a", "status": "Enabled", "transitions": []any{map[string]any{"days": 7, "storageClass": "STANDARD_IA"}}}}}},
		"is not of the form 0 issue":                                  {"route53/record", args{"zoneId": "Z", "name": "a", "type": "CAA", "ttl": 60, "records": []any{"amazon.com"}}},
		"keys that begin with aws: are kept for AWS":                  {"kms/key", args{"tags": map[string]any{"aws:owner": "x"}}},
		"has characters that AWS does not allow in tags":              {"kms/key", args{"tags": map[string]any{"owner": "a,b"}}},
		"is no instance type of OpenSearch":                           {"opensearch/domain", args{"domainName": "search", "clusterConfig": map[string]any{"instanceType": "t3.small"}}},
	} {
		_, err := d.TryCreate(test.short, "a-name-that-is-long-as-names-go", test.inputs)
		if assert.Error(t, err, says) {
			assert.Contains(t, lowerFirst(err.Error()), lowerFirst(says))
		}
	}
	assert.Empty(t, d.Account.Left())
}

// lowerFirst makes One and one equal.
func lowerFirst(text string) string { return strings.ReplaceAll(text, "One of", "one of") }

func TestClustersNeedTheirRolesZonesAndPolicies(t *testing.T) {
	d := newDirect(t)
	g := d.testNetwork()
	plain := d.role("plain", "eks.amazonaws.com")
	wrong := d.role("wrong", "ec2.amazonaws.com", "AmazonEKSClusterPolicy")
	good := d.role("good", "eks.amazonaws.com", "AmazonEKSClusterPolicy")
	cluster := func(role made, more args) args {
		return args{
			"roleArn": role.Values.Text("arn"), "vpcConfig": map[string]any{"subnetIds": g.public}, "bootstrapSelfManagedAddons": false,
			"accessConfig": map[string]any{"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": false},
		}.With(more)
	}
	for says, inputs := range map[string]args{
		"doesn't have the Amazon EKS Managed Policies":  cluster(plain, nil),
		"the trusted entity is not correct":             cluster(wrong, nil),
		"must be in at least two different AZs":         cluster(good, args{"vpcConfig": map[string]any{"subnetIds": g.public[:1]}}),
		"unsupported Kubernetes version 1.20":           cluster(good, args{"version": "1.20"}),
		"NoSuchEntity: The role with name arn:aws:iam:": cluster(good, args{"roleArn": "arn:aws:iam::123456789012:role/none"}),
	} {
		_, err := d.TryCreate("eks/cluster", "shop", inputs)
		require.ErrorContains(t, err, says)
	}
	made := d.Create("eks/cluster", "shop", cluster(good, nil))
	assert.Equal(t, "1.35", made.Values.Text("version"))
	assert.Regexp(t, `^https://[0-9A-Z]{32}\.gr7\.eu-central-1\.eks\.amazonaws\.com$`, made.Values.Text("endpoint"))
	assert.Regexp(t, `^sg-[0-9a-f]{17}$`, made.Values.Text("vpcConfig.clusterSecurityGroupId"))

	worker := d.role("worker", "ec2.amazonaws.com", "AmazonEKSWorkerNodePolicy")
	nodes := args{
		"clusterName": made.ID, "nodeRoleArn": worker.Values.Text("arn"), "subnetIds": g.public,
		"scalingConfig": map[string]any{"minSize": 1, "maxSize": 2, "desiredSize": 1},
	}
	_, err := d.TryCreate("eks/nodeGroup", "main", nodes)
	require.ErrorContains(t, err, "NodeCreationFailure", "there is no network plugin")
	_, err = d.TryCreate("eks/addon", "dns", args{"clusterName": made.ID, "addonName": "coredns"})
	require.ErrorContains(t, err, "InsufficientNumberOfReplicas", "there are no nodes")
	d.Create("eks/addon", "cni", args{"clusterName": made.ID, "addonName": "vpc-cni"})
	_, err = d.TryCreate("eks/addon", "proxy", args{"clusterName": made.ID, "addonName": "kube-proxy", "addonVersion": "v1.36.0-eksbuild.1"})
	require.ErrorContains(t, err, "InvalidParameterException: Addon version specified is not supported", "it is newer than the control plane")
	proxy := d.Create("eks/addon", "proxy", args{"clusterName": made.ID, "addonName": "kube-proxy"})
	assert.Equal(t, "v1.35.0-eksbuild.2", proxy.Values.Text("addonVersion"))
	for says, more := range map[string]args{
		"[m7i.large] is not a valid instance type for requested amiType AL2023_ARM_64_STANDARD": {"amiType": "AL2023_ARM_64_STANDARD", "instanceTypes": []any{"m7g.large", "m7i.large"}},
		"[t4g.large] is not a valid instance type for requested amiType AL2023_x86_64_STANDARD": {"amiType": "AL2023_x86_64_STANDARD", "instanceTypes": []any{"t4g.large"}},
		"Label cannot contain reserved prefixes":                                                {"labels": map[string]any{"kubernetes.io/role": "batch"}},
	} {
		_, err = d.TryCreate("eks/nodeGroup", "other", nodes.With(more))
		require.ErrorContains(t, err, says)
	}
	group := d.Create("eks/nodeGroup", "main", nodes.With(args{
		"amiType": "AL2023_ARM_64_STANDARD", "instanceTypes": []any{"m7g.large"}, "labels": map[string]any{"djangostack/pool": "batch"},
		"scalingConfig": map[string]any{"minSize": 0, "maxSize": 2, "desiredSize": 0},
	}))
	d.Create("eks/addon", "dns", args{"clusterName": made.ID, "addonName": "coredns"})
	require.ErrorContains(t, d.Delete(made), "ResourceInUseException: Cluster "+made.ID+" has nodegroups attached")
	require.NoError(t, d.Delete(group))
	require.NoError(t, d.Delete(made))
}

func TestAClusterWithoutItsPolicyLeavesItsInterfacesBehind(t *testing.T) {
	d := newDirect(t)
	g := d.testNetwork()
	role := d.Create("iam/role", "shop", args{"assumeRolePolicy": trust("eks.amazonaws.com")})
	policy := d.Create("iam/rolePolicyAttachment", "shop", args{
		"role": role.ID, "policyArn": "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
	})
	cluster := d.Create("eks/cluster", "shop", args{
		"roleArn": role.Values.Text("arn"), "vpcConfig": map[string]any{"subnetIds": g.public},
	})
	require.NoError(t, d.Delete(policy), "the wrong order")
	require.NoError(t, d.Delete(cluster))
	require.ErrorContains(t, d.DeleteAll(g.parts), "EC2 Network Interface eni-left", "interfaces hold the subnets")
}

func TestResourcesOfALoadBalancerAreNotDeleted(t *testing.T) {
	d := newDirect(t)
	g := d.testNetwork()
	_, err := d.TryCreate("lb/loadBalancer", "web", args{"subnets": g.public[:1]})
	require.ErrorContains(t, err, "At least two subnets in two different Availability Zones")
	balancer := d.Create("lb/loadBalancer", "web", args{
		"subnets": g.public, "securityGroups": []any{g.group.ID}, "enableDeletionProtection": true,
	})
	assert.Equal(t, "Z215JYRZR1TBD5", balancer.Values.Text("zoneId"))
	group := d.Create("lb/targetGroup", "web", args{"port": 8000, "protocol": "HTTP", "vpcId": g.vpc.ID, "targetType": "ip"})
	forward := []any{map[string]any{"type": "forward", "targetGroupArn": group.ID}}
	listener := args{"loadBalancerArn": balancer.ID, "port": 80, "defaultActions": forward}
	_, err = d.TryCreate("lb/listener", "secure", listener.With(args{"port": 443, "protocol": "HTTPS"}))
	require.ErrorContains(t, err, "A certificate must be specified for HTTPS listeners")
	d.Create("lb/listener", "web", listener)
	_, err = d.TryCreate("lb/listener", "again", listener)
	require.ErrorContains(t, err, "DuplicateListener")
	zone := d.Create("route53/zone", "zone", args{"name": "shop.example"})
	alias := func(zoneID string) args {
		return args{"zoneId": zone.ID, "name": "shop.example", "type": "A", "aliases": []any{map[string]any{
			"name": balancer.Values.Text("dnsName"), "zoneId": zoneID, "evaluateTargetHealth": true,
		}}}
	}
	_, err = d.TryCreate("route53/record", "wrong", alias("Z2FDTNDATAQYW2"))
	require.ErrorContains(t, err, "does not lie within the target zone")
	d.Create("route53/record", "apex", alias(balancer.Values.Text("zoneId")))

	for says, held := range map[string]made{
		"is currently in use by a listener or a rule": group, "deletion protection is enabled": balancer,
		"resource " + g.group.ID + " has a dependent object": g.group, "some mapped public address": g.gateway,
	} {
		require.ErrorContains(t, d.Delete(held), says)
	}
}

func TestALoadBalancerLogsOnlyWhereItMayWrite(t *testing.T) {
	const denied, service = "Please check S3bucket permission", "logdelivery.elasticloadbalancing.amazonaws.com"
	for name, test := range map[string]struct {
		service, path, prefix, algorithm, says string
	}{
		"no policy":        {says: denied},
		"another service":  {service: "delivery.logs.amazonaws.com", path: "/*", says: denied},
		"another account":  {service: service, path: "/AWSLogs/999999999999/*", says: denied},
		"a prefix":         {service: service, path: "/AWSLogs/" + aws.AccountID + "/*", prefix: "web", says: denied},
		"a prefix of AWS":  {service: service, path: "/*", prefix: "my/AWSLogs", says: "cannot contain AWSLogs"},
		"a key of KMS":     {service: service, path: "/*", algorithm: "aws:kms", says: denied},
		"its own path":     {service: service, path: "/AWSLogs/" + aws.AccountID + "/*", algorithm: "AES256"},
		"its prefix's":     {service: service, path: "/web/AWSLogs/" + aws.AccountID + "/*", prefix: "web"},
		"the whole bucket": {service: service, path: "/*"},
	} {
		d := newDirect(t)
		g := d.testNetwork()
		bucket := d.Create("s3/bucketV2", "logs", args{"bucket": "logs"})
		if test.algorithm != "" {
			d.Create("s3/bucketServerSideEncryptionConfigurationV2", "logs", args{"bucket": bucket.ID, "rules": []any{map[string]any{
				"applyServerSideEncryptionByDefault": map[string]any{"sseAlgorithm": test.algorithm},
			}}})
		}
		if test.service != "" {
			d.Create("s3/bucketPolicy", "logs", args{"bucket": bucket.ID, "policy": fmt.Sprintf(
				`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::logs/*",`+
					`"Condition":{"Bool":{"aws:SecureTransport":"false"}}},{"Effect":"Allow","Principal":{"Service":[%q]},"Action":["s3:PutObject"],`+
					`"Resource":["arn:aws:s3:::logs%s"]}]}`, test.service, test.path)})
		}
		_, err := d.TryCreate("lb/loadBalancer", "web", args{"subnets": g.public, "securityGroups": []any{g.group.ID}, "accessLogs": map[string]any{
			"bucket": bucket.ID, "enabled": true, "prefix": test.prefix,
		}})
		if test.says != "" {
			require.ErrorContains(t, err, test.says, name)
			continue
		}
		require.NoError(t, err, name)
		require.ErrorContains(t, d.Delete(bucket), "BucketNotEmpty", "AWS has written a first file")
	}
}

func TestBucketsKeysAndLogs(t *testing.T) {
	d := newDirect(t)
	bucket := d.Create("s3/bucketV2", "media", args{"bucket": "media"})
	d.Create("s3/bucketPublicAccessBlock", "media", args{"bucket": bucket.ID, "blockPublicPolicy": true})
	_, err := d.TryCreate("s3/bucketPolicy", "media", args{"bucket": bucket.ID, "policy": everyBucket})
	require.ErrorContains(t, err, "public policies are prevented by the BlockPublicPolicy setting")
	_, err = d.TryCreate("s3/bucketAclV2", "media", args{"bucket": bucket.ID, "acl": "private"})
	require.ErrorContains(t, err, "The bucket does not allow ACLs")
	_, err = d.TryCreate("s3/bucketV2", "again", args{"bucket": "media"})
	require.ErrorContains(t, err, "BucketAlreadyOwnedByYou")
	d.Create("s3/bucketVersioningV2", "media", args{"bucket": bucket.ID, "versioningConfiguration": map[string]any{"status": "Enabled"}})
	_, err = d.TryCreate("s3/bucketVersioningV2", "twice", args{"bucket": bucket.ID, "versioningConfiguration": map[string]any{"status": "Enabled"}})
	require.ErrorContains(t, err, "would overwrite without a word")

	key := d.Create("kms/key", "data", args{})
	_, err = d.TryCreate("cloudwatch/logGroup", "app", args{"kmsKeyId": key.Values.Text("arn")})
	require.ErrorContains(t, err, "is not allowed to be used with Arn", "the key's policy does not name the service")
	_, err = d.TryCreate("kms/key", "locked", args{
		"policy": `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999999999999:root"},"Action":"kms:*","Resource":"*"}]}`,
	})
	require.ErrorContains(t, err, "will not allow you to update the key policy in the future")
}

func TestACAARecordWithoutAmazonPreventsACertificate(t *testing.T) {
	d := newDirect(t)
	zone := d.Create("route53/zone", "zone", args{"name": "shop.example"})
	certificate := d.Create("acm/certificate", "web", args{"domainName": "www.shop.example", "validationMethod": "DNS"})
	option := certificate.Values.Objects("domainValidationOptions")[0]
	d.Create("route53/record", "proof", args{
		"zoneId": zone.ID, "name": option.Text("resourceRecordName"), "type": "CNAME", "ttl": 60,
		"records": []any{option.Text("resourceRecordValue")},
	})
	caa := d.Create("route53/record", "caa", args{
		"zoneId": zone.ID, "name": "shop.example", "type": "CAA", "ttl": 60, "records": []any{`0 issue "letsencrypt.org"`},
	})
	issued := args{"certificateArn": certificate.ID}
	_, err := d.TryCreate("acm/certificateValidation", "web", issued)
	require.ErrorContains(t, err, "PENDING_VALIDATION")
	require.NoError(t, d.Delete(caa))
	d.Create("acm/certificateValidation", "web", issued)
}

func TestLogGroupsThatServicesCreateAreLeaks(t *testing.T) {
	d := newDirect(t)
	g := d.testNetwork()
	group := d.Create("rds/subnetGroup", "db", args{"subnetIds": g.public})
	inputs := args{
		"identifier": "shop", "engine": "postgres", "instanceClass": "db.t4g.micro", "allocatedStorage": 20, "username": "shop",
		"password": "correct-horse", "skipFinalSnapshot": true, "dbSubnetGroupName": group.ID, "enabledCloudwatchLogsExports": []any{"postgresql"},
	}
	instance := d.Create("rds/instance", "db", inputs)
	require.ErrorContains(t, d.Delete(group), "at least one database instance is still using it")
	require.NoError(t, d.Delete(instance))
	leaks := d.Account.Objects(aws.Token("cloudwatch/logGroup"))
	require.Len(t, leaks, 1)
	assert.Equal(t, "/aws/rds/instance/shop/postgresql", leaks[0].ID)
	assert.Empty(t, leaks[0].KeptBecause, "no reason to remain")
	_, err := d.TryCreate("cloudwatch/logGroup", "logs", args{"name": "/aws/rds/instance/shop/postgresql"})
	require.ErrorContains(t, err, "ResourceAlreadyExistsException")
}
