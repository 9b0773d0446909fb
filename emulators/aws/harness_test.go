package aws_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators/aws"
	"github.com/djangostack/djangostack/emulators/cloud"
	"github.com/djangostack/djangostack/tests/enginetest"
)

const region = "eu-central-1"

// engine is one stack with this provider and an account.
type engine struct {
	*enginetest.Engine
	register func(*registrar) error
}

// registrar registers the resources of a test's program.
type registrar struct {
	ctx     *pulumi.Context
	options []pulumi.ResourceOption
	// virginia is a provider of us-east-1.
	virginia pulumi.ProviderResource
}

type testResource struct {
	pulumi.CustomResourceState
	Arn       pulumi.StringOutput         `pulumi:"arn"`
	Name      pulumi.StringOutput         `pulumi:"name"`
	OwnerID   pulumi.StringOutput         `pulumi:"ownerId"`
	CidrBlock pulumi.StringOutput         `pulumi:"cidrBlock"`
	Servers   pulumi.StringArrayOutput    `pulumi:"nameServers"`
	Options   pulumi.StringMapArrayOutput `pulumi:"domainValidationOptions"`
}

func (t *testResource) servers() pulumi.StringArrayOutput    { return t.Servers }
func (t *testResource) options() pulumi.StringMapArrayOutput { return t.Options }

type awsProvider struct{ pulumi.ProviderResourceState }

func newEngine(t *testing.T) *engine {
	t.Helper()
	t.Parallel()
	return newEngineIn(t, cloud.NewAccount(aws.AccountID))
}

// newEngineIn returns another stack in an account.
func newEngineIn(t *testing.T, account *cloud.Account) *engine {
	t.Helper()
	provider, err := aws.New(aws.Options{Account: account, Undelegated: []string{"nobody.example"}})
	require.NoError(t, err)
	e := &engine{Engine: enginetest.NewEngine(t, map[string]pulumirpc.ResourceProviderServer{"aws": provider})}
	e.Account, e.Program = account, e.run
	return e
}

func (e *engine) run(ctx *pulumi.Context) error {
	var here, virginia awsProvider
	for name, provider := range map[string]*awsProvider{region: &here, "us-east-1": &virginia} {
		err := ctx.RegisterResource("pulumi:providers:aws", name, pulumi.Map{
			"region":      pulumi.String(name),
			"defaultTags": pulumi.JSONMarshal(pulumi.Map{"tags": pulumi.StringMap{"owner": pulumi.String("tests")}}),
		}, provider)
		if err != nil {
			return err
		}
	}
	if e.register == nil {
		return nil
	}
	return e.register(&registrar{ctx: ctx, options: []pulumi.ResourceOption{pulumi.Provider(&here)}, virginia: &virginia})
}

// add registers a resource by the short name of its type: ec2/vpc.
func (r *registrar) add(short, name string, inputs pulumi.Map, options ...pulumi.ResourceOption) *testResource {
	var made testResource
	// An error of the engine ends the operation, and an error of the SDK shows as a missing resource.
	_ = r.ctx.RegisterResource(aws.Token(short), name, inputs, &made, append(r.options, options...)...)
	return &made
}

func (e *engine) mustUp(register func(*registrar) error) map[string]int {
	e.T.Helper()
	e.register = register
	return e.MustUp()
}

// refused runs a program that must fail, and returns its error.
func (e *engine) refused(register func(*registrar) error) string {
	e.T.Helper()
	e.register = register
	err := e.Up()
	require.Error(e.T, err)
	return err.Error()
}
