package memory

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// kind is one kind in one version.
type kind struct {
	schema.GroupVersionKind
	plural     string
	namespaced bool
}

func (k kind) resource() resource { return resource{k.Group, k.plural} }

func namespaces() resource { return resource{"", "namespaces"} }

// group is one version of an API group, with the names of its kinds.
type group struct{ version, namespaced, global string }

// served are the kinds of every cluster in memory: the Kubernetes kinds that programs use, and the custom kinds that
// managed clusters and their load balancer controllers bring.
func served() []kind {
	return kindsOf([]group{
		{"v1", "ConfigMap Secret Service ServiceAccount PersistentVolumeClaim Pod ResourceQuota LimitRange Event Endpoints ReplicationController PodTemplate",
			"Namespace Node PersistentVolume"},
		{"apps/v1", "Deployment StatefulSet DaemonSet ReplicaSet ControllerRevision", ""},
		{"batch/v1", "Job CronJob", ""},
		{"policy/v1", "PodDisruptionBudget", ""},
		{"autoscaling/v2", "HorizontalPodAutoscaler", ""},
		{"networking.k8s.io/v1", "Ingress NetworkPolicy", "IngressClass"},
		{"discovery.k8s.io/v1", "EndpointSlice", ""},
		{"coordination.k8s.io/v1", "Lease", ""},
		{"rbac.authorization.k8s.io/v1", "Role RoleBinding", "ClusterRole ClusterRoleBinding"},
		{"storage.k8s.io/v1", "", "StorageClass CSIDriver"},
		{"scheduling.k8s.io/v1", "", "PriorityClass"},
		{"node.k8s.io/v1", "", "RuntimeClass"},
		{"admissionregistration.k8s.io/v1", "",
			"ValidatingWebhookConfiguration MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding " +
				"MutatingAdmissionPolicy MutatingAdmissionPolicyBinding"},
		{"apiextensions.k8s.io/v1", "", "CustomResourceDefinition"},
		// Custom kinds.
		{"eks.amazonaws.com/v1", "TargetGroupBinding", "NodeClass IngressClassParams"},
		{"elbv2.k8s.aws/v1beta1", "TargetGroupBinding", "IngressClassParams"},
		{"karpenter.sh/v1", "", "NodePool NodeClaim"},
		{"gateway.networking.k8s.io/v1", "Gateway HTTPRoute GRPCRoute", "GatewayClass"},
		{"networking.gke.io/v1", "GCPBackendPolicy GCPGatewayPolicy GCPHTTPFilter HealthCheckPolicy ManagedCertificate", ""},
		{"snapshot.storage.k8s.io/v1", "VolumeSnapshot", "VolumeSnapshotClass VolumeSnapshotContent"},
	})
}

// installable are the custom kinds of common controllers, which somebody has to install.
func installable() []kind {
	return kindsOf([]group{
		{"cert-manager.io/v1", "Certificate Issuer", "ClusterIssuer"},
		{"monitoring.coreos.com/v1", "ServiceMonitor PodMonitor PrometheusRule", ""},
		{"traefik.io/v1alpha1", "Middleware IngressRoute", ""},
		{"keda.sh/v1alpha1", "ScaledObject ScaledJob TriggerAuthentication", "ClusterTriggerAuthentication"},
	})
}

func kindsOf(groups []group) []kind {
	var kinds []kind
	for _, group := range groups {
		for _, name := range strings.Fields(group.namespaced) {
			kinds = append(kinds, newKind(group.version, name, true))
		}
		for _, name := range strings.Fields(group.global) {
			kinds = append(kinds, newKind(group.version, name, false))
		}
	}
	return kinds
}

func newKind(version, name string, namespaced bool) kind {
	gvk := schema.FromAPIVersionAndKind(version, name)
	plural, _ := meta.UnsafeGuessKindToResource(gvk)
	if name == "Endpoints" {
		plural.Resource = "endpoints"
	}
	return kind{gvk, plural.Resource, namespaced}
}

func (c *Cluster) kindOf(version schema.GroupVersion, plural string) (kind, bool) {
	i := slices.IndexFunc(c.kinds, func(k kind) bool { return k.GroupVersion() == version && k.plural == plural })
	if i < 0 {
		return kind{}, false
	}
	return c.kinds[i], true
}

// groupsDiscovered lists all API groups except the core group, with their versions.
func (c *Cluster) groupsDiscovered() *metav1.APIGroupList {
	list := &metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"}}
	for _, k := range c.kinds {
		if k.Group == "" {
			continue
		}
		i := slices.IndexFunc(list.Groups, func(g metav1.APIGroup) bool { return g.Name == k.Group })
		if i < 0 {
			list.Groups = append(list.Groups, metav1.APIGroup{Name: k.Group})
			i = len(list.Groups) - 1
		}
		group := &list.Groups[i]
		version := metav1.GroupVersionForDiscovery{GroupVersion: k.GroupVersion().String(), Version: k.Version}
		if !slices.Contains(group.Versions, version) {
			group.Versions = append(group.Versions, version)
		}
		group.PreferredVersion = group.Versions[0]
	}
	return list
}

func (c *Cluster) resourcesDiscovered(version schema.GroupVersion) *metav1.APIResourceList {
	list := &metav1.APIResourceList{TypeMeta: metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"}, GroupVersion: version.String()}
	for _, k := range c.kinds {
		if k.GroupVersion() != version {
			continue
		}
		list.APIResources = append(list.APIResources, metav1.APIResource{
			Name: k.plural, SingularName: strings.ToLower(k.Kind), Kind: k.Kind, Namespaced: k.namespaced,
			Verbs: metav1.Verbs{"create", "delete", "get", "list", "patch", "update", "watch"},
		})
	}
	return list
}
