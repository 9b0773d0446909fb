package memory_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/clientcmd"
)

// verdict is an object, and the path that the API server names when it refuses it; "" if it accepts it.
type verdict struct{ manifest, refused string }

func pod(rest string) string {
	return "{apiVersion: v1, kind: Pod, metadata: {name: x, namespace: blog}, spec: {" + rest + "}}"
}

func inContainer(rest string) string {
	return pod("containers: [{name: a, image: b, " + rest + "}], volumes: [{name: v, emptyDir: {}}]")
}

func job(rest string) string {
	return "{apiVersion: batch/v1, kind: Job, metadata: {name: x, namespace: blog}, spec: {" + rest + "}}"
}

func cronJob(rest string) string {
	return "{apiVersion: batch/v1, kind: CronJob, metadata: {name: x, namespace: blog}, spec: {" + rest +
		", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}}}}"
}

func of(kind, rest string) string {
	version, name, _ := strings.Cut(kind, ":")
	return "{apiVersion: " + version + ", kind: " + name + ", metadata: {name: x, namespace: blog}, " + rest + "}"
}

func verdicts() map[string]verdict {
	resources := func(text string) string { return inContainer("resources: " + text) }
	claim := func(text string) string { return of("v1:PersistentVolumeClaim", "spec: {"+text+"}") }
	service := func(text string) string { return of("v1:Service", "spec: {"+text+"}") }
	ingress := func(text string) string {
		return of("networking.k8s.io/v1:Ingress", "spec: {rules: [{"+text+"}]}")
	}
	const backend = "backend: {service: {name: web, port: {number: 80}}}"
	policy := func(text string) string {
		return of("networking.k8s.io/v1:NetworkPolicy", "spec: {podSelector: {}, "+text+"}")
	}
	return map[string]verdict{
		"a pod":                        {inContainer("ports: [{name: http, containerPort: 80}]"), ""},
		"request above limit":          {resources("{requests: {memory: 2Gi}, limits: {memory: 1Gi}}"), "spec.containers[0].resources.requests"},
		"scratch above limit":          {resources("{requests: {ephemeral-storage: 10Gi}, limits: {ephemeral-storage: 1Gi}}"), "spec.containers[0].resources.requests"},
		"request at its limit":         {resources("{requests: {memory: 1024Mi}, limits: {memory: 1Gi}}"), ""},
		"negative request":             {resources("{requests: {cpu: '-1'}}"), "spec.containers[0].resources.requests"},
		"no containers":                {pod("containers: []"), "spec.containers"},
		"container name":               {pod("containers: [{name: A_b, image: b}]"), "spec.containers[0].name"},
		"no image":                     {pod("containers: [{name: a, image: ''}]"), "spec.containers[0].image"},
		"image with space":             {pod("containers: [{name: a, image: ' b'}]"), "spec.containers[0].image"},
		"name of an init container":    {pod("initContainers: [{name: a, image: b}], containers: [{name: a, image: b}]"), "name"},
		"port above 65535":             {inContainer("ports: [{containerPort: 70000}]"), "spec.containers[0].ports[0].containerPort"},
		"port name too long":           {inContainer("ports: [{name: abcdefghijklmnop, containerPort: 80}]"), "spec.containers[0].ports[0].name"},
		"variable name":                {inContainer("env: [{name: 'A=B', value: c}]"), "spec.containers[0].env[0].name"},
		"value and source":             {inContainer("env: [{name: A, value: c, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]"), "spec.containers[0].env[0].valueFrom"},
		"mount of no volume":           {inContainer("volumeMounts: [{name: w, mountPath: /a}]"), "spec.containers[0].volumeMounts[0].name"},
		"two mounts of one path":       {inContainer("volumeMounts: [{name: v, mountPath: /a}, {name: v, mountPath: /a, subPath: b}]"), "mountPath"},
		"sub path upwards":             {inContainer("volumeMounts: [{name: v, mountPath: /a, subPath: ../b}]"), "subPath"},
		"probe without handler":        {inContainer("livenessProbe: {periodSeconds: 5}"), "spec.containers[0].livenessProbe"},
		"probe with two":               {inContainer("readinessProbe: {tcpSocket: {port: 80}, exec: {command: [a]}}"), "spec.containers[0].readinessProbe"},
		"liveness that succeeds twice": {inContainer("livenessProbe: {tcpSocket: {port: 80}, successThreshold: 2}"), "successThreshold"},
		"sleep beyond the grace":       {inContainer("lifecycle: {preStop: {sleep: {seconds: 60}}}"), "spec.containers[0].lifecycle.preStop.sleep"},
		"negative user":                {pod("securityContext: {runAsUser: -1}, containers: [{name: a, image: b}]"), "runAsUser"},
		"node selector":                {pod("nodeSelector: {a: 'b c'}, containers: [{name: a, image: b}]"), "spec.nodeSelector"},
		"seconds of a toleration":      {pod("tolerations: [{key: a, operator: Exists, effect: NoSchedule, tolerationSeconds: 5}], containers: [{name: a, image: b}]"), "spec.tolerations[0].effect"},
		"claim volume without a name":  {pod("volumes: [{name: v, persistentVolumeClaim: {claimName: ''}}], containers: [{name: a, image: b}]"), "claimName"},
		"a job":                        {job("template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}"), ""},
		"job that restarts":            {job("template: {spec: {restartPolicy: Always, containers: [{name: a, image: b}]}}"), "spec.template.spec.restartPolicy"},
		"negative backoff":             {job("backoffLimit: -1, template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}"), "spec.backoffLimit"},
		"a cron job":                   {cronJob("schedule: '*/5 * * * *', timeZone: Europe/Berlin"), ""},
		"schedule":                     {cronJob("schedule: '61 * * * *'"), "spec.schedule"},
		"schedule with zone":           {cronJob("schedule: 'TZ=UTC 1 * * * *'"), "spec.schedule"},
		"time zone":                    {cronJob("schedule: '1 * * * *', timeZone: Mars/Base"), "spec.timeZone"},
		"concurrency":                  {cronJob("schedule: '1 * * * *', concurrencyPolicy: Never"), "spec.concurrencyPolicy"},
		"service port":                 {service("ports: [{port: 99999}]"), "spec.ports[0].port"},
		"two nameless ports":           {service("ports: [{port: 80}, {port: 81}]"), "spec.ports[0].name"},
		"service without ports":        {service("selector: {a: b}"), "spec.ports"},
		"key of a config map":          {of("v1:ConfigMap", "data: {'a/b': c}"), "data[a/b]"},
		"large config map":             {of("v1:ConfigMap", "data: {a: '"+strings.Repeat("x", 1<<20+1)+"'}"), "Too long: may not be more than 1048576 bytes"},
		"large annotations":            {"{apiVersion: v1, kind: ConfigMap, metadata: {name: x, namespace: blog, annotations: {a: '" + strings.Repeat("x", 256<<10) + "'}}}", "metadata.annotations"},
		"pull secret without its key":  {of("v1:Secret", "type: kubernetes.io/dockerconfigjson, data: {a: YQ==}"), "data[.dockerconfigjson]"},
		"certificate without key":      {of("v1:Secret", "type: kubernetes.io/tls, data: {tls.crt: YQ==}"), "data[tls.key]"},
		"a claim":                      {claim("accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}"), ""},
		"claim without mode":           {claim("resources: {requests: {storage: 1Gi}}"), "spec.accessModes"},
		"claim of an unknown mode":     {claim("accessModes: [Shared], resources: {requests: {storage: 1Gi}}"), "spec.accessModes"},
		"claim without size":           {claim("accessModes: [ReadWriteOnce]"), "spec.resources[storage]"},
		"default above its limit":      {of("v1:LimitRange", "spec: {limits: [{type: Container, default: {cpu: '1'}, defaultRequest: {cpu: '2'}}]}"), "spec.limits[0].defaultRequest"},
		"an ingress":                   {ingress("host: a.example, http: {paths: [{path: /, pathType: Prefix, " + backend + "}]}"), ""},
		"host with port":               {ingress("host: 'a.example:80', http: {paths: [{path: /, pathType: Prefix, " + backend + "}]}"), "spec.rules[0].host"},
		"relative path":                {ingress("http: {paths: [{path: a, pathType: Prefix, " + backend + "}]}"), "spec.rules[0].http.paths[0].path"},
		"no type of path":              {ingress("http: {paths: [{path: /, " + backend + "}]}"), "pathType"},
		"no address range":             {policy("ingress: [{from: [{ipBlock: {cidr: 10.0.0.300/8}}]}]"), "cidr"},
		"except outside":               {policy("egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [192.168.0.0/16]}}]}]"), "except"},
		"minimum above maximum":        {of("autoscaling/v2:HorizontalPodAutoscaler", "spec: {minReplicas: 3, maxReplicas: 2, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}}"), "spec.maxReplicas"},
		"both sides of a budget":       {of("policy/v1:PodDisruptionBudget", "spec: {minAvailable: 1, maxUnavailable: 1, selector: {matchLabels: {a: b}}}"), "spec"},
		"priority":                     {"{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: x}, value: 1000000001}", "value"},
		"label value":                  {"{apiVersion: v1, kind: ConfigMap, metadata: {name: x, namespace: blog, labels: {a: 'b-'}}}", "metadata.labels"},
	}
}

