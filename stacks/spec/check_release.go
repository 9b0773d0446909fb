package spec

import (
	"reflect"
	"slices"
	"strings"
)

// deriveRelease fills in what follows from other values of the release. A migration command of
// the app's own has no lock timeout unless the configuration states one: it would cancel
// statements with CONCURRENTLY, and leave invalid indexes behind.
func (e *Environment) deriveRelease(stated any) {
	if len(e.Release.Migrate.Command) > 0 && lookup(stated, []string{"release", "lockTimeoutSeconds"}) == nil {
		e.Release.LockTimeoutSeconds = 0
	}
}

// checkRelease reports steps that do not run, or not as they are written.
func (e *Environment) checkRelease(problems *Problems) {
	checkCommandNames(problems, "release.before", e.Release.Before)
	checkCommandNames(problems, "release.after", e.Release.After)
	e.checkSteps(problems)
	e.checkSuperuser(problems)
	for _, step := range e.ReleaseSteps() {
		e.checkWritesStatic(problems, step)
	}
}

func checkCommandNames(problems *Problems, path string, commands []Command) {
	seen := map[string]int{}
	for i, command := range commands {
		if first, twice := seen[command.Name]; twice {
			problems.add(indexed(path, i)+".name", command.Name, "is the name of %s already", indexed(path, first))
			continue
		}
		seen[command.Name] = i
	}
}

// checkSteps reports an order that contradicts other settings of the release.
func (e *Environment) checkSteps(problems *Problems) {
	if e.Release.Steps == nil {
		return
	}
	seen := map[string]int{}
	for i, step := range e.Release.Steps {
		path := indexed("release.steps", i)
		if first, twice := seen[step.Name]; twice {
			problems.add(path+".name", step.Name, "is the name of %s already", indexed("release.steps", first))
		}
		seen[step.Name] = i
		e.checkStep(problems, step, path)
	}
	if len(e.Release.Before) > 0 {
		problems.add("release.before", nil, "contradicts release.steps, which has every step in its order; put the commands into that list")
	}
	if len(e.Release.After) > 0 {
		problems.add("release.after", nil, "contradicts release.steps, which has every step in its order; put the commands into that list")
	}
	if _, listed := seen[SuperuserStep]; e.Release.Superuser != nil && !listed {
		problems.add("release.superuser", nil, "would be ignored, because release.steps has no step superuser")
	}
	_, collects := seen[CollectStep]
	writes := slices.ContainsFunc(e.Release.Steps, func(s Step) bool { return s.WritesStatic })
	if e.collectsInRelease() && !collects && !writes {
		problems.add("release.steps", nil, "never collects the static files, which static.store %s needs; add a step collectstatic", e.Static.Store)
	}
}

func (e *Environment) checkStep(problems *Problems, step Step, path string) {
	switch {
	case step.builtIn() && len(step.Command) > 0:
		problems.add(path+".command", nil, "is not for the step %s, which is the program's own; %s, or give the step another name", step.Name, ownCommand(step.Name))
	case !step.builtIn() && len(step.Command) == 0:
		problems.add(path+".command", nil, "is required: %s is not one of the program's own steps, which are %s", step.Name, strings.Join(builtInSteps(), ", "))
	}
	if step.builtIn() && step.WritesStatic {
		problems.add(path+".writesStatic", true, "is for commands; the step %s is the program's own: leave it out", step.Name)
	}
	switch {
	case step.Name == SuperuserStep && e.Release.Superuser == nil:
		problems.add(path+".name", step.Name, "needs release.superuser, which says who it is")
	case step.Name == CheckStep && e.Release.Check == "OFF":
		problems.add(path+".name", step.Name, "contradicts release.check OFF")
	case step.Name == CollectStep && e.Static.Store == StaticInImage:
		problems.add(path+".name", step.Name, "contradicts static.store image, whose files the build of the image collects")
	}
	if len(step.Ports) > 0 {
		problems.add(path+".ports", nil, "would be ignored: the release's Jobs serve nothing")
	}
	for i, volume := range step.Volumes {
		for j, other := range e.Release.Volumes {
			if volume.Source == PersistentVolumeClaim && other.Source == PersistentVolumeClaim && volume.From == other.From && volume.Name != other.Name {
				problems.add(indexed(path+".volumes", i)+".from", volume.From, "is the claim of release.volumes[%d] already: a pod that mounts a claim twice does not start; give both the same name to replace that volume", j)
			}
		}
	}
}

