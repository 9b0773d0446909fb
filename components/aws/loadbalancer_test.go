package aws_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/tests/mocks"
)

func withLoadBalancer(change func(*aws.LoadBalancerArgs)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		args := &aws.LoadBalancerArgs{
			VpcID:            pulumi.String("vpc-1"),
			PublicSubnetIDs:  pulumi.ToStringArray([]string{"subnet-public-1", "subnet-public-2"}).ToStringArrayOutput(),
			PrivateSubnetIDs: pulumi.ToStringArray([]string{"subnet-private-1", "subnet-private-2"}).ToStringArrayOutput(),
			CertificateARN:   pulumi.String("arn:certificate"),
			AllowedCIDRs:     []string{"0.0.0.0/0"},
			Port:             8000,
			PodGroupID:       pulumi.String("sg-cluster"),
			Health:           aws.HealthCheck{Path: "/healthz/ready", Codes: "200"},
			DrainSeconds:     25,
			IdleSeconds:      60,
			ClusterName:      pulumi.String("blog-cluster"),
			Data:             data.Held{Protected: true},
			Tags:             tags(),
		}
		change(args)
		traffic, err := aws.NewLoadBalancer(ctx, "blog", args)
		if err != nil {
			return err
		}
		ctx.Export("dnsName", traffic.DNSName)
		return nil
	}
}

func withAccessLogs(access arguments.BucketAccess) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		args := &aws.BucketArgs{Name: "logs", Access: access, Versioning: arguments.VersioningSuspended, DeletionPolicy: deletion.Delete}
		if access == arguments.LogBucket {
			args.AccountID = pulumi.String(mocks.Account)
		}
		bucket, err := aws.NewBucket(ctx, "blog", args)
		if err != nil {
			return err
		}
		return withLoadBalancer(func(a *aws.LoadBalancerArgs) { a.AccessLogs = bucket })(ctx)
	}
}

func fixed(a *aws.LoadBalancerArgs) {
	a.Addresses = pulumi.StringArray{pulumi.String("eipalloc-1"), pulumi.String("eipalloc-2")}
}

func TestTheLoadBalancerTerminatesTLSAndRedirects(t *testing.T) {
	for _, outputs := range mocks.Both() {
		t.Run(string(outputs), func(t *testing.T) {
			ran := mocks.Run(t, outputs, withLoadBalancer(unchanged))

			https := ran.Find(t, "Listener", "blog-https")
			assert.Equal(t, "HTTPS", https.At(t, "protocol"))
			assert.Equal(t, 443.0, https.At(t, "port"))
			assert.Equal(t, "ELBSecurityPolicy-TLS13-1-2-2021-06", https.At(t, "sslPolicy"))
			assert.Equal(t, "arn:certificate", https.At(t, "certificateArn"))
			assert.Equal(t, "forward", https.At(t, "defaultActions[0].type"))
			http := ran.Find(t, "Listener", "blog-http")
			assert.Equal(t, map[string]any{"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"},
				http.At(t, "defaultActions[0].redirect"))
			tagged(t, ran, "LoadBalancer", "TargetGroup", "Listener", "SecurityGroup", "SecurityGroupIngressRule", "SecurityGroupEgressRule")
			descendsFrom(t, ran, "LoadBalancer", "blog-traffic")
		})
	}
}

func TestTheLoadBalancerIsProtected(t *testing.T) {
	for _, protect := range []bool{true, false} {
		balancer := mocks.Run(t, mocks.Known, withLoadBalancer(func(a *aws.LoadBalancerArgs) { a.Data.Protected = protect })).Find(t, "LoadBalancer", "blog-web")
		assert.Equal(t, protect, balancer.Protect)
		assert.Equal(t, protect, balancer.At(t, "enableDeletionProtection"))
		assert.Equal(t, "application", balancer.At(t, "loadBalancerType"))
		assert.Equal(t, false, balancer.At(t, "internal"))
		assert.Equal(t, true, balancer.At(t, "dropInvalidHeaderFields"))
		assert.Equal(t, "defensive", balancer.At(t, "desyncMitigationMode"))
		assert.Equal(t, 60.0, balancer.At(t, "idleTimeout"))
		assert.Nil(t, balancer.At(t, "accessLogs"), "none are asked for")
	}
}

