package kubernetes_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/djangostack/djangostack/emulators"
	"github.com/djangostack/djangostack/emulators/kubernetes"
	"github.com/djangostack/djangostack/emulators/kubernetes/memory"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/testenv"
)

// killer kills the engine when an object of a kind has been created and before the engine hears of it.
type killer struct {
	emulators.Connector
	t *testing.T
	// backend is the directory in which the engine keeps the state.
	backend string
	mu      sync.Mutex
	kind    string
}

func (k *killer) Connect() (pulumirpc.ResourceProviderServer, func()) {
	provider, closed := k.Connector.Connect()
	return &killing{ResourceProviderServer: provider, killer: k}, closed
}

// at sets the kind; "" kills nothing.
func (k *killer) at(kind string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kind = kind
}

// waitForOthers returns when the engine has written nothing for a while, because the other steps of the program and their
// records are done.
func (k *killer) waitForOthers() {
	const quiet = 2 * time.Second
	written := func() (last time.Time) {
		// A file that is replaced meanwhile does not count.
		_ = filepath.WalkDir(k.backend, func(_ string, entry fs.DirEntry, err error) error {
			if err != nil {
				return nil
			}
			if info, err := entry.Info(); err == nil && info.ModTime().After(last) {
				last = info.ModTime()
			}
			return nil
		})
		return last
	}
	for began := time.Now(); time.Since(began) < time.Minute; {
		time.Sleep(quiet)
		if time.Since(written()) > quiet {
			return
		}
	}
}

type killing struct {
	pulumirpc.ResourceProviderServer
	killer *killer
}

func (k *killing) Create(ctx context.Context, req *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	made, err := k.ResourceProviderServer.Create(ctx, req)
	k.killer.mu.Lock()
	defer k.killer.mu.Unlock()
	if err == nil && !req.GetPreview() && k.killer.kind != "" && strings.Contains(req.GetUrn(), k.killer.kind+"::") {
		// A kill while another step is written to the backend is a test of the backend, not of this provider.
		k.killer.waitForOthers()
		killEngine(k.killer.t)
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return made, err
}

// killEngine sends SIGKILL to the engine that this process started.
func killEngine(t *testing.T) {
	children, err := filepath.Glob("/proc/[0-9]*/stat")
	require.NoError(t, err)
	killed := 0
	for _, path := range children {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // it ended
		}
		// PID (NAME) STATE PPID …
		_, rest, _ := strings.Cut(string(stat), ") ")
		fields := strings.Fields(rest)
		if len(fields) < 2 || fields[1] != strconv.Itoa(os.Getpid()) || !strings.Contains(string(stat), "(pulumi)") {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		require.NoError(t, err)
		require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
		killed++
	}
	assert.Positive(t, killed, "no engine was killed")
}

// inMemory is a stack on a cluster in memory. Its program has one Deployment, one StatefulSet and what they need, with
// zero values that a program states and a server drops.
type inMemory struct {
	*enginetest.Engine
	killer *killer
	client dynamic.Interface
}

// onMemory returns the provider on a new cluster in memory, and a client of the cluster.
func onMemory(t *testing.T) (pulumirpc.ResourceProviderServer, dynamic.Interface) {
	t.Helper()
	testenv.NeedsEngine(t)
	cluster, err := memory.Start()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, cluster.Close()) })
	client, err := dynamic.NewForConfig(cluster.Config())
	require.NoError(t, err)
	return kubernetes.New(kubernetes.Options{
		Connect: func(kubernetes.Destination) (*rest.Config, bool, error) { return cluster.Config(), true, nil },
	}), client
}

func newInMemory(t *testing.T) *inMemory {
	t.Helper()
	provider, client := onMemory(t)
	e := &inMemory{client: client, killer: &killer{t: t, Connector: provider.(emulators.Connector)}}
	e.Engine = enginetest.NewEngine(t, map[string]pulumirpc.ResourceProviderServer{"kubernetes": e.killer})
	e.KeepSteps()
	e.killer.backend = strings.TrimPrefix(e.Stack.Workspace().GetEnvVars()["PULUMI_BACKEND_URL"], "file://")
	e.Program = e.workloads
	return e
}

