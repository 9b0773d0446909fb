package memory

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/client-go/rest"
)

// Cluster is one cluster. It lives until Close, or as long as the process.
type Cluster struct {
	server *http.Server
	config *rest.Config
	types  managedfields.TypeConverter

	mu sync.Mutex
	// ended is closed by Close; watches end with it.
	ended    chan struct{}
	kinds    []kind
	objects  map[address]*unstructured.Unstructured
	revision int64
	// handed is the number of assigned addresses.
	handed   int
	watchers map[*watcher]bool
	// seeded are the objects that existed before any program ran.
	seeded map[address]bool
	// awaiting are objects to seed once their namespace exists.
	awaiting map[address]*unstructured.Unstructured
	// broken are the StatefulSets whose pods cannot start, as they were then.
	broken map[address]*unstructured.Unstructured
	// drivers are the CSI drivers that the nodes run; none means any.
	drivers []string
}

// address identifies an object.
type address struct {
	resource        resource
	namespace, name string
}

// resource is a kind in any of its versions.
type resource struct{ group, plural string }

// Start serves an empty cluster on a free port of 127.0.0.1. It returns an error if no port can be opened.
func Start() (*Cluster, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("opening a port for the cluster in memory: %w", err)
	}
	token := rand.Text()
	c := &Cluster{
		config:   &rest.Config{Host: "http://" + listener.Addr().String(), BearerToken: token},
		types:    newTypes(),
		ended:    make(chan struct{}),
		kinds:    served(),
		objects:  map[address]*unstructured.Unstructured{},
		watchers: map[*watcher]bool{},
		seeded:   map[address]bool{},
		awaiting: map[address]*unstructured.Unstructured{},
		broken:   map[address]*unstructured.Unstructured{},
	}
	c.server = &http.Server{Handler: guarded(token, c), ReadHeaderTimeout: connectionPatience}
	for _, name := range firstNamespaces() {
		c.begin(name)
	}
	go func() { _ = c.server.Serve(listener) }()
	return c, nil
}

func firstNamespaces() []string {
	return []string{"default", "kube-node-lease", "kube-public", "kube-system"}
}

func (c *Cluster) begin(namespace string) {
	made := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Namespace",
		"metadata": map[string]any{"name": namespace, "labels": map[string]any{"kubernetes.io/metadata.name": namespace}},
		"status":   map[string]any{"phase": "Active"},
	}}
	c.introduce(made)
	c.put(address{resource: namespaces(), name: namespace}, made)
}

// Config returns the client configuration of the cluster, with its only token.
func (c *Cluster) Config() *rest.Config { return rest.CopyConfig(c.config) }

// Close stops the cluster and drops all objects. Its error is always nil.
func (c *Cluster) Close() error {
	c.mu.Lock()
	select {
	case <-c.ended:
	default:
		close(c.ended)
	}
	c.mu.Unlock()
	err := c.server.Shutdown(context.Background())
	if err != nil {
		err = c.server.Close()
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// Left returns the objects that did not exist when the cluster started, ordered by kind, namespace and name: Secret
// blog/blog-app.
func (c *Cluster) Left() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var left []string
	for at, object := range c.objects {
		if c.seeded[at] || at.resource == namespaces() && slices.Contains(firstNamespaces(), at.name) {
			continue
		}
		left = append(left, strings.TrimSuffix(object.GetKind()+" "+at.namespace, " ")+separator(at)+at.name)
	}
	slices.Sort(left)
	return left
}

// Objects returns copies of the objects that did not exist when the cluster started, in the order of Left.
func (c *Cluster) Objects() []*unstructured.Unstructured {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []*unstructured.Unstructured
	for at, object := range c.objects {
		if at.resource == namespaces() && slices.Contains(firstNamespaces(), at.name) {
			continue
		}
		all = append(all, object.DeepCopy())
	}
	slices.SortFunc(all, func(a, b *unstructured.Unstructured) int {
		return cmp.Or(strings.Compare(a.GetKind(), b.GetKind()), strings.Compare(a.GetNamespace(), b.GetNamespace()), strings.Compare(a.GetName(), b.GetName()))
	})
	return all
}

func separator(at address) string {
	if at.namespace == "" {
		return " "
	}
	return "/"
}

// in lists the objects of a resource, ordered by namespace and name. An empty namespace means all.
func (c *Cluster) in(r resource, namespace string) []*unstructured.Unstructured {
	var found []*unstructured.Unstructured
	for at, object := range c.objects {
		if at.resource == r && (namespace == "" || at.namespace == namespace) {
			found = append(found, object)
		}
	}
	slices.SortFunc(found, func(a, b *unstructured.Unstructured) int {
		return cmp.Or(strings.Compare(a.GetNamespace(), b.GetNamespace()), strings.Compare(a.GetName(), b.GetName()))
	})
	return found
}
