package aws_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/aws"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/mocks"
)

// chosen deploys the whole environment with some of its text replaced: pairs of old and new
// text, of which each old one must be there.
func chosen(t *testing.T, outputs mocks.Outputs, tier spec.Tier, instead ...string) mocks.Program {
	t.Helper()
	text := fmt.Sprintf(whole, tier)
	for i := 0; i < len(instead); i += 2 {
		require.Contains(t, text, instead[i])
	}
	text = strings.NewReplacer(instead...).Replace(text)
	environment, err := spec.Parse([]byte(text), "dev")
	require.NoError(t, err)
	return mocks.Run(t, outputs, func(ctx *pulumi.Context) error { return aws.Deploy(ctx, environment) })
}

func TestBrokerCanBeRabbitMQ(t *testing.T) {
	rabbit := []string{`"broker": {"kind": "managed"}`, `"broker": {"kind": "managed", "engine": "rabbitmq"}`}
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, spec.Production, rabbit...)
		broker := ran.Find(t, "Broker", "blog-broker")
		require.NotNil(t, broker)
		var made []mocks.Resource
		for _, r := range ran.OfKind("Broker") {
			if r.Custom {
				made = append(made, r)
			}
		}
		require.Len(t, made, 1)
		assert.Equal(t, "CLUSTER_MULTI_AZ", made[0].At(t, "deploymentMode"))
		assert.Equal(t, "mq.m7g.large", made[0].At(t, "hostInstanceType"), "a cluster takes large nodes only")
		assert.True(t, made[0].Protect)
		assert.Len(t, ran.OfKind("ReplicationGroup"), 1, "only the cache is a Redis")
	}
	known := chosen(t, mocks.Known, spec.Staging, rabbit...)
	env := known.Find(t, "Secret", "blog-env")
	assert.Contains(t, fmt.Sprint(env.At(t, "stringData.CELERY_BROKER_URL")), "amqps://djangostack:")
	assert.Contains(t, fmt.Sprint(env.At(t, "stringData.CELERY_RESULT_BACKEND")), "rpc://")
}

func TestSearchURLReachesTheApp(t *testing.T) {
	asked := []string{`"media":`, `"search": {"kind": "managed"}, "media":`}
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, spec.Production, asked...)
		require.Len(t, ran.OfKind("Domain"), 1)
		domain := ran.OfKind("Domain")[0]
		assert.True(t, domain.Protect)
		assert.EqualValues(t, 3, domain.At(t, "clusterConfig.instanceCount"))
	}
	env := chosen(t, mocks.Known, spec.Production, asked...).Find(t, "Secret", "blog-env")
	assert.Contains(t, fmt.Sprint(env.At(t, "stringData.SEARCH_URL")), "https://djangostack:")
	assert.Empty(t, deployed(t, mocks.Known, spec.Production).OfKind("Domain"), "none unless asked for")
}

func TestTheAppFindsAReadReplicaByTheVariableThatItNames(t *testing.T) {
	asked := []string{`"database": {"kind": "managed"}`, withReplica, `"app": {`, `"app": {"bindings": {"READ_URL": "database.replicaURL"}, `}
	env := chosen(t, mocks.Known, spec.Staging, asked...).Find(t, "Secret", "blog-env")
	assert.Contains(t, fmt.Sprint(env.At(t, "stringData.READ_URL")), "@blog-database-replica-0")
	assert.NotContains(t, fmt.Sprint(env.At(t, "stringData.DATABASE_URL")), "replica")
}

func TestRegistryIsCreatedOnRequest(t *testing.T) {
	asked := []string{`"media":`, `"registry": {"source": "create"}, "media":`}
	ran := chosen(t, mocks.Known, spec.Production, asked...)
	repository := ran.OfKind("Repository")
	require.Len(t, repository, 1)
	assert.Equal(t, "dev/blog", repository[0].At(t, "name"))
	assert.True(t, repository[0].Protect)
	assert.Empty(t, deployed(t, mocks.Known, spec.Production).OfKind("Repository"))
}

