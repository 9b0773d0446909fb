package components

import (
	"context"
	"fmt"
	"sync"

	"github.com/cloudnativelabs/kube-router/v2/pkg/controllers/netpol"
	"github.com/cloudnativelabs/kube-router/v2/pkg/healthcheck"
	"github.com/cloudnativelabs/kube-router/v2/pkg/options"
	"github.com/cloudnativelabs/kube-router/v2/pkg/utils"
	"github.com/coreos/go-iptables/iptables"
	v1 "k8s.io/api/core/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"

	"github.com/djangostack/djangostack/local/cluster"
)

// runNetworkPolicies enforces NetworkPolicies by rules of netfilter, with the controller of kube-router. The only argument is
// the path of a kubeconfig.
func runNetworkPolicies(ctx context.Context, args []string) error {
	client, err := clientOf("network-policies", args)
	if err != nil {
		return err
	}
	controller, err := policyController(ctx, client)
	if err != nil {
		return err
	}
	heartbeats := make(chan *healthcheck.ControllerHeartbeat)
	var running sync.WaitGroup
	running.Add(1)
	go controller.Run(heartbeats, ctx.Done(), &running)
	for {
		select {
		case <-heartbeats:
		case <-ctx.Done():
			running.Wait()
			return nil
		}
	}
}

// policyController returns the controller, whose informers have read the pods, policies and namespaces.
func policyController(ctx context.Context, client kubernetes.Interface) (*netpol.NetworkPolicyController, error) {
	settings := options.NewKubeRouterConfig()
	settings.EnableIPv4 = true
	settings.ClusterIPCIDRs = []string{cluster.ServiceRange}
	settings.HostnameOverride = cluster.NodeName

	tables, err := iptables.NewWithProtocol(iptables.ProtocolIPv4)
	if err != nil {
		return nil, fmt.Errorf("finding iptables: %w", err)
	}
	sets, err := utils.NewIPSet(false)
	if err != nil {
		return nil, fmt.Errorf("finding ipset: %w", err)
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	pods, policies, namespaces := factory.Core().V1().Pods().Informer(), factory.Networking().V1().NetworkPolicies().Informer(), factory.Core().V1().Namespaces().Informer()
	controller, err := netpol.NewNetworkPolicyController(client, settings, pods, policies, namespaces, &sync.Mutex{},
		map[v1.IPFamily]utils.IPTablesHandler{v1.IPv4Protocol: tables}, map[v1.IPFamily]utils.IPSetHandler{v1.IPv4Protocol: sets})
	if err != nil {
		return nil, fmt.Errorf("creating the controller: %w", err)
	}
	for informer, handler := range map[cache.SharedIndexInformer]cache.ResourceEventHandler{
		pods: controller.PodEventHandler, policies: controller.NetworkPolicyEventHandler, namespaces: controller.NamespaceEventHandler,
	} {
		if _, err := informer.AddEventHandler(handler); err != nil {
			return nil, fmt.Errorf("watching for changes: %w", err)
		}
	}
	factory.Start(ctx.Done())
	for kind, read := range factory.WaitForCacheSync(ctx.Done()) {
		if !read {
			return nil, fmt.Errorf("reading every %s: %w", kind, context.Cause(ctx))
		}
	}
	return controller, nil
}