func TestAccessLogsAreWrittenToABucketThatLetsThemIn(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withAccessLogs(arguments.LogBucket))

	balancer := ran.Find(t, "LoadBalancer", "blog-web")
	assert.Equal(t, map[string]any{"bucket": "blog-logs", "enabled": true}, balancer.At(t, "accessLogs"))
	assert.True(t, ran.Waits(balancer, ran.Find(t, "BucketPolicy", "blog-logs-policy")), "AWS tries the bucket at once")

	_, err := mocks.Try(mocks.Known, nil, withAccessLogs(arguments.PrivateBucket))
	assert.ErrorContains(t, err, "AccessLogs needs Access load-balancer-logs")
}

func TestPodsAreCheckedDrainedAndOpenToTheirCluster(t *testing.T) {
	pods := mocks.Run(t, mocks.Known, withLoadBalancer(unchanged)).Find(t, "TargetGroup", "blog-pods")

	assert.Equal(t, "ip", pods.At(t, "targetType"))
	assert.Equal(t, 80.0, pods.At(t, "port"), "another port would replace the group; the cluster names the pods' own")
	assert.Equal(t, 25.0, pods.At(t, "deregistrationDelay"))
	assert.Equal(t, "/healthz/ready", pods.At(t, "healthCheck.path"))
	assert.Equal(t, "200", pods.At(t, "healthCheck.matcher"))
	assert.Equal(t, "blog-cluster", pods.At(t, `tags["eks:eks-cluster-name"]`), "Auto Mode may register with no other group")
}

func TestClientsReachOnlyTheLoadBalancerAndItOnlyThePods(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withLoadBalancer(func(a *aws.LoadBalancerArgs) { a.AllowedCIDRs = []string{"203.0.113.0/24"} }))

	balancer, group := ran.Find(t, "LoadBalancer", "blog-web"), ran.Find(t, "SecurityGroup", "blog-web")
	out := ran.OfKind("SecurityGroupEgressRule")
	assert.Len(t, out, 1)
	assert.Equal(t, "sg-cluster", out[0].At(t, "referencedSecurityGroupId"))
	assert.Equal(t, 8000.0, out[0].At(t, "toPort"))
	let := ran.Find(t, "SecurityGroupIngressRule", "blog-web-pods-in")
	assert.Equal(t, "sg-cluster", let.At(t, "securityGroupId"), "the pods let the load balancer in")
	assert.Equal(t, group.Name+"-id", let.At(t, "referencedSecurityGroupId"))
	for _, name := range []string{"blog-web-in-443-203-0-113-0-24", "blog-web-in-80-203-0-113-0-24"} {
		in := ran.Find(t, "SecurityGroupIngressRule", name)
		assert.Equal(t, "203.0.113.0/24", in.At(t, "cidrIpv4"))
		assert.NotEmpty(t, in.At(t, "description"))
		assert.True(t, ran.Waits(balancer, in), "the load balancer goes before its rules")
	}
}

func TestFixedAddressesUseANetworkLoadBalancer(t *testing.T) {
	for _, outputs := range mocks.Both() {
		t.Run(string(outputs), func(t *testing.T) {
			ran := mocks.Run(t, outputs, withLoadBalancer(fixed))

			inner, front := ran.Find(t, "LoadBalancer", "blog-web"), ran.Find(t, "LoadBalancer", "blog-front")
			assert.Equal(t, true, inner.At(t, "internal"))
			assert.Equal(t, []any{"subnet-private-1", "subnet-private-2"}, inner.At(t, "subnets"))
			assert.Equal(t, "network", front.At(t, "loadBalancerType"))
			assert.Equal(t, true, front.At(t, "enableCrossZoneLoadBalancing"))
			assert.True(t, front.Protect)
			assert.Equal(t, []any{
				map[string]any{"subnetId": "subnet-public-1", "allocationId": "eipalloc-1"},
				map[string]any{"subnetId": "subnet-public-2", "allocationId": "eipalloc-2"},
			}, front.At(t, "subnetMappings"))
			for port, listener := range map[string]string{"443": "blog-https", "80": "blog-http"} {
				passed := ran.Find(t, "TargetGroupAttachment", "blog-front-"+port)
				assert.True(t, ran.Waits(passed, ran.Find(t, "Listener", listener)), "AWS asks for a listener first")
				assert.Equal(t, "alb", ran.Find(t, "TargetGroup", "blog-front-"+port).At(t, "targetType"))
				assert.Equal(t, "TCP", ran.Find(t, "Listener", "blog-front-"+port).At(t, "protocol"))
			}
		})
	}
}

