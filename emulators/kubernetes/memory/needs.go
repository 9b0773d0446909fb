package memory

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// podsOf returns the specification of a workload's pods and their labels, and false if the object has none.
func podsOf(object *unstructured.Unstructured) (corev1.PodTemplateSpec, bool) {
	fields := object.Object
	if object.GetKind() != "Pod" {
		written, found, err := unstructured.NestedMap(object.Object, "spec", "template")
		if !found || err != nil {
			return corev1.PodTemplateSpec{}, false
		}
		fields = written
	}
	var template corev1.PodTemplateSpec
	err := runtime.DefaultUnstructuredConverter.FromUnstructured(map[string]any{
		"metadata": fields["metadata"], "spec": fields["spec"],
	}, &template)
	return template, err == nil
}

// missingFor returns the missing objects that a workload's pods refer to, each once.
func (c *Cluster) missingFor(object *unstructured.Unstructured) []string {
	template, has := podsOf(object)
	if !has {
		return nil
	}
	look := &needs{cluster: c, namespace: object.GetNamespace()}
	if account := template.Spec.ServiceAccountName; account != "" && account != "default" {
		look.object("serviceaccounts", "ServiceAccount", account, nil)
	}
	for _, volume := range template.Spec.Volumes {
		look.volume(volume.VolumeSource)
	}
	for _, claim := range claimTemplates(object) {
		look.claim(claim.GetName())
	}
	for _, secret := range template.Spec.ImagePullSecrets {
		look.object("secrets", "Secret (for pulling images)", secret.Name, nil)
	}
	look.priority(template.Spec.PriorityClassName)
	look.runtime(template.Spec.RuntimeClassName)
	for _, container := range slices.Concat(template.Spec.InitContainers, template.Spec.Containers) {
		look.container(container)
	}
	return look.missing
}

type needs struct {
	cluster   *Cluster
	namespace string
	missing   []string
}

func (n *needs) add(text string) {
	if !slices.Contains(n.missing, text) {
		n.missing = append(n.missing, text)
	}
}

// object checks an object that is referred to and not optional.
func (n *needs) object(plural, kind, name string, optional *bool) *unstructured.Unstructured {
	found := n.cluster.objects[address{resource{"", plural}, n.namespace, name}]
	if found == nil && name != "" && (optional == nil || !*optional) {
		n.add(fmt.Sprintf("%s %s is not there", kind, name))
	}
	return found
}

// key checks a key of a Secret or ConfigMap.
func (n *needs) key(plural, kind, name, key string, optional *bool) {
	holder := n.object(plural, kind, name, optional)
	if holder == nil || optional != nil && *optional {
		return
	}
	for _, field := range []string{"data", "stringData", "binaryData"} {
		if values, _, _ := unstructured.NestedMap(holder.Object, field); values[key] != nil {
			return
		}
	}
	n.add(fmt.Sprintf("%s %s has no key %s", kind, name, key))
}

func (n *needs) volume(source corev1.VolumeSource) {
	switch {
	case source.Secret != nil:
		n.object("secrets", "Secret", source.Secret.SecretName, source.Secret.Optional)
	case source.ConfigMap != nil:
		n.object("configmaps", "ConfigMap", source.ConfigMap.Name, source.ConfigMap.Optional)
	case source.PersistentVolumeClaim != nil:
		n.claim(source.PersistentVolumeClaim.ClaimName)
	case source.Projected != nil:
		for _, part := range source.Projected.Sources {
			n.projected(part)
		}
	}
}

// claim checks that a claim exists, has a volume, and that the nodes can mount it.
func (n *needs) claim(name string) {
	claim := n.object("persistentvolumeclaims", "PersistentVolumeClaim", name, nil)
	if claim == nil {
		return
	}
	if why := n.cluster.unbindable(claim); why != "" && text(claim, "status.phase") != string(corev1.ClaimBound) {
		n.add(fmt.Sprintf("PersistentVolumeClaim %s gets no volume: %s", name, why))
	}
	if driver := claim.GetAnnotations()[provisionedBy]; driver != "" && !n.cluster.mountable(driver) {
		n.add(fmt.Sprintf("the nodes cannot mount the volume of PersistentVolumeClaim %s: they run no CSI driver %s, only %s",
			name, driver, strings.Join(n.cluster.drivers, ", ")))
	}
}

// priority checks a priority class. Two of them are built in.
func (n *needs) priority(name string) {
	at := address{resource: resource{"scheduling.k8s.io", "priorityclasses"}, name: name}
	if name != "" && !strings.HasPrefix(name, "system-") && n.cluster.objects[at] == nil {
		n.add(fmt.Sprintf("no PriorityClass with name %s was found", name))
	}
}

func (n *needs) runtime(name *string) {
	if name == nil {
		return
	}
	if n.cluster.objects[address{resource: resource{"node.k8s.io", "runtimeclasses"}, name: *name}] == nil {
		n.add(fmt.Sprintf("pod rejected: RuntimeClass %q not found", *name))
	}
}

func (n *needs) projected(part corev1.VolumeProjection) {
	if part.Secret != nil {
		n.object("secrets", "Secret", part.Secret.Name, part.Secret.Optional)
	}
	// A controller writes the cluster's certificate into every namespace.
	if part.ConfigMap != nil && part.ConfigMap.Name != "kube-root-ca.crt" {
		n.object("configmaps", "ConfigMap", part.ConfigMap.Name, part.ConfigMap.Optional)
	}
}

func (n *needs) container(container corev1.Container) {
	for _, source := range container.EnvFrom {
		if source.SecretRef != nil {
			n.object("secrets", "Secret", source.SecretRef.Name, source.SecretRef.Optional)
		}
		if source.ConfigMapRef != nil {
			n.object("configmaps", "ConfigMap", source.ConfigMapRef.Name, source.ConfigMapRef.Optional)
		}
	}
	for _, variable := range container.Env {
		if variable.ValueFrom == nil {
			continue
		}
		if ref := variable.ValueFrom.SecretKeyRef; ref != nil {
			n.key("secrets", "Secret", ref.Name, ref.Key, ref.Optional)
		}
		if ref := variable.ValueFrom.ConfigMapKeyRef; ref != nil {
			n.key("configmaps", "ConfigMap", ref.Name, ref.Key, ref.Optional)
		}
	}
}

// claims returns the names of the claims that a workload's pods use, including those of its claim templates.
func claims(object *unstructured.Unstructured) []string {
	template, has := podsOf(object)
	if !has || finished(object) {
		return nil
	}
	var names []string
	for _, volume := range template.Spec.Volumes {
		if volume.PersistentVolumeClaim != nil {
			names = append(names, volume.PersistentVolumeClaim.ClaimName)
		}
	}
	for _, claim := range claimTemplates(object) {
		names = append(names, claim.GetName())
	}
	return names
}

// finished tells whether the pods of a Job have ended and use nothing any more.
func finished(object *unstructured.Unstructured) bool {
	return object.GetKind() == "Job" && strings.TrimSpace(text(object, "status.completionTime")) != ""
}
