package kubernetes_test

import (
	"bufio"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"github.com/djangostack/djangostack/emulators/kubernetes"
	"github.com/djangostack/djangostack/emulators/kubernetes/memory"
	"github.com/djangostack/djangostack/emulators/random"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/testenv"
)

// published is the plugin that pulumi-kubernetes publishes. With it, the tests below run both providers on the cluster of
// KUBECONFIG, and record the state again.
var published = flag.String("published-kubernetes", "", "path of pulumi-resource-kubernetes, to run and to record")

// recordedState is what the published provider wrote for recordedProgram, from its Go module
// github.com/pulumi/pulumi-kubernetes/provider/v4 at f47bc2d6f199, on Kubernetes 1.37. Its Secrets are decrypted.
const recordedState = "testdata/published-state.json"

// more is what everything lacks: objects whose inputs the published provider rewrites before it stores them.
const more = `
- kind: core/v1:Secret
  metadata: {name: texts}
  stringData: {plain: open-sesame, multi: "a\nb", empty: ""}
- kind: core/v1:Secret
  metadata: {name: both}
  type: Opaque
  immutable: false
  data: {one: YQ==}
  stringData: {two: b}
- kind: core/v1:Secret
  metadata: {}
  stringData: {automatic: name}
- kind: core/v1:ConfigMap
  metadata: {labels: {}, annotations: {example.com/note: ""}}
  data: {}
- kind: core/v1:ConfigMap
  metadata: {name: settings}
  data: {EMPTY: "", A: "1"}
- kind: batch/v1:Job
  metadata: {name: migrate-1a2b3c, annotations: {pulumi.com/replaceUnready: "true"}}
  spec:
    suspend: false
    parallelism: 1
    template:
      spec:
        restartPolicy: Never
        hostIPC: false
        containers:
        - name: main
          image: IMAGE
          command: [sh, -c, "true"]
          stdin: false
          env: [{name: EMPTY, value: ""}]
          envFrom: [{secretRef: {name: texts, optional: false}}]
          resources: {requests: {cpu: 0.01, memory: 0.03125Gi}, limits: {}}
          volumeMounts: [{name: tmp, mountPath: /tmp, readOnly: false}]
        volumes: [{name: tmp, emptyDir: {medium: ""}}]
`

// recordedProgram has an object of each kind of everything and more.
func recordedProgram(ctx *pulumi.Context) error {
	var provider kubernetesProvider
	err := ctx.RegisterResource("pulumi:providers:kubernetes", "k8s", pulumi.Map{
		"clusterIdentifier": pulumi.String("test"), "namespace": pulumi.String("shop"),
	}, &provider)
	if err != nil {
		return err
	}
	r := &registrar{ctx: ctx, options: []pulumi.ResourceOption{pulumi.Provider(&provider)}}
	namespace, err := r.add("core/v1:Namespace", "ns", pulumi.Map{
		"apiVersion": pulumi.String("v1"), "kind": pulumi.String("Namespace"), "metadata": pulumi.Map{"name": pulumi.String("shop")},
	})
	if err != nil {
		return err
	}
	r.options = append(r.options, pulumi.DependsOn([]pulumi.Resource{namespace}))
	var list []map[string]any
	written := strings.NewReplacer("IMAGE", image, "GROUP", "shop.").Replace(strings.ReplaceAll(everything+more, "GROUPthings.", "things.shop."))
	if err := yaml.Unmarshal([]byte(written), &list); err != nil {
		return err
	}
	for i, manifest := range list {
		kind := manifest["kind"].(string)
		delete(manifest, "kind")
		name, _ := manifest["metadata"].(map[string]any)["name"].(string)
		if name == "" {
			name = "automatic-" + string(rune('a'+i%26))
		}
		if metadata := manifest["metadata"].(map[string]any); !strings.HasSuffix(kind, ":Job") {
			annotations, _ := metadata["annotations"].(map[string]any)
			if annotations == nil {
				annotations = map[string]any{}
			}
			// Only the states matter here, and the published provider waits longer for some kinds.
			annotations["pulumi.com/skipAwait"] = "true"
			metadata["annotations"] = annotations
		}
		// The SDKs state both, and the published provider needs them.
		manifest["apiVersion"], manifest["kind"] = strings.TrimPrefix(strings.Split(kind, ":")[0], "core/"), strings.Split(kind, ":")[1]
		if _, err := r.add(kind, strings.ToLower(manifest["kind"].(string))+"-"+name, asInputs(manifest).(pulumi.Map)); err != nil {
			return err
		}
	}
	return nil
}

func embeddedInMemory(t *testing.T) *enginetest.Engine {
	t.Helper()
	testenv.NeedsEngine(t)
	cluster, err := memory.Start()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, cluster.Close()) })
	e := enginetest.NewEngine(t, map[string]pulumirpc.ResourceProviderServer{"kubernetes": kubernetes.New(kubernetes.Options{
		Connect: func(kubernetes.Destination) (*rest.Config, bool, error) { return cluster.Config(), true, nil },
	})})
	e.Program = recordedProgram
	return e
}

