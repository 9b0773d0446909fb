package spec

import (
	"cmp"
	stdpath "path"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// checkPods reports settings of pods that a cluster would refuse.
func (e *Environment) checkPods(problems *Problems) {
	for _, process := range e.podsByPath() {
		process.pods.check(problems, process.path)
		e.checkVolumes(problems, process)
		for _, name := range keys(process.pods.Env) {
			checkVariable(problems, process.path+".env."+name, name)
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
	// servicePort is the port of the Service in front of the pods; 0 without a Service.
	servicePort int
}

// containers are the containers beside that of the process, by the path of their list.
func (p processPods) containers() map[string][]Container {
	return map[string][]Container{p.path + ".initContainers": p.pods.InitContainers, p.path + ".sidecars": p.pods.Sidecars}
}

func (e *Environment) podsByPath() []processPods {
	all := []processPods{
		{path: "release", pods: e.Release.Pods, names: e.releaseSteps()},
		{path: "web", pods: e.Web.Pods, names: []string{"web", "nginx", "collectstatic"}, port: e.Web.Port, servicePort: e.Web.Service.Port},
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
	return all
}

// releaseSteps are the names of the release's commands, which are those of their containers.
func (e *Environment) releaseSteps() []string {
	steps := []string{"check", "migrate", "collectstatic", "superuser"}
	for _, command := range e.Release.Before {
		steps = append(steps, "before-"+command.Name)
	}
	for _, command := range e.Release.After {
		steps = append(steps, "after-"+command.Name)
	}
	return steps
}

func (p Pods) check(problems *Problems, path string) {
	checkLabels(problems, path+".nodeSelector", p.NodeSelector)
	checkName(problems, path+".priorityClassName", p.PriorityClassName)
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

// ownVolumes are the names of the volumes that pods already have.
func ownVolumes() []string {
	return []string{"tmp", "static", "schedule", "files", "authority", "profile", "nginx"}
}

func (e *Environment) checkVolumes(problems *Problems, process processPods) {
	names, paths := map[string]bool{}, map[string]bool{}
	for _, name := range ownVolumes() {
		names[name] = true
	}
	for _, path := range []string{"/tmp", "/dev", "/proc", "/sys", "/etc", "/var/lib/celery", "/etc/djangostack", e.Static.Root} {
		paths[path] = true
	}
	claims := map[string]int{}
	for i, volume := range process.pods.Volumes {
		at := indexed(process.path+".volumes", i)
		volume.check(problems, at)
		if names[volume.Name] {
			problems.add(at+".name", volume.Name, "is taken; the pods have %s already", strings.Join(ownVolumes(), ", "))
		}
		names[volume.Name] = true
		if volume.MountPath == "" {
			continue
		}
		path := stdpath.Clean(volume.MountPath)
		if paths[path] || path == "/" {
			problems.add(at+".mountPath", volume.MountPath, "is taken: something else is mounted there")
		}
		e.checkMountPath(problems, at, volume)
		if first, twice := claims[volume.From]; twice && volume.Source == PersistentVolumeClaim {
			problems.add(at+".from", volume.From, "is the claim of %s.volumes[%d] already: a pod that mounts a claim twice does not start", process.path, first)
		}
		if volume.Source == PersistentVolumeClaim {
			claims[volume.From] = i
		}
		paths[path] = true
	}
}

// keptFolders are the folders of a container into which nothing can be mounted.
func keptFolders() []string {
	return []string{"/dev", "/proc", "/sys", "/etc/djangostack", "/var/run/secrets", "/run/secrets"}
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
		if path != kept && below(path, kept) {
			problems.add(at+".mountPath", volume.MountPath, "may not lie in %s, which the pods have already", kept)
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
	if (v.Source == EmptyDir) != (v.From == "") {
		problems.add(at+".from", nil, "is required with %s.source persistentVolumeClaim, secret or configMap, and not allowed with emptyDir", at)
	}
	if v.Source != EmptyDir && v.SizeLimit != "" {
		problems.add(at+".sizeLimit", string(v.SizeLimit), "would be ignored, because %s.source is not emptyDir", at)
	}
	if v.SizeLimit != "" {
		atLeast(problems, at+".sizeLimit", v.SizeLimit, "1Mi")
	}
	if v.SubPath != "" && (v.MountPath == "" || strings.Contains("/"+v.SubPath+"/", "/../")) {
		problems.add(at+".subPath", v.SubPath, "is a path inside the volume, mounted at %s.mountPath", at)
	}
	checkName(problems, at+".from", v.From)
	if !v.ReadOnly && v.objectVolume() {
		problems.add(at+".readOnly", false, "must be true with source %s", v.Source)
	}
}
