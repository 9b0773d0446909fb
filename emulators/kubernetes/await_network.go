package kubernetes

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// waitForService waits until a Service has a ready endpoint and, as a LoadBalancer, an address. A headless Service, one
// without a selector and an ExternalName are ready at once.
func (s *subject) waitForService() *wait {
	selected, _ := s.live.at("spec", "selector").(map[string]any)
	headless := s.live.text("spec", "clusterIP") == "None" || s.live.text("spec", "type") == "ExternalName"
	balanced := s.live.text("spec", "type") == "LoadBalancer"
	waitsForPods := len(selected) > 0 && !headless
	if !waitsForPods && !balanced {
		return nil
	}
	w := s.waitOn(limitWorkload, func(live object) (look, error) {
		if balanced && !hasAddress(live) {
			return look{waiting: "the load balancer has no address yet"}, nil
		}
		return look{ready: true}, nil
	})
	if waitsForPods {
		s.waitForEndpoints(w)
	}
	return w
}

func (s *subject) waitForEndpoints(w *wait) {
	namespace := s.live.namespace()
	label := "kubernetes.io/service-name=" + s.live.name()
	w.targets = append(w.targets, target{kind: endpointSliceKind(), namespace: namespace, label: label})
	itself := w.look
	w.look = func(ctx context.Context) (look, error) {
		slices, err := s.cluster.list(ctx, endpointSliceKind(), namespace, metav1.ListOptions{LabelSelector: label})
		if err != nil {
			return look{}, err
		}
		for _, slice := range slices {
			if hasReadyEndpoint(slice) {
				return itself(ctx)
			}
		}
		return look{waiting: "no pod that it selects is ready"}, nil
	}
	selector := metav1.FormatLabelSelector(&metav1.LabelSelector{MatchLabels: textsOf(s.live.at("spec", "selector"))})
	w.why = func(ctx context.Context) []string {
		pods, err := s.cluster.list(ctx, core("Pod"), namespace, metav1.ListOptions{LabelSelector: selector})
		if err == nil && len(pods) == 0 {
			return []string{"no pod has the labels of its selector: " + selector}
		}
		return s.cluster.whyNotReady(ctx, namespace, selector)
	}
}

func hasReadyEndpoint(slice object) bool {
	endpoints, _ := slice["endpoints"].([]any)
	for _, entry := range endpoints {
		endpoint, _ := entry.(map[string]any)
		conditions, _ := endpoint["conditions"].(map[string]any)
		// By the definition of the API, an endpoint without the condition is ready.
		if ready, said := conditions["ready"].(bool); ready || !said {
			return true
		}
	}
	return false
}

func hasAddress(live object) bool {
	addresses, _ := live.at("status", "loadBalancer", "ingress").([]any)
	return len(addresses) > 0
}

// waitForIngress waits until a controller has set the address of the Ingress.
func (s *subject) waitForIngress() *wait {
	return s.waitOn(limitWorkload, func(live object) (look, error) {
		return look{ready: hasAddress(live), waiting: "no ingress controller has set its address yet"}, nil
	})
}

func textsOf(value any) map[string]string {
	texts := map[string]string{}
	fields, _ := value.(map[string]any)
	for key, field := range fields {
		if text, ok := field.(string); ok {
			texts[key] = text
		}
	}
	return texts
}
