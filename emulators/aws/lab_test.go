package aws_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators/aws"
	"github.com/djangostack/djangostack/emulators/cloud"
	"github.com/djangostack/djangostack/emulators/cloud/providertest"
)

const region = "eu-central-1"

// lab is one stack with a real engine, this provider, and an account of its own.
type lab struct {
	*providertest.Lab
	account *cloud.Account
	program func(*bench) error
}

// bench is what a test's program works with.
type bench struct {
	ctx     *pulumi.Context
	options []pulumi.ResourceOption
	// virginia is a provider of us-east-1.
	virginia pulumi.ProviderResource
}

type thing struct {
	pulumi.CustomResourceState
	Arn       pulumi.StringOutput         `pulumi:"arn"`
	Name      pulumi.StringOutput         `pulumi:"name"`
	OwnerID   pulumi.StringOutput         `pulumi:"ownerId"`
	CidrBlock pulumi.StringOutput         `pulumi:"cidrBlock"`
	Servers   pulumi.StringArrayOutput    `pulumi:"nameServers"`
	Options   pulumi.StringMapArrayOutput `pulumi:"domainValidationOptions"`
}

func (t *thing) servers() pulumi.StringArrayOutput    { return t.Servers }
func (t *thing) options() pulumi.StringMapArrayOutput { return t.Options }

type awsProvider struct{ pulumi.ProviderResourceState }

// newLab needs the Pulumi CLI (DJANGOSTACK_PULUMI or PATH). With DJANGOSTACK_E2E=1 its absence is a failure.
func newLab(t *testing.T) *lab {
	t.Helper()
	return newSharing(t, nil)
}

// newSharing is a lab with the account of another, or one of its own.
func newSharing(t *testing.T, with *lab) *lab {
	t.Helper()
	providertest.Needed(t)
	l := &lab{account: cloud.NewAccount(aws.AccountID)}
	if with == nil {
		t.Parallel()
	} else {
		l.account = with.account
	}
	provider, err := aws.New(aws.Options{Account: l.account, Undelegated: []string{"nobody.example"}})
	require.NoError(t, err)
	l.Lab = providertest.NewLab(t, map[string]pulumirpc.ResourceProviderServer{"aws": provider})
	l.Run = l.run
	return l
}

func (l *lab) run(ctx *pulumi.Context) error {
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
	if l.program == nil {
		return nil
	}
	return l.program(&bench{ctx: ctx, options: []pulumi.ResourceOption{pulumi.Provider(&here)}, virginia: &virginia})
}

// add registers a resource by the short name of its type ("ec2/vpc").
func (b *bench) add(short, name string, inputs pulumi.Map, options ...pulumi.ResourceOption) *thing {
	var made thing
	// What the engine refuses ends the operation by itself, and what the SDK refuses shows in the missing resource.
	_ = b.ctx.RegisterResource(aws.Token(short), name, inputs, &made, append(b.options, options...)...)
	return &made
}

func (l *lab) mustUp(program func(*bench) error) map[string]int {
	l.T.Helper()
	l.program = program
	return l.MustUp()
}

// refused runs a program that AWS does not accept, and gives the error.
func (l *lab) refused(program func(*bench) error) string {
	l.T.Helper()
	l.program = program
	_, err := l.Up()
	require.Error(l.T, err)
	return err.Error()
}