func TestTheLoadBalancerRefusesWhatAWSWould(t *testing.T) {
	refuses(t, withLoadBalancer, func(a *aws.LoadBalancerArgs) { *a = aws.LoadBalancerArgs{} },
		"LoadBalancer: VpcID is required", "LoadBalancer: PublicSubnetIDs is required", "LoadBalancer: CertificateARN is required",
		"LoadBalancer: AllowedCIDRs is required", "LoadBalancer: PodGroupID is required", "LoadBalancer: Health.Path is required",
		"LoadBalancer: ClusterName is required", "LoadBalancer: Port is 0", "LoadBalancer: IdleSeconds is 0")
	refuses(t, withLoadBalancer, func(a *aws.LoadBalancerArgs) { a.AllowedCIDRs = []string{"10.0.0.1/8", "everyone", "::/0"} },
		`AllowedCIDRs[0] is "10.0.0.1/8"`, `AllowedCIDRs[1] is "everyone"`, `AllowedCIDRs[2] is "::/0"`)
	refuses(t, withLoadBalancer, func(a *aws.LoadBalancerArgs) { fixed(a); a.PrivateSubnetIDs = pulumi.StringArrayOutput{} },
		"PrivateSubnetIDs, since there are Addresses, is required")
}

func withBinding(change func(*aws.TargetBindingArgs)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		args := &aws.TargetBindingArgs{
			Namespace:      pulumi.String("blog-dev"),
			Service:        "blog-web",
			ServicePort:    80,
			TargetGroupARN: pulumi.String("arn:pods"),
			Registrar:      aws.AutoModeRegistrar,
		}
		change(args)
		_, err := aws.NewTargetBinding(ctx, "blog", args)
		return err
	}
}

func TestAServiceIsBoundByWhoRegistersPods(t *testing.T) {
	for registrar, version := range map[aws.Registrar]string{
		aws.AutoModeRegistrar:   "eks.amazonaws.com/v1",
		aws.ControllerRegistrar: "elbv2.k8s.aws/v1beta1",
	} {
		for _, outputs := range mocks.Both() {
			bound := mocks.Run(t, outputs, withBinding(func(a *aws.TargetBindingArgs) { a.Registrar = registrar })).Find(t, "TargetGroupBinding", "blog-pods")
			assert.Equal(t, version, bound.At(t, "apiVersion"))
			assert.Equal(t, "blog-web", bound.At(t, "metadata.name"))
			assert.Equal(t, map[string]any{
				"targetGroupARN": "arn:pods",
				"targetType":     "ip",
				"serviceRef":     map[string]any{"name": "blog-web", "port": 80.0},
			}, bound.At(t, "spec"))
		}
	}
}

func TestAServiceIsBoundAtEachOfItsPorts(t *testing.T) {
	names := map[any]bool{}
	for _, of := range [][2]string{{"blog-process-api", ""}, {"blog-process-api", "admin"}, {"blog-process-api-admin", ""}} {
		ran := mocks.Run(t, mocks.Known, withBinding(func(a *aws.TargetBindingArgs) {
			a.Backend, a.Service, a.PortName = "api", of[0], of[1]
		}))
		names[ran.Find(t, "TargetGroupBinding", "blog-api").At(t, "metadata.name")] = true
	}
	assert.Len(t, names, 3, "each has its own object")
}

func TestABindingNeedsASideAtEachEnd(t *testing.T) {
	refuses(t, withBinding, func(a *aws.TargetBindingArgs) { *a = aws.TargetBindingArgs{} },
		"TargetBinding: Namespace is required", "TargetBinding: Service is required", "TargetBinding: ServicePort is required",
		"TargetBinding: TargetGroupARN is required", "TargetBinding: Registrar is")
}
