package spec

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
)

// ReleaseStep is one step of a release with everything that it takes from the release.
type ReleaseStep struct {
	Step
	// Path of the step in the configuration; that of the release for the program's own steps
	// without an entry in release.steps.
	Path string
	// Part is the component of its Job: the step's name behind before-, after- or step-, and
	// the name alone for the program's own steps.
	Part string
	// own are the pod settings of the step alone.
	own Pods
	// limited says that the step has a deadline or resources of its own.
	limited bool
	// early says that the files it writes are there before the static files are collected.
	early bool
}

// Before and After report whether the step is a command of release.before, or of release.after.
func (s ReleaseStep) Before() bool { return strings.HasPrefix(s.Part, "before-") }
func (s ReleaseStep) After() bool  { return strings.HasPrefix(s.Part, "after-") }

// ReleaseSteps lists the steps of the release in their order, those in the web pods included.
func (e *Environment) ReleaseSteps() []ReleaseStep {
	if len(e.Release.Steps) > 0 {
		return e.statedSteps()
	}
	var steps []ReleaseStep
	commands := func(path, prefix string, list []Command) {
		for i, command := range list {
			step := Step{Name: command.Name, Command: command.Command, Database: command.Database, WritesStatic: command.WritesStatic}
			steps = append(steps, e.resolve(step, indexed(path, i), prefix+command.Name))
			steps[len(steps)-1].early = prefix == "before-"
		}
	}
	own := func(name string, runs bool) {
		if runs {
			steps = append(steps, e.resolve(Step{Name: name}, "release", name))
		}
	}
	own(CheckStep, e.Release.Check != "OFF")
	commands("release.before", "before-", e.Release.Before)
	own(MigrateStep, true)
	own(CollectStep, e.collectsInRelease())
	own(SuperuserStep, e.Release.Superuser != nil)
	commands("release.after", "after-", e.Release.After)
	return steps
}

func (e *Environment) statedSteps() []ReleaseStep {
	collect := slices.IndexFunc(e.Release.Steps, func(s Step) bool { return s.Name == CollectStep })
	var steps []ReleaseStep
	for i, step := range e.Release.Steps {
		part := step.Name
		if !step.builtIn() {
			part = "step-" + step.Name
		}
		resolved := e.resolve(step, indexed("release.steps", i), part)
		resolved.early = i < collect
		steps = append(steps, resolved)
	}
	return steps
}

// resolve fills in what a step takes from the release.
func (e *Environment) resolve(step Step, path, part string) ReleaseStep {
	resolved := ReleaseStep{Step: step, Path: path, Part: part, own: step.Pods}
	resolved.limited = step.ActiveDeadlineSeconds > 0 || step.Resources != Resources{}
	resolved.ActiveDeadlineSeconds = cmp.Or(step.ActiveDeadlineSeconds, e.Release.ActiveDeadlineSeconds)
	resolved.Resources = inherited(step.Resources, e.Release.Resources)
	resolved.Pods = inheritedPods(step.Pods, e.Release.Pods)
	if step.Database == "" {
		resolved.Database = Pooled
		if step.Name == MigrateStep || step.Name == ProcfileStep {
			resolved.Database = Direct
		}
	}
	return resolved
}

// collectsInRelease reports whether a release command collects the static files, and not the
// web pods, or the build of the image.
func (e *Environment) collectsInRelease() bool {
	return e.Static.Store == StaticInVolume || e.Static.Store == StaticInBucket
}

// InWebPods reports whether the step runs in each web pod, where its files are, and not as a
// Job.
func (e *Environment) InWebPods(step ReleaseStep) bool {
	return e.Static.Store == StaticInPod && (step.WritesStatic || step.Part == CollectStep)
}

// StaticCommands are the commands that write static files before and after they are
// collected, in each web pod.
func (e *Environment) StaticCommands() (before, after []ReleaseStep) {
	for _, step := range e.ReleaseSteps() {
		switch {
		case step.Part == CollectStep || !e.InWebPods(step):
		case step.early:
			before = append(before, step)
		default:
			after = append(after, step)
		}
	}
	return before, after
}

// inheritedPods returns the pod settings of a step with those of the release that it does not
// set. An entry of a list replaces that of the same name.
func inheritedPods(own, from Pods) Pods {
	if own.RunAsUserFrom == "" && own.RunAsUser != nil {
		own.RunAsUserFrom = UserFromConfiguration
	}
	return inherited(own, from)
}

// inherited fills the empty fields of a struct from another one. Maps are merged, and lists
// appended, except for entries with the name of one of the struct's own.
func inherited[T any](own, from T) T {
	fill(reflect.ValueOf(&own).Elem(), reflect.ValueOf(from))
	return own
}

func fill(own, from reflect.Value) {
	switch own.Kind() {
	case reflect.Struct:
		for i := range own.NumField() {
			fill(own.Field(i), from.Field(i))
		}
	case reflect.Map:
		merged := reflect.MakeMap(own.Type())
		for _, entries := range []reflect.Value{from, own} {
			for _, key := range entries.MapKeys() {
				merged.SetMapIndex(key, entries.MapIndex(key))
			}
		}
		if merged.Len() > 0 {
			own.Set(merged)
		}
	case reflect.Slice:
		own.Set(reflect.AppendSlice(without(from, own), own))
	default:
		if own.IsZero() {
			own.Set(from)
		}
	}
}

// without returns the entries of a list that have no namesake in another one.
func without(list, other reflect.Value) reflect.Value {
	kept := reflect.Zero(list.Type())
	for i := range list.Len() {
		name := nameOf(list.Index(i))
		taken := false
		for j := range other.Len() {
			taken = taken || (name != "" && nameOf(other.Index(j)) == name)
		}
		if !taken {
			kept = reflect.Append(kept, list.Index(i))
		}
	}
	return kept
}

// nameOf returns the name of an entry of a list; empty for one without.
func nameOf(entry reflect.Value) string {
	if entry.Kind() != reflect.Struct {
		return ""
	}
	name := entry.FieldByName("Name")
	if !name.IsValid() || name.Kind() != reflect.String {
		return ""
	}
	return name.String()
}