// ownCommand says which field replaces the command of one of the program's own steps.
func ownCommand(step string) string {
	switch step {
	case MigrateStep:
		return "release.migrate.command replaces its command"
	case CollectStep:
		return "static.command replaces its command"
	case SuperuserStep:
		return "release.superuser.command replaces its command"
	default:
		return "release.check sets its level"
	}
}

// checkWritesStatic reports commands whose files no pod would serve.
func (e *Environment) checkWritesStatic(problems *Problems, step ReleaseStep) {
	switch {
	case step.WritesStatic && e.Static.Store == StaticInBucket:
		problems.add(step.Path+".writesStatic", true, "would be ignored, because static.store is bucket: the command writes through the app's storage, and the pods have no folder for it")
	case step.WritesStatic && e.Static.Store == StaticInImage:
		problems.add(step.Path+".writesStatic", true, "contradicts static.store image, whose files belong to the image; use static.store pod or volume, or run the command as the image is built")
	case e.InWebPods(step) && !reflect.ValueOf(step.own).IsZero():
		problems.add(step.Path, nil, "has settings of pods, but with static.store pod it runs in the web pods, with theirs; set them in web, or use static.store volume")
	case e.InWebPods(step) && step.limited:
		problems.add(step.Path, nil, "has a deadline or resources, but with static.store pod it runs in the web pods, which have web.resources and no deadline; use static.store volume for a Job")
	}
}

// checkSuperuser reports fields that would be ignored.
func (e *Environment) checkSuperuser(problems *Problems) {
	superuser := e.Release.Superuser
	if superuser == nil {
		return
	}
	for _, name := range keys(superuser.Fields) {
		at := "release.superuser.fields." + name
		switch {
		case !variableName.MatchString(name):
			problems.add(at, nil, "is not the name of a field of a model: lower-case letters, digits and underscores, a letter first")
		case slices.Contains([]string{"password", "email", "username"}, strings.ToLower(name)):
			problems.add(at, nil, "has a value from elsewhere: the password is generated, and the others are release.superuser.username and release.superuser.email; leave it out")
		case strings.ToLower(name) != name:
			problems.add(at, nil, "must be in lower case, because the variables of manage.py createsuperuser are in upper case: no two fields may differ in that only")
		}
	}
}

// checkMigrateStated reports settings of manage.py migrate that a command of the app's own does not
// read.
func (e *Environment) checkMigrateStated(problems *Problems, stated any) {
	if len(e.Release.Migrate.Command) == 0 {
		return
	}
	for _, field := range []string{"databases", "systemChecks", "advisoryLock"} {
		if lookup(stated, []string{"release", "migrate", field}) != nil {
			problems.add("release.migrate."+field, nil, "would be ignored, because release.migrate.command is set")
		}
	}
}

// checkReleaseStated reports settings of steps that release.steps does not have.
func (e *Environment) checkReleaseStated(problems *Problems, stated any) {
	e.checkMigrateStated(problems, stated)
	if e.Release.Steps == nil {
		return
	}
	lists := func(name string) bool {
		return slices.ContainsFunc(e.Release.Steps, func(s Step) bool { return s.Name == name })
	}
	for field, step := range map[string]string{"check": CheckStep, "migrate": MigrateStep, "lockTimeoutSeconds": MigrateStep} {
		value := lookup(stated, []string{"release", field})
		if value != nil && value != "OFF" && !lists(step) {
			problems.add("release."+field, nil, "would be ignored, because release.steps has no step %s", step)
		}
	}
}
