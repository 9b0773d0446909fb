package kubernetes

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic/fake"
)

// deployed is a Deployment in the middle of a rollout, with its two ReplicaSets.
const deployed = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: worker, namespace: shop, uid: d1, generation: 2}
spec:
  replicas: 1
  selector: {matchLabels: {app: worker}}
  template: {metadata: {labels: {app: worker}}, spec: {containers: [{name: main, image: "shop:2"}]}}
status: {observedGeneration: 2, replicas: 1, updatedReplicas: 1}
`

func setOf(hash, image string) string {
	return `
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: worker-` + hash + `, namespace: shop, labels: {app: worker, pod-template-hash: ` + hash + `}, ownerReferences: [{uid: d1}]}
spec: {template: {metadata: {creationTimestamp: null, labels: {app: worker, pod-template-hash: ` + hash + `}}, spec: {containers: [{name: main, image: "` + image + `"}]}}}
`
}

// podOf is a pod of one of the ReplicaSets. Its container is in the given status.
func podOf(hash, status, more string) string {
	return `
apiVersion: v1
kind: Pod
metadata: {name: worker-` + hash + `-x, namespace: shop, creationTimestamp: "2026-01-02T03:04:05Z", labels: {app: worker, pod-template-hash: ` + hash + `}}
spec:
  containers: [{name: main, image: "shop:2"` + more + `}]
  volumes: [{name: venv, persistentVolumeClaim: {claimName: venv}}, {name: tmp, emptyDir: {}}]
status: {containerStatuses: [{name: main, image: "shop:2", imageID: "", ready: false, ` + status + `}]}
`
}

// fixedKinds are the kinds of a cluster that has no discovery.
type fixedKinds struct{ meta.RESTMapper }

func (fixedKinds) Reset() {}

func clusterWith(t *testing.T, texts ...string) *cluster {
	t.Helper()
	kinds := meta.NewDefaultRESTMapper(nil)
	lists := map[schema.GroupVersionResource]string{}
	for kind, plural := range map[schema.GroupVersionKind]string{
		core("Pod"): "pods", core("Event"): "events", core("Secret"): "secrets",
		{Group: "apps", Version: "v1", Kind: "Deployment"}: "deployments", {Group: "apps", Version: "v1", Kind: "ReplicaSet"}: "replicasets",
		{Group: "apps", Version: "v1", Kind: "StatefulSet"}: "statefulsets",
		{Group: "apps", Version: "v1", Kind: "DaemonSet"}:   "daemonsets",
	} {
		kinds.Add(kind, meta.RESTScopeNamespace)
		lists[kind.GroupVersion().WithResource(plural)] = kind.Kind + "List"
	}
	var objects []runtime.Object
	for _, text := range texts {
		objects = append(objects, asUnstructured(parsed(t, text)))
	}
	return &cluster{dynamic: fake.NewSimpleDynamicClientWithCustomListKinds(runtime.NewScheme(), lists, objects...), mapper: fixedKinds{kinds}}
}

// What containerd reports of an image that has no such program.
const (
	lacking     = `exec: \"celery\": executable file not found in $PATH`
	startError  = `{terminated: {exitCode: 128, reason: StartError, message: "failed to create containerd task: runc create failed: unable to start container process: error during container init: ` + lacking + `"}}`
	crashing    = `state: {waiting: {reason: CrashLoopBackOff, message: back-off 10s}}, lastState: ` + startError
	again       = `restartCount: 1, ` + crashing
	notCreated  = `restartCount: 0, state: {waiting: {reason: CreateContainerError, message: "failed to generate spec: no command specified"}}`
	missingData = `restartCount: 0, state: {waiting: {reason: CreateContainerConfigError, message: "secret \"smtp\" not found"}}`
)

func absent(program, problem string) string {
	return `restartCount: 1, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 128, reason: StartError, message: "runc create failed: exec: \"` + program + `\": ` + problem + `"}}`
}

