package clouds_test

import (
	"maps"
	"slices"
	"strings"
)

// onAWS returns the rules for tearing down an environment on AWS.
func onAWS() teardown {
	return teardown{
		kinds: kindsOfAWS(),
		rules: slices.Concat(rulesInCluster(), rulesOfTheClusterOnAWS(), rulesOfTheNetworkOnAWS()),
		absent: map[string]string{
			"gateway":         "the program owns the load balancer",
			"ingress":         "the program owns the load balancer",
			"outward service": "the program owns the load balancer",
		},
		plain: plainOnAWS(),
		spare: spareOnAWS(),
	}
}

func kindsOfAWS() kinds {
	auto := func(r resource) bool { return r.at("computeConfig", "enabled") == true }
	cluster := ofType("aws:eks/cluster:Cluster")
	nodes := ofType("aws:eks/nodeGroup:NodeGroup")
	addon := ofType("aws:eks/addon:Addon")
	controller := with(ofType("kubernetes:helm.sh/v3:Release"), "chart", "aws-load-balancer-controller")
	subnet := ofType("aws:ec2/subnet:Subnet")
	group := ofType("aws:ec2/securityGroup:SecurityGroup")
	doors := ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
	published := func(r resource) bool { return strings.Contains(r.name, "-public") }
	services := []string{"djangostack:aws:Database", "djangostack:aws:Cache", "djangostack:aws:Broker", "djangostack:aws:Search"}
	of := kinds{
		"target binding": ofType("*:TargetGroupBinding"),
		"controller":     controller,
		"registrar":      either(controller, both(cluster, auto)),
		"disk driver":    either(with(addon, "addonName", "aws-ebs-csi-driver"), both(cluster, auto)),
		"compute":        either(nodes, both(cluster, auto)),

		"cluster":           cluster,
		"nodes":             nodes,
		"add-on":            addon,
		"add-on of nodes":   with(addon, "addonName", "eks-pod-identity-agent", "vpc-cni", "kube-proxy"),
		"pods' add-on":      with(addon, "addonName", "eks-pod-identity-agent", "vpc-cni", "kube-proxy", "coredns", "aws-ebs-csi-driver"),
		"add-on of pods":    with(addon, "addonName", "coredns", "aws-ebs-csi-driver", "metrics-server", "amazon-cloudwatch-observability"),
		"add-on of logs":    with(addon, "addonName", "amazon-cloudwatch-observability"),
		"entry":             ofType("aws:eks/accessEntry:AccessEntry", "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"),
		"pod identity":      ofType("aws:eks/podIdentityAssociation:PodIdentityAssociation"),
		"right":             ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:iam/rolePolicy:RolePolicy"),
		"cluster's log":     both(ofType("aws:cloudwatch/logGroup:LogGroup"), func(r resource) bool { return strings.HasPrefix(r.text("name"), "/aws/eks/") }),
		"pods' log":         both(ofType("aws:cloudwatch/logGroup:LogGroup"), func(r resource) bool { return strings.HasPrefix(r.text("name"), "/aws/containerinsights/") }),
		"service log":       within(ofType("aws:cloudwatch/logGroup:LogGroup"), services...),
		"search":            ofType("aws:opensearch/domain:Domain"),
		"service role":      ofType("aws:iam/serviceLinkedRole:ServiceLinkedRole"),
		"flow log":          ofType("aws:ec2/flowLog:FlowLog"),
		"key":               ofType("aws:kms/key:Key"),
		"data service":      ofType("aws:rds/instance:Instance", "aws:elasticache/replicationGroup:ReplicationGroup", "aws:mq/broker:Broker", "aws:opensearch/domain:Domain"),
		"encrypted service": ofType("aws:rds/instance:Instance", "aws:elasticache/replicationGroup:ReplicationGroup", "aws:opensearch/domain:Domain"),
		"door":              within(doors, services...),
		"door to the pods":  either(within(doors, services...), both(doors, func(r resource) bool { return strings.Contains(r.name, "-pods-") })),

		"way to the pods": both(doors, func(r resource) bool { return strings.Contains(r.name, "-pods-") }),

		"egress route": ofType("aws:ec2/natGateway:NatGateway", "aws:ec2/route:Route", "aws:ec2/internetGateway:InternetGateway",
			"aws:ec2/routeTableAssociation:RouteTableAssociation"),
		"public way": either(ofType("aws:ec2/internetGateway:InternetGateway"),
			both(ofType("aws:ec2/route:Route", "aws:ec2/routeTableAssociation:RouteTableAssociation"), published)),
		"nat":                ofType("aws:ec2/natGateway:NatGateway"),
		"its address":        ofType("aws:ec2/eip:Eip"),
		"fixed address":      within(ofType("aws:ec2/eip:Eip"), "djangostack:aws:Address"),
		"public subnet":      both(subnet, published),
		"private subnet":     both(subnet, func(r resource) bool { return !published(r) }),
		"security group":     group,
		"its security group": within(group, "djangostack:aws:LoadBalancer"),
		"settings": ofType("aws:rds/subnetGroup:SubnetGroup", "aws:rds/parameterGroup:ParameterGroup",
			"aws:elasticache/subnetGroup:SubnetGroup", "aws:elasticache/parameterGroup:ParameterGroup"),
		"part of the network": either(subnet, group, ofType("aws:ec2/internetGateway:InternetGateway", "aws:ec2/routeTable:RouteTable",
			"aws:ec2/vpcEndpoint:VpcEndpoint", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")),
		"network": ofType("aws:ec2/vpc:Vpc"),

		"load balancer": ofType("aws:lb/loadBalancer:LoadBalancer"),
		"log of requests": both(ofType("aws:s3/bucketV2:BucketV2", "aws:s3/bucketPolicy:BucketPolicy"),
			func(r resource) bool { return strings.Contains(r.name, "-access-logs") }),
		"listener":             ofType("aws:lb/listener:Listener"),
		"target group":         ofType("aws:lb/targetGroup:TargetGroup"),
		"front":                ofType("aws:lb/targetGroupAttachment:TargetGroupAttachment"),
		"target group of pods": with(ofType("aws:lb/targetGroup:TargetGroup"), "targetType", "ip"),
		"CDN":                  ofType("aws:cloudfront/distribution:Distribution"),
		"certificate":          ofType("aws:acm/certificate:Certificate"),
		"access control":       ofType("aws:cloudfront/originAccessControl:OriginAccessControl"),
		"redirect":             ofType("aws:cloudfront/function:Function"),
	}
	maps.Copy(of, inCluster())
	return of
}

func rulesOfTheClusterOnAWS() []rule {
	return []rule{
		{"object", "entry", nil, "the program signs in through it"},
		{"pods", "pods' add-on", nil, "pods that end still need addresses, names and credentials"},
		{"target binding", "web pods", nil, "a pod is taken out of the load balancer before it ends"},
		{"target binding", "service", itsService, "it is what tells which pods to take out"},
		{"target binding", "registrar", nil, "it takes the pods out and the finalizer off, for which the namespace waits"},
		{"target binding", "target group of pods", nil, "the pods are taken out of it"},
		{"target binding", "way to the pods", nil, "requests that have begun reach the pods while these are taken out"},
		{"pods", "pod identity", itsAccount, "their last requests are signed with it"},
		{"pod identity", "right", ofItsRole, "credentials without rights are refused what the last requests ask for"},
		{"cluster", "right", ofItsRole, "by them EKS removes nodes, disks and network interfaces"},
		{"nodes", "right", ofItsRole, "by them EKS removes the nodes and their network interfaces"},
		{"add-on", "right", ofItsRole, "by them it removes disks and network interfaces"},
		{"nodes", "add-on of nodes", nil, "pods that are moved off a node still need addresses and credentials"},
		{"add-on of pods", "compute", nil, "its pods run there"},
		{"nodes", "egress route", nil, "a node without its API server is not drained"},
		{"cluster", "private subnet", nil, "its network interfaces are in it"},
		{"nodes", "private subnet", nil, "nodes are in it"},
		{"cluster", "cluster's log", nil, "its last lines would create the group again"},
		{"add-on of logs", "pods' log", nil, "what is written after its group is lost"},
		{"cluster", "key", nil, "its Secrets are unreadable without"},
		{"entry", "cluster", nil, "it is a part of the cluster"},
		{"door to the pods", "cluster", nil, "EKS leaves its security group behind while a rule names it"},
	}
}

func rulesOfTheNetworkOnAWS() []rule {
	return []rule{
		{"load balancer", "public way", nil, "AWS detaches no gateway while public addresses are in use"},
		{"load balancer", "public subnet", nil, "its network interfaces are in it"},
		{"load balancer", "its security group", sameSide, "a group in use is not deleted"},
		{"load balancer", "log of requests", logging, "its last lines are written there, or to the next owner of the bucket's name"},
		{"listener", "load balancer", sameSide, "it is a part of the load balancer"},
		{"listener", "target group", toTargets, "a target group in use is not deleted"},
		{"front", "listener", backOnly, "it is taken out before what it leads to goes"},
		{"listener", "certificate", secured, "a certificate in use is not deleted"},
		{"nat", "public way", nil, "AWS detaches no gateway while public addresses are in use"},
		{"nat", "its address", sameName, "an address in use is not released"},
		{"nat", "public subnet", sameZone, "its network interface is in it"},
		{"load balancer", "fixed address", sameSide, "an address in use is not released"},
		{"data service", "security group", beside, "a group in use is not deleted"},
		{"data service", "settings", beside, "groups in use are not deleted"},
		{"data service", "private subnet", nil, "its network interfaces are in it"},
		{"data service", "service log", beside, "its last lines would create the group again"},
		{"data service", "right", ofItsRole, "its last figures are written with them"},
		{"encrypted service", "key", nil, "its final snapshot is encrypted with it"},
		{"search", "service role", nil, "by it its network interfaces are removed"},
		{"flow log", "right", ofItsRole, "its last lines are written with them"},
		{"flow log", "network", nil, "it records what happens there"},
		{"part of the network", "network", nil, "AWS does not delete a network in use"},
		{"CDN", "access control", nil, "an access control in use is not deleted"},
		{"CDN", "redirect", nil, "a function in use is not deleted"},
		{"CDN", "certificate", virginia, "a certificate in use is not deleted"},
	}
}

// itsService pairs a target group binding with the Service whose pods it registers.
func itsService(binding, service resource) bool {
	return binding.text("spec", "serviceRef", "name") == service.text("metadata", "name")
}

// itsAccount pairs pods with the role of their service account.
func itsAccount(pods, identity resource) bool {
	account := podOf(pods).text("spec", "serviceAccountName")
	if pods.kind == "kubernetes:helm.sh/v3:Release" {
		account = pods.text("name")
	}
	return account != "" && account == identity.text("serviceAccount")
}

// ofItsRole pairs a resource with the permissions of its role.
func ofItsRole(holder, right resource) bool {
	return slices.ContainsFunc(holder.properties, func(urn string) bool {
		return strings.Contains(urn, "aws:iam/role:Role::") && slices.Contains(right.properties, urn)
	})
}

// toTargets pairs listeners with the target groups that they forward to.
func toTargets(listener, group resource) bool {
	if ofFront(listener) {
		return listener.name == group.name
	}
	return strings.HasSuffix(listener.name, "-https") && group.text("targetType") == "ip"
}

// ofFront tells whether a resource belongs to the network load balancer with fixed addresses, which is in front of the
// one that terminates TLS.
func ofFront(r resource) bool { return strings.Contains(r.name, "-front") }

// sameSide pairs resources of the same load balancer. Fixed addresses belong to the one in front.
func sameSide(one, other resource) bool {
	return ofFront(one) == (ofFront(other) || strings.Contains(other.name, "-address-"))
}

// logging pairs the load balancer that terminates TLS with its log bucket.
func logging(balancer, _ resource) bool { return !ofFront(balancer) }

func backOnly(_, listener resource) bool { return !ofFront(listener) }

// secured pairs the listener that terminates TLS with the certificates of its region.
func secured(listener, certificate resource) bool {
	return strings.HasSuffix(listener.name, "-https") && listener.provider == certificate.provider
}

// sameZone pairs resources whose names end with the same availability zone.
func sameZone(one, other resource) bool {
	zone := one.name[strings.LastIndexByte(one.name, '-')+1:]
	return strings.HasSuffix(other.name, "-"+zone)
}

// virginia pairs a CDN with the certificates of us-east-1.
func virginia(_, certificate resource) bool {
	return strings.HasSuffix(certificate.provider, "us-east-1")
}

// plainOnAWS are types that one API call creates and one deletes, and that need only what their arguments name.
func plainOnAWS() []string {
	return []string{
		"aws:kms/*", "aws:iam/*", "aws:s3/*", "aws:acm/*", "aws:route53/*", "aws:budgets/*", "aws:ecr/*", "aws:cloudwatch/*", "aws:sns/*",
		"aws:secretsmanager/*",
		"aws:ec2/vpc:Vpc", "aws:ec2/eip:Eip", "aws:ec2/routeTableAssociation:RouteTableAssociation", "aws:ec2/route:Route",
		"aws:ec2/launchTemplate:LaunchTemplate",
		"aws:rds/subnetGroup:SubnetGroup", "aws:rds/parameterGroup:ParameterGroup",
		"aws:elasticache/subnetGroup:SubnetGroup", "aws:elasticache/parameterGroup:ParameterGroup", "aws:mq/configuration:Configuration",
		"aws:cloudfront/originAccessControl:OriginAccessControl", "aws:cloudfront/function:Function",
		"aws:lb/targetGroup:TargetGroup",
		"aws:opensearch/domainPolicy:DomainPolicy",
		"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
	}
}

// spareOnAWS have a DependsOn that the teardown does not need.
func spareOnAWS() map[string]string {
	spare := map[string]string{
		"Eip":                "the NAT gateway that has it waits for the same",
		"RoleBinding":        "it names who is allowed",
		"ClusterRoleBinding": "it names who is allowed",
	}
	for _, setting := range []string{"OwnershipControls", "ServerSideEncryptionConfigurationV2", "VersioningV2", "CorsConfigurationV2", "LifecycleConfigurationV2", "Policy"} {
		spare["Bucket"+setting] = "S3 takes one change of a bucket at a time, in any order"
	}
	maps.Copy(spare, spareInCluster())
	return spare
}
