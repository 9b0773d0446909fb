package host

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"

	"github.com/djangostack/djangostack/local/ports"
)

func TestParsePublication(t *testing.T) {
	good := "127.0.0.1:8000=blog/web:http"
	one, err := ParsePublication(good)
	require.NoError(t, err)
	assert.Equal(t, Publication{Address: "127.0.0.1:8000", Namespace: "blog", Service: "web", Port: "http"}, one)
	assert.Equal(t, good, one.String())
	six, err := ParsePublication("[::1]:8000=blog/web:80")
	require.NoError(t, err)
	assert.Equal(t, "[::1]:8000", six.Address)

	for text, why := range map[string]string{
		"":                               "no =",
		"8000=blog/web:80":               "not IP:PORT",
		"localhost:8000=blog/web:80":     "not IP:PORT",
		"127.0.0.1:0=blog/web:80":        "port 0",
		"0.0.0.0:8000=blog/web:80":       "not a loopback",
		"127.0.0.1:8000=web:80":          "namespace is missing",
		"127.0.0.1:8000=/web:80":         "namespace is missing",
		"127.0.0.1:8000=blog/web":        "port is missing",
		"127.0.0.1:8000=blog/:80":        "Service or its port",
		"127.0.0.1:8000=blog/web:80/tcp": "port is missing",
	} {
		_, err := ParsePublication(text)
		assert.ErrorContains(t, err, why, text)
	}
}

func TestAddressOf(t *testing.T) {
	service := serviceAt("10.96.0.7", v1.ServicePort{Name: "http", Port: 80}, v1.ServicePort{Name: "metrics", Port: 9000})
	for port, address := range map[string]string{"80": "10.96.0.7:80", "http": "10.96.0.7:80", "metrics": "10.96.0.7:9000"} {
		got, err := addressOf(service, port)
		require.NoError(t, err)
		assert.Equal(t, address, got)
	}
	_, err := addressOf(service, "https")
	assert.ErrorContains(t, err, `no port "https"`)
	_, err = addressOf(serviceAt(v1.ClusterIPNone), "80")
	assert.ErrorContains(t, err, "no cluster address")
}

func TestPublisherFollowsService(t *testing.T) {
	ctx := context.Background()
	client := fake.NewClientset()
	inside := recorder{}
	p := &publisher{client: client, dial: inside.dial, open: map[string]*published{}}
	first := Publication{Address: freeAddress(t), Namespace: "blog", Service: "web", Port: "http"}
	require.NoError(t, p.set([]Publication{first}))
	t.Cleanup(func() { _ = p.set(nil) })

	assert.Empty(t, exchange(t, first.Address, "hello"), "the connection is closed while the Service does not exist")
	_, err := client.CoreV1().Services("blog").Create(ctx, serviceAt("10.96.0.7", v1.ServicePort{Name: "http", Port: 80}), metav1.CreateOptions{})
	require.NoError(t, err)
	assert.Equal(t, "hello to 10.96.0.7:80", exchange(t, first.Address, "hello"))

	second := first
	second.Port = "8080"
	_, err = client.CoreV1().Services("blog").Update(ctx, serviceAt("10.96.0.7", v1.ServicePort{Port: 8080}), metav1.UpdateOptions{})
	require.NoError(t, err)
	require.NoError(t, p.set([]Publication{second}))
	assert.Equal(t, "hello to 10.96.0.7:8080", exchange(t, first.Address, "hello"), "an open port uses the new target")
	assert.Equal(t, []Publication{second}, p.list())

	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	third := Publication{Address: taken.Addr().String(), Namespace: "blog", Service: "web", Port: "http"}
	assert.ErrorContains(t, p.set([]Publication{second, third}), "choose another")

	require.NoError(t, p.set(nil))
	_, err = net.Dial("tcp", first.Address)
	assert.Error(t, err, "a port that is no longer published is closed")
}

func TestSlowAPIServerCausesNoFailedConnection(t *testing.T) {
	ctx := context.Background()
	client := fake.NewClientset(serviceAt("10.96.0.7", v1.ServicePort{Port: 80}))
	p := &publisher{client: client, dial: recorder{}.dial, open: map[string]*published{}}
	to := &published{target: Publication{Namespace: "blog", Service: "web", Port: "80"}}
	first, err := p.connect(ctx, to)
	require.NoError(t, err)
	_ = first.Close()

	lookups, answer := make(chan struct{}, 100), make(chan struct{})
	client.PrependReactor("get", "services", func(clienttesting.Action) (bool, runtime.Object, error) {
		lookups <- struct{}{}
		<-answer
		return true, nil, errors.New("too busy")
	})
	p.mu.Lock()
	to.resolvedAt = time.Now().Add(-2 * addressTTL)
	p.mu.Unlock()
	for range 10 {
		conn, err := p.connect(ctx, to)
		require.NoError(t, err)
		_ = conn.Close()
	}
	<-lookups
	assert.Empty(t, lookups, "one lookup is enough")
	close(answer)

	p.mu.Lock()
	to.resolvedAt = time.Now().Add(-2 * addressMaxAge)
	p.mu.Unlock()
	_, err = p.connect(ctx, to)
	assert.ErrorContains(t, err, "too busy", "an old address may belong to another Service")
}

func serviceAt(ip string, ports ...v1.ServicePort) *v1.Service {
	return &v1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: "blog", Name: "web"},
		Spec:       v1.ServiceSpec{ClusterIP: ip, Ports: ports},
	}
}

// recorder is a fake of the cluster's network: every address answers with what it received and the address itself.
type recorder struct{}

func (recorder) dial(_ context.Context, _, address string) (net.Conn, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	go func() {
		defer listener.Close()
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		// The answer follows only after the caller has closed its direction, so the forwarder must close one direction only.
		received, err := io.ReadAll(conn)
		if err == nil {
			_, _ = fmt.Fprintf(conn, "%s to %s", received, address)
		}
	}()
	return net.Dial("tcp", listener.Addr().String())
}

func exchange(t *testing.T, address, text string) string {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	_, err = fmt.Fprint(conn, text)
	require.NoError(t, err)
	// The other side may already have closed the connection.
	_ = conn.(*net.TCPConn).CloseWrite()
	answer, err := io.ReadAll(bufio.NewReader(conn))
	var broken *net.OpError
	if errors.As(err, &broken) {
		return ""
	}
	require.NoError(t, err)
	return string(answer)
}

func freeAddress(t *testing.T) string {
	t.Helper()
	port, err := ports.Free(1)
	require.NoError(t, err)
	return fmt.Sprintf("127.0.0.1:%d", port)
}
