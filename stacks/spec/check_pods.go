package spec

import "regexp"

// checkPods finds what a cluster would refuse of the processes' pods.
func (e *Environment) checkPods(problems *Problems) {
	for _, process := range e.podsByPath() {
		process.pods.check(problems, process.path)
	}
}

// processPods is one process and where it stands in the configuration.
type processPods struct {
	path string
	pods Pods
}

func (e *Environment) podsByPath() []processPods {
	all := []processPods{{"release", e.Release.Pods}, {"web", e.Web.Pods}, {"beat", e.Beat.Pods}, {"shell", e.Shell.Pods}}
	for i, worker := range e.Workers {
		all = append(all, processPods{indexed("workers", i), worker.Pods})
	}
	return all
}

// The forms of a label's key and value
// (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set).
const (
	labelKey   = `^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$`
	labelValue = `^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$`
)

func (p Pods) check(problems *Problems, path string) {
	key, value := regexp.MustCompile(labelKey), regexp.MustCompile(labelValue)
	for _, name := range keys(p.NodeSelector) {
		if !key.MatchString(name) {
			problems.add(path+".nodeSelector."+name, nil, "is not a label's key, for instance kubernetes.io/arch")
		}
		if !value.MatchString(p.NodeSelector[name]) {
			problems.add(path+".nodeSelector."+name, p.NodeSelector[name], "is not a label's value: letters, digits, dots, hyphens and underscores, at most 63")
		}
	}
	for i, toleration := range p.Tolerations {
		at := indexed(path+".tolerations", i)
		if toleration.Key == "" && toleration.Value != "" {
			problems.add(at+".key", nil, "is required, because %s.value is given", at)
		}
		if toleration.Key != "" && !key.MatchString(toleration.Key) {
			problems.add(at+".key", toleration.Key, "is not a taint's key, for instance dedicated")
		}
		if toleration.Seconds > 0 && toleration.Effect != "NoExecute" {
			problems.add(at+".seconds", toleration.Seconds, "would be ignored, because %s.effect is not NoExecute", at)
		}
	}
}
