package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	awslimits "github.com/djangostack/djangostack/components/aws/limits"
	gcplimits "github.com/djangostack/djangostack/components/gcp/limits"
)

// checkPrepared reports what the environment expects in a cluster or a registry that this
// stack creates, and that is not there before the first up.
func (e *Environment) checkPrepared(problems *Problems) {
	if !e.CreatesCluster() || e.Prepared == On {
		return
	}
	missing := func(path string, value any, what, remedy string) {
		problems.add(path, value, "needs %s, which a cluster that this stack creates does not have at first: run up without it, %s, then set it together with prepared: on", what, remedy)
	}
	e.needsControllers(func(path string, value any, what, group string) {
		if e.newClusterHas(group) {
			return
		}
		if chart := e.chartOf(group); chart != "" {
			problems.add(path, value, "needs %s, which a cluster that this stack creates does not have: set %s, which installs it; or run up without both, install it yourself, then set this together with prepared: on", what, chart)
			return
		}
		missing(path, value, what, "install its controller")
	})
	e.checkPreparedSecrets(missing)
	for _, process := range e.podsByPath() {
		e.checkPreparedPods(process, missing)
		e.checkPreparedVariables(process, missing)
	}
	e.checkPreparedStorage(missing)
	e.checkPreparedAccess(problems)
}

// needsControllers calls a function with each field that needs the kinds of a controller, and with their API group.
func (e *Environment) needsControllers(needs func(path string, value any, what, group string)) {
	for i, worker := range e.Workers {
		if worker.ScaledBy() != "" {
			needs(indexed("workers", i)+".autoscaling.by", string(worker.Autoscaling.By), "KEDA", KEDAGroup)
		}
	}
	const operator = "Prometheus' operator"
	if prometheus := e.Monitoring.Prometheus; prometheus != nil && prometheus.Scrape != ByAnnotations {
		needs("monitoring.prometheus.scrape", string(prometheus.Scrape), operator, PrometheusGroup)
	}
	if e.Monitoring.Alerts != nil {
		needs("monitoring.alerts", nil, operator, PrometheusGroup)
	}
	for _, manifest := range e.Manifests() {
		kind := manifest.Kind()
		needs(manifest.Path, nil, "the kind "+kind.Kind+" of "+kind.Group, kind.Group)
	}
}

// checkPreparedSecrets reports Secrets that every process uses.
func (e *Environment) checkPreparedSecrets(missing func(path string, value any, what, remedy string)) {
	for i, name := range e.App.ImagePullSecrets {
		if e.OwnSecret(name) != nil {
			continue
		}
		missing(indexed("app.imagePullSecrets", i), name, "the Secret "+name, "create it in the namespace "+e.Namespace.Name)
	}
	for _, name := range sortedNames(e.App.SecretKeyRefs) {
		secret := e.App.SecretKeyRefs[name].Name
		if e.OwnSecret(secret) != nil {
			continue
		}
		missing("app.secretKeyRefs."+name, nil, "the Secret "+secret, "create it in the namespace "+e.Namespace.Name)
	}
	for _, found := range e.externalRefs() {
		if e.OwnSecret(found.ref.Name) == nil {
			missing(found.path, nil, "the Secret "+found.ref.Name, "create it in the namespace "+e.Namespace.Name)
		}
	}
}

// checkPreparedStorage reports claims and storage classes.
func (e *Environment) checkPreparedStorage(missing func(path string, value any, what, remedy string)) {
	for path, class := range map[string]string{
		"database.volume.storageClassName": e.Database.Volume.StorageClassName,
		"broker.volume.storageClassName":   e.Broker.Volume.StorageClassName,
		"search.volume.storageClassName":   e.Search.Volume.StorageClassName,
	} {
		if class != "" && !slices.Contains(e.storageClasses(), class) {
			missing(path, class, "the StorageClass "+class, "create it")
		}
	}
	for i, volume := range e.Volumes {
		if volume.ClaimName != "" {
			missing(indexed("volumes", i)+".claimName", volume.ClaimName, "the PersistentVolumeClaim "+volume.ClaimName, "create it in the namespace "+e.Namespace.Name)
		}
		if class := volume.StorageClassName; class != "" && !slices.Contains(e.storageClasses(), class) {
			missing(indexed("volumes", i)+".storageClassName", class, "the StorageClass "+class, "create it")
		}
	}
}

