package providertest

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

	"github.com/djangostack/djangostack/emulators"
)

// Lab is one stack with a real engine and providers of the twin.
type Lab struct {
	T *testing.T
	// Run is the program of the next operations.
	Run pulumi.RunFunc
	// Output is what all operations printed.
	Output bytes.Buffer
	// Stack is for what no operation here does, such as one that is interrupted.
	Stack auto.Stack

	backend string
}

// Needed skips a test that needs the Pulumi CLI, unless DJANGOSTACK_E2E=1 says that it is there.
func Needed(t *testing.T) {
	t.Helper()
	if os.Getenv("DJANGOSTACK_E2E") != "1" {
		t.Skip("needs the Pulumi CLI: set DJANGOSTACK_E2E=1")
	}
}

// NewLab makes a stack that has those providers, by the names of their packages.
func NewLab(t *testing.T, providers map[string]pulumirpc.ResourceProviderServer) *Lab {
	t.Helper()
	l := &Lab{T: t, backend: t.TempDir()}
	server, err := emulators.Serve(context.Background(), providers)
	require.NoError(t, err)
	l.Stack, err = auto.UpsertStackInlineSource(context.Background(), "dev", "twintest",
		func(ctx *pulumi.Context) error { return l.Run(ctx) },
		auto.Pulumi(commandLine(t)), auto.WorkDir(t.TempDir()), auto.PulumiHome(t.TempDir()), auto.EnvVars(map[string]string{
			"PULUMI_BACKEND_URL":       "file://" + filepath.ToSlash(l.backend),
			"PULUMI_CONFIG_PASSPHRASE": randomHex(t),
			"PULUMI_DEBUG_PROVIDERS":   server.Env(),
			"PULUMI_SKIP_UPDATE_CHECK": "true",
			// The engine looks for what a state was made with, before it asks for what stands in
			// for it.
			"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
		}))
	require.NoError(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("output of all operations:\n%s", l.Output.String())
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

// Up updates.
func (l *Lab) Up(options ...optup.Option) (auto.UpResult, error) {
	l.T.Helper()
	return l.Stack.Up(context.Background(), append(options, optup.ProgressStreams(&l.Output), optup.ErrorProgressStreams(&l.Output))...)
}

// MustUp is Up that succeeds; it counts what was done.
func (l *Lab) MustUp() map[string]int {
	l.T.Helper()
	result, err := l.Up()
	require.NoError(l.T, err, l.Output.String())
	return *result.Summary.ResourceChanges
}

// Preview plans.
func (l *Lab) Preview(options ...optpreview.Option) (auto.PreviewResult, error) {
	l.T.Helper()
	return l.Stack.Preview(context.Background(), append(options, optpreview.ProgressStreams(&l.Output), optpreview.Diff())...)
}

// Refresh reads everything again.
func (l *Lab) Refresh(options ...optrefresh.Option) error {
	l.T.Helper()
	_, err := l.Stack.Refresh(context.Background(), append(options, optrefresh.ProgressStreams(&l.Output))...)
	return err
}

// Destroy deletes everything.
func (l *Lab) Destroy(options ...optdestroy.Option) error {
	l.T.Helper()
	_, err := l.Stack.Destroy(context.Background(), append(options, optdestroy.ProgressStreams(&l.Output), optdestroy.ErrorProgressStreams(&l.Output))...)
	return err
}

// Unchanged asserts that neither a second update nor a refresh finds a difference.
func (l *Lab) Unchanged() {
	l.T.Helper()
	_, err := l.Up(optup.ExpectNoChanges())
	require.NoError(l.T, err, "an unchanged program changes nothing\n"+l.Output.String())
	require.NoError(l.T, l.Refresh(optrefresh.ExpectNoChanges()), "a refresh finds no difference\n"+l.Output.String())
}

// Stored is everything the backend keeps: the state, its history and backups.
func (l *Lab) Stored() string {
	l.T.Helper()
	var all strings.Builder
	err := filepath.WalkDir(l.backend, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		contents, err := os.ReadFile(path)
		all.Write(contents)
		return err
	})
	require.NoError(l.T, err)
	return all.String()
}

// Resources are those of the exported state, by the name in the program.
func (l *Lab) Resources() map[string]apitype.ResourceV3 {
	l.T.Helper()
	exported, err := l.Stack.Export(context.Background())
	require.NoError(l.T, err)
	var deployment apitype.DeploymentV3
	require.NoError(l.T, json.Unmarshal(exported.Deployment, &deployment))
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
