package aws_test

import (
	"testing"

	awssdk "github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws"
	emulatedaws "github.com/djangostack/djangostack/emulators/aws"
	"github.com/djangostack/djangostack/emulators/cloud"
	"github.com/djangostack/djangostack/tests/enginetest"
)

// platform is the components that all others need, with an object in the cluster.
type platform struct {
	mode    arguments.ClusterMode
	protect bool
	// change is what differs from the usual arguments, or nil.
	change func(*aws.NetworkArgs, *aws.ClusterArgs)
	// untaggedDays are the registry's, 0 for the usual ones.
	untaggedDays int
}

func (p platform) run(ctx *pulumi.Context) error {
	cloud, err := awssdk.NewProvider(ctx, "aws", &awssdk.ProviderArgs{Region: pulumi.String("eu-central-1")})
	if err != nil {
		return err
	}
	chance, err := random.NewProvider(ctx, "random", &random.ProviderArgs{})
	if err != nil {
		return err
	}
	inside := pulumi.Providers(cloud, chance)
	keyArgs, clusterArgs, registryArgs := keyArgs(), clusterArgs(p.mode), registryArgs()
	keyArgs.Data.Protected, clusterArgs.Data.Protected, registryArgs.Data.Protected = p.protect, p.protect, p.protect
	if p.untaggedDays > 0 {
		registryArgs.UntaggedDays = p.untaggedDays
	}
	key, err := aws.NewKey(ctx, "blog", keyArgs, inside)
	if err != nil {
		return err
	}
	networkArgs := networkArgs()
	networkArgs.Data.Protected = p.protect
	if p.change != nil {
		p.change(networkArgs, clusterArgs)
	}
	networkArgs.FlowLogs.KeyARN, registryArgs.KeyARN = key.ARN, key.ARN
	network, err := aws.NewNetwork(ctx, "blog", networkArgs, inside)
	if err != nil {
		return err
	}
	clusterArgs.SubnetIDs, clusterArgs.Egress = network.PrivateSubnetIDs, network.Egress
	clusterArgs.SecretsKeyARN, clusterArgs.LogsKeyARN, clusterArgs.Volumes.KeyARN = key.ARN, key.ARN, key.ARN
	cluster, err := aws.NewCluster(ctx, "blog", clusterArgs, inside)
	if err != nil {
		return err
	}
	namespace, err := corev1.NewNamespace(ctx, "blog-namespace", nil, pulumi.Provider(cluster.Provider))
	if err != nil {
		return err
	}
	identityArgs := identityArgs()
	identityArgs.ClusterName, identityArgs.Namespace, identityArgs.PermissionsBoundary = cluster.Name, namespace.Metadata.Name().Elem(), nil
	if _, err := aws.NewIdentity(ctx, "blog-web", identityArgs, inside); err != nil {
		return err
	}
	if _, err := aws.NewRegistry(ctx, "blog", registryArgs, inside); err != nil {
		return err
	}
	_, err = aws.NewBudget(ctx, "blog", budgetArgs(), inside)
	return err
}

// newEngine runs a program in an empty account.
func newEngine(t *testing.T, program pulumi.RunFunc) *running {
	t.Helper()
	account := cloud.NewAccount(emulatedaws.AccountID)
	provider, err := emulatedaws.New(emulatedaws.Options{Account: account})
	require.NoError(t, err)
	return &running{enginetest.New(t, "aws", account, provider, program)}
}

// running is an engine that knows what holds data on AWS.
type running struct{ *enginetest.Engine }

func TestThePlatformComesStaysAndGoes(t *testing.T) {
	for _, mode := range modes() {
		t.Run(string(mode), func(t *testing.T) {
			e := newEngine(t, platform{mode: mode}.run)
			require.NoError(t, e.Preview())
			require.Empty(t, e.Account.Left(), "a preview makes nothing")
			require.NoError(t, e.Up())
			require.NotEmpty(t, e.Account.Left())
			require.NoError(t, e.Up(optup.ExpectNoChanges()), "a second update changes nothing")
			require.NoError(t, e.Refresh(optrefresh.ExpectNoChanges()), "a refresh finds nothing")
			require.NoError(t, e.Destroy())
			assert.Empty(t, e.Account.Leaked(), "a key that waits for its deletion is no leak")
			assert.Empty(t, e.Cluster.Left(), "in the cluster")
		})
	}
}

func TestAProtectedPlatformIsNotDestroyed(t *testing.T) {
	e := newEngine(t, platform{mode: arguments.ModeAuto, protect: true}.run)
	require.NoError(t, e.Up())
	require.Error(t, e.Destroy())
	for _, token := range []string{"aws:ec2/vpc:Vpc", "aws:eks/cluster:Cluster", "aws:kms/key:Key", "aws:ecr/repository:Repository"} {
		assert.Len(t, e.Account.Objects(token), 1, token)
	}
}
