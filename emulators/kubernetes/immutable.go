package kubernetes

import "slices"

// replacePaths returns the fields of a kind whose change forces a replacement. The table is the published provider's.
// It omits some immutable fields; for those the server's refusal is shown. The paths have no indexes.
func (s *settings) replacePaths(inputs object) [][]string {
	paths := [][]string{{"metadata", "name"}, {"metadata", "namespace"}}
	gvk := inputs.kind()
	frozen := inputs["immutable"] == true
	switch gvk.Group + "/" + gvk.Kind {
	case "/ConfigMap":
		if frozen || !s.configMapMutable {
			paths = append(paths, topLevel("binaryData", "data")...)
		}
	case "/Secret":
		paths = append(paths, []string{"type"})
		if frozen || !s.secretMutable {
			paths = append(paths, topLevel("stringData", "data")...)
		}
	case "/PersistentVolume":
		paths = append(paths, under("spec", volumeSources()...)...)
	case "/PersistentVolumeClaim":
		paths = append(paths, under("spec", "accessModes", "selector", "storageClassName", "volumeName")...)
	case "/Pod":
		paths = append(paths, podPaths()...)
	case "/ResourceQuota":
		paths = append(paths, []string{"spec", "scopes"})
	case "/Service":
		paths = append(paths, []string{"spec", "clusterIP"})
	case "apps/DaemonSet", "apps/Deployment":
		paths = append(paths, []string{"spec", "selector"})
	case "apps/StatefulSet":
		paths = append(paths, under("spec",
			"podManagementPolicy", "revisionHistoryLimit", "selector", "serviceName", "volumeClaimTemplates")...)
	case "batch/Job":
		paths = append(paths, under("spec", "completions", "parallelism", "selector", "template")...)
	case "rbac.authorization.k8s.io/RoleBinding", "rbac.authorization.k8s.io/ClusterRoleBinding":
		paths = append(paths, []string{"roleRef"})
	case "storage.k8s.io/StorageClass":
		paths = append(paths, topLevel("parameters", "provisioner")...)
	}
	return paths
}

// replacedBy tells whether a change touches one of the paths: it is below the path, or it adds or removes a branch that
// contains it.
func (c change) replacedBy(paths [][]string) bool {
	names := fieldNames(c.path)
	return slices.ContainsFunc(paths, func(path []string) bool {
		if len(names) >= len(path) {
			return slices.Equal(names[:len(path)], path)
		}
		if !slices.Equal(path[:len(names)], names) {
			return false
		}
		rest := path[len(names):]
		return reaches(c.before, rest) || reaches(c.after, rest)
	})
}

// reaches tells whether a value has something at a path, or is unknown on the way to it.
func reaches(value any, path []string) bool {
	if len(path) == 0 {
		return value != nil
	}
	switch value := value.(type) {
	case unknown:
		return true
	case map[string]any:
		return reaches(value[path[0]], path[1:])
	case []any:
		return slices.ContainsFunc(value, func(element any) bool { return reaches(element, path) })
	}
	return false
}

func topLevel(names ...string) [][]string { return under("", names...) }

func under(parent string, names ...string) [][]string {
	paths := make([][]string, len(names))
	for i, name := range names {
		paths[i] = []string{parent, name}
		if parent == "" {
			paths[i] = []string{name}
		}
	}
	return paths
}

func volumeSources() []string {
	return []string{
		"awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "csi", "fc", "flexVolume",
		"flocker", "gcePersistentDisk", "glusterfs", "hostPath", "iscsi", "local", "nfs",
		"photonPersistentDisk", "portworxVolume", "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume",
	}
}

func podPaths() [][]string {
	paths := under("spec",
		"affinity", "automountServiceAccountToken", "dnsConfig", "dnsPolicy", "enableServiceLinks",
		"hostAliases", "hostIPC", "hostNetwork", "hostPID", "hostname", "imagePullSecrets", "nodeName",
		"nodeSelector", "overhead", "preemptionPolicy", "priority", "priorityClassName", "readinessGates",
		"restartPolicy", "runtimeClassName", "schedulerName", "securityContext", "serviceAccount",
		"serviceAccountName", "shareProcessNamespace", "subdomain", "terminationGracePeriodSeconds", "volumes")
	for _, containers := range []string{"containers", "initContainers"} {
		for _, field := range []string{
			"args", "command", "env", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "ports",
			"readinessProbe", "resources", "securityContext", "stdin", "stdinOnce", "terminationMessagePath",
			"terminationMessagePolicy", "tty", "volumeDevices", "volumeMounts", "workingDir",
		} {
			paths = append(paths, []string{"spec", containers, field})
		}
	}
	return paths
}
