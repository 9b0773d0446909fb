package spec

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation"
)

// checkManifests reports objects that cannot be in the environment's namespace, and kinds for which the configuration
// has a section: it guards what they hold, counts what they need and restarts what reads them.
func (e *Environment) checkManifests(problems *Problems) {
	entries, seen := map[string]int{}, map[string]string{}
	for i, object := range e.Objects {
		at := indexed("objects", i)
		if first, twice := entries[object.Name]; twice {
			problems.add(at+".name", object.Name, "is the name of objects[%d] already", first)
		}
		entries[object.Name] = i
		at += ".manifest"
		documents, err := e.documents(object)
		if err != nil {
			problems.add(at, nil, "is no YAML that can be read: %v; write manifests as for kubectl apply, separated by ---", err)
			continue
		}
		if len(documents) == 0 {
			problems.add(at, nil, "has no object: write its apiVersion, kind and metadata.name")
		}
		for number, document := range documents {
			where := ""
			if len(documents) > 1 {
				where = fmt.Sprintf("document %d ", number)
			}
			fields, isObject := document.(map[string]any)
			if !isObject {
				problems.add(at, nil, "%sis no object: write its apiVersion, kind and metadata.name", where)
				continue
			}
			e.checkManifest(problems, Manifest{Path: at, Fields: fields}, where, seen)
		}
	}
}

func (e *Environment) checkManifest(problems *Problems, m Manifest, where string, seen map[string]string) {
	for _, required := range [][]string{{"apiVersion"}, {"kind"}, {"metadata", "name"}} {
		if m.text(required...) == "" {
			problems.add(m.Path, nil, "%sneeds a text at %s", where, strings.Join(required, "."))
			return
		}
	}
	if section := sectionFor(m.Kind()); section != "" {
		problems.add(m.Path, nil, "%sis a %s: write it into %s", where, m.Kind().Kind, section)
		return
	}
	if ofCluster(m.Kind()) {
		problems.add(m.Path, nil, "%sis a %s, which belongs to the whole cluster and not to one environment: whoever operates the cluster must create it", where, m.Kind().Kind)
		return
	}
	if known := builtInKinds()[m.Kind().Group]; !m.Custom() && !slices.Contains(known, m.Kind().Kind) {
		problems.add(m.Path, nil, "%sis a %s, which is no kind of %s%s", where, maskedStep(m.Kind().Kind), m.text("apiVersion"), amongKinds(m.Kind().Kind, known))
		return
	}
	if versions := builtInVersions()[m.Kind().Group]; !m.Custom() && !slices.Contains(versions, m.Kind().Version) {
		problems.add(m.Path, nil, "%shas the apiVersion %s, which no supported Kubernetes has for a %s; write %s", where, m.text("apiVersion"), m.Kind().Kind, groupVersions(m.Kind().Group, versions))
		return
	}
	e.checkManifestNames(problems, m, where)
	m.checkFields(problems, where)
	key := m.Kind().GroupKind().String() + "/" + m.Name()
	if first := seen[key]; first != "" {
		problems.add(m.Path, nil, "%shas %s, which is in %s already", where, m.title(), first)
	}
	seen[key] = m.Path
}

// checkManifestNames reports names and metadata that the object cannot have.
func (e *Environment) checkManifestNames(problems *Problems, m Manifest, where string) {
	checkName(problems, m.Path, m.Name())
	if m.Name() == e.Instance() || strings.HasPrefix(m.Name(), e.Instance()+"-") {
		problems.add(m.Path, nil, "%shas the name %s, and may not begin with %s, as the names that the environment gives itself do", where, m.Name(), e.Instance())
	}
	if namespace := m.text("metadata", "namespace"); namespace != "" && namespace != e.Namespace.Name {
		problems.add(m.Path, nil, "%shas metadata.namespace %s, and all objects are in %s: leave it out", where, namespace, e.Namespace.Name)
	}
	metadata, _ := m.Fields["metadata"].(map[string]any)
	for _, field := range slices.Sorted(maps.Keys(metadata)) {
		if !slices.Contains([]string{"name", "namespace", "labels", "annotations"}, field) {
			problems.add(m.Path, nil, "%smay have name, labels and annotations in metadata, has %s", where, maskedStep(field))
		}
	}
	for _, field := range []string{"labels", "annotations"} {
		texts, isMap := metadata[field].(map[string]any)
		if metadata[field] != nil && !isMap {
			problems.add(m.Path, nil, "%sneeds a map of texts at metadata.%s", where, field)
		}
		m.checkTexts(problems, where, field, texts)
	}
}

// checkTexts reports labels or annotations that are none.
func (m Manifest) checkTexts(problems *Problems, where, field string, texts map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		text, isText := texts[name].(string)
		if !isText {
			problems.add(m.Path, nil, "%sneeds a text at metadata.%s.%s: put it into quotes", where, field, maskedStep(name))
		}
		if len(validation.IsQualifiedName(strings.ToLower(name))) > 0 {
			problems.add(m.Path, nil, "%shas a name in metadata.%s that is none, for instance example.com/team", where, field)
		}
		if field == "labels" && len(validation.IsValidLabelValue(text)) > 0 {
			problems.add(m.Path, nil, "%shas a label %s whose value is none: letters, digits, dots, hyphens and underscores, at most 63", where, maskedStep(name))
		}
	}
}

// sectionFor returns the section for objects of a kind; empty if there is none.
func sectionFor(kind schema.GroupVersionKind) string {
	if !builtIn(kind.Group) {
		return ""
	}
	return map[string]string{
		"Secret":                "secrets, where its values are encrypted",
		"ConfigMap":             "configMaps",
		"PersistentVolumeClaim": "volumes, which guard its files",
		"Pod":                   "processes",
		"ReplicationController": "processes",
		"ReplicaSet":            "processes",
		"Deployment":            "processes",
		"StatefulSet":           "processes",
		"DaemonSet":             "processes, or let whoever operates the cluster create it",
		"Job":                   "release.steps",
		"CronJob":               "cron",
	}[kind.Kind]
}

// ofCluster reports whether objects of a kind have no namespace, as far as the name of the kind says it.
func ofCluster(kind schema.GroupVersionKind) bool {
	if builtIn(kind.Group) && strings.HasPrefix(kind.Kind, "Cluster") {
		return true
	}
	return slices.Contains([]string{
		"Namespace", "Node", "PersistentVolume", "StorageClass", "CSIDriver", "PriorityClass", "RuntimeClass", "IngressClass", "GatewayClass",
		"CustomResourceDefinition", "APIService", "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration",
		"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ClusterIssuer", "ClusterSecretStore", "ClusterExternalSecret",
		"ClusterTriggerAuthentication", "ClusterPolicy", "NodePool", "NodeClass",
	}, kind.Kind)
}

// amongKinds ends a message about a kind that a group does not have.
func amongKinds(kind string, known []string) string {
	switch near := nearest(kind, known); {
	case near != "":
		return "; did you mean " + near + "?"
	case len(known) > 0:
		return ", whose kinds here are: " + strings.Join(known, ", ")
	default:
		return ": give the kind of a section, or another apiVersion"
	}
}
