package spec

import (
	"cmp"
	"net/netip"
	stdpath "path"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// checkPods reports settings of pods that a cluster would refuse.
func (e *Environment) checkPods(problems *Problems) {
	for _, process := range e.podsByPath() {
		process.pods.check(problems, process.path)
		e.checkVolumes(problems, process)
		for _, name := range keys(process.pods.Env) {
			checkPodVariable(problems, process.path+".env."+name, name)
			e.checkOverride(problems, process.path+".env."+name, name)
		}
	}
}

// processPods are the pods of one process and their path in the configuration.
type processPods struct {
	path string
	pods Pods
	// names are the containers that the program adds to the pods, and port is the port that
	// the process itself listens on; 0 for none.
	names []string
	port  int
	// inherited are volumes that the pods have from elsewhere.
	inherited []MountedVolume
	// servicePort is the port of the Service in front of the pods; 0 without a Service.
	servicePort int
}

// containers are the containers beside that of the process, by the path of their list.
func (p processPods) containers() map[string][]Container {
	return map[string][]Container{p.path + ".initContainers": p.pods.InitContainers, p.path + ".sidecars": p.pods.Sidecars}
}

func (e *Environment) podsByPath() []processPods {
	all := []processPods{
		{path: "release", pods: e.Release.Pods, names: e.releaseParts()},
		{path: "web", pods: e.Web.Pods, names: e.webParts(), port: e.Web.Port, servicePort: e.Web.Service.Port},
		{path: "beat", pods: e.Beat.Pods, names: []string{"beat"}},
		{path: "shell", pods: e.Shell.Pods, names: []string{"shell", "psql"}},
	}
	for i, worker := range e.Workers {
		all = append(all, processPods{path: indexed("workers", i), pods: worker.Pods, names: []string{"worker-" + worker.Name}})
	}
	for i, process := range e.Processes {
		all = append(all, processPods{path: indexed("processes", i), pods: process.Pods, names: []string{"process-" + process.Name}, port: process.Port, servicePort: cmp.Or(process.ServicePort, process.Port)})
	}
	for i, cron := range e.Cron {
		all = append(all, processPods{path: indexed("cron", i), pods: cron.Pods, names: []string{"cron-" + cron.Name}})
	}
	return append(all, e.stepPods()...)
}

// webParts are the names of the containers of the web pods.
func (e *Environment) webParts() []string {
	parts := []string{"web"}
	if e.Static.Server == StaticsNGINX {
		parts = append(parts, "nginx")
	}
	if e.Static.Store == StaticInPod {
		parts = append(parts, "collectstatic")
	}
	before, after := e.StaticCommands()
	for _, step := range before {
		parts = append(parts, "before-"+step.Name)
	}
	for _, step := range after {
		parts = append(parts, "after-"+step.Name)
	}
	return parts
}

// stepPods are the pods of the steps of the release with settings besides those of the
// release, and releaseParts the names of all its containers.
func (e *Environment) stepPods() []processPods {
	var all []processPods
	for _, step := range e.ReleaseSteps() {
		if step.Path != "release" && !reflect.ValueOf(step.own).IsZero() {
			all = append(all, processPods{path: step.Path, pods: step.own, names: []string{step.Part}, inherited: e.Release.Volumes})
		}
	}
	return all
}

func (e *Environment) releaseParts() []string {
	var parts []string
	for _, step := range e.ReleaseSteps() {
		parts = append(parts, step.Part)
	}
	return parts
}

func (p Pods) check(problems *Problems, path string) {
	checkLabels(problems, path+".nodeSelector", p.NodeSelector)
	checkName(problems, path+".priorityClassName", p.PriorityClassName)
	checkName(problems, path+".runtimeClassName", p.RuntimeClassName)
	p.checkHostAliases(problems, path)
	p.checkExtendedResources(problems, path)
	for i, toleration := range p.Tolerations {
		at := indexed(path+".tolerations", i)
		if toleration.Key == "" && toleration.Value != "" {
			problems.add(at+".key", nil, "is required with %s.value", at)
		}
		if toleration.Key != "" && len(validation.IsQualifiedName(toleration.Key)) > 0 {
			problems.add(at+".key", toleration.Key, "is not a taint's key, for instance dedicated")
		}
		if len(validation.IsValidLabelValue(toleration.Value)) > 0 {
			problems.add(at+".value", toleration.Value, "is not a taint's value: letters, digits, dots, hyphens and underscores, at most %d", validation.LabelValueMaxLength)
		}
		if toleration.TolerationSeconds > 0 && toleration.Effect != "NoExecute" {
			problems.add(at+".tolerationSeconds", toleration.TolerationSeconds, "would be ignored, because %s.effect is not NoExecute", at)
		}
	}
}

// checkExtendedResources reports names and numbers that the API server refuses
// (https://kubernetes.io/docs/tasks/configure-pod-container/extended-resource/).
func (p Pods) checkExtendedResources(problems *Problems, path string) {
	for _, name := range sortedNames(p.ExtendedResources) {
		at := path + ".extendedResources." + name
		domain, _, qualified := strings.Cut(name, "/")
		if !qualified || domain == "kubernetes.io" || strings.HasSuffix(domain, ".kubernetes.io") || strings.HasPrefix(name, "requests.") || len(validation.IsQualifiedName(name)) > 0 {
			problems.add(at, nil, "must be the name of an extended resource, for instance nvidia.com/gpu")
		}
		if count := p.ExtendedResources[name]; count < 1 {
			problems.add(at, count, "must be at least 1")
		}
	}
}

// checkHostAliases reports addresses and names of hosts that the API server refuses.
func (p Pods) checkHostAliases(problems *Problems, path string) {
	for i, alias := range p.HostAliases {
		at := indexed(path+".hostAliases", i)
		if _, err := netip.ParseAddr(alias.IP); err != nil {
			problems.add(at+".ip", alias.IP, "must be an address, for instance 10.0.0.7")
		}
		if first := slices.IndexFunc(p.HostAliases, func(other HostAlias) bool { return other.IP == alias.IP }); first < i {
			problems.add(at+".ip", alias.IP, "is the address of %s already; put all names of an address into one entry", indexed(path+".hostAliases", first))
		}
		for n, name := range alias.Hostnames {
			if len(validation.IsDNS1123Subdomain(name)) > 0 || !hasLabels(name) {
				problems.add(indexed(at+".hostnames", n), name, "must be the name of a host, for instance ldap.example.com")
			}
		}
	}
}

// PodVolume returns the name in its pod of a volume of the configuration. The program has
// volumes of such names too. A name of the configuration begins with a letter.
func PodVolume(name string) string {
	if slices.Contains([]string{"tmp", "static", "schedule", "files", "authority", "profile", "nginx", "gunicorn"}, name) {
		return "0-" + name
	}
	return name
}

func (e *Environment) checkVolumes(problems *Problems, process processPods) {
	names, paths := map[string]int{}, map[string]bool{}
	for _, path := range []string{"/tmp", "/dev", "/proc", "/sys", "/etc", "/var/lib/celery", "/etc/djangostack", "/var/run/secrets", "/run/secrets", e.Static.Root} {
		paths[path] = true
	}
	for _, volume := range process.inherited {
		replaced := slices.ContainsFunc(process.pods.Volumes, func(own MountedVolume) bool { return own.Name == volume.Name })
		if !replaced && volume.MountPath != "" {
			paths[stdpath.Clean(volume.MountPath)] = true
		}
	}
	for i, volume := range process.pods.Volumes {
		at := indexed(process.path+".volumes", i)
		volume.check(problems, at)
		e.checkMount(problems, at, volume)
		if first, twice := names[volume.Name]; twice {
			problems.add(at+".name", volume.Name, "is the name of %s.volumes[%d] already", process.path, first)
		}
		names[volume.Name] = i
		if volume.MountPath == "" {
			continue
		}
		path := stdpath.Clean(volume.MountPath)
		if paths[path] || path == "/" {
			problems.add(at+".mountPath", volume.MountPath, "is taken: something else is mounted there")
		}
		e.checkMountPath(problems, at, volume)
		if process.pods.AutomountServiceAccountToken && slices.ContainsFunc(tokenFolders(), func(folder string) bool { return below(folder, path) }) {
			problems.add(at+".mountPath", volume.MountPath, "would hide the token of %s.automountServiceAccountToken, which is in %s: mount it below, for instance at %s/app", process.path, tokenFolders()[0], path)
		}
		paths[path] = true
	}
}

// keptFolders are the folders of a container into which nothing can be mounted. /run/secrets itself is free: Docker's
// secrets are in it.
func keptFolders() []string {
	return append([]string{"/dev", "/proc", "/sys", "/etc/djangostack"}, tokenFolders()...)
}

// tokenFolders are the folders of the token for the Kubernetes API. /var/run is often a link to /run.
func tokenFolders() []string {
	return []string{"/var/run/secrets/kubernetes.io", "/run/secrets/kubernetes.io"}
}

// below reports whether a path is a folder or lies in it.
func below(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

// checkMountPath reports a volume in a folder of the container itself, and files of app.files
// that are mounted where a volume is, or in a read-only volume, in which the kubelet cannot create the file.
func (e *Environment) checkMountPath(problems *Problems, at string, volume MountedVolume) {
	path := stdpath.Clean(volume.MountPath)
	for _, kept := range keptFolders() {
		if path != kept && below(path, kept) && (path != sharedMemory || volume.Medium != MemoryMedium) {
			problems.add(at+".mountPath", volume.MountPath, "may not lie in %s, which the pods have already%s", kept, sharedMemoryHint(path, at))
		}
	}
	for _, file := range keys(e.App.Files) {
		switch {
		case file == path || below(path, file):
			problems.add(at+".mountPath", volume.MountPath, "is the path of app.files.%s", file)
		case below(file, path) && (volume.ReadOnly || volume.objectVolume()):
			problems.add(at+".mountPath", volume.MountPath, "is read-only and holds app.files.%s, which cannot be mounted into it", file)
		}
	}
}

func (v MountedVolume) check(problems *Problems, at string) {
	v.checkDriver(problems, at)
	if v.Source != CSIVolume && (v.Source == EmptyDir) != (v.From == "") {
		problems.add(at+".from", nil, "is required with %s.source volume, persistentVolumeClaim, secret or configMap, and not allowed with emptyDir", at)
	}
	if v.Source != EmptyDir && v.SizeLimit != "" {
		problems.add(at+".sizeLimit", string(v.SizeLimit), "would be ignored, because %s.source is not emptyDir", at)
	}
	if v.DefaultMode != "" && !v.objectVolume() {
		problems.add(at+".defaultMode", v.DefaultMode, "would be ignored, because %s.source is neither secret nor configMap", at)
	}
	if v.SizeLimit != "" {
		atLeast(problems, at+".sizeLimit", v.SizeLimit, "1Mi")
	}
	if v.SubPath != "" && (v.MountPath == "" || strings.Contains("/"+v.SubPath+"/", "/../")) {
		problems.add(at+".subPath", v.SubPath, "is a path inside the volume, mounted at %s.mountPath: set both, and leave out ..", at)
	}
	checkName(problems, at+".from", v.From)
	if !v.ReadOnly && v.objectVolume() {
		problems.add(at+".readOnly", false, "must be true with source %s", v.Source)
	}
}
