package memory

import (
	"fmt"
	"hash/fnv"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
)

func slicesResource() resource { return resource{"discovery.k8s.io", "endpointslices"} }

// settleServices sets the addresses of load balancers, and an endpoint of each workload that a Service selects.
func (c *Cluster) settleServices(namespace string) {
	services := resource{"", "services"}
	wanted := map[string]bool{}
	for _, service := range c.in(services, namespace) {
		at := address{services, namespace, service.GetName()}
		if text(service, "spec.type") == "LoadBalancer" {
			c.change(at, c.address)
		}
		selector, _, _ := unstructured.NestedStringMap(service.Object, "spec", "selector")
		if len(selector) == 0 {
			continue
		}
		wanted[service.GetName()] = true
		c.lead(service, c.behind(namespace, selector))
	}
	for _, slice := range c.in(slicesResource(), namespace) {
		if owner := slice.GetLabels()["kubernetes.io/service-name"]; !wanted[owner] && slice.GetLabels()[managedBy] == here {
			c.drop(address{slicesResource(), namespace, slice.GetName()})
		}
	}
}

const (
	managedBy = "endpointslice.kubernetes.io/managed-by"
	here      = "endpointslice-controller.k8s.io"
)

// behind returns the ready workloads whose pods have the labels.
func (c *Cluster) behind(namespace string, selector map[string]string) []string {
	var found []string
	for _, plural := range []string{"deployments", "statefulsets", "daemonsets", "pods"} {
		group := "apps"
		if plural == "pods" {
			group = ""
		}
		for _, object := range c.in(resource{group, plural}, namespace) {
			template, has := podsOf(object)
			if has && labels.SelectorFromSet(selector).Matches(labels.Set(template.Labels)) && hasPods(object) {
				found = append(found, object.GetName())
			}
		}
	}
	return found
}

func hasPods(object *unstructured.Unstructured) bool {
	switch object.GetKind() {
	case "Pod":
		return text(object, "status.phase") == "Running"
	case "DaemonSet":
		return count(object, "status.numberReady", 0) > 0
	}
	return count(object, "status.readyReplicas", 0) > 0
}

// lead writes the endpoints of a Service.
func (c *Cluster) lead(service *unstructured.Unstructured, workloads []string) {
	at := address{slicesResource(), service.GetNamespace(), service.GetName() + "-memory"}
	if c.objects[at] == nil {
		made := &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
			"metadata": map[string]any{
				"name": at.name, "namespace": at.namespace,
				"labels": map[string]any{"kubernetes.io/service-name": service.GetName(), managedBy: here},
			},
		}}
		c.introduce(made)
		c.put(at, made)
	}
	c.change(at, func(next *unstructured.Unstructured) {
		endpoints := []any{}
		for _, name := range workloads {
			endpoints = append(endpoints, map[string]any{
				"addresses":  []any{invented(service.GetNamespace()+"/"+name, "10.244.%d.%d")},
				"conditions": map[string]any{"ready": true},
			})
		}
		next.Object["endpoints"] = endpoints
	})
}

// address sets the permanent address of a load balancer or an Ingress.
func (c *Cluster) address(object *unstructured.Unstructured) {
	// 198.18.0.0/15 is reserved for network tests (RFC 2544) and leads nowhere.
	given := invented(object.GetKind()+object.GetNamespace()+"/"+object.GetName(), "198.18.%d.%d")
	set(object, "status.loadBalancer.ingress", []any{map[string]any{"ip": given}})
}

// invented returns an address that is always the same for a name.
func invented(name, format string) string {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(name))
	value := sum.Sum32()
	return fmt.Sprintf(format, value>>8&0xff, value&0xff)
}