func TestLoadBalancerCanHaveFixedAddressesAndAllowedBlocks(t *testing.T) {
	asked := []string{`"media":`, `"loadBalancer": {"addresses": "fixed", "allowedCIDRs": ["203.0.113.0/24"]}, "media":`}
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, spec.Production, asked...)
		fixed := 0
		for _, r := range ran.OfKind("Eip") {
			if strings.Contains(r.Name, "nat") {
				continue
			}
			fixed++
			assert.True(t, r.Protect, r.Name)
		}
		assert.Equal(t, 3, fixed, "one for each zone")
	}
	known := chosen(t, mocks.Known, spec.Staging, asked...)
	var open []string
	for _, r := range known.OfKind("SecurityGroupIngressRule") {
		open = append(open, fmt.Sprint(r.Plain()["cidrIpv4"]))
	}
	assert.NotContains(t, open, "0.0.0.0/0")
	assert.Contains(t, open, "203.0.113.0/24")
}

func TestCDNCanServeFilesOfThePods(t *testing.T) {
	asked := []string{`"static": {"store": "bucket", "cors": [{"origins": ["https://blog.example.com"]}]}`, `"static": {"cdn": "on"}`}
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, spec.Production, asked...)
		distribution := ran.Find(t, "Distribution", "blog-cdn")
		assert.Equal(t, []any{"static.blog.example.com"}, distribution.At(t, "aliases"))
		assert.Equal(t, "blog.example.com", distribution.At(t, "origins[0].domainName"))
		assert.Equal(t, "/static/*", distribution.At(t, "orderedCacheBehaviors[0].pathPattern"))
		for _, bucket := range ran.OfKind("BucketV2") {
			assert.NotEqual(t, "blog-static", bucket.Name)
		}
	}
	assert.Contains(t, settings(t, chosen(t, mocks.Known, spec.Production, asked...)), "STATIC_URL:https://static.blog.example.com/static/")
	assert.Empty(t, chosen(t, mocks.Known, spec.Production, asked[0], `"static": {"store": "pod"}`).OfKind("Distribution"), "none unless asked for")
}

// settings returns the plain settings of the app's pods.
func settings(t *testing.T, ran mocks.Program) string {
	t.Helper()
	var all []string
	for _, r := range ran.OfKind("ConfigMap") {
		all = append(all, fmt.Sprint(r.At(t, "data")))
	}
	return strings.Join(all, "\n")
}

func TestDumpIsImportedBeforeTheRelease(t *testing.T) {
	asked := []string{`"database": {"kind": "managed"}`, `"database": {"kind": "managed", "import": {"from": "s3://old-dumps/2026/blog.dump"}}`}
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, spec.Production, asked...)
		dump := ran.Find(t, "Dump", "blog-dump")
		assert.True(t, ran.Waits(dump, ran.Find(t, "DatabaseRole", "blog-database-role")), "there is a role to import it as")
		assert.True(t, ran.Waits(ran.Find(t, "Job", "blog-migrate"), dump), "the release migrates what was imported")
	}
	var policies []string
	for _, r := range chosen(t, mocks.Known, spec.Production, asked...).OfKind("RolePolicy") {
		policies = append(policies, fmt.Sprint(r.At(t, "policy")))
	}
	assert.Contains(t, strings.Join(policies, "\n"), "arn:aws:s3:::old-dumps/2026/blog.dump")
}

func TestRequestsAreLoggedInProductionAndOnRequest(t *testing.T) {
	each(t, func(t *testing.T, ran mocks.Program, tier spec.Tier) {
		var buckets []string
		for _, r := range ran.OfKind("BucketV2") {
			buckets = append(buckets, r.Name)
		}
		balancer := ran.Find(t, "LoadBalancer", "blog-web")
		if tier == spec.Staging {
			assert.NotContains(t, buckets, "blog-access-logs")
			assert.Nil(t, balancer.At(t, "accessLogs"))
			return
		}
		assert.Contains(t, buckets, "blog-access-logs")
		assert.Equal(t, true, balancer.At(t, "accessLogs.enabled"))
		assert.True(t, ran.Waits(balancer, ran.Find(t, "BucketPolicy", "blog-access-logs-policy")), "AWS tries the bucket at once")
		kept := ran.Find(t, "BucketLifecycleConfigurationV2", "blog-access-logs-lifecycle")
		assert.Equal(t, 365.0, kept.At(t, "rules[1].expiration.days"), "as long as other logs")
	})
	switched := func(tier spec.Tier, to string) mocks.Program {
		return chosen(t, mocks.Known, tier, `"media":`, fmt.Sprintf(`"loadBalancer": {"accessLogs": %q, "addresses": "fixed"}, "media":`, to))
	}
	assert.Nil(t, switched(spec.Production, "off").Find(t, "LoadBalancer", "blog-web").At(t, "accessLogs"))
	staging := switched(spec.Staging, "on")
	assert.Equal(t, "blog-access-logs", staging.Find(t, "LoadBalancer", "blog-web").At(t, "accessLogs.bucket"))
	assert.Equal(t, 7.0, staging.Find(t, "BucketLifecycleConfigurationV2", "blog-access-logs-lifecycle").At(t, "rules[1].expiration.days"))
	assert.Contains(t, fmt.Sprint(staging.Find(t, "BucketPolicy", "blog-access-logs-policy").At(t, "policy")), "/AWSLogs/"+mocks.Account+"/*")
	assert.Nil(t, staging.Find(t, "LoadBalancer", "blog-front").At(t, "accessLogs"), "AWS logs none of what passes connections on")
}

