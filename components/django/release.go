package django

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
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
	// Steps are all steps in their order, instead of Before and After; empty for the order
	// check, Before, migrate and beside it collectstatic, superuser, After.
	Steps   []Step
	Migrate Migrate
	Static  Static
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
	// WritesStatic mounts the shared volume of static files.
	WritesStatic bool
}

// Release runs the commands of a release as Jobs. check comes first, and a failure ends the
// release. Then Before and migrate run, each after the one before, and beside them
// collectstatic. The first superuser follows migrate, and After follows everything else,
// in order. With Steps, each step follows the one before. They run again when the image or
// the environment changes, and only then.
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
		var superuser *process
		if args.Superuser != nil {
			own, password, err := args.superuser(ctx, name, r)
			if err != nil {
				return nil, err
			}
			superuser, r.AdminPassword = &own, password
		}
		if args.Steps != nil {
			steps.inOrder(args.Steps, superuser)
			return nil, steps.err
		}
		steps.inDefaultOrder(superuser)
		return nil, steps.err
	}, opts...)
}

func (a *ReleaseArgs) check() error {
	if err := a.Static.check("Release"); err != nil {
		return err
	}
	if err := a.checkSteps(); err != nil {
		return err
	}
	return a.Runtime.check("Release", a.Pods,
		validate.Required("Manage", len(a.Manage) > 0),
		validate.Required("CheckLevel", a.CheckLevel != ""),
		validate.Required("Timeout", a.Timeout > 0),
	)
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

// run registers a Job that waits for others, and returns it.
func (s *steps) run(p process, after []pulumi.Resource) []pulumi.Resource {
	if s.err != nil {
		return nil
	}
	timeout := cmp.Or(p.timeout, s.args.Timeout)
	options := []pulumi.ResourceOption{pulumi.Parent(s.parent), pod.AwaitJob(timeout), pulumi.DependsOn(after)}
	p.grace = jobGrace
	p.pod = func(spec *corev1.PodSpecArgs) { spec.RestartPolicy = pulumi.String("Never") }

	metadata := s.args.metadata(p.component)
	metadata.Name = pulumi.String(JobName(s.args.Labels, p.component, s.args.Image))
	// The next update replaces a Job that failed.
	metadata.Annotations = pulumi.StringMap{"pulumi.com/replaceUnready": pulumi.String("true")}
	job, err := batchv1.NewJob(s.ctx, s.name+"-"+p.component, &batchv1.JobArgs{
		Metadata: metadata,
		// A failed command fails the release: a retry would hide the cause.
		Spec: jobSpec(0, timeout, s.args.template(p)),
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
