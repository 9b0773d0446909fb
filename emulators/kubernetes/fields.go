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

// clientSideManagers wrote objects whole, before or beside server-side apply. Who updates such an
// object by Pulumi takes their fields over, or each of them would be a conflict.
func clientSideManagers() sets.Set[string] {
	return sets.New("kubectl", "kubectl-client-side-apply", "before-first-apply",
		"pulumi-kubernetes", "pulumi-kubernetes.exe", "pulumi-resource-kubernetes")
}

// takeOver hands the fields of client-side managers to ours.
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

// keepIgnored makes an apply leave the fields of ignoreChanges as they are: one that only others manage
// is left out, any other is sent with its live value. For a path with a position in a list it does
// nothing, since the engine has put the old input there already.
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

// owners says whether a field is managed by us, and whether by anybody else.
func owners(live object, path []string, fieldManager string) (ours, theirs bool, err error) {
	for _, entry := range asUnstructured(live).GetManagedFields() {
		if entry.FieldsV1 == nil {
			continue
		}
		var set map[string]any
		if err := json.Unmarshal(entry.FieldsV1.Raw, &set); err != nil {
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

// hasField follows a path through the API's form of a set of fields ("f:spec": {"f:replicas": {}}).
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
