package kubernetes

import "k8s.io/apimachinery/pkg/runtime/schema"

type groupVersionKind = schema.GroupVersionKind

func core(kind string) groupVersionKind { return groupVersionKind{Version: "v1", Kind: kind} }

func endpointSliceKind() groupVersionKind {
	return groupVersionKind{Group: "discovery.k8s.io", Version: "v1", Kind: "EndpointSlice"}
}

func storageClassKind() groupVersionKind {
	return groupVersionKind{Group: "storage.k8s.io", Version: "v1", Kind: "StorageClass"}
}

func isJob(gvk groupVersionKind) bool { return gvk.Group == "batch" && gvk.Kind == "Job" }

func isDefinition(gvk groupVersionKind) bool {
	return gvk.Group == "apiextensions.k8s.io" && gvk.Kind == "CustomResourceDefinition"
}

// clusterScoped lists the built-in kinds without a namespace, for when the cluster cannot be asked.
func clusterScoped(gvk schema.GroupVersionKind) bool {
	switch gvk.Group + "/" + gvk.Kind {
	case "/Namespace", "/Node", "/PersistentVolume",
		"admissionregistration.k8s.io/MutatingAdmissionPolicy",
		"admissionregistration.k8s.io/MutatingAdmissionPolicyBinding",
		"admissionregistration.k8s.io/MutatingWebhookConfiguration",
		"admissionregistration.k8s.io/ValidatingAdmissionPolicy",
		"admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding",
		"admissionregistration.k8s.io/ValidatingWebhookConfiguration",
		"apiextensions.k8s.io/CustomResourceDefinition",
		"apiregistration.k8s.io/APIService",
		"certificates.k8s.io/CertificateSigningRequest",
		"certificates.k8s.io/ClusterTrustBundle",
		"flowcontrol.apiserver.k8s.io/FlowSchema",
		"flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration",
		"networking.k8s.io/IPAddress",
		"networking.k8s.io/IngressClass",
		"networking.k8s.io/ServiceCIDR",
		"node.k8s.io/RuntimeClass",
		"rbac.authorization.k8s.io/ClusterRole",
		"rbac.authorization.k8s.io/ClusterRoleBinding",
		"resource.k8s.io/DeviceClass",
		"resource.k8s.io/DeviceTaintRule",
		"resource.k8s.io/ResourceSlice",
		"scheduling.k8s.io/PriorityClass",
		"storage.k8s.io/CSIDriver",
		"storage.k8s.io/CSINode",
		"storage.k8s.io/StorageClass",
		"storage.k8s.io/VolumeAttachment",
		"storage.k8s.io/VolumeAttributesClass",
		"storagemigration.k8s.io/StorageVersionMigration":
		return true
	}
	return false
}
