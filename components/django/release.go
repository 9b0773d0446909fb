package django

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	batchv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/batch/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/validate"
)

// ReleaseArgs describes the commands of a release.
type ReleaseArgs struct {
	Runtime
	// Manage is the prefix of a management command, for instance python manage.py.
	Manage []string
	// CheckLevel is the lowest level of check --deploy that fails the release: CRITICAL,
	// ERROR, WARNING, INFO, DEBUG, or OFF to skip the check.
	CheckLevel string
	// Before runs before migrate, and After after all other commands, each in order.
	Before, After []Command
	Static        Static
	// Superuser is the first administrator; nil for none.
	Superuser *Superuser
	// Timeout of each command, in seconds.
	Timeout int
	// LockTimeout is how long migrate waits for a lock, in seconds; 0 for no limit. While
	// it waits, every other query on the table queues behind it. Concurrent indexes let
	// queries pass, and wait without limit.
	LockTimeout int
	// PGOptions are libpq's options for migrate, in addition to the lock timeout.
	PGOptions string
	// Services are what the commands other than check and collectstatic wait for: the
	// database and whatever else they connect to.
	Services []pulumi.Resource
	Pods     Pods
}

// Command is one additional command of a release.
type Command struct {
	Name    string
	Command []string
	// Direct bypasses the connection pooler, for a command that migrates.
	Direct bool
}

// Release runs the commands of a release as Jobs. check comes first, and a failure ends the
// release. Then Before and migrate run, each after the one before, and beside them
// collectstatic. The first superuser follows migrate, and After follows everything else,
// in order. They run again when the image or the environment changes, and only then.
type Release struct {
	pulumi.ResourceState

	// AdminPassword is the generated password of the first superuser, a secret; empty
	// without a superuser.
	AdminPassword pulumi.StringOutput
}

// NewRelease registers the commands of a release.
func NewRelease(ctx *pulumi.Context, name string, args *ReleaseArgs, opts ...pulumi.ResourceOption) (*Release, error) {
	r := &Release{AdminPassword: pulumi.String("").ToStringOutput()}
	return component.New(ctx, "djangostack:django:Release", name+"-release", r, args.check, func() (pulumi.Map, error) {
		steps := steps{ctx: ctx, name: name, args: args, parent: r}
		checked := args.runCheck(&steps)
		last := steps.runAll("before-", args.Before, slices.Concat(args.Services, checked))
		migrated := steps.run(args.migrate(), last)
		done := slices.Concat(migrated, args.collect(&steps, checked))
		if args.Superuser != nil {
			superuser, password, err := args.superuser(ctx, name, r)
			if err != nil {
				return nil, err
			}
			r.AdminPassword = password
			done = append(done, steps.run(superuser, migrated)...)
		}
		steps.runAll("after-", args.After, done)
		return nil, steps.err
	}, opts...)
}

// runCheck registers the check, if there is one.
func (a *ReleaseArgs) runCheck(steps *steps) []pulumi.Resource {
	if a.CheckLevel == "OFF" {
		return nil
	}
	return steps.run(process{component: "check", pods: a.Pods, command: a.manage("check", "--deploy", "--fail-level", a.CheckLevel)}, nil)
}

// collect registers the command that collects the static files, if there is one. It needs
// no database. It waits for the check, because a release that fails there must not replace
// the files of the version that runs.
func (a *ReleaseArgs) collect(steps *steps, checked []pulumi.Resource) []pulumi.Resource {
	if !a.Static.collected() {
		return nil
	}
	return steps.run(process{component: "collectstatic", pods: a.Pods, command: a.Static.Collect, volumes: a.Static.volumes(false)}, checked)
}

func (a *ReleaseArgs) check() error {
	if err := a.Static.check("Release"); err != nil {
		return err
	}
	return a.Runtime.check("Release", a.Pods,
		validate.Required("Manage", len(a.Manage) > 0),
		validate.Required("CheckLevel", a.CheckLevel != ""),
		validate.Required("Timeout", a.Timeout > 0),
	)
}

// migrateScript runs migrate without the lock timeout for statements that wait by design,
// and names invalid indexes.
//
//go:embed migrate.py
var migrateScript string

// migrate bypasses the connection pooler, because its locks belong to one session.
func (a *ReleaseArgs) migrate() process {
	options := a.PGOptions
	if a.LockTimeout > 0 {
		options = strings.TrimSpace(fmt.Sprintf("%s -c lock_timeout=%ds", options, a.LockTimeout))
	}
	own := a.Pods
	if options != "" {
		own.Env = maps.Clone(own.Env)
		if own.Env == nil {
			own.Env = map[string]string{}
		}
		own.Env["PGOPTIONS"] = options
	}
	return process{component: "migrate", command: a.manage("shell", "-c", migrateScript), pods: own, direct: true}
}

func (a *ReleaseArgs) manage(command ...string) []string {
	return slices.Concat(a.Manage, command)
}

// steps registers Jobs and stops at the first error.
type steps struct {
	ctx    *pulumi.Context
	name   string
	args   *ReleaseArgs
	parent pulumi.Resource
	err    error
}

// runAll registers commands that run one after the other, and returns what the next one
// waits for.
func (s *steps) runAll(prefix string, commands []Command, after []pulumi.Resource) []pulumi.Resource {
	for _, command := range commands {
		after = s.run(process{component: prefix + command.Name, pods: s.args.Pods, command: command.Command, direct: command.Direct}, after)
	}
	return after
}

// run registers a Job that waits for others, and returns it.
func (s *steps) run(p process, after []pulumi.Resource) []pulumi.Resource {
	if s.err != nil {
		return nil
	}
	options := []pulumi.ResourceOption{pulumi.Parent(s.parent), pod.AwaitJob(s.args.Timeout), pulumi.DependsOn(after)}
	p.grace = jobGrace
	p.pod = func(spec *corev1.PodSpecArgs) { spec.RestartPolicy = pulumi.String("Never") }

	metadata := s.args.metadata(p.component)
	metadata.Name = pulumi.String(s.args.Labels.ObjectName(p.component, releaseOf(s.args.Image)))
	// The next update replaces a Job that failed.
	metadata.Annotations = pulumi.StringMap{"pulumi.com/replaceUnready": pulumi.String("true")}
	job, err := batchv1.NewJob(s.ctx, s.name+"-"+p.component, &batchv1.JobArgs{
		Metadata: metadata,
		// A failed command fails the release: a retry would hide the cause.
		Spec: jobSpec(0, s.args.Timeout, s.args.template(p)),
	}, options...)
	if err != nil {
		s.err = fmt.Errorf("registering the Job %s: %w", p.component, err)
		return nil
	}
	return []pulumi.Resource{job}
}

// releaseOf is a short name for the release of an image: the start of its digest, or of a
// hash of its name.
func releaseOf(image string) string {
	const length = 10
	if _, digest, found := strings.Cut(image, "@sha256:"); found && len(digest) >= length {
		return digest[:length]
	}
	sum := sha256.Sum256([]byte(image))
	return hex.EncodeToString(sum[:])[:length]
}

// jobGrace is how long a command may take to roll back when its pod must stop, in seconds.
const jobGrace = 30
