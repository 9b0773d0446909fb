package kubernetes

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// kindOfURN returns the Kubernetes kind of a resource's type, such as kubernetes:apps/v1:Deployment. It refuses types
// that are not one object of the API.
func kindOfURN(urn string) (schema.GroupVersionKind, error) {
	token := resource.URN(urn).Type()
	none := schema.GroupVersionKind{}
	if token.Package() != "kubernetes" {
		return none, fmt.Errorf("%s is not a resource of the kubernetes package", token)
	}
	module, kind := string(token.Module().Name()), string(token.Name())
	group, version, found := strings.Cut(module, "/")
	switch {
	case !found || version == "" || strings.Contains(version, "/"):
		return none, refused(token.String())
	case group == "helm.sh", group == "yaml", group == "kustomize":
		return none, refused(token.String())
	case group == "core":
		group = ""
	}
	return schema.GroupVersionKind{Group: group, Version: version, Kind: kind}, nil
}

// typeOf returns the type of a resource, such as kubernetes:apps/v1:Deployment.
func typeOf(urn string) string { return resource.URN(urn).Type().String() }

func refused(what string) error {
	return fmt.Errorf("the built-in kubernetes provider cannot manage %s, only single objects of the API; "+
		"install the published plugin for it (pulumi plugin install resource kubernetes v%s)", what, Version)
}

// refusePatchAndList refuses two sorts of types that are not objects although their names look like it.
func refusePatchAndList(gvk schema.GroupVersionKind, inputs object) error {
	base, isPatch := strings.CutSuffix(gvk.Kind, "Patch")
	if given := inputs.text("kind"); isPatch && base != "" && given != gvk.Kind {
		return refused("the patch resource " + gvk.Kind)
	}
	if _, hasItems := inputs["items"]; hasItems && strings.HasSuffix(gvk.Kind, "List") {
		return fmt.Errorf("%s cannot be created: lists exist for manifests only; use the resources it lists", gvk.Kind)
	}
	return nil
}

// id returns Pulumi's id of an object: namespace/name, or name without a namespace.
func id(namespace, name string) string {
	if namespace == "" {
		return name
	}
	return namespace + "/" + name
}

func parseID(id string) (namespace, name string, err error) {
	parts := strings.Split(id, "/")
	switch {
	case len(parts) == 1 && parts[0] != "":
		return "", parts[0], nil
	case len(parts) == 2 && parts[0] != "" && parts[1] != "":
		return parts[0], parts[1], nil
	}
	return "", "", fmt.Errorf("%q is not the id of a Kubernetes object: it must be NAME or NAMESPACE/NAME", id)
}