func TestAStateOfThePublishedProviderHasNoChanges(t *testing.T) {
	e := embeddedInMemory(t)
	state, err := os.ReadFile(recordedState)
	require.NoError(t, err)
	take(t, e, state)
	require.NoError(t, e.Preview(optpreview.ExpectNoChanges()), e.Output.String())

}

// publishedEngine is a stack on the published plugin.
func publishedEngine(t *testing.T) *enginetest.Engine {
	t.Helper()
	testenv.NeedsKubeconfig(t)
	e := enginetest.NewEngine(t, map[string]pulumirpc.ResourceProviderServer{"random": random.New()})
	e.Program = recordedProgram
	command := exec.CommandContext(t.Context(), *published)
	output, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	t.Cleanup(func() { _ = command.Wait() })
	port, err := bufio.NewReader(output).ReadString('\n')
	require.NoError(t, err)
	e.Stack.Workspace().SetEnvVar("PULUMI_DEBUG_PROVIDERS", "kubernetes:"+strings.TrimSpace(port))
	return e
}

// embeddedOnCluster is a stack on this provider and the same cluster.
func embeddedOnCluster(t *testing.T) *enginetest.Engine {
	t.Helper()
	e := enginetest.NewEngine(t, map[string]pulumirpc.ResourceProviderServer{"kubernetes": kubernetes.New(kubernetes.Options{})})
	e.Program = recordedProgram
	return e
}

// take makes a state that another stack had the state of this one, encrypted with this stack's key.
func take(t *testing.T, e *enginetest.Engine, state json.RawMessage) {
	t.Helper()
	settings, err := e.Stack.Workspace().StackSettings(t.Context(), e.Stack.Name())
	require.NoError(t, err)
	var deployment map[string]any
	require.NoError(t, json.Unmarshal(state, &deployment))
	deployment["secrets_providers"] = map[string]any{
		"type": "cloud", "state": map[string]any{"url": settings.SecretsProvider, "encryptedkey": settings.EncryptedKey},
	}
	own, err := json.Marshal(deployment)
	require.NoError(t, err)
	require.NoError(t, e.Stack.Import(t.Context(), apitype.UntypedDeployment{Version: 3, Deployment: own}))
}

// revealed returns a stack's state with its secrets decrypted.
func revealed(t *testing.T, e *enginetest.Engine) json.RawMessage {
	t.Helper()
	workspace := e.Stack.Workspace()
	environment := []string{"PULUMI_HOME=" + workspace.PulumiHome()}
	for name, value := range workspace.GetEnvVars() {
		environment = append(environment, name+"="+value)
	}
	written, complaint, _, err := workspace.PulumiCommand().Run(t.Context(), workspace.WorkDir(), nil, nil, nil, environment,
		"stack", "export", "--show-secrets", "--stack", e.Stack.Name())
	require.NoError(t, err, complaint)
	var exported struct{ Deployment map[string]any }
	require.NoError(t, json.Unmarshal([]byte(written), &exported))
	// The stack that imports the state encrypts it again.
	delete(exported.Deployment, "secrets_providers")
	state, err := json.MarshalIndent(exported.Deployment, "", " ")
	require.NoError(t, err)
	return state
}

func TestBothProvidersReadEachOthersStates(t *testing.T) {
	if *published == "" {
		t.Skip("needs the published plugin: -published-kubernetes PATH")
	}
	first := publishedEngine(t)
	require.NoError(t, first.Up(), first.Output.String())
	state := revealed(t, first)
	require.NoError(t, os.MkdirAll(filepath.Dir(recordedState), 0o755))
	require.NoError(t, os.WriteFile(recordedState, state, 0o600))

	second := embeddedOnCluster(t)
	move := func(from, to *enginetest.Engine) {
		take(t, to, revealed(t, from))
	}
	move(first, second)
	require.NoError(t, second.Up(optup.ExpectNoChanges()), second.Output.String())
	require.NoError(t, second.Refresh(optrefresh.ExpectNoChanges()), second.Output.String())
	move(second, first)
	require.NoError(t, first.Up(optup.ExpectNoChanges()), first.Output.String())
	require.NoError(t, second.Destroy(), second.Output.String())

	// The other way round, with a state that this provider made. The plugin is a new process, because the engine cancels
	// everything in an attached one when an operation ends.
	require.NoError(t, second.Up(), second.Output.String())
	third := publishedEngine(t)
	move(second, third)
	require.NoError(t, third.Up(optup.ExpectNoChanges()), third.Output.String())
	require.NoError(t, second.Destroy(), second.Output.String())
	assert.NotContains(t, string(state), "/tmp/")
}
