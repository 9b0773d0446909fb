package kubernetes

import (
	"context"
	"fmt"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
)

// cluster is the client of one cluster.
type cluster struct {
	// unreachable is why there is no cluster, or nil.
	unreachable error
	// namespace is that of objects that name none.
	namespace string
	// state is the ID of the provider in the stack's state. The engine generates one for each state.
	state string
	// upsert takes over an existing object instead of refusing to create it.
	upsert bool
	// patchForce takes over fields that other managers own.
	patchForce bool

	dynamic dynamic.Interface
	core    rest.Interface

	mu     sync.Mutex
	mapper meta.ResettableRESTMapper
}

// connectTimeout limits the first request. A cluster behind a dropped route does not answer for minutes.
const connectTimeout = 20 * time.Second

// reach is Options.Connect.
type reach func(Destination) (*rest.Config, bool, error)

// connect never fails. It stores an error in unreachable.
func connect(ctx context.Context, s *settings, elsewhere reach) *cluster {
	c := &cluster{namespace: s.namespace, upsert: s.upsertExistingObjects, patchForce: s.patchForce}
	if err := c.connect(ctx, s, elsewhere); err != nil {
		c.unreachable = fmt.Errorf("the Kubernetes cluster cannot be reached: %w", err)
	}
	return c
}

func (c *cluster) connect(ctx context.Context, s *settings, elsewhere reach) error {
	config, err := c.redirected(s, elsewhere)
	if err != nil {
		return err
	}
	if config == nil {
		if config, err = c.asArgued(s); err != nil {
			return err
		}
	}
	config.Burst, config.QPS, config.Timeout = s.burst, s.queriesPerSecond, s.timeout
	config.UserAgent = "djangostack"
	config.WarningHandler = rest.NoWarnings{}
	reconnects(config)
	return c.open(ctx, config)
}

// asArgued returns the cluster that the program's arguments name.
func (c *cluster) asArgued(s *settings) (*rest.Config, error) {
	loader, err := clientConfig(s)
	if err != nil {
		return nil, err
	}
	if c.namespace, _, err = loader.Namespace(); err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	config, err := loader.ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	return config, nil
}

// redirected returns the cluster of Options.Connect, or nil.
func (c *cluster) redirected(s *settings, elsewhere reach) (*rest.Config, error) {
	if elsewhere == nil {
		return nil, nil
	}
	destination, namespace := destinationOf(s)
	config, redirects, err := elsewhere(destination)
	if err != nil || !redirects {
		return nil, err
	}
	c.namespace = namespace
	return rest.CopyConfig(config), nil
}

func (c *cluster) open(ctx context.Context, config *rest.Config) error {
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return err
	}
	if c.dynamic, err = dynamic.NewForConfigAndClient(config, client); err != nil {
		return err
	}
	found, err := discovery.NewDiscoveryClientForConfigAndClient(config, client)
	if err != nil {
		return err
	}
	c.mapper = restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(found))
	core := rest.CopyConfig(config)
	core.APIPath = "/api"
	core.GroupVersion = &schema.GroupVersion{Version: "v1"}
	core.NegotiatedSerializer = serializer.NewCodecFactory(runtime.NewScheme()).WithoutConversion()
	if c.core, err = rest.RESTClientForConfigAndClient(core, client); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	return found.RESTClient().Get().AbsPath("/version").Do(ctx).Error()
}

// mapping returns the resource of a kind. It looks a missing kind up again, because its definition may have just been
// created. If the kind is still missing, the error is a meta.NoKindMatchError.
func (c *cluster) mapping(gvk schema.GroupVersionKind) (*meta.RESTMapping, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	mapping, err := c.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if meta.IsNoMatchError(err) {
		c.mapper.Reset()
		mapping, err = c.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	}
	return mapping, err
}

// resource returns the client for the objects of a kind. It drops the namespace of a cluster-scoped kind.
func (c *cluster) resource(gvk schema.GroupVersionKind, namespace string) (dynamic.ResourceInterface, error) {
	if c.unreachable != nil {
		return nil, c.unreachable
	}
	mapping, err := c.mapping(gvk)
	if err != nil {
		return nil, err
	}
	client := c.dynamic.Resource(mapping.Resource)
	if mapping.Scope.Name() != meta.RESTScopeNameNamespace {
		return client, nil
	}
	if namespace == "" {
		namespace = "default"
	}
	return client.Namespace(namespace), nil
}

// of returns the client for one object.
func (c *cluster) of(o object) (dynamic.ResourceInterface, error) {
	return c.resource(o.kind(), o.namespace())
}

// knows tells whether the cluster is reachable and serves a kind.
func (c *cluster) knows(gvk schema.GroupVersionKind) bool {
	if c.unreachable != nil {
		return false
	}
	_, err := c.mapping(gvk)
	return err == nil
}

// namespaced tells whether a kind is namespaced. A kind that the cluster cannot tell about, because it is unreachable
// or the definition does not exist yet, counts as namespaced.
func (c *cluster) namespaced(gvk schema.GroupVersionKind) bool {
	if c.unreachable != nil {
		return !clusterScoped(gvk)
	}
	mapping, err := c.mapping(gvk)
	if err != nil {
		return !clusterScoped(gvk)
	}
	return mapping.Scope.Name() == meta.RESTScopeNameNamespace
}
