package app

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/stacks/spec"
)

func (w wiring) release(runtime django.Runtime, static django.Static, services []pulumi.Resource) (*django.Release, error) {
	wanted := w.environment.Release
	// The web pods run these themselves.
	static.Before, static.After = nil, nil
	args := &django.ReleaseArgs{
		Runtime:    runtime,
		Manage:     w.environment.App.ManageCommand,
		CheckLevel: wanted.Check,
		Static:     static,
		Migrate: django.Migrate{
			Command:      w.words(wanted.Migrate.Command),
			Databases:    databases(wanted.Migrate.Databases),
			SkipChecks:   wanted.Migrate.SystemChecks == spec.Off,
			AdvisoryLock: wanted.Migrate.AdvisoryLock,
		},
		Timeout:     wanted.ActiveDeadlineSeconds,
		LockTimeout: w.lockTimeout(),
		PGOptions:   w.environment.App.Env["PGOPTIONS"],
		Services:    slices.Concat(services, w.platform.DataServices),
		Pods:        w.pods(wanted.Resources, wanted.Pods),
	}
	if superuser := wanted.Superuser; superuser != nil {
		args.Superuser = &django.Superuser{Username: superuser.Username, Email: superuser.Email, Fields: superuser.Fields, Command: w.words(superuser.Command)}
	}
	w.orderSteps(args)
	return django.NewRelease(w.ctx, w.name, args, w.afterPrerequisites()...)
}

// lockTimeout is that of PostgreSQL; 0 for an app without it.
func (w wiring) lockTimeout() int {
	if w.environment.Database.Kind == spec.None {
		return 0
	}
	return w.environment.Release.LockTimeoutSeconds
}

// orderSteps adds the app's commands, and the order of the steps if it is stated.
func (w wiring) orderSteps(args *django.ReleaseArgs) {
	jobs := slices.DeleteFunc(w.environment.ReleaseSteps(), w.environment.InWebPods)
	if w.environment.Release.Steps != nil {
		args.Steps = []django.Step{}
		for _, step := range jobs {
			args.Steps = append(args.Steps, w.step(step))
		}
		return
	}
	for _, step := range jobs {
		switch {
		case step.Before():
			args.Before = append(args.Before, w.command(step))
		case step.After():
			args.After = append(args.After, w.command(step))
		}
	}
}

func (w wiring) step(step spec.ReleaseStep) django.Step {
	out := django.Step{
		Kind:    django.StepCommand,
		Command: w.command(step),
		Timeout: step.ActiveDeadlineSeconds,
		Pods:    w.pods(step.Resources, step.Pods),
	}
	switch step.Name {
	case spec.CheckStep:
		out.Kind = django.StepCheck
	case spec.MigrateStep:
		out.Kind = django.StepMigrate
	case spec.CollectStep:
		out.Kind = django.StepCollect
	case spec.SuperuserStep:
		out.Kind = django.StepSuperuser
	}
	return out
}

func (w wiring) commands(steps []spec.ReleaseStep) []django.Command {
	var out []django.Command
	for _, step := range steps {
		out = append(out, w.command(step))
	}
	return out
}

func (w wiring) command(step spec.ReleaseStep) django.Command {
	return django.Command{Name: step.Name, Command: w.words(step.Command), Direct: step.Database == spec.Direct, WritesStatic: step.WritesStatic}
}

// databases returns the databases to migrate; nil for the default database alone, whose Job
// needs no list.
func databases(aliases []string) []string {
	if slices.Equal(aliases, []string{"default"}) {
		return nil
	}
	return aliases
}
