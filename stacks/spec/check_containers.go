package spec

import (
	"maps"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/components/contract"
	"github.com/djangostack/djangostack/components/labels"
)

// checkContainers reports variables, ports, labels and containers of the processes that the
// API server would refuse.
func (e *Environment) checkContainers(problems *Problems) {
	for _, process := range e.podsByPath() {
		checkVariableSources(problems, process.path, process.pods.Env, process.pods.SecretKeyRefs, process.pods.EnvFrom)
		checkFieldRefs(problems, process.path, process.pods.FieldRefs, process.pods.Env, process.pods.SecretKeyRefs)
		checkPodLabels(problems, process)
		process.checkHooks(problems)
		checkPorts(problems, process)
		seen := map[string]string{}
		for _, list := range []struct {
			name       string
			containers []Container
		}{{"initContainers", process.pods.InitContainers}, {"sidecars", process.pods.Sidecars}} {
			for i, container := range list.containers {
				at := indexed(process.path+"."+list.name, i)
				if first := seen[container.Name]; first != "" {
					problems.add(at+".name", container.Name, "is the name of %s already", first)
				}
				seen[container.Name] = at
				container.check(problems, at, process)
				e.checkContainerReferences(problems, at, container)
				if list.name == "initContainers" && container.Probes != (Probes{}) {
					problems.add(at+".probes", nil, "would be ignored: an init container runs to its end and is not probed; a sidecar is")
				}
				container.Probes.check(problems, at, probeDefaults{})
			}
		}
	}
}

// checkVariableSources reports names that are no variables or that are set twice, and
// sources that name no object or two.
func checkVariableSources(problems *Problems, path string, env map[string]string, refs map[string]SecretKeyRef, from []EnvFrom) {
	for _, name := range slices.Sorted(maps.Keys(refs)) {
		at := path + ".secretKeyRefs." + name
		checkPodVariable(problems, at, name)
		if _, both := env[name]; both {
			problems.add(at, nil, "is in %s.env too; keep one of them", path)
		}
	}
	for i, source := range from {
		if (source.Secret == "") == (source.ConfigMap == "") {
			problems.add(indexed(path+".envFrom", i), nil, "names one object: either secret or configMap")
		}
	}
}

func checkPodLabels(problems *Problems, process processPods) {
	own := []string{labels.NameLabel, labels.ComponentLabel}
	checkLabels(problems, process.path+".labels", process.pods.Labels)
	for _, name := range keys(process.pods.Labels) {
		at := process.path + ".labels." + name
		if slices.Contains(own, name) || strings.HasPrefix(name, "djangostack/") || strings.HasPrefix(name, "app.kubernetes.io/") {
			problems.add(at, nil, "is a label that the environment sets itself; choose another key")
		}
	}
}

// mainPort is the name of the port that a process itself listens on.
const mainPort = "http"

func checkPorts(problems *Problems, process processPods) {
	if process.path == "release" && len(process.pods.Ports) > 0 {
		problems.add("release.ports", nil, "would be ignored: the release's Jobs serve nothing")
	}
	type number struct {
		port     int
		protocol Protocol
	}
	names, numbers := map[string]bool{mainPort: true}, map[number]bool{{process.port, TCP}: true}
	served := map[number]bool{{process.servicePort, TCP}: true}
	for i, port := range process.pods.Ports {
		at := indexed(process.path+".ports", i)
		if strings.Contains(port.Name, "--") {
			problems.add(at+".name", port.Name, "may not have two hyphens in a row, which the API server refuses")
		}
		if names[port.Name] {
			problems.add(at+".name", port.Name, "is taken: each port of a pod has another name, and %s is that of the process", mainPort)
		}
		own, service := number{port.ContainerPort, port.Protocol}, number{port.ServicePort, port.Protocol}
		if numbers[own] {
			problems.add(at+".containerPort", port.ContainerPort, "is a port of the same pods already")
		}
		names[port.Name], numbers[own] = true, true
		switch {
		case port.ServicePort == 0:
		case process.servicePort == 0:
			problems.add(at+".servicePort", port.ServicePort, "would be ignored: the process has no Service; web has one, and each of processes with a port")
		case served[service]:
			problems.add(at+".servicePort", port.ServicePort, "is a port of the same Service already")
		}
		served[service] = true
	}
}

func (c Container) check(problems *Problems, at string, process processPods) {
	volumes := slices.Concat(process.pods.Volumes, process.inherited)
	if slices.Contains(process.names, c.Name) {
		problems.add(at+".name", c.Name, "is taken; the pods have %s already", strings.Join(process.names, ", "))
	}
	if c.Image != "" && imageTag(string(c.Image)) == "" {
		problems.add(at+".image", c.Image, "must end in a tag or a digest, for instance %s:1.0", c.Image)
	}
	for _, name := range keys(c.Env) {
		checkPodVariable(problems, at+".env."+name, name)
	}
	if _, err := contract.Ordered(c.Env); err != nil {
		problems.add(at+".env", nil, "%v; give one of them a value without a reference", err)
	}
	checkVariableSources(problems, at, c.Env, c.SecretKeyRefs, c.EnvFrom)
	checkFieldRefs(problems, at, c.FieldRefs, c.Env, c.SecretKeyRefs)
	checkContainer(problems, at+".resources", c.Resources)
	paths := map[string]bool{"/tmp": true}
	for i, mount := range c.VolumeMounts {
		where := indexed(at+".volumeMounts", i)
		if !slices.ContainsFunc(volumes, func(volume MountedVolume) bool { return volume.Name == mount.Name }) {
			problems.add(where+".name", mount.Name, "is not the name of a volume of the same process; its volumes are: %s", volumeNames(volumes))
		}
		path := strings.TrimRight(mount.MountPath, "/")
		if paths[path] || path == "" {
			problems.add(where+".mountPath", mount.MountPath, "is taken: something else is mounted there")
		}
		paths[path] = true
	}
}

func volumeNames(volumes []MountedVolume) string {
	if len(volumes) == 0 {
		return "none"
	}
	var names []string
	for _, volume := range volumes {
		names = append(names, volume.Name)
	}
	return strings.Join(names, ", ")
}
