package clouds_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/criticalpath"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/environments"
	"github.com/djangostack/djangostack/tests/mocks"
)

// most is the ratio of the first update to its longest resource that each environment may reach, with what the clouds
// themselves add to that resource. docs/performance.md explains the figures.
func most() map[string]float64 {
	return map[string]float64{
		// The database is the longest. Before it come a key, after it a node, the release and the processes.
		"aws production":                    1.12,
		"aws production with every choice":  1.12,
		"gcp production":                    1.06,
		"gcp staging with managed services": 1.09,
		// The cluster is the longest. Before it come a key or a network, after it the first node, Postgres, the release
		// and the processes, all of which need the one before.
		"aws staging": 1.18,
		"gcp staging": 1.37,
		// Nodes, and on AWS the driver of their disks, can only be asked for once the cluster runs.
		"aws staging with nodes": 1.40,
		"gcp staging with nodes": 1.31,
		// Prometheus' operator, then cert-manager, which it monitors, then the namespace, which goes before cert-manager,
		// then a Certificate, which the pods may need.
		"aws staging with charts": 1.47,
		"gcp staging with charts": 1.46,
	}
}

// created returns the resources of a state with all that must exist before each of them.
func (s *state) created() []criticalpath.Resource {
	var all []criticalpath.Resource
	for i, r := range s.resources {
		one := criticalpath.Resource{URN: r.urn, Type: r.kind, Name: r.name, Inputs: r.inputs}
		for _, each := range s.out[i] {
			one.Needs = append(one.Needs, s.resources[s.edges[each].to].urn)
		}
		all = append(all, one)
	}
	return all
}

func times(t *testing.T) criticalpath.Table {
	t.Helper()
	table, err := criticalpath.Read()
	require.NoError(t, err)
	return table
}

func TestTheFirstUpdateTakesLittleLongerThanItsLongestResource(t *testing.T) {
	table := times(t)
	for _, e := range ends(t) {
		t.Run(e.cloud+" "+e.name, func(t *testing.T) {
			path := table.Find(e.created())
			assert.LessOrEqual(t, path.Ratio(), most()[e.cloud+" "+e.name], path.String())
		})
	}
}

// One DependsOn too many must be noticed: the cluster that waits for the NAT gateway, and the database that waits for
// the cluster.
func TestAWaitThatNothingNeedsIsNoticed(t *testing.T) {
	for _, wait := range []struct{ cloud, name, first, second string }{
		{"aws", "staging", "aws:ec2/natGateway:NatGateway", "aws:eks/cluster:Cluster"},
		{"gcp", "staging with managed services", "gcp:container/cluster:Cluster", "gcp:sql/databaseInstance:DatabaseInstance"},
	} {
		t.Run(wait.cloud, func(t *testing.T) {
			var first pulumi.Resource
			program, err := mocks.Try(mocks.Known, tornDown(t)[wait.cloud][wait.name].Config(t), altered(func(args *pulumi.ResourceTransformationArgs) pulumi.ResourceOption {
				switch args.Type {
				case wait.first:
					first = args.Resource
				case wait.second:
					return pulumi.DependsOn([]pulumi.Resource{first})
				}
				return nil
			}))
			require.NoError(t, err)
			created := registered(program).created()
			path := times(t).Find(created)
			assert.Greater(t, path.Ratio(), most()[wait.cloud+" "+wait.name], path.String())
			assert.NotEmpty(t, waiting(created, wait.second, "", wait.first), "what waits for %s", wait.first)
		})
	}
}

// Every type that takes more than a call has a time with a source.
func TestTheTableKnowsWhatTakesLong(t *testing.T) {
	table := times(t)
	long := []string{
		"aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup", "aws:eks/addon:Addon", "aws:rds/instance:Instance", "aws:ec2/natGateway:NatGateway",
		"aws:elasticache/replicationGroup:ReplicationGroup", "aws:mq/broker:Broker", "aws:opensearch/domain:Domain", "aws:cloudfront/distribution:Distribution",
		"aws:lb/loadBalancer:LoadBalancer", "aws:acm/certificateValidation:CertificateValidation", "gcp:container/cluster:Cluster",
		"gcp:container/nodePool:NodePool", "gcp:sql/databaseInstance:DatabaseInstance", "gcp:redis/instance:Instance", "gcp:compute/network:Network",
	}
	for _, kind := range long {
		assert.True(t, table.Covers(kind), kind)
	}
}

