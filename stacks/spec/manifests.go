package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"

	"github.com/djangostack/djangostack/components/data"
)

// FurtherObject is a text with objects of Kubernetes that the environment has besides those that follow from its other
// sections.
type FurtherObject struct {
	// Name of the entry, for messages and --set. The objects have the names of their manifests.
	Name string `json:"name" jsonschema:"pattern=^[a-z]([a-z0-9-]{0\\,38}[a-z0-9])?$"`
	// Manifests in YAML, one document or several, of objects in the app's namespace: apiVersion, kind, metadata.name, and what the kind has. $(process:NAME.url) is replaced as in app.env. They exist before the app's pods start.
	Manifest string `json:"manifest" jsonschema:"minLength=1"`
}

// Manifest is one object of objects.
type Manifest struct {
	// Path is the field that has it, and Fields are what it says.
	Path   string
	Fields map[string]any
}

// Kind returns the version and the kind.
func (m Manifest) Kind() schema.GroupVersionKind {
	return schema.FromAPIVersionAndKind(m.text("apiVersion"), m.text("kind"))
}

// Name returns the object's name.
func (m Manifest) Name() string { return m.text("metadata", "name") }

// text returns a text at a path of fields, and an empty one if there is none.
func (m Manifest) text(path ...string) string {
	value := any(m.Fields)
	for _, name := range path {
		fields, _ := value.(map[string]any)
		value = fields[name]
	}
	text, _ := value.(string)
	return text
}

// Manifests returns the objects of all texts, with the addresses of processes in them. A text that cannot be read has
// none: the checks have refused it.
func (e *Environment) Manifests() []Manifest {
	var all []Manifest
	for i, object := range e.Objects {
		documents, err := e.documents(object)
		if err != nil {
			continue
		}
		for _, document := range documents {
			if fields, isObject := document.(map[string]any); isObject {
				all = append(all, Manifest{Path: indexed("objects", i) + ".manifest", Fields: fields})
			}
		}
	}
	return all
}

// documents reads the documents of a text. Empty ones are left out.
func (e *Environment) documents(object FurtherObject) ([]any, error) {
	decoder := yamlv3.NewDecoder(bytes.NewReader([]byte(e.WithAddress(object.Manifest))))
	var all []any
	for {
		var node yamlv3.Node
		err := decoder.Decode(&node)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading document %d: %w", len(all), err)
		}
		document, err := asJSON(&node)
		if err != nil {
			return nil, fmt.Errorf("reading document %d: %w", len(all), err)
		}
		if document != nil {
			all = append(all, document)
		}
	}
}

// asJSON returns a document with the types of JSON, as kubectl reads it.
func asJSON(node *yamlv3.Node) (any, error) {
	text, err := yamlv3.Marshal(node)
	if err != nil {
		return nil, fmt.Errorf("writing the document: %w", err)
	}
	encoded, err := yaml.YAMLToJSONStrict(text)
	if err != nil {
		return nil, fmt.Errorf("converting the document to JSON: %w", err)
	}
	var document any
	if err := json.Unmarshal(encoded, &document); err != nil {
		return nil, fmt.Errorf("decoding the document: %w", err)
	}
	return document, nil
}

// Custom reports whether the kind is not one of Kubernetes itself, so that somebody has to install it.
func (m Manifest) Custom() bool { return !builtIn(m.Kind().Group) }

// builtInKinds are the kinds that every cluster has by their groups, without those for which the configuration has a
// section and those of no namespace.
func builtInKinds() map[string][]string {
	return map[string][]string{
		"":                          {"ServiceAccount", "Service", "Endpoints", "LimitRange", "ResourceQuota", "PodTemplate"},
		"apps":                      nil,
		"batch":                     nil,
		"policy":                    {"PodDisruptionBudget"},
		"autoscaling":               {"HorizontalPodAutoscaler"},
		"networking.k8s.io":         {"Ingress", "NetworkPolicy"},
		"rbac.authorization.k8s.io": {"Role", "RoleBinding"},
		"discovery.k8s.io":          {"EndpointSlice"},
		"coordination.k8s.io":       {"Lease"},
	}
}

// builtIn reports whether every cluster has the kinds of a group.
func builtIn(group string) bool {
	_, known := builtInKinds()[group]
	return known
}

// keepsData reports whether the object may hold data that is lost with it, as a database of an operator does. Objects
// of Kubernetes' own kinds, and those of controllers that are known to keep none, can be created again.
func (m Manifest) keepsData() bool {
	group := m.Kind().Group
	return !builtIn(group) && !slices.Contains([]string{
		externalSecretsGroup, secretGeneratorsGroup, "secrets-store.csi.x-k8s.io", "bitnami.com", "cert-manager.io", "monitoring.coreos.com", "traefik.io",
		"keda.sh", "autoscaling.k8s.io", "gateway.networking.k8s.io", "networking.istio.io", "security.istio.io", "cilium.io",
		"eks.amazonaws.com", "elbv2.k8s.aws", "cloud.google.com", "networking.gke.io",
	}, group)
}

// HeldInManifest describes the data that an object may hold.
func (e *Environment) HeldInManifest(m Manifest) data.Held {
	if !m.keepsData() {
		return data.Held{}
	}
	return data.Held{
		Parts:     []data.Part{data.Objects},
		Loss:      "what " + m.title() + " holds",
		Settings:  e.settingsOf(data.Objects),
		Protected: e.protects(data.Objects),
	}
}

// title names an object in a message.
func (m Manifest) title() string {
	kind := m.Kind()
	if kind.Group == "" {
		return "the " + kind.Kind + " " + m.Name()
	}
	return "the " + kind.Kind + " " + m.Name() + " of " + kind.Group
}

// keepers are the objects that may hold data.
func (e *Environment) keepers() []string {
	var names []string
	for _, manifest := range e.Manifests() {
		if manifest.keepsData() {
			names = append(names, strings.TrimPrefix(manifest.title(), "the "))
		}
	}
	return names
}

// createsAccount reports whether objects have a service account.
func (e *Environment) createsAccount(name string) bool {
	return slices.ContainsFunc(e.Manifests(), func(m Manifest) bool {
		return m.Kind().GroupKind() == schema.GroupKind{Kind: "ServiceAccount"} && m.Name() == name
	})
}

// writerOf returns the path of an object whose controller writes a Secret of this name, as those of external-secrets.io
// and cert-manager.io do; empty if none does.
func (e *Environment) writerOf(secret string) string {
	for _, m := range e.Manifests() {
		if builtIn(m.Kind().Group) {
			continue
		}
		names := []string{m.Name(), m.text("spec", "secretName"), m.text("spec", "target", "name"), m.text("spec", "secret", "name"), m.text("spec", "template", "metadata", "name")}
		if slices.Contains(names, secret) {
			return m.Path
		}
	}
	return ""
}

// UsesKubernetesAPI reports whether pods have a token for the Kubernetes API.
func (e *Environment) UsesKubernetesAPI() bool {
	return slices.ContainsFunc(e.processesWithPods(), func(h holder) bool { return h.pods.AutomountServiceAccountToken })
}
