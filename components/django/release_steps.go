package django

import (
	"errors"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/contract"
	"github.com/djangostack/djangostack/components/pod"
)

// StepKind says what a step of a release runs.
type StepKind string

// StepCommand runs the command of the step. The others run what the Release knows: check
// --deploy, the migrations, the collection of static files, and the creation of the first
// superuser.
const (
	StepCommand   StepKind = "command"
	StepCheck     StepKind = "check"
	StepMigrate   StepKind = "migrate"
	StepCollect   StepKind = "collectstatic"
	StepSuperuser StepKind = "superuser"
)

// Step is one step of a release whose order is stated.
type Step struct {
	// Kind is empty for StepCommand.
	Kind StepKind
	// Command of a StepCommand; its Name is part of the Job's name.
	Command
	// Timeout in seconds; 0 for that of the Release.
	Timeout int
	Pods    Pods
}

// checkSteps reports steps that cannot run.
func (a *ReleaseArgs) checkSteps() error {
	var problems []error
	for i, step := range a.Steps {
		at := fmt.Sprintf("Release: Steps[%d]", i)
		switch step.Kind {
		case "", StepCommand:
			if step.Name == "" || len(step.Command.Command) == 0 {
				problems = append(problems, fmt.Errorf("%s: Name and Command are required", at))
			}
		case StepSuperuser:
			if a.Superuser == nil {
				problems = append(problems, fmt.Errorf("%s: Kind %q needs Superuser", at, step.Kind))
			}
		case StepCollect:
			if !a.Static.collected() {
				problems = append(problems, fmt.Errorf("%s: Kind %q needs Static.Store %q or %q, not %q", at, step.Kind, StaticInVolume, StaticInBucket, a.Static.Store))
			}
		case StepCheck, StepMigrate:
		default:
			problems = append(problems, fmt.Errorf("%s: Kind is %q; allowed are %q, %q, %q, %q and %q", at, step.Kind, StepCommand, StepCheck, StepMigrate, StepCollect, StepSuperuser))
		}
		if step.WritesStatic && a.Static.Store != StaticInVolume {
			problems = append(problems, fmt.Errorf("%s: WritesStatic needs Static.Store %q, not %q", at, StaticInVolume, a.Static.Store))
		}
		if _, err := contract.Ordered(a.Environment.withVariables(step.Pods.Env)); err != nil {
			problems = append(problems, fmt.Errorf("%s: variables %w", at, err))
		}
	}
	return errors.Join(problems...)
}

// inDefaultOrder registers the steps of a release that states no order. The static files need
// no database. They wait for the check, because a release that fails there must not replace the
// files of the version that runs, and for commands that write such files before them.
func (s *steps) inDefaultOrder(superuser *process) {
	var checked []pulumi.Resource
	if s.args.CheckLevel != "OFF" {
		checked = s.run(s.args.checkProcess(s.args.Pods), nil)
	}
	last := s.runAll("before-", s.args.Before, slices.Concat(s.args.Services, checked))
	done := s.run(s.args.migrate(s.args.Pods), last)
	created := done
	if s.args.Static.collected() {
		if slices.ContainsFunc(s.args.Before, func(c Command) bool { return c.WritesStatic }) {
			checked = last
		}
		done = slices.Concat(done, s.run(s.args.collect(s.args.Pods), checked))
	}
	if superuser != nil {
		done = slices.Concat(done, s.run(*superuser, created))
	}
	s.runAll("after-", s.args.After, done)
}

// inOrder registers steps that each wait for the one before. Only check and collectstatic need
// no database.
func (s *steps) inOrder(wanted []Step, superuser *process) {
	var last []pulumi.Resource
	for _, step := range wanted {
		p := s.args.step(step, superuser)
		p.timeout = step.Timeout
		if step.Kind != StepCheck && step.Kind != StepCollect {
			last = slices.Concat(last, s.args.Services)
		}
		last = s.run(p, last)
	}
}

// step returns the process of one step.
func (a *ReleaseArgs) step(step Step, superuser *process) process {
	switch step.Kind {
	case StepCheck:
		return a.checkProcess(step.Pods)
	case StepMigrate:
		return a.migrate(step.Pods)
	case StepCollect:
		return a.collect(step.Pods)
	case StepSuperuser:
		own := *superuser
		own.pods = step.Pods
		return own
	default:
		return a.command("step-", step.Command, step.Pods)
	}
}

func (a *ReleaseArgs) checkProcess(pods Pods) process {
	return process{component: "check", pods: pods, command: a.manage("check", "--deploy", "--fail-level", a.CheckLevel)}
}

func (a *ReleaseArgs) collect(pods Pods) process {
	return process{component: collectPart, pods: pods, command: a.Static.Collect, volumes: a.Static.volumes(false)}
}

func (a *ReleaseArgs) command(prefix string, command Command, pods Pods) process {
	return process{component: prefix + command.Name, pods: pods, command: command.Command, direct: command.Direct, volumes: a.writable(command)}
}

// writable returns the volume of the static files for a command that writes into it.
func (a *ReleaseArgs) writable(command Command) []pod.Volume {
	if !command.WritesStatic {
		return nil
	}
	return a.Static.volumes(false)
}

// runAll registers commands that run one after the other, and returns what the next one
// waits for.
func (s *steps) runAll(prefix string, commands []Command, after []pulumi.Resource) []pulumi.Resource {
	for _, command := range commands {
		after = s.run(s.args.command(prefix, command, s.args.Pods), after)
	}
	return after
}