func TestAContainerThatNeverStartsEndsTheWaitEarly(t *testing.T) {
	for name, test := range map[string]struct {
		pod string
		// says is in the message of a wait that ends early, which others do not.
		says string
	}{
		"no such program": {podOf("new", again, ""), `worker-new-x, container main crashes again and again: exit code 128 (StartError): failed to create containerd task`},
		"no such path":    {podOf("new", absent("/app/run.sh", "stat /app/run.sh: no such file or directory"), ""), `exec: "/app/run.sh"`},
		"not executable":  {podOf("new", absent("/app/run.sh", "permission denied"), ""), `permission denied`},
		"no command":      {podOf("new", notCreated, ""), `CreateContainerError: failed to generate spec: no command specified`},
		"no such program, said by crun": {podOf("new", "restartCount: 0, state: {waiting: {reason: CreateContainerError, message: \"container create failed: executable file `celery` not found in $PATH: No such file or directory\"}}", ""),
			"executable file `celery` not found"},
		"root":       {podOf("new", `restartCount: 0, state: {waiting: {reason: CreateContainerConfigError, message: "container has runAsNonRoot and image will run as root"}}`, ""), `image will run as root`},
		"image name": {podOf("new", `restartCount: 0, state: {waiting: {reason: InvalidImageName, message: "couldn't parse image name"}}`, ""), `couldn't parse image name`},

		"first start":                              {podOf("new", "restartCount: 0, "+crashing, ""), ""},
		"a Secret that may come":                   {podOf("new", missingData, ""), ""},
		"an image that may be pushed":              {podOf("new", `restartCount: 0, state: {waiting: {reason: ImagePullBackOff, message: not found}}`, ""), ""},
		"a node in trouble":                        {podOf("new", absent("celery", "context deadline exceeded"), ""), ""},
		"an app that ends":                         {podOf("new", `restartCount: 1, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1, reason: Error, message: "exec: \"celery\": executable file not found in $PATH"}}`, ""), ""},
		"a program of a volume":                    {podOf("new", absent("/venv/bin/celery", "no such file or directory"), `, volumeMounts: [{name: venv, mountPath: /venv}]`), ""},
		"a name that a volume may have":            {podOf("new", again, `, volumeMounts: [{name: venv, mountPath: /venv}]`), ""},
		"a name beside a scratch volume":           {podOf("new", again, `, volumeMounts: [{name: tmp, mountPath: /tmp}]`), `executable file not found`},
		"a name that a container beside may write": {podOf("new", again, `, volumeMounts: [{name: tmp, mountPath: /tools}]}, {name: writer, image: tools, volumeMounts: [{name: tmp, mountPath: /out}]`), ""},
		"a hook of the node":                       {podOf("new", absent("nvidia-container-runtime-hook", "executable file not found in $PATH"), ""), ""},
		"a tool beside the command":                {podOf("new", absent("mount.helper", "executable file not found in $PATH"), `, command: [celery, worker]`), ""},
		"the command":                              {podOf("new", again, `, command: [celery, worker]`), `executable file not found`},
		"the former template's pods":               {podOf("old", again, ""), ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := clusterWith(t, deployed, setOf("old", "shop:1"), setOf("new", "shop:2"), test.pod)
			// The end of an app is told with its log, for which the cluster of this test has no server.
			s := &subject{cluster: c, live: parsed(t, deployed)}
			limit := time.Minute
			if test.says == "" {
				limit = 100 * time.Millisecond
			}
			w := s.waitForWorkload()
			if name == "an app that ends" {
				w.why = nil
			}
			failure := w.until(t.Context(), limit, 5*time.Millisecond, func(string) {})
			require.NotNil(t, failure)
			if test.says == "" {
				assert.Contains(t, failure.headline, "is not ready after 100ms")
				return
			}
			assert.Contains(t, failure.headline, "Deployment shop/worker cannot become ready by waiting: 0 of 1 pods ready")
			require.Len(t, failure.reasons, 1)
			assert.Contains(t, failure.reasons[0], test.says)
		})
	}
}

// A container whose hook fails ends as if its program had been killed.
func TestAFailedHookIsNamedInsteadOfTheExitCode(t *testing.T) {
	const killed = `restartCount: 2, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 137, reason: Error}}`
	const hook = `, lifecycle: {postStart: {exec: {command: [warm]}}}`
	event := func(reason string) string {
		return `
apiVersion: v1
kind: Event
metadata: {name: hook, namespace: shop}
type: Warning
reason: ` + reason + `
message: PostStartHook failed
involvedObject: {kind: Pod, name: worker-new-x, namespace: shop}
`
	}
	const fails = "FailedPostStartHook"
	of := func(hook, reason string) (*cluster, *corev1.Pod) {
		c := clusterWith(t, podOf("new", killed, hook), event(reason))
		var pod corev1.Pod
		require.NoError(t, runtime.DefaultUnstructuredConverter.FromUnstructured(parsed(t, podOf("new", killed, hook)), &pod))
		return c, &pod
	}
	c, _ := of(hook, fails)
	assert.Equal(t, []string{"pod worker-new-x, container main: FailedPostStartHook: PostStartHook failed"}, c.whyNotReady(t.Context(), "shop", "app=worker"))
	for _, other := range [][2]string{{hook, "BackOff"}, {"", fails}} {
		c, pod := of(other[0], other[1])
		assert.Empty(t, c.whyHook(t.Context(), pod, "main"), other)
	}
}

