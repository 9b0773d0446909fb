package kubernetes

import (
	"context"
	"fmt"
	"path"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// defined is a custom kind of a chart.
type defined struct {
	schema.GroupVersionKind
	scope string
}

// definedBy returns the kinds of a chart whose objects environments have, by the last part of its name.
func definedBy(chart string) []defined {
	const namespaced, cluster = "Namespaced", "Cluster"
	kinds := func(group, version, scope, names string) []defined {
		var all []defined
		for _, name := range strings.Fields(names) {
			all = append(all, defined{schema.GroupVersionKind{Group: group, Version: version, Kind: name}, scope})
		}
		return all
	}
	switch path.Base(chart) {
	case "keda":
		return append(kinds("keda.sh", "v1alpha1", namespaced, "ScaledObject ScaledJob TriggerAuthentication"),
			kinds("keda.sh", "v1alpha1", cluster, "ClusterTriggerAuthentication")...)
	case "cert-manager":
		return append(kinds("cert-manager.io", "v1", namespaced, "Certificate CertificateRequest Issuer"),
			kinds("cert-manager.io", "v1", cluster, "ClusterIssuer")...)
	case "external-secrets":
		return append(kinds("external-secrets.io", "v1", namespaced, "ExternalSecret SecretStore"),
			append(kinds("external-secrets.io", "v1", cluster, "ClusterExternalSecret ClusterSecretStore"),
				append(kinds("external-secrets.io", "v1alpha1", namespaced, "PushSecret"),
					kinds("generators.external-secrets.io", "v1alpha1", namespaced, "ECRAuthorizationToken GCRAccessToken Password")...)...)...)
	case "kube-prometheus-stack":
		return append(kinds("monitoring.coreos.com", "v1", namespaced, "PodMonitor Probe PrometheusRule ServiceMonitor"),
			kinds("monitoring.coreos.com", "v1alpha1", namespaced, "AlertmanagerConfig ScrapeConfig")...)
	default:
		return nil
	}
}

// plural returns the name of the kind in addresses.
func (d defined) plural() string {
	plural, _ := meta.UnsafeGuessKindToResource(d.GroupVersionKind)
	return plural.Resource
}

func (d defined) definition() *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
		"metadata": map[string]any{"name": d.plural() + "." + d.Group},
		"spec": map[string]any{
			"group": d.Group, "scope": d.scope,
			"names": map[string]any{"kind": d.Kind, "plural": d.plural(), "singular": strings.ToLower(d.Kind)},
			"versions": []any{map[string]any{
				"name": d.Version, "served": true, "storage": true,
				"schema": map[string]any{"openAPIV3Schema": map[string]any{"type": "object", "x-kubernetes-preserve-unknown-fields": true}},
			}},
		},
	}}
}

func definitions() schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}
}

// define creates the definitions of a chart. Those that are there already stay.
func (r *recorder) define(ctx context.Context, chart string) error {
	kinds := definedBy(chart)
	if len(kinds) == 0 {
		return nil
	}
	cluster, err := r.reached()
	if err != nil {
		return err
	}
	for _, kind := range kinds {
		_, err := cluster.dynamic.Resource(definitions()).Create(ctx, kind.definition(), metav1.CreateOptions{})
		if err != nil && !apierrors.IsAlreadyExists(err) {
			return fmt.Errorf("defining the kind %s of the chart %s: %w", kind.Kind, chart, err)
		}
	}
	return nil
}

// withdraw deletes the definitions of a chart. With an object of its kinds left it fails: nothing would take the
// finalizer off, and the object's namespace would never be deleted.
func (r *recorder) withdraw(ctx context.Context, chart string) error {
	kinds := definedBy(chart)
	if len(kinds) == 0 {
		return nil
	}
	cluster, err := r.reached()
	if err != nil {
		return err
	}
	for _, kind := range kinds {
		of := schema.GroupVersionResource{Group: kind.Group, Version: kind.Version, Resource: kind.plural()}
		left, err := cluster.dynamic.Resource(of).List(ctx, metav1.ListOptions{})
		if err != nil && !apierrors.IsNotFound(err) {
			return fmt.Errorf("listing each %s before the chart %s is removed: %w", kind.Kind, chart, err)
		}
		if err == nil && len(left.Items) > 0 {
			object := left.Items[0]
			return fmt.Errorf("removing the chart %s: the %s %s is still there, and nothing would take its finalizer off", chart, kind.Kind, path.Join(object.GetNamespace(), object.GetName()))
		}
	}
	for _, kind := range kinds {
		err := cluster.dynamic.Resource(definitions()).Delete(ctx, kind.definition().GetName(), metav1.DeleteOptions{})
		if err != nil && !apierrors.IsNotFound(err) {
			return fmt.Errorf("removing the kind %s of the chart %s: %w", kind.Kind, chart, err)
		}
	}
	return nil
}

// reached returns the cluster, or why there is none.
func (r *recorder) reached() (*cluster, error) {
	_, cluster, err := r.configured()
	if err != nil {
		return nil, err
	}
	return cluster, cluster.unreachable
}
