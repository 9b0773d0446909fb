package clouds_test

import (
	"slices"
	"strings"
)

// ofType selects resources of some types. A type may begin with a star.
func ofType(types ...string) func(resource) bool {
	return func(r resource) bool {
		return slices.ContainsFunc(types, func(each string) bool {
			end, any := strings.CutPrefix(each, "*")
			return r.kind == each || any && strings.HasSuffix(r.kind, end)
		})
	}
}

// within selects resources of a kind that belong to one of some components.
func within(kind func(resource) bool, components ...string) func(resource) bool {
	return func(r resource) bool {
		return kind(r) && slices.ContainsFunc(components, func(each string) bool {
			return strings.Contains(r.urn, each+"$")
		})
	}
}

// with selects resources of a kind that have a text at a path of their inputs.
func with(kind func(resource) bool, path string, texts ...string) func(resource) bool {
	steps := strings.Split(path, ".")
	return func(r resource) bool { return kind(r) && slices.Contains(texts, r.text(steps...)) }
}

// either selects resources of any of several kinds.
func either(several ...func(resource) bool) func(resource) bool {
	return func(r resource) bool {
		return slices.ContainsFunc(several, func(each func(resource) bool) bool { return each(r) })
	}
}

// both selects resources of two kinds at once.
func both(one, other func(resource) bool) func(resource) bool {
	return func(r resource) bool { return one(r) && other(r) }
}

// inCluster are the kinds of objects in the rules of every cloud.
func inCluster() kinds {
	object := func(r resource) bool { return strings.HasPrefix(r.kind, "kubernetes:") }
	workload := ofType("kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:StatefulSet", "kubernetes:apps/v1:DaemonSet",
		"kubernetes:batch/v1:Job", "kubernetes:batch/v1:CronJob", "kubernetes:core/v1:Pod", "kubernetes:helm.sh/v3:Release")
	pool := func(r resource) bool { return partOf(r) == "pgbouncer" }
	chart := func(name string) func(resource) bool {
		return with(ofType("kubernetes:helm.sh/v3:Release"), "chart", name)
	}
	keda, certManager, externalSecrets := chart("keda"), chart("oci://quay.io/jetstack/charts/cert-manager"), chart("external-secrets")
	process := func(r resource) bool { return r.text("metadata", "namespace") != "kube-system" && !pool(r) }
	return kinds{
		"object":               object,
		"pods":                 workload,
		"process":              both(ofType("kubernetes:apps/v1:Deployment", "kubernetes:batch/v1:CronJob"), process),
		"web pods":             both(workload, func(r resource) bool { return partOf(r) == "web" }),
		"server":               either(ofType("kubernetes:apps/v1:StatefulSet"), both(workload, pool)),
		"service":              ofType("kubernetes:core/v1:Service"),
		"claim":                ofType("kubernetes:core/v1:PersistentVolumeClaim"),
		"namespace":            ofType("kubernetes:core/v1:Namespace"),
		"app's namespace":      both(ofType("kubernetes:core/v1:Namespace"), func(r resource) bool { return r.name == "blog-namespace" }),
		"gateway":              ofType("*:Gateway"),
		"ingress":              ofType("*:Ingress"),
		"scaler":               ofType("*:ScaledObject", "*:TriggerAuthentication"),
		"KEDA":                 keda,
		"certificate's object": ofType("kubernetes:cert-manager.io/v1:Certificate", "kubernetes:cert-manager.io/v1:Issuer"),
		"cert-manager":         certManager,
		"external secret":      ofType("kubernetes:external-secrets.io/v1:ExternalSecret", "kubernetes:external-secrets.io/v1:SecretStore"),
		"External Secrets":     externalSecrets,
		"monitor":              ofType("*:ServiceMonitor", "*:PodMonitor", "*:PrometheusRule"),
		"monitored chart":      either(keda, either(certManager, externalSecrets)),
		"Prometheus' operator": chart("kube-prometheus-stack"),
		"outward service":      with(ofType("kubernetes:core/v1:Service"), "spec.type", "LoadBalancer"),
	}
}

// podOf returns the pods of a workload.
func podOf(r resource) resource {
	template := r.at("spec", "template")
	if r.kind == "kubernetes:batch/v1:CronJob" {
		template = r.at("spec", "jobTemplate", "spec", "template")
	}
	fields, _ := template.(map[string]any)
	return resource{inputs: fields}
}

// partOf returns the part of the app that a workload's pods are.
func partOf(r resource) string {
	return podOf(r).text("metadata", "labels", "app.kubernetes.io/component")
}

// ownNamespace pairs an object with its namespace.
func ownNamespace(object, namespace resource) bool {
	return object.text("metadata", "namespace") == namespace.text("metadata", "name")
}

// ownClaim pairs pods with the claims that they mount.
func ownClaim(pods, claim resource) bool {
	volumes, _ := podOf(pods).at("spec", "volumes").([]any)
	together := pods.text("metadata", "namespace") == claim.text("metadata", "namespace")
	return together && slices.ContainsFunc(volumes, func(volume any) bool {
		mounted := resource{inputs: map[string]any{"volume": volume}}
		return mounted.text("volume", "persistentVolumeClaim", "claimName") == claim.text("metadata", "name")
	})
}

// beside pairs resources of the same component.
func beside(one, other resource) bool { return one.parent == other.parent }

func sameName(one, other resource) bool { return one.name == other.name }

// rulesInCluster apply to every cloud. Each cloud defines what cluster, compute, disk driver, egress, data service and
// ingress mean.
func rulesInCluster() []rule {
	return []rule{
		{"object", "cluster", nil, "objects are deleted through its API server"},
		{"object", "namespace", ownNamespace, "a namespace that goes first takes its objects away behind Pulumi's back"},
		{"pods", "compute", nil, "pods end where they run, within the time that they are given"},
		{"pods", "egress route", nil, "what ends still speaks to services outside the network"},
		{"pods", "claim", ownClaim, "a claim that a pod uses is not deleted"},
		{"claim", "disk driver", nil, "the driver deletes the disk, which otherwise stays and is paid for"},
		{"process", "data service", nil, "a process that ends finishes its request or task first"},
		{"process", "server", nil, "a process that ends finishes its request or task first"},
		{"process", "door", nil, "a process that ends finishes its request or task first"},
		{"scaler", "KEDA", nil, "it takes the finalizers off, for which the namespace waits"},
		{"certificate's object", "cert-manager", nil, "it takes the finalizers of unfinished challenges off, for which the namespace waits"},
		{"external secret", "External Secrets", nil, "it defines the kind, and takes the finalizer off"},
		{"app's namespace", "cert-manager", nil, "its garbage collector still deletes challenges, which wait for their finalizers, and it waits for them"},
		{"monitor", "Prometheus' operator", nil, "its definitions are there as long as objects of them"},
		{"monitored chart", "Prometheus' operator", nil, "it has a ServiceMonitor"},
	}
}

// spareInCluster have a DependsOn that the teardown does not need, on every cloud.
func spareInCluster() map[string]string {
	// The resource of these values exists in the state only.
	const values = "it waits for the values that its data must not change with, so that a refused plan changes nothing"
	return map[string]string{
		"NetworkPolicy":           values,
		"PersistentVolumeClaim":   values,
		"RandomPassword":          values,
		"Shell":                   "it only starts after the release",
		"Service":                 "it waits for pods that answer; who binds it names both",
		"StatefulSet":             "its pods look themselves up by the Service's name",
		"PgBouncer":               "the release waits for the same",
		"HorizontalPodAutoscaler": "it counts pods that are there",
		"ScaledObject":            "it counts pods that are there",
	}
}
