package aws_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	awssdk "github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"

	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/twin"
	twinaws "github.com/djangostack/djangostack/twin/aws"
	"github.com/djangostack/djangostack/twin/cloud"
	twinkubernetes "github.com/djangostack/djangostack/twin/kubernetes"
	"github.com/djangostack/djangostack/twin/kubernetes/memory"
	twinrandom "github.com/djangostack/djangostack/twin/random"
)

// platform is every room that the others stand on, with an object in the cluster.
type platform struct {
	mode    aws.ClusterMode
	protect bool
	// change is what differs from the usual arguments, or nil.
	change func(*aws.NetworkArgs, *aws.ClusterArgs)
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
	keyArgs.Protect, clusterArgs.Protect, registryArgs.Protect = p.protect, p.protect, p.protect
	key, err := aws.NewKey(ctx, "blog", keyArgs, inside)
	if err != nil {
		return err
	}
	networkArgs := networkArgs()
	networkArgs.Protect = p.protect
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

// engine is a real Pulumi engine with an account and a cluster in memory.
type engine struct {
	stack   auto.Stack
	account *cloud.Account
	cluster *memory.Cluster
	output  bytes.Buffer
}

// newEngine needs the Pulumi CLI: DJANGOSTACK_PULUMI, or the one in PATH.
func newEngine(t *testing.T, program pulumi.RunFunc) *engine {
	t.Helper()
	if os.Getenv("DJANGOSTACK_E2E") != "1" {
		t.Skip("needs the Pulumi CLI: set DJANGOSTACK_E2E=1")
	}
	e := &engine{account: cloud.NewAccount(twinaws.AccountID)}
	provider, err := twinaws.New(twinaws.Options{Account: e.account})
	require.NoError(t, err)
	e.cluster, err = memory.Start()
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, e.cluster.Close()) })
	server, err := twin.Serve(context.Background(), map[string]pulumirpc.ResourceProviderServer{
		"aws":    provider,
		"random": twinrandom.New(),
		"kubernetes": twinkubernetes.New(twinkubernetes.Options{
			Reach: func(twinkubernetes.Destination) (*rest.Config, bool, error) { return e.cluster.Config(), true, nil },
		}),
	})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, server.Close()) })
	options := &auto.PulumiCommandOptions{}
	if given := os.Getenv("DJANGOSTACK_PULUMI"); given != "" {
		options.Root = filepath.Dir(filepath.Dir(given))
	}
	command, err := auto.NewPulumiCommand(options)
	require.NoError(t, err)
	e.stack, err = auto.UpsertStackInlineSource(context.Background(), "dev", "platform", program,
		auto.Pulumi(command), auto.WorkDir(t.TempDir()), auto.PulumiHome(t.TempDir()), auto.EnvVars(map[string]string{
			"PULUMI_BACKEND_URL":       "file://" + filepath.ToSlash(t.TempDir()),
			"PULUMI_CONFIG_PASSPHRASE": "only for a test",
			"PULUMI_DEBUG_PROVIDERS":   server.Env(),
			"PULUMI_SKIP_UPDATE_CHECK": "true",
		}))
	require.NoError(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(e.output.String())
		}
	})
	return e
}

func (e *engine) up(options ...optup.Option) error {
	_, err := e.stack.Up(context.Background(), append(options, optup.ProgressStreams(&e.output), optup.ErrorProgressStreams(&e.output))...)
	return err
}

func (e *engine) refresh(options ...optrefresh.Option) error {
	_, err := e.stack.Refresh(context.Background(), append(options, optrefresh.ProgressStreams(&e.output))...)
	return err
}

func (e *engine) destroy() error {
	_, err := e.stack.Destroy(context.Background(), optdestroy.ProgressStreams(&e.output), optdestroy.ErrorProgressStreams(&e.output))
	return err
}

func TestThePlatformComesStaysAndGoes(t *testing.T) {
	for _, mode := range modes() {
		t.Run(string(mode), func(t *testing.T) {
			e := newEngine(t, platform{mode: mode}.run)
			_, err := e.stack.Preview(context.Background(), optpreview.ProgressStreams(&e.output))
			require.NoError(t, err)
			require.Empty(t, e.account.Left(), "a preview makes nothing")
			require.NoError(t, e.up())
			require.NotEmpty(t, e.account.Left())
			require.NoError(t, e.up(optup.ExpectNoChanges()), "a second update changes nothing")
			require.NoError(t, e.refresh(optrefresh.ExpectNoChanges()), "a refresh finds nothing")
			require.NoError(t, e.destroy())
			assert.Empty(t, e.account.Leaked(), "a key that waits for its deletion is no leak")
			assert.Empty(t, e.cluster.Left(), "in the cluster")
		})
	}
}

func TestAProtectedPlatformIsNotDestroyed(t *testing.T) {
	e := newEngine(t, platform{mode: aws.ModeAuto, protect: true}.run)
	require.NoError(t, e.up())
	require.Error(t, e.destroy())
	for _, token := range []string{"aws:ec2/vpc:Vpc", "aws:eks/cluster:Cluster", "aws:kms/key:Key", "aws:ecr/repository:Repository"} {
		assert.Len(t, e.account.Objects(token), 1, token)
	}
}
