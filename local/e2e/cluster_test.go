package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// manifest is an application with strict security settings: a namespace that enforces the restricted level, a pod without
// root and with a read-only file system, and a volume that belongs to the pod's group.
const manifest = `
apiVersion: v1
kind: Namespace
metadata:
  name: probe
  labels: {pod-security.kubernetes.io/enforce: restricted}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: probe}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}}
---
apiVersion: v1
kind: Service
metadata: {name: probe, namespace: probe}
spec:
  selector: {app: probe}
  ports: [{name: http, port: 80, targetPort: 8080}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: probe, namespace: probe}
spec:
  strategy: {type: Recreate}
  selector: {matchLabels: {app: probe}}
  template:
    metadata: {labels: {app: probe}}
    spec:
      terminationGracePeriodSeconds: 1
      securityContext: {runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000, fsGroup: 2000, seccompProfile: {type: RuntimeDefault}}
      containers:
        - name: probe
          image: ` + probeImage + `
          securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
          resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {memory: 64Mi}}
          readinessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1}
          volumeMounts: [{name: data, mountPath: /data}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
`

// guest is another application in another namespace.
const guest = `
apiVersion: v1
kind: Namespace
metadata: {name: guest}
---
apiVersion: v1
kind: Service
metadata: {name: guest, namespace: guest}
spec:
  selector: {app: guest}
  ports: [{port: 80, targetPort: 8080}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: guest, namespace: guest}
spec:
  selector: {matchLabels: {app: guest}}
  template:
    metadata: {labels: {app: guest}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: guest
          image: ` + probeImage + `
          readinessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1}
`

func policy(namespace, spec string) string {
	return "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: only, namespace: " + namespace + "}, spec: " + spec + "}"
}

func (m machine) deployProbe() {
	m.t.Helper()
	m.loadProbe()
	m.apply(manifest)
	m.run("kubectl", "--namespace", "probe", "rollout", "status", "deployment/probe", "--timeout=120s")
}

