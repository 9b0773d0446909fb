package spec

import (
	"regexp"
	"strings"
)

// checkPods reports settings of pods that a cluster would refuse.
func (e *Environment) checkPods(problems *Problems) {
	for _, process := range e.podsByPath() {
		process.pods.check(problems, process.path)
		e.checkVolumes(problems, process)
		for _, name := range keys(process.pods.Env) {
			checkVariable(problems, process.path+".env."+name, name)
		}
	}
}

// processPods are the pods of one process and their path in the configuration.
type processPods struct {
	path string
	pods Pods
}

func (e *Environment) podsByPath() []processPods {
	all := []processPods{{"release", e.Release.Pods}, {"web", e.Web.Pods}, {"beat", e.Beat.Pods}, {"shell", e.Shell.Pods}}
	for i, worker := range e.Workers {
		all = append(all, processPods{indexed("workers", i), worker.Pods})
	}
	for i, process := range e.Processes {
		all = append(all, processPods{indexed("processes", i), process.Pods})
	}
	for i, cron := range e.Cron {
		all = append(all, processPods{indexed("cron", i), cron.Pods})
	}
	return all
}

// The forms of a label's key and value
// (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set).
var (
	labelKey   = regexp.MustCompile(`^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$`)
	labelValue = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$`)
)

func (p Pods) check(problems *Problems, path string) {
	for _, name := range keys(p.NodeSelector) {
		if !labelKey.MatchString(name) {
			problems.add(path+".nodeSelector."+name, nil, "is not a label's key, for instance kubernetes.io/arch")
		}
		if !labelValue.MatchString(p.NodeSelector[name]) {
			problems.add(path+".nodeSelector."+name, p.NodeSelector[name], "is not a label's value: letters, digits, dots, hyphens and underscores, at most 63")
		}
	}
	for _, name := range keys(p.Annotations) {
		if !labelKey.MatchString(name) {
			problems.add(path+".annotations."+name, nil, "is not an annotation's key, for instance example.com/team")
		}
	}
	for i, toleration := range p.Tolerations {
		at := indexed(path+".tolerations", i)
		if toleration.Key == "" && toleration.Value != "" {
			problems.add(at+".key", nil, "is required with %s.value", at)
		}
		if toleration.Key != "" && !labelKey.MatchString(toleration.Key) {
			problems.add(at+".key", toleration.Key, "is not a taint's key, for instance dedicated")
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
	for i, volume := range process.pods.Volumes {
		at := indexed(process.path+".volumes", i)
		volume.check(problems, at)
		if names[volume.Name] {
			problems.add(at+".name", volume.Name, "is taken; the pods have %s already", strings.Join(ownVolumes(), ", "))
		}
		path := strings.TrimRight(volume.MountPath, "/")
		if volume.MountPath != "" && (paths[path] || path == "") {
			problems.add(at+".mountPath", volume.MountPath, "is taken: something else is mounted there")
		}
		names[volume.Name] = true
		if path != "" {
			paths[path] = true
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
	if !v.ReadOnly && v.objectVolume() {
		problems.add(at+".readOnly", false, "must be true with source %s", v.Source)
	}
}