// judge applies an object in a dry run and returns the refusal.
func judge(t *testing.T, client dynamic.Interface, manifest string) error {
	t.Helper()
	object := &unstructured.Unstructured{}
	plain, err := yaml.ToJSON([]byte("---\n" + manifest))
	require.NoError(t, err)
	require.NoError(t, object.UnmarshalJSON(plain))
	plural := strings.ToLower(object.GetKind()) + "s"
	switch object.GetKind() {
	case "Ingress", "PriorityClass":
		plural = strings.ToLower(object.GetKind()) + "es"
	case "NetworkPolicy":
		plural = "networkpolicies"
	}
	resource := dynamic.ResourceInterface(client.Resource(object.GroupVersionKind().GroupVersion().WithResource(plural)))
	if object.GetNamespace() != "" {
		resource = client.Resource(object.GroupVersionKind().GroupVersion().WithResource(plural)).Namespace(object.GetNamespace())
	}
	_, err = resource.Apply(t.Context(), object.GetName(), object, metav1.ApplyOptions{FieldManager: "test", DryRun: []string{metav1.DryRunAll}})
	return err
}

func hold(t *testing.T, client dynamic.Interface) {
	t.Helper()
	for name, expected := range verdicts() {
		t.Run(name, func(t *testing.T) {
			err := judge(t, client, expected.manifest)
			if expected.refused == "" {
				require.NoError(t, err)
				return
			}
			require.Error(t, err)
			assert.Contains(t, err.Error(), expected.refused, fmt.Sprintf("%.200s", err.Error()))
		})
	}
}

func TestRefusesWhatTheAPIServerRefuses(t *testing.T) { hold(t, newTestCluster(t).client) }

func TestTheAPIServerRefusesTheSame(t *testing.T) {
	kubeconfig := os.Getenv("KUBECONFIG")
	if kubeconfig == "" || os.Getenv("DJANGOSTACK_E2E") != "1" {
		t.Skip("needs a cluster; run it with: make test-engine")
	}
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	require.NoError(t, err)
	client, err := dynamic.NewForConfig(config)
	require.NoError(t, err)
	namespaces := client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "namespaces"})
	blog := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": "blog"}}}
	_, err = namespaces.Apply(t.Context(), "blog", blog, metav1.ApplyOptions{FieldManager: "test"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, namespaces.Delete(context.Background(), "blog", metav1.DeleteOptions{})) })
	hold(t, client)
}