// What once waited without need must not wait again, even where that is beside the longest chain.
func TestNothingWaitsForWhatItDoesNotUse(t *testing.T) {
	unneeded := []struct{ cloud, kind, named, waited string }{
		{"aws", "aws:eks/cluster:Cluster", "", "aws:ec2/natGateway:NatGateway"},
		{"gcp", "gcp:container/cluster:Cluster", "", "gcp:compute/routerNat:RouterNat"},
		{"aws", "aws:lb/loadBalancer:LoadBalancer", "", "aws:eks/cluster:Cluster"},
		{"aws", "aws:iam/role:Role", "-vpc-cni", "aws:eks/cluster:Cluster"},
		{"aws", "aws:iam/role:Role", "-aws-ebs-csi-driver", "aws:eks/cluster:Cluster"},
		{"aws", "kubernetes:core/v1:Namespace", "", "aws:eks/addon:Addon -metrics-server"},
		{"aws", "kubernetes:batch/v1:Job", "-check", "kubernetes:apps/v1:StatefulSet"},
		{"gcp", "kubernetes:batch/v1:Job", "-check", "kubernetes:apps/v1:StatefulSet"},
		{"aws", "kubernetes:batch/v1:Job", "-collectstatic", "kubernetes:batch/v1:Job -migrate"},
		{"gcp", "kubernetes:batch/v1:Job", "-collectstatic", "kubernetes:batch/v1:Job -migrate"},
		{"aws", "kubernetes:apps/v1:Deployment", "-beat", "kubernetes:apps/v1:Deployment -web"},
		{"gcp", "kubernetes:apps/v1:Deployment", "-beat", "kubernetes:apps/v1:Deployment -web"},
	}
	all := ends(t)
	for _, each := range unneeded {
		t.Run(each.cloud+" "+each.kind+each.named, func(t *testing.T) {
			var found int
			for _, e := range all {
				if e.cloud != each.cloud {
					continue
				}
				resources := e.created()
				found += len(like(resources, each.kind, each.named))
				assert.Empty(t, waiting(resources, each.kind, each.named, each.waited), e.name)
			}
			assert.NotZero(t, found, "no environment has one")
		})
	}
}

// waiting returns the names of the resources of a type, with a name that ends so, that wait for one of another type.
func waiting(resources []criticalpath.Resource, kind, named, waited string) []string {
	waitedKind, waitedName, _ := strings.Cut(waited, " ")
	var names []string
	for _, one := range like(resources, kind, named) {
		if len(like(awaited(resources, one), waitedKind, waitedName)) > 0 {
			names = append(names, one.Name)
		}
	}
	return names
}

// like returns the resources of a type with a name that ends so.
func like(resources []criticalpath.Resource, kind, named string) []criticalpath.Resource {
	return slices.DeleteFunc(slices.Clone(resources), func(r criticalpath.Resource) bool {
		return r.Type != kind || !strings.HasSuffix(r.Name, named)
	})
}

// awaited returns everything that a resource waits for, directly or by another.
func awaited(resources []criticalpath.Resource, of criticalpath.Resource) []criticalpath.Resource {
	var all []criticalpath.Resource
	seen := map[string]bool{}
	for needs := slices.Clone(of.Needs); len(needs) > 0; needs = needs[1:] {
		at := slices.IndexFunc(resources, func(r criticalpath.Resource) bool { return r.URN == needs[0] })
		if at < 0 || seen[needs[0]] {
			continue
		}
		seen[needs[0]] = true
		all, needs = append(all, resources[at]), append(needs, resources[at].Needs...)
	}
	return all
}

// shorterTimes is how many times shorter than in the table creations take in a measured update.
const shorterTimes = 20

// BenchmarkFirstUpdate prints the path of environments that the engine brought up on emulators, and measures an update
// in which each creation takes a part of its time.
func BenchmarkFirstUpdate(b *testing.B) {
	table, err := criticalpath.Read()
	require.NoError(b, err)
	shown := map[string]environments.Environment{
		"existing cluster": environments.Small(spec.NoCloud),
	}
	for _, cloud := range []spec.Cloud{spec.AWSCloud, spec.GCPCloud} {
		shown[string(cloud)+" staging"] = environments.Small(cloud)
		shown[string(cloud)+" production"] = environments.Full(cloud, spec.Production)
	}
	for _, name := range slices.Sorted(maps.Keys(shown)) {
		b.Run(name, func(b *testing.B) {
			deployed := enginetest.NewEnvironment(b, shown[name], stacks.Program)
			deployed.Up(b)
			created := exported(b, deployed.Export(b)).created()
			path := table.Find(created)
			b.Logf("\n%s", path)
			b.ReportMetric(path.Ratio(), "times-the-longest")

			clock := table.Clock(created, shorterTimes)
			measured := enginetest.NewInterceptedEnvironment(b, shown[name], stacks.Program, func(call enginetest.Call) enginetest.Verdict {
				if call.Operation == "create" {
					clock.Create(call.URN)
				}
				return enginetest.Pass
			})
			measured.Up(b)
			b.Logf("measured: %.0f s\n%s", clock.Took().Seconds(), clock.Late(30*time.Second))
			b.ReportMetric(clock.Took().Seconds()/path.Longest.Took.Seconds(), "times-the-longest-measured")
		})
	}
}