// Its controller sees a change of a Deployment with Recreate before it creates the new pods.
func TestPodsOfAFormerTemplateExplainNothing(t *testing.T) {
	former := clusterWith(t, deployed, setOf("old", "shop:1"), podOf("old", again, ""))
	pods, err := former.podsOfTemplate(t.Context(), parsed(t, deployed))
	require.NoError(t, err)
	assert.Empty(t, pods)

	present := clusterWith(t, deployed, setOf("old", "shop:1"), setOf("new", "shop:2"), podOf("old", again, ""), podOf("new", missingData, ""))
	pods, err = present.podsOfTemplate(t.Context(), parsed(t, deployed))
	require.NoError(t, err)
	require.Len(t, pods, 1)
	assert.Equal(t, "worker-new-x", pods[0].name())
}

func TestPodsOfAStatefulSetAreOfItsUpdate(t *testing.T) {
	set := `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: postgres, namespace: shop, generation: 2}
spec: {selector: {matchLabels: {app: postgres}}}
status: {observedGeneration: %d, updateRevision: postgres-2}
`
	pod := `
apiVersion: v1
kind: Pod
metadata: {name: postgres-0, namespace: shop, labels: {app: postgres, controller-revision-hash: postgres-%d}}
`
	for want, numbers := range map[string][2]int{"postgres-0": {2, 2}, "the former revision": {2, 1}, "a change that is not observed": {1, 2}} {
		live := fmt.Sprintf(set, numbers[0])
		c := clusterWith(t, live, fmt.Sprintf(pod, numbers[1]))
		pods, err := c.podsOfTemplate(t.Context(), parsed(t, live))
		require.NoError(t, err)
		assert.Equal(t, want == "postgres-0", len(pods) == 1, want)
	}
}

// With OrderedReady, a StatefulSet of an earlier release keeps a pod that cannot start, whatever its new template says.
func TestAPodThatAStatefulSetWaitsForIsNamedWithItsCure(t *testing.T) {
	const set = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: worker, namespace: shop, generation: 2}
spec: {podManagementPolicy: %s, selector: {matchLabels: {app: worker}}}
status: {observedGeneration: 2, replicas: 1, updateRevision: new}
`
	const cure = "kubectl delete pod --namespace shop worker-old-x"
	inRevision := func(pod string) string { return strings.ReplaceAll(pod, replicaSetHash, revisionHash) }
	for name, test := range map[string]struct {
		policy, pod string
		// early is true if the wait ends at once, and said if its message has the cure.
		early, said bool
	}{
		"never starts":        {"OrderedReady", podOf("old", again, ""), true, true},
		"may start":           {"OrderedReady", podOf("old", missingData, ""), false, true},
		"parallel":            {"Parallel", podOf("old", again, ""), false, false},
		"of the new template": {"OrderedReady", podOf("new", again, ""), true, false},
	} {
		t.Run(name, func(t *testing.T) {
			live := fmt.Sprintf(set, test.policy)
			s := &subject{cluster: clusterWith(t, live, inRevision(test.pod)), live: parsed(t, live)}
			limit := time.Minute
			if !test.early {
				limit = 100 * time.Millisecond
			}
			failure := s.waitForWorkload().until(t.Context(), limit, 5*time.Millisecond, func(string) {})
			require.NotNil(t, failure)
			assert.Equal(t, test.early, strings.Contains(failure.headline, "cannot become ready by waiting"), failure.headline)
			assert.Equal(t, test.said, strings.Contains(strings.Join(failure.reasons, "\n"), cure), failure.reasons)
		})
	}
}

// The pods that an update replaces say nothing about it.
func TestPodsOfADaemonSetAreOfItsUpdate(t *testing.T) {
	const set = `
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: worker, namespace: shop, generation: 2, annotations: {deprecated.daemonset.template.generation: "2"}}
spec: {selector: {matchLabels: {app: worker}}}
`
	for generation, reasons := range map[string]int{"1": 0, "2": 1} {
		pod := strings.ReplaceAll(podOf(generation, again, ""), replicaSetHash+": "+generation, generationOfPod+`: "`+generation+`"`)
		c := clusterWith(t, set, pod)
		assert.Len(t, c.whyHopeless(t.Context(), parsed(t, set)), reasons, "generation "+generation)
	}
}