func (e *Environment) checkPreparedPods(process processPods, missing func(path string, value any, what, remedy string)) {
	if class := process.pods.PriorityClassName; class != "" && !e.hasPriorityClass(class) {
		missing(process.path+".priorityClassName", class, "the PriorityClass "+class, "create it")
	}
	if class := process.pods.RuntimeClassName; class != "" && !e.hasRuntimeClass(class) {
		missing(process.path+".runtimeClassName", class, "the RuntimeClass "+class, "create it")
	}
	if !e.autopilotOffers(process.pods) {
		for _, name := range sortedNames(process.pods.ExtendedResources) {
			missing(process.path+".extendedResources."+name, process.pods.ExtendedResources[name], "nodes that offer it", "add such nodes and their device plugin")
		}
	}
	for i, volume := range process.pods.Volumes {
		if volume.Driver != "" && !e.hasDriver(volume.Driver) {
			missing(indexed(process.path+".volumes", i)+".driver", volume.Driver, "the CSI driver "+volume.Driver, "install it")
		}
		if volume.From != "" && !e.creates(volume) {
			what := fmt.Sprintf("the %s %s", objectKind(volume.Source), volume.From)
			missing(indexed(process.path+".volumes", i)+".from", volume.From, what, "create it in the namespace "+e.Namespace.Name)
		}
	}
	for _, label := range keys(process.pods.NodeSelector) {
		if !e.nodesHave(label, process.pods) {
			missing(process.path+".nodeSelector."+label, process.pods.NodeSelector[label], "nodes with this label", "add such nodes")
		}
	}
}

// checkPreparedVariables reports objects that variables of a process come from, and its account.
func (e *Environment) checkPreparedVariables(process processPods, missing func(path string, value any, what, remedy string)) {
	create := "create it in the namespace " + e.Namespace.Name
	check := func(path string, refs map[string]SecretKeyRef, from []EnvFrom) {
		for _, name := range sortedNames(refs) {
			if e.OwnSecret(refs[name].Name) != nil {
				continue
			}
			missing(path+".secretKeyRefs."+name, nil, "the Secret "+refs[name].Name, create)
		}
		for i, source := range from {
			switch at := indexed(path+".envFrom", i); {
			case source.Optional, e.OwnSecret(source.Secret) != nil, e.OwnConfigMap(source.ConfigMap) != nil:
			case source.Secret != "":
				missing(at+".secret", source.Secret, "the Secret "+source.Secret, create)
			case source.ConfigMap != "":
				missing(at+".configMap", source.ConfigMap, "the ConfigMap "+source.ConfigMap, create)
			}
		}
	}
	check(process.path, process.pods.SecretKeyRefs, process.pods.EnvFrom)
	for path, containers := range process.containers() {
		for i, container := range containers {
			check(indexed(path, i), container.SecretKeyRefs, container.EnvFrom)
		}
	}
	if account := process.pods.ServiceAccountName; account != "" && !e.createsAccount(account) {
		missing(process.path+".serviceAccountName", account, "the ServiceAccount "+account, create)
	}
}

// creates reports whether the environment creates what is in a volume, or mounts a volume that
// says itself where it comes from.
func (e *Environment) creates(volume MountedVolume) bool {
	switch volume.Source {
	case EnvironmentVolume:
		return true
	case SecretVolume, CSIVolume:
		return e.OwnSecret(volume.From) != nil
	case ConfigMapVolume:
		return e.OwnConfigMap(volume.From) != nil
	default:
		return false
	}
}

func objectKind(source VolumeSource) string {
	switch source {
	case SecretVolume, CSIVolume:
		return "Secret"
	case ConfigMapVolume:
		return "ConfigMap"
	default:
		return "PersistentVolumeClaim"
	}
}

// hasPriorityClass reports whether a new cluster has a PriorityClass. GKE admits the classes of
// the system in its own namespaces only
// (https://cloud.google.com/kubernetes-engine/quotas#resource_quotas).
func (e *Environment) hasPriorityClass(name string) bool {
	return e.Cloud == AWSCloud && (name == "system-cluster-critical" || name == "system-node-critical")
}

// hasDriver reports whether a new cluster has a CSI driver. Autopilot has that of Cloud Storage
// (https://cloud.google.com/kubernetes-engine/docs/how-to/cloud-storage-fuse-csi-driver-setup).
func (e *Environment) hasDriver(name string) bool {
	return e.createsAutopilot() && name == "gcsfuse.csi.storage.gke.io"
}

