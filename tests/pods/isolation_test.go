package pods_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/e2e"
)

// stranger is a namespace with a server, as another environment of the cluster has them.
const stranger = "stranger"

const strangerPod = `
apiVersion: v1
kind: Namespace
metadata: {name: stranger}
---
apiVersion: v1
kind: Service
metadata: {name: server, namespace: stranger}
spec: {selector: {app: server}, ports: [{port: 8000}]}
---
apiVersion: v1
kind: Pod
metadata: {name: server, namespace: stranger, labels: {app: server}}
spec:
  terminationGracePeriodSeconds: 0
  containers: [{name: server, image: "djangostack.local/blog:orange", command: [python, -m, http.server, "8000"]}]
`

const (
	// metadata is the address where clouds answer for a machine's credentials, and outside one of the internet.
	metadata, outside = "169.254.169.254", "203.0.113.77"
	// nodePod has the node's network. It gives the node both addresses (ioctl SIOCSIFADDR), and answers there.
	nodePod = `
apiVersion: v1
kind: Pod
metadata: {name: node, namespace: stranger}
spec:
  hostNetwork: true
  terminationGracePeriodSeconds: 0
  securityContext: {runAsUser: 0}
  containers:
    - name: node
      image: djangostack.local/blog:orange
      securityContext: {capabilities: {add: [NET_ADMIN]}}
      command:
        - python
        - -c
        - |
          import fcntl, http.server, socket, struct
          control = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
          for i, address in enumerate(["` + metadata + `", "` + outside + `"]):
              fcntl.ioctl(control, 0x8916, struct.pack("16sH2x4s8x", b"lo:%d" % i, socket.AF_INET, socket.inet_aton(address)))
          http.server.ThreadingHTTPServer(("", 80), http.server.BaseHTTPRequestHandler).serve_forever()
      readinessProbe: {tcpSocket: {port: 80, host: ` + metadata + `}, periodSeconds: 1}
`
)

// everything admits each connection, so it takes the effect of all other NetworkPolicies of its namespace.
const everything = `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: everything}, spec: {podSelector: {}, ingress: [{}], egress: [{}]}}`

// The control is the same with a policy that admits everything.
func TestPodsReachWhatTheirEnvironmentHasAndNothingElse(t *testing.T) {
	e := newEnvironment(t)
	e.stopAfter(t)
	e.make(t, "up", "NETWORK_POLICIES=enforced")
	e.Local(t, []byte(strangerPod), "kubectl", "apply", "--filename=-")
	e.Local(t, []byte(nodePod), "kubectl", "apply", "--filename=-")
	e.Kubectl(t, stranger, "wait", "pod/server", "pod/node", "--for=condition=Ready", "--timeout=60s")
	services := []string{"blog-postgres:5432", "blog-redis-cache:6379", "blog-redis-broker:6379"}

	for _, service := range services {
		e.reaches(t, namespace, "job/blog-shell", service, true)
		name, port, _ := strings.Cut(service, ":")
		e.reaches(t, stranger, "pod/server", name+"."+namespace+":"+port, false)
	}
	e.reaches(t, stranger, "pod/server", "blog-web."+namespace+":80", true)
	e.reaches(t, namespace, "job/blog-shell", "server."+stranger+":8000", false)
	e.reaches(t, namespace, "job/blog-shell", "kubernetes.default:443", false)
	e.reaches(t, namespace, "job/blog-shell", outside+":80", true)
	e.reaches(t, namespace, "job/blog-shell", metadata+":80", false)

	e.Local(t, []byte(everything), "kubectl", "--namespace="+namespace, "apply", "--filename=-")
	for _, service := range services {
		name, port, _ := strings.Cut(service, ":")
		e.reaches(t, stranger, "pod/server", name+"."+namespace+":"+port, true)
	}
	e.reaches(t, namespace, "job/blog-shell", "server."+stranger+":8000", true)
	e.reaches(t, namespace, "job/blog-shell", "kubernetes.default:443", true)
	e.reaches(t, namespace, "job/blog-shell", metadata+":80", true)
	e.kubectl(t, "delete", "networkpolicy", "everything")

	// The rules have no address of a pod that has just started.
	require.Zero(t, e.djangostack(t, e.up(withBackups)...))
	e.backups(t, nil, "backup")
	e.make(t, "down")
}

// reaches waits until a connection from a pod to an address succeeds, or fails.
func (e *environment) reaches(t *testing.T, namespace, from, address string, want bool) {
	t.Helper()
	host, port, _ := strings.Cut(address, ":")
	program := fmt.Sprintf("import socket; print(socket.gethostbyname(%q)); socket.create_connection((%q, %s), 3); print('connected')", host, host, port)
	e2e.Eventually(t, time.Minute, fmt.Sprintf("%s reaches %s: %t", from, address, want), func() error {
		out, err := e.command("djangostack-local", "kubectl", "--namespace="+namespace, "exec", from, "--", "python", "-c", program).CombinedOutput()
		text := string(out)
		require.NotContains(t, text, "gaierror", "the name is known")
		if connected := err == nil && strings.Contains(text, "connected"); connected != want {
			return fmt.Errorf("connected: %t: %s", connected, text)
		}
		return nil
	})
}
