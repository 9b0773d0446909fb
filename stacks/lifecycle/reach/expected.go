package reach

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/djangostack/djangostack/stacks/spec"
)

// missing looks up what the environment uses and does not create. What the kubeconfig's user may not read is not
// asked for. A namespace that is not there yet has nothing: whoever creates objects in new namespaces does it while
// the update waits for the pods.
func missing(ctx context.Context, config *rest.Config, environment *spec.Environment) error {
	expected := environment.Expected()
	if len(expected) == 0 && environment.CreatesNamespace() {
		return nil
	}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("connecting to the cluster at %s: %w", config.Host, err)
	}
	lookup := lookup{client: client, namespace: environment.Namespace.Name}
	_, err = lookup.get(ctx, spec.ExpectedObject{Kind: "Namespace", Name: lookup.namespace})
	isNew := apierrors.IsNotFound(err)
	if isNew && !environment.CreatesNamespace() {
		return fmt.Errorf("the namespace %s is not there, and namespace.source is existing: create it, or set namespace.source to create", lookup.namespace)
	}
	result := &spec.MissingObjectsError{Namespace: lookup.namespace}
	for _, object := range expected {
		if object.CreatedBy != "" || isNew && !object.ClusterWide() && (object.Namespace == "" || object.Namespace == lookup.namespace) {
			continue
		}
		wrong, err := lookup.wrong(ctx, object)
		if err != nil {
			return err
		}
		result.Objects = append(result.Objects, wrong...)
	}
	if len(result.Objects) > 0 {
		return result
	}
	return nil
}

type lookup struct {
	client    dynamic.Interface
	namespace string
}

// resources are the API's resources of the kinds that an environment can expect.
func resources() map[string]schema.GroupVersionResource {
	return map[string]schema.GroupVersionResource{
		"Namespace":                {Version: "v1", Resource: "namespaces"},
		"Secret":                   {Version: "v1", Resource: "secrets"},
		"ConfigMap":                {Version: "v1", Resource: "configmaps"},
		"ServiceAccount":           {Version: "v1", Resource: "serviceaccounts"},
		"PersistentVolumeClaim":    {Version: "v1", Resource: "persistentvolumeclaims"},
		"StorageClass":             {Group: "storage.k8s.io", Version: "v1", Resource: "storageclasses"},
		"CSIDriver":                {Group: "storage.k8s.io", Version: "v1", Resource: "csidrivers"},
		"PriorityClass":            {Group: "scheduling.k8s.io", Version: "v1", Resource: "priorityclasses"},
		"RuntimeClass":             {Group: "node.k8s.io", Version: "v1", Resource: "runtimeclasses"},
		"IngressClass":             {Group: "networking.k8s.io", Version: "v1", Resource: "ingressclasses"},
		"Gateway":                  {Group: "gateway.networking.k8s.io", Version: "v1", Resource: "gateways"},
		spec.ClusterIssuer:         {Group: spec.CertManagerGroup, Version: "v1", Resource: "clusterissuers"},
		spec.NamespacedIssuer:      {Group: spec.CertManagerGroup, Version: "v1", Resource: "issuers"},
		"CustomResourceDefinition": {Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"},
	}
}

func (l lookup) get(ctx context.Context, object spec.ExpectedObject) (*unstructured.Unstructured, error) {
	resource := l.client.Resource(resources()[object.Kind])
	if object.ClusterWide() {
		return resource.Get(ctx, object.Name, metav1.GetOptions{})
	}
	return resource.Namespace(cmp.Or(object.Namespace, l.namespace)).Get(ctx, object.Name, metav1.GetOptions{})
}

// wrong lists what is wrong with an object; nothing if it is as expected, or may not be read.
func (l lookup) wrong(ctx context.Context, expected spec.ExpectedObject) ([]spec.MissingObject, error) {
	found, err := l.get(ctx, expected)
	switch {
	case apierrors.IsNotFound(err):
		return because(expected, "is not there: create it before the update"), nil
	case apierrors.IsForbidden(err), apierrors.IsUnauthorized(err):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("looking up the %s %s, which %s names: %w", expected.Kind, expected.Name, expected.Path, err)
	}
	if expected.Kind == "Secret" {
		return append(because(expected, lacking(found, expected.Keys)), misshapen(found, expected)...), nil
	}
	if expected.AccessMode != "" {
		return because(expected, mode(found, expected)), nil
	}
	return nil, nil
}

// because is an object with what is wrong with it; nothing without a reason.
func because(expected spec.ExpectedObject, reason string) []spec.MissingObject {
	if reason == "" {
		return nil
	}
	return []spec.MissingObject{{ExpectedObject: expected, Reason: reason}}
}

// misshapen lists the entries of a Secret with values that do not fit where Kubernetes puts
// them. No message has a value.
func misshapen(secret *unstructured.Unstructured, expected spec.ExpectedObject) []spec.MissingObject {
	var wrong []spec.MissingObject
	for _, form := range expected.Forms {
		text, has, _ := unstructured.NestedString(secret.Object, "data", form.Key)
		value, err := base64.StdEncoding.DecodeString(text)
		if !has || (err == nil && form.Form.Has(string(value))) {
			continue
		}
		object := expected
		object.Path, object.OtherwiseCreated = form.Path, ""
		wrong = append(wrong, spec.MissingObject{ExpectedObject: object, Reason: fmt.Sprintf("has an entry %s that %s", form.Key, form.Wrong)})
	}
	return wrong
}

// lacking names the keys that a Secret does not have.
func lacking(secret *unstructured.Unstructured, keys []string) string {
	entries, _, _ := unstructured.NestedMap(secret.Object, "data")
	var lacks []string
	for _, key := range keys {
		if entries[key] == nil {
			lacks = append(lacks, key)
		}
	}
	if len(lacks) == 0 {
		return ""
	}
	return "has no entry " + strings.Join(lacks, ", ") + ": add it before the update"
}

// mode compares the access modes of a claim with the one that the environment counts on.
func mode(claim *unstructured.Unstructured, expected spec.ExpectedObject) string {
	modes, _, _ := unstructured.NestedStringSlice(claim.Object, "spec", "accessModes")
	if slices.Contains(modes, string(expected.AccessMode)) {
		return ""
	}
	has := strings.Join(modes, ", ")
	if strings.HasSuffix(expected.Path, ".from") {
		return fmt.Sprintf("is %s, so pods on several nodes cannot mount it: declare it as {name: %s, claimName: %s, accessMode: %s} in volumes, and mount that with source volume", has, expected.Name, expected.Name, modes[0])
	}
	if expected.AccessMode == spec.ReadWriteOnce && slices.Contains(modes, string(spec.ReadWriteMany)) {
		return ""
	}
	return fmt.Sprintf("is %s, and the configuration says accessMode %s: set it to what the claim has", has, expected.AccessMode)
}
