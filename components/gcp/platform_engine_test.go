package gcp_test

import (
	"testing"

	gcpsdk "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/emulators/cloud"
	emulatedgcp "github.com/djangostack/djangostack/emulators/gcp"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/mocks"
)

// platform is the components that all others need, with an object in the cluster.
type platform struct {
	mode    arguments.ClusterMode
	protect bool
	// users are those of the key, or nil for all.
	users []gcp.KeyUser
	// change is what differs from the usual arguments, or nil.
	change func(*gcp.NetworkArgs, *gcp.ClusterArgs)
}

func (p platform) run(ctx *pulumi.Context) error {
	inside, err := providers(ctx)
	if err != nil {
		return err
	}
	services, err := gcp.NewServices(ctx, "blog", &gcp.ServicesArgs{
		Project: mocks.Project, APIs: append(gcp.PlatformAPIs(), "redis.googleapis.com", "sqladmin.googleapis.com"),
	}, inside)
	if err != nil {
		return err
	}
	inside = pulumi.Composite(inside, pulumi.DependsOn(services.Enabled))
	keyArgs, networkArgs, clusterArgs, registryArgs := keyArgs(), networkArgs(), clusterArgs(p.mode), registryArgs()
	keyArgs.Data.Protected, networkArgs.Data.Protected, clusterArgs.Data.Protected, registryArgs.Data.Protected = p.protect, p.protect, p.protect, p.protect
	if !p.protect {
		registryArgs.DeletionPolicy = deletion.Delete
	}
	clusterArgs.Admins = clusterArgs.Admins[:2]
	if p.users != nil {
		keyArgs.Users = p.users
	}
	key, err := gcp.NewKey(ctx, "blog", keyArgs, inside)
	if err != nil {
		return err
	}
	clusterArgs.SecretsKeyID, clusterArgs.Volumes.KeyID = key.ID, key.ID
	if p.change != nil {
		p.change(networkArgs, clusterArgs)
	}
	network, err := gcp.NewNetwork(ctx, "blog", networkArgs, inside)
	if err != nil {
		return err
	}
	clusterArgs.NetworkID, clusterArgs.SubnetID, clusterArgs.EndpointSubnetID = network.NetworkID, network.SubnetID, network.EndpointSubnetID
	clusterArgs.PodsRange, clusterArgs.ServicesRange, clusterArgs.Egress = network.PodsRange, network.ServicesRange, network.Egress
	cluster, err := gcp.NewCluster(ctx, "blog", clusterArgs, inside)
	if err != nil {
		return err
	}
	namespace, err := corev1.NewNamespace(ctx, "blog-namespace", nil, pulumi.Provider(cluster.Provider))
	if err != nil {
		return err
	}
	identityArgs := identityArgs()
	identityArgs.WorkloadPool, identityArgs.Namespace, identityArgs.Buckets = cluster.WorkloadPool, namespace.Metadata.Name().Elem(), nil
	if _, err := gcp.NewIdentity(ctx, "blog-web", identityArgs, inside); err != nil {
		return err
	}
	registryArgs.KeyID = key.ID
	if _, err := gcp.NewRegistry(ctx, "blog", registryArgs, inside); err != nil {
		return err
	}
	_, err = gcp.NewBudget(ctx, "blog", budgetArgs(), inside)
	return err
}

// providers are those that the components inherit.
func providers(ctx *pulumi.Context) (pulumi.ResourceOption, error) {
	google, err := gcpsdk.NewProvider(ctx, "gcp", &gcpsdk.ProviderArgs{Project: pulumi.String(mocks.Project), Region: pulumi.String(region)})
	if err != nil {
		return nil, err
	}
	chance, err := random.NewProvider(ctx, "random", &random.ProviderArgs{})
	if err != nil {
		return nil, err
	}
	return pulumi.Providers(google, chance), nil
}

// newEngine runs a program in an empty project.
func newEngine(t *testing.T, program pulumi.RunFunc) *enginetest.Engine {
	t.Helper()
	account := cloud.NewAccount(mocks.Project)
	provider, err := emulatedgcp.New(emulatedgcp.Options{Account: account, Number: mocks.ProjectNumber})
	require.NoError(t, err)
	return enginetest.New(t, "gcp", account, provider, program)
}

func TestThePlatformComesStaysAndGoes(t *testing.T) {
	for _, mode := range modes() {
		t.Run(string(mode), func(t *testing.T) {
			e := newEngine(t, platform{mode: mode}.run)
			require.NoError(t, e.Preview())
			require.Empty(t, e.Account.Left(), "a preview makes nothing")
			require.NoError(t, e.Up())
			require.NotEmpty(t, e.Account.Left())
			require.NoError(t, e.Up(optup.ExpectNoChanges()), "a second update changes nothing")
			require.NoError(t, e.Refresh(optrefresh.ExpectNoChanges(), optrefresh.Diff()), "a refresh finds nothing")
			require.NoError(t, e.Destroy())
			assert.Empty(t, e.Account.Leaked(), "a ring, and APIs that stay on, are no leak")
			assert.Empty(t, e.Cluster.Left(), "in the cluster")
		})
	}
}

func TestAProtectedPlatformIsNotDestroyed(t *testing.T) {
	e := newEngine(t, platform{mode: arguments.ModeAuto, protect: true}.run)
	require.NoError(t, e.Up())
	require.Error(t, e.Destroy())
	for _, short := range []string{"compute/network", "container/cluster", "kms/cryptoKey", "artifactregistry/repository"} {
		assert.Len(t, e.Account.Objects(emulatedgcp.Token(short)), 1, short)
	}
}