func TestClusterRunsAnApplication(t *testing.T) {
	m := newMachine(t)
	address := freeAddress(t)
	output, err := m.try("status")
	require.Error(t, err, output)
	m.run("up", "--publish", address+"=probe/probe:http", "--enforce-network-policies")
	assert.Contains(t, m.run("kubectl", "version"), "Server Version: "+kubernetesVersion(t)+"\n")
	m.deployProbe()
	// The pods are ready before the Service has heard of them.
	require.Eventually(t, func() bool { _, _, err := fetch(address, "/"); return err == nil }, time.Minute, 200*time.Millisecond)
	get := func(path string) (int, string) {
		t.Helper()
		status, body, err := fetch(address, path)
		require.NoError(t, err)
		return status, body
	}

	t.Run("a published Service answers on this machine", func(t *testing.T) {
		status, body := get("/")
		assert.Equal(t, http.StatusOK, status)
		assert.Contains(t, body, "hello from probe-")
	})
	t.Run("pods find Services by name", func(t *testing.T) {
		for _, name := range []string{"probe", "probe.probe", "kubernetes.default.svc.cluster.local"} {
			status, body := get("/lookup?name=" + name)
			assert.Equal(t, http.StatusOK, status, body)
			assert.Contains(t, body, `"10.96.`)
		}
		status, body := get("/reach?address=probe:80")
		assert.Equal(t, http.StatusOK, status, "a pod reaches itself through its Service: %s", body)
	})
	t.Run("pods cannot reach anything outside the cluster", func(t *testing.T) {
		started := time.Now()
		status, body := get("/lookup?name=example.com")
		assert.Equal(t, http.StatusInternalServerError, status)
		assert.Contains(t, body, "no such host")
		assert.Less(t, time.Since(started), 4*time.Second, "an unknown name fails without a timeout")
		// An address that is reserved for documentation, and the address with which this test reaches the pod.
		for _, outside := range []string{"203.0.113.1:80", address} {
			started := time.Now()
			status, body := get("/reach?address=" + outside)
			assert.Equal(t, http.StatusInternalServerError, status, "%s: %s", outside, body)
			assert.Less(t, time.Since(started), 4*time.Second, "a connection to an outside address fails without a timeout")
		}
	})
	t.Run("NetworkPolicies are enforced", func(t *testing.T) {
		m := m.in(t)
		m.apply(guest)
		m.run("kubectl", "--namespace", "guest", "rollout", "status", "deployment/guest", "--timeout=120s")
		reaches := func(to string, status int) {
			t.Helper()
			require.EventuallyWithT(t, func(c *assert.CollectT) {
				got, body, err := fetch(address, "/reach?address="+to)
				require.NoError(c, err)
				assert.Equal(c, status, got, body)
			}, 30*time.Second, 200*time.Millisecond, to)
		}
		reaches("guest.guest:80", http.StatusOK)

		m.apply(policy("guest", "{policyTypes: [Ingress], podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}"))
		reaches("guest.guest:80", http.StatusInternalServerError)
		m.apply(policy("guest", "{policyTypes: [Ingress], podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: probe}}}]}]}"))
		reaches("guest.guest:80", http.StatusOK)

		m.apply(policy("probe", "{policyTypes: [Egress], podSelector: {}, egress: [{ports: [{port: 53, protocol: UDP}]}]}"))
		reaches("guest.guest:80", http.StatusInternalServerError)
		reaches("kubernetes.default:443", http.StatusInternalServerError)
		m.run("kubectl", "--namespace", "probe", "delete", "networkpolicy", "only")
		reaches("guest.guest:80", http.StatusOK)
		reaches("kubernetes.default:443", http.StatusOK)
		m.run("kubectl", "delete", "namespace", "guest", "--wait=false")
	})
	t.Run("a volume belongs to the pod's group", func(t *testing.T) {
		status, body := get("/write?name=kept&content=" + url.QueryEscape("some words"))
		require.Equal(t, http.StatusOK, status, body)
		_, body = get("/owner?name=kept")
		assert.Equal(t, `"1000:2000"`, body)
	})
	t.Run("logs and exec reach the pod", func(t *testing.T) {
		m := m.in(t)
		assert.Contains(t, m.run("kubectl", "--namespace", "probe", "logs", "deployment/probe"), "serving")
		// The image has only one program. A second server fails because the port is in use, and exec shows its error.
		output, err := m.try("kubectl", "--namespace", "probe", "exec", "deployment/probe", "--", "/probe")
		require.Error(t, err)
		assert.Contains(t, output, "address already in use")
	})
	t.Run("metrics are measured", func(t *testing.T) {
		m := m.in(t)
		require.EventuallyWithT(t, func(c *assert.CollectT) {
			output, err := m.try("kubectl", "top", "nodes")
			require.NoError(c, err, output)
			output, err = m.try("kubectl", "--namespace", "probe", "top", "pods")
			require.NoError(c, err, output)
			assert.Contains(c, output, "probe-")
		}, 90*time.Second, 2*time.Second)
	})
	t.Run("a second up changes nothing and publishes a new port", func(t *testing.T) {
		m := m.in(t)
		other := freeAddress(t)
		started := time.Now()
		output := m.run("up", "--publish", address+"=probe/probe:80", "--publish", other+"=probe/probe:http")
		assert.Contains(t, output, "already running")
		assert.Less(t, time.Since(started), 30*time.Second)
		status, _, err := fetch(other, "/")
		require.NoError(t, err)
		assert.Equal(t, http.StatusOK, status)
	})
	t.Run("a killed component is restarted", func(t *testing.T) {
		m := m.in(t)
		m.killComponent("kube-apiserver")
		require.EventuallyWithT(t, func(c *assert.CollectT) {
			output, err := m.try("kubectl", "get", "nodes")
			assert.NoError(c, err, output)
		}, time.Minute, time.Second)
	})
	t.Run("down with keep-data keeps data", func(t *testing.T) {
		m := m.in(t)
		m.run("down", "--keep-data")
		m.run("up")
		output, err := m.try("up", "--enforce-network-policies")
		require.Error(t, err, "a running cluster does not begin with it")
		assert.Contains(t, output, "does not enforce NetworkPolicies; stop it first")
		require.EventuallyWithT(t, func(c *assert.CollectT) {
			status, body, err := fetch(address, "/read?name=kept")
			require.NoError(c, err)
			assert.Equal(c, http.StatusOK, status)
			assert.Equal(c, `"some words"`, body)
		}, 2*time.Minute, time.Second)
	})
	t.Run("deleting a namespace removes its volumes", func(t *testing.T) {
		m := m.in(t)
		m.run("kubectl", "delete", "namespace", "probe", "--timeout=120s")
		require.EventuallyWithT(t, func(c *assert.CollectT) {
			left, err := os.ReadDir(m.path("var", "lib", "djangostack", "volumes"))
			require.NoError(c, err)
			assert.Empty(c, left)
		}, time.Minute, time.Second)
	})
}

func TestUpRejectsPortInUse(t *testing.T) {
	m := newMachine(t)
	server := &http.Server{Addr: freeAddress(t)}
	go func() { _ = server.ListenAndServe() }()
	defer func() { _ = server.Close() }()
	require.Eventually(t, func() bool { _, _, err := fetch(server.Addr, "/"); return err == nil }, time.Minute, 50*time.Millisecond)
	output, err := m.try("up", "--publish", fmt.Sprintf("%s=a/b:80", server.Addr))
	require.Error(t, err)
	assert.Contains(t, output, server.Addr)
	assert.Contains(t, output, "choose another")
}