// hasRuntimeClass reports whether a new cluster has a RuntimeClass. Autopilot has that of GKE
// Sandbox (https://cloud.google.com/kubernetes-engine/docs/how-to/sandbox-pods).
func (e *Environment) hasRuntimeClass(name string) bool {
	return e.createsAutopilot() && name == "gvisor"
}

// autopilotOffers reports whether the nodes that Autopilot adds for the pods have devices: if
// the pods select an accelerator (https://cloud.google.com/kubernetes-engine/docs/how-to/autopilot-gpus).
func (e *Environment) autopilotOffers(pods Pods) bool {
	return e.createsAutopilot() && (pods.NodeSelector["cloud.google.com/gke-accelerator"] != "" || pods.NodeSelector["cloud.google.com/gke-tpu-accelerator"] != "")
}

func (e *Environment) createsAutopilot() bool {
	return e.Cloud == GCPCloud && e.CreatesCluster() && e.Cluster.Mode == AutoMode
}

// storageClasses are the StorageClasses of a new cluster: the stack's own, and the cloud's.
func (e *Environment) storageClasses() []string {
	if e.Cloud == AWSCloud {
		return []string{awslimits.StorageClass}
	}
	return []string{gcplimits.StorageClass, "standard", "standard-rwo", "premium-rwo"}
}

// wellKnown are the domains of the labels that clouds put on nodes.
var wellKnown = regexp.MustCompile(`(^|\.)(kubernetes\.io|k8s\.io|eks\.amazonaws\.com|karpenter\.sh|karpenter\.k8s\.aws|cloud\.google\.com|gke\.io)/`)

// nodesHave reports whether nodes of a new cluster can have a label. Autopilot puts any label
// on a node whose taint the pod tolerates
// (https://cloud.google.com/kubernetes-engine/docs/how-to/workload-separation).
func (e *Environment) nodesHave(label string, pods Pods) bool {
	if pool := e.nodePool(pods.NodePool); pool != nil && pool.Labels[label] != "" {
		return true
	}

	separated := e.Cloud == GCPCloud && e.Cluster.Mode == AutoMode &&
		slices.ContainsFunc(pods.Tolerations, func(t Toleration) bool { return t.Key == label || t.Key == "" })
	return separated || wellKnown.MatchString(label)
}

// checkPreparedAccess reports a network and a registry that are not reachable before the
// first up.
func (e *Environment) checkPreparedAccess(problems *Problems) {
	if e.Cluster.Endpoint.Access == "private" && e.CreatesNetwork() {
		problems.add("cluster.endpoint.access", "private", "cuts up itself off from the cluster, because nothing outside reaches a network that this stack creates: run up with public and cluster.endpoint.allowedCIDRs, connect the network, then set private together with prepared: on")
	}
	if e.CreatesRegistry() && e.inOwnRegistry(string(e.App.Image)) {
		problems.add("app.image", e.App.Image, "is in the registry that this stack creates, which is empty at first: run up with the image in another registry, push it to the one that the output registry names, then set app.image to it together with prepared: on")
	}
}

// inOwnRegistry reports whether an image is in a registry of the environment's account or
// project and region, named after the app.
func (e *Environment) inOwnRegistry(image string) bool {
	host, path, _ := strings.Cut(image, "/")
	switch {
	case e.Cloud == AWSCloud && e.AWS != nil:
		account, rest, _ := strings.Cut(host, ".")
		sameAccount := e.AWS.AccountID == "" || account == e.AWS.AccountID
		return sameAccount && rest == "dkr.ecr."+e.AWS.Region+".amazonaws.com" && e.namesApp(path)
	case e.Cloud == GCPCloud && e.GCP != nil:
		return host == e.GCP.Region+"-docker.pkg.dev" && strings.HasPrefix(path, e.GCP.Project+"/") && e.namesApp(path)
	default:
		return false
	}
}

func (e *Environment) namesApp(path string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == ':' || r == '@' }), func(part string) bool {
		return strings.HasPrefix(part, e.App.Name)
	})
}

// newClusterHas reports whether a cluster that this stack creates has the kinds of a group, or gets
// them by a chart.
func (e *Environment) newClusterHas(group string) bool {
	brought := []string{"eks.amazonaws.com", "karpenter.sh", "elbv2.k8s.aws"}
	if e.Cloud == GCPCloud {
		brought = []string{"gateway.networking.k8s.io", "networking.gke.io", "cloud.google.com"}
	}
	return builtIn(group) || slices.Contains(brought, group) || e.Installs(group)
}