func TestPodsAreLoggedInProductionAndOnRequest(t *testing.T) {
	const collector = "blog-amazon-cloudwatch-observability"
	collects := func(ran mocks.Program) bool {
		for _, addon := range ran.OfKind("Addon") {
			if addon.Name == collector {
				return true
			}
		}
		return false
	}
	each(t, func(t *testing.T, ran mocks.Program, tier spec.Tier) {
		assert.Equal(t, tier == spec.Production, collects(ran), tier)
	})
	switched := func(tier spec.Tier, to string) mocks.Program {
		return chosen(t, mocks.Known, tier, `"cluster": {`, fmt.Sprintf(`"cluster": {"workloadLogs": %q, `, to))
	}
	assert.False(t, collects(switched(spec.Production, "off")))
	staging := switched(spec.Staging, "on")
	assert.True(t, collects(staging))
	group := staging.Find(t, "LogGroup", "blog-application-logs")
	assert.Equal(t, 7.0, group.At(t, "retentionInDays"))
	assert.NotNil(t, group.At(t, "kmsKeyId"))
}

func TestARouteLeadsToAnotherPortOfAProcess(t *testing.T) {
	routes := `"processes": [{"name": "queue", "command": ["queue"], "port": 5000, "ports": [{"name": "console", "containerPort": 5001, "servicePort": 8080}]}],
		"web": {"ports": [{"name": "proxy", "containerPort": 4180, "servicePort": 4180}]},
		"routes": [{"path": "/console", "process": "queue", "port": "console"}, {"path": "/queue", "process": "queue"}, {"path": "/proxy", "port": "proxy"}], "dns":`
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, spec.Staging, `"dns":`, routes)
		ports := map[any]any{}
		names := map[any]bool{}
		for _, binding := range ran.OfKind("TargetGroupBinding") {
			ports[binding.At(t, "spec.serviceRef.port")] = binding.At(t, "spec.serviceRef.name")
			names[binding.At(t, "metadata.name")] = true
		}
		assert.Equal(t, map[any]any{80.0: "blog-web", 4180.0: "blog-web", 5000.0: "blog-process-queue", 8080.0: "blog-process-queue"}, ports)
		assert.Len(t, names, 4)
		for _, port := range []string{"4180", "5000", "5001"} {
			ran.Find(t, "SecurityGroupIngressRule", "blog-web-pods-"+port+"-in")
		}
		assert.Len(t, ran.OfKind("ListenerRule"), 4)
		for _, group := range ran.OfKind("TargetGroup") {
			if group.Custom && group.Name != "blog-pods" {
				assert.Equal(t, "/", group.At(t, "healthCheck.path"), group.Name)
			}
		}
	}
}

func TestASecondDatabaseIsOnTheEnvironmentsServer(t *testing.T) {
	const further = `"database": {"kind": "managed", "further": [{"name": "archive", "urlVariable": "ARCHIVE_URL"}]}`
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, spec.Production, `"database": {"kind": "managed"}`, further)
		script := ran.Find(t, "Job", "blog-database-role").At(t, "spec.template.spec.containers[0].command[2]")
		assert.Contains(t, script, "ROLE_DATABASE=archive\ngive\n")
		env := ran.Find(t, "Secret", "blog-env")
		assert.Equal(t, mocks.Hidden, env.Plain()["stringData"])
		if outputs == mocks.Known {
			assert.Contains(t, env.At(t, "stringData.ARCHIVE_URL"), ":5432/archive?")
		}
	}
}