func (e *inMemory) workloads(ctx *pulumi.Context) error {
	var provider kubernetesProvider
	if err := ctx.RegisterResource("pulumi:providers:kubernetes", "k8s", pulumi.Map{"clusterIdentifier": pulumi.String("test")}, &provider); err != nil {
		return err
	}
	r := &registrar{ctx: ctx, options: []pulumi.ResourceOption{pulumi.Provider(&provider)}}
	labels := pulumi.StringMap{"app": pulumi.String("web")}
	meta := pulumi.Map{"name": pulumi.String("web"), "namespace": pulumi.String("default")}
	volume := pulumi.Map{"name": pulumi.String("data"), "mountPath": pulumi.String("/data"), "readOnly": pulumi.Bool(false)}
	spec := func() pulumi.Map {
		return pulumi.Map{
			"selector": pulumi.Map{"matchLabels": labels}, "minReadySeconds": pulumi.Int(0), "serviceName": pulumi.String("web"),
			"template": pulumi.Map{"metadata": pulumi.Map{"labels": labels}, "spec": pulumi.Map{
				"hostNetwork": pulumi.Bool(false),
				"volumes":     pulumi.Array{pulumi.Map{"name": pulumi.String("data"), "emptyDir": pulumi.Map{}}},
				"containers": pulumi.Array{pulumi.Map{
					"name": pulumi.String("main"), "image": pulumi.String("blog:1"), "volumeMounts": pulumi.Array{volume},
					"env":       pulumi.Array{pulumi.Map{"name": pulumi.String("EMPTY"), "value": pulumi.String("")}},
					"resources": pulumi.Map{"requests": pulumi.Map{"cpu": pulumi.String("1000m"), "memory": pulumi.String("0.5Gi")}},
				}},
			}},
		}
	}
	deployed := spec()
	delete(deployed, "serviceName")
	if _, err := r.add("core/v1:Secret", "key", pulumi.Map{
		"metadata":   pulumi.Map{"name": pulumi.String("key"), "namespace": pulumi.String("default")},
		"stringData": pulumi.StringMap{"plain": pulumi.String("open-sesame")},
	}); err != nil {
		return err
	}
	if _, err := r.add("apps/v1:Deployment", "web", pulumi.Map{"metadata": meta, "spec": deployed}); err != nil {
		return err
	}
	_, err := r.add("apps/v1:StatefulSet", "web", pulumi.Map{"metadata": meta, "spec": spec()})
	return err
}

func (e *inMemory) objects(group, plural string) dynamic.ResourceInterface {
	return e.client.Resource(schema.GroupVersionResource{Group: group, Version: "v1", Resource: plural}).Namespace("default")
}

func TestARunThatWasKilledWhileItCreatedIsContinued(t *testing.T) {
	for _, kind := range []string{"Secret", "Deployment", "StatefulSet"} {
		t.Run(kind, func(t *testing.T) {
			e := newInMemory(t)
			e.killer.at(kind)
			require.Error(t, e.Up(), "the engine was killed")
			e.killer.at("")
			require.NoError(t, e.Stack.Cancel(context.Background()), "release the lock of the killed run")

			require.NoError(t, e.Up(), e.Output.String())
			require.NoError(t, e.Up(optup.ExpectNoChanges()), e.Output.String())
			require.NoError(t, e.Refresh())
			require.NoError(t, e.Up(optup.ExpectNoChanges()), e.Output.String())
			live, err := e.objects("apps", "deployments").Get(t.Context(), "web", metav1.GetOptions{})
			require.NoError(t, err)
			assert.Len(t, live.GetManagedFields(), 1, "one field manager for the life of the object")

			require.NoError(t, e.Destroy(), e.Output.String())
			_, err = e.objects("apps", "statefulsets").Get(t.Context(), "web", metav1.GetOptions{})
			require.Error(t, err, "destroyed")
		})
	}
}

// foreign makes an object of the program's names as kubectl would.
func (e *inMemory) foreign(t *testing.T, group, plural string, object map[string]any) types.UID {
	t.Helper()
	made, err := e.objects(group, plural).Apply(t.Context(), "key", &unstructured.Unstructured{Object: object}, metav1.ApplyOptions{FieldManager: "kubectl"})
	require.NoError(t, err)
	return made.GetUID()
}

func theirSecret() map[string]any {
	return map[string]any{
		"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": "key", "namespace": "default"},
		"data": map[string]any{"theirs": "eA=="},
	}
}

func TestAnObjectOfSomebodyElseIsNeitherTakenOverNorDeleted(t *testing.T) {
	e := newInMemory(t)
	theirs := e.foreign(t, "", "secrets", theirSecret())
	for what, run := range map[string]func() error{"preview": func() error { return e.Preview() }, "up": func() error { return e.Up() }} {
		err := run()
		require.Error(t, err, what)
		said := e.Output.String() + err.Error()
		for _, part := range []string{"Secret default/key", "this resource did not make it", "managed by kubectl", "pulumi import kubernetes:core/v1:Secret NAME default/key"} {
			assert.Contains(t, said, part, what)
		}
		assert.NotContains(t, said, "patchForce", what)
	}
	require.NoError(t, e.Destroy(), e.Output.String())
	live, err := e.objects("", "secrets").Get(t.Context(), "key", metav1.GetOptions{})
	require.NoError(t, err)
	assert.Equal(t, theirs, live.GetUID())
	assert.NotContains(t, live.Object["data"], "plain")
}

func TestDeletesByUID(t *testing.T) {
	for _, refresh := range []bool{false, true} {
		t.Run(fmt.Sprintf("refresh=%t", refresh), func(t *testing.T) {
			e := newInMemory(t)
			require.NoError(t, e.Up(), e.Output.String())
			require.NoError(t, e.objects("", "secrets").Delete(t.Context(), "key", metav1.DeleteOptions{}))
			theirs := e.foreign(t, "", "secrets", theirSecret())
			if refresh {
				require.NoError(t, e.Refresh(), e.Output.String())
				require.Error(t, e.Up(), "the name is taken")
			}
			require.NoError(t, e.Destroy(), e.Output.String())
			live, err := e.objects("", "secrets").Get(t.Context(), "key", metav1.GetOptions{})
			require.NoError(t, err, "an object of the same name that somebody else made stays")
			assert.Equal(t, theirs, live.GetUID())
		})
	}
}
