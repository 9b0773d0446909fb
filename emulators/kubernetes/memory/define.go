package memory

import (
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

const definitionKind = "CustomResourceDefinition"

// define serves the kinds of a definition.
func (c *Cluster) define(at address) {
	definition := c.objects[at]
	c.kinds = slices.DeleteFunc(c.kinds, func(k kind) bool { return k.resource() == defines(definition) })
	versions, _, _ := unstructured.NestedSlice(definition.Object, "spec", "versions")
	for _, entry := range versions {
		version, isObject := entry.(map[string]any)
		name, _ := version["name"].(string)
		if !isObject || version["served"] != true {
			continue
		}
		c.kinds = append(c.kinds, kind{
			GroupVersionKind: schema.GroupVersionKind{Group: text(definition, "spec.group"), Version: name, Kind: text(definition, "spec.names.kind")},
			plural:           text(definition, "spec.names.plural"),
			namespaced:       text(definition, "spec.scope") == "Namespaced",
		})
	}
	c.change(at, func(next *unstructured.Unstructured) {
		condition(next, "NamesAccepted", "True", "NoConflicts", "no conflicts found")
		condition(next, "Established", "True", "InitialNamesAccepted", "the initial names have been accepted")
	})
}

func defines(definition *unstructured.Unstructured) resource {
	return resource{text(definition, "spec.group"), text(definition, "spec.names.plural")}
}

// withdraw stops serving a definition's kinds, and deletes their objects.
func (c *Cluster) withdraw(definition *unstructured.Unstructured) {
	gone := defines(definition)
	for at := range c.objects {
		if at.resource == gone {
			c.drop(at)
		}
	}
	c.kinds = slices.DeleteFunc(c.kinds, func(k kind) bool { return k.resource() == gone })
}
