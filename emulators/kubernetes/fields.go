package kubernetes

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/client-go/util/csaupgrade"
)

// clientSideManagers are the managers that wrote whole objects before server-side apply, or without it. An update takes
// over their fields, because each of them would otherwise be a conflict.
func clientSideManagers() sets.Set[string] {
	return sets.New("kubectl", "kubectl-client-side-apply", "before-first-apply",
		"pulumi-kubernetes", "pulumi-kubernetes.exe", "pulumi-resource-kubernetes")
}

// takeOver moves the fields of client-side managers to this provider's manager.
func (c *cluster) takeOver(ctx context.Context, live object, fieldManager string) error {
	patch, err := csaupgrade.UpgradeManagedFieldsPatch(asUnstructured(live), clientSideManagers(), fieldManager)
	if err != nil {
		return fmt.Errorf("reading who manages the fields: %w", err)
	}
	if patch == nil {
		return nil
	}
	client, err := c.of(live)
	if err != nil {
		return err
	}
	if _, err := client.Patch(ctx, live.name(), types.JSONPatchType, patch, metav1.PatchOptions{}); err != nil {
		return fmt.Errorf("taking over the fields of kubectl: %w", err)
	}
	return nil
}

func hasClientSideManager(live object) bool {
	managers := clientSideManagers()
	for _, entry := range asUnstructured(live).GetManagedFields() {
		if entry.Operation == metav1.ManagedFieldsOperationUpdate && entry.Subresource == "" && managers.Has(entry.Manager) {
			return true
		}
	}
	return false
}

// keepIgnored makes an apply leave the fields of ignoreChanges alone. It omits a field that only others manage, and
// sends any other with its live value. It skips a path with an index, because the engine has already restored the old
// input there.
func keepIgnored(inputs, live object, ignored []string, fieldManager string) error {
	for _, text := range ignored {
		parsed, err := resource.ParsePropertyPath(text)
		if err != nil {
			return fmt.Errorf("reading ignoreChanges %q: %w", text, err)
		}
		path := fieldNames(parsed)
		if len(path) != len(parsed) {
			continue
		}
		ours, theirs, err := owners(live, path, fieldManager)
		if err != nil {
			return err
		}
		if theirs && !ours {
			unstructured.RemoveNestedField(inputs, path...)
			continue
		}
		value, found, err := unstructured.NestedFieldCopy(live, path...)
		if err != nil || !found {
			continue
		}
		if err := unstructured.SetNestedField(inputs, value, path...); err != nil {
			return fmt.Errorf("keeping %s as it is: %w", text, err)
		}
	}
	return nil
}

// owners tells whether this provider manages a field, and whether another manager does.
func owners(live object, path []string, fieldManager string) (ours, theirs bool, err error) {
	for _, entry := range asUnstructured(live).GetManagedFields() {
		if entry.FieldsV1 == nil {
			continue
		}
		var set map[string]any
		if err := json.Unmarshal(entry.FieldsV1.GetRawBytes(), &set); err != nil {
			return false, false, fmt.Errorf("reading who manages the fields: %w", err)
		}
		switch {
		case !hasField(set, path):
		case entry.Manager == fieldManager:
			ours = true
		default:
			theirs = true
		}
	}
	return ours, theirs, nil
}

// hasField tells whether the API's notation of a set of fields contains a path: "f:spec": {"f:replicas": {}}.
func hasField(set map[string]any, path []string) bool {
	for _, name := range path {
		next, ok := set["f:"+name].(map[string]any)
		if !ok {
			return false
		}
		set = next
	}
	return true
}

func asUnstructured(o object) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: o}
}
