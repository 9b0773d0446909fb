package aws_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/twin"
	"github.com/djangostack/djangostack/twin/aws"
	"github.com/djangostack/djangostack/twin/cloud"
)

const region = "eu-central-1"

// lab is one stack with a real engine, this provider, and an account of its own.
type lab struct {
	t       *testing.T
	account *cloud.Account
	program func(*bench) error
	stack   auto.Stack
	backend string
	output  bytes.Buffer
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
	if os.Getenv("DJANGOSTACK_E2E") != "1" {
		t.Skip("needs the Pulumi CLI: set DJANGOSTACK_E2E=1")
	}
	l := &lab{t: t, account: cloud.NewAccount(aws.AccountID), backend: t.TempDir()}
	if with == nil {
		t.Parallel()
	} else {
		l.account = with.account
	}
	provider, err := aws.New(aws.Options{Account: l.account, Undelegated: []string{"nobody.example"}})
	require.NoError(t, err)
	server, err := twin.Serve(context.Background(), map[string]pulumirpc.ResourceProviderServer{"aws": provider})
	require.NoError(t, err)
	l.stack, err = auto.UpsertStackInlineSource(context.Background(), "dev", "twintest", l.run,
		auto.Pulumi(commandLine(t)), auto.WorkDir(t.TempDir()), auto.PulumiHome(t.TempDir()), auto.EnvVars(map[string]string{
			"PULUMI_BACKEND_URL":       "file://" + filepath.ToSlash(l.backend),
			"PULUMI_CONFIG_PASSPHRASE": randomHex(t),
			"PULUMI_DEBUG_PROVIDERS":   server.Env(),
			"PULUMI_SKIP_UPDATE_CHECK": "true",
		}))
	require.NoError(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("output of all operations:\n%s", l.output.String())
		}
		require.NoError(t, server.Close())
	})
	return l
}

// commandLine is the Pulumi CLI that DJANGOSTACK_PULUMI names, or the one in PATH.
func commandLine(t *testing.T) auto.PulumiCommand {
	t.Helper()
	options := &auto.PulumiCommandOptions{}
	if given := os.Getenv("DJANGOSTACK_PULUMI"); given != "" {
		options.Root = filepath.Dir(filepath.Dir(given))
	}
	command, err := auto.NewPulumiCommand(options)
	require.NoError(t, err)
	return command
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

func (l *lab) up(options ...optup.Option) (auto.UpResult, error) {
	l.t.Helper()
	return l.stack.Up(context.Background(), append(options, optup.ProgressStreams(&l.output), optup.ErrorProgressStreams(&l.output))...)
}

func (l *lab) mustUp(program func(*bench) error) map[string]int {
	l.t.Helper()
	l.program = program
	result, err := l.up()
	require.NoError(l.t, err, l.output.String())
	return *result.Summary.ResourceChanges
}

// refused runs a program that AWS does not accept, and gives the error.
func (l *lab) refused(program func(*bench) error) string {
	l.t.Helper()
	l.program = program
	_, err := l.up()
	require.Error(l.t, err)
	return err.Error()
}

func (l *lab) preview() (auto.PreviewResult, error) {
	l.t.Helper()
	return l.stack.Preview(context.Background(), optpreview.ProgressStreams(&l.output), optpreview.Diff())
}

func (l *lab) refresh(options ...optrefresh.Option) error {
	l.t.Helper()
	_, err := l.stack.Refresh(context.Background(), append(options, optrefresh.ProgressStreams(&l.output))...)
	return err
}

func (l *lab) destroy() error {
	l.t.Helper()
	_, err := l.stack.Destroy(context.Background(), optdestroy.ProgressStreams(&l.output), optdestroy.ErrorProgressStreams(&l.output))
	return err
}

// unchanged asserts that neither a second update nor a refresh finds a difference.
func (l *lab) unchanged() {
	l.t.Helper()
	_, err := l.up(optup.ExpectNoChanges())
	require.NoError(l.t, err, "an unchanged program changes nothing\n"+l.output.String())
	require.NoError(l.t, l.refresh(optrefresh.ExpectNoChanges()), "a refresh finds no difference\n"+l.output.String())
}

// stored is everything the backend keeps: the state, its history and backups.
func (l *lab) stored() string {
	l.t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(l.backend, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		contents, err := os.ReadFile(path)
		all.Write(contents)
		return err
	})
	require.NoError(l.t, err)
	return all.String()
}

// resources are those of the exported state, by the name in the program.
func (l *lab) resources() map[string]apitype.ResourceV3 {
	l.t.Helper()
	exported, err := l.stack.Export(context.Background())
	require.NoError(l.t, err)
	var deployment apitype.DeploymentV3
	require.NoError(l.t, json.Unmarshal(exported.Deployment, &deployment))
	byName := map[string]apitype.ResourceV3{}
	for _, one := range deployment.Resources {
		byName[one.URN.Name()] = one
	}
	return byName
}

func randomHex(t *testing.T) string {
	t.Helper()
	random := make([]byte, 8)
	_, err := rand.Read(random)
	require.NoError(t, err)
	return hex.EncodeToString(random)
}
