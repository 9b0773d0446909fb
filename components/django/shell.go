package django

import (
	"encoding/json"
	"fmt"
	"slices"

	batchv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/batch/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/validate"
)

// ShellArgs describes a pod for interactive shells.
type ShellArgs struct {
	Runtime
	// PSQLImage is the image of the psql container; empty for none.
	PSQLImage string
	// Reason for opening the shell; empty for none.
	Reason string
	// Minutes until the shell closes.
	Minutes int
	Pods    Pods
}

// Shell is a pod to exec into. It has one container with the app's image and environment,
// and one with psql if the app has a PostgreSQL. It is a Job: a Job's deadline starts with its first pod and ends the
// Job for good, and until then the Job replaces a pod that is lost with its node. A
// Deployment has no deadline, and a bare pod is not replaced.
type Shell struct {
	pulumi.ResourceState
}

const (
	shellPart = "shell"
	// shellProfile is the folder of the file that every interactive shell reads at its
	// start.
	shellProfile = "/etc/djangostack/shell"
)

// profile logs each session. Interactive sh, dash and ash read the file that the POSIX
// variable ENV names, and bash runs it before its first prompt. It writes to the standard
// output of the container's first process, which is the log of the pod.
const profile = `printf '{"event":"shell session","pod":"%s","container":"%s","time":"%s"}\n' "$POD_NAME" "$SHELL_CONTAINER" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" > /proc/1/fd/1 2>/dev/null || :
`

// NewShell registers a pod for interactive shells.
func NewShell(ctx *pulumi.Context, name string, args *ShellArgs, opts ...pulumi.ResourceOption) (*Shell, error) {
	s := &Shell{}
	return component.New(ctx, "djangostack:django:Shell", name+"-shell", s, args.check, func() (pulumi.Map, error) {
		files, err := corev1.NewConfigMap(ctx, name+"-shell", &corev1.ConfigMapArgs{
			Metadata:  args.metadata(shellPart),
			Immutable: pulumi.Bool(true),
			Data:      pulumi.StringMap{"profile": pulumi.String(profile)},
		}, pulumi.Parent(s))
		if err != nil {
			return nil, fmt.Errorf("registering the shell's ConfigMap: %w", err)
		}
		job, err := args.job(files.Metadata.Name().Elem())
		if err != nil {
			return nil, err
		}
		if _, err := batchv1.NewJob(ctx, name+"-shell", job, pulumi.Parent(s)); err != nil {
			return nil, fmt.Errorf("registering the Job of the shell: %w", err)
		}
		return nil, args.allowPorts(ctx, name, shellPart, 0, args.Pods.Ports, s)
	}, opts...)
}

func (a *ShellArgs) check() error {
	return a.Runtime.check("Shell", a.Pods,
		validate.Required("Minutes", a.Minutes > 0),
	)
}

func (a *ShellArgs) job(files pulumi.StringInput) (*batchv1.JobArgs, error) {
	opened, err := json.Marshal(map[string]any{"event": "shell opened", "reason": a.Reason, "closesAfterMinutes": a.Minutes})
	if err != nil {
		return nil, fmt.Errorf("writing the shell's first line: %w", err)
	}
	// The first process of a container ignores signals that it does not trap.
	command := []string{"sh", "-c", `printf '%s\n' "$OPENED"; trap 'exit 0' TERM INT; while :; do sleep 3600 & wait; done`}
	volumes := []pod.Volume{{Name: "profile", Path: shellProfile, ReadOnly: true, ConfigMap: files}}
	metadata := a.named(shellPart)
	metadata.Annotations = pulumi.StringMap{
		// The Job completes when the shell closes, and no update waits for that.
		"pulumi.com/skipAwait": pulumi.String("true"),
		// An update does not wait for the old Job either: its name is free at once, and its
		// pods are deleted afterwards.
		"pulumi.com/deletionPropagationPolicy": pulumi.String("background"),
		"djangostack/shell-reason":             pulumi.String(a.Reason),
	}
	return &batchv1.JobArgs{
		Metadata: metadata,
		Spec: batchv1.JobSpecArgs{
			ActiveDeadlineSeconds: pulumi.Int(a.Minutes * 60),
			// One retry per minute: more pods than can be lost until the deadline.
			BackoffLimit: pulumi.Int(a.Minutes),
			Template: a.template(process{
				component: shellPart,
				command:   command,
				env:       sessions(shellPart, string(opened)),
				pods:      a.Pods,
				volumes:   volumes,
				grace:     shutdownMargin,
				pod: func(spec *corev1.PodSpecArgs) {
					// A shell that someone ends by mistake restarts. Only the deadline
					// closes it.
					spec.RestartPolicy = pulumi.String("OnFailure")
					if a.PSQLImage != "" {
						spec.Containers = append(spec.Containers.(corev1.ContainerArray), a.psql(command, volumes))
					}
				},
			}),
		},
	}, nil
}

// psql is a container with the server's client, which the app's image may not have. The PG*
// variables hold the address of the database.
func (a *ShellArgs) psql(command []string, volumes []pod.Volume) corev1.ContainerArgs {
	c := a.container("psql", command, a.Pods, slices.Concat([]pod.Volume{{Name: "tmp", Path: "/tmp"}}, a.Environment.authorities(), volumes))
	c.Image, c.WorkingDir = pulumi.String(a.PSQLImage), nil
	if a.Pods.Security.User == nil {
		// The image starts as root, which the pod refuses.
		security := a.Pods.Security.Container()
		security.RunAsUser = pulumi.Int(pod.PostgresUser)
		c.SecurityContext = security
	}
	// Sessions set variables of the connection, which a pooler in transaction mode does not
	// keep.
	env := slices.Concat(c.Env.(corev1.EnvVarArray), a.Environment.stored.variables(), a.Environment.directVariables())
	own := sessions("psql", `{"event":"psql ready"}`)
	// A history file would stay in the pod.
	own["PSQL_HISTORY"] = "/dev/null"
	for _, name := range sortedKeys(own) {
		env = append(env, variable(name, own[name]))
	}
	c.Env = lastOfEachName(env)
	return c
}

// sessions returns the variables that make a container log its start and each session.
func sessions(container, opened string) map[string]string {
	return map[string]string{
		"OPENED":          opened,
		"SHELL_CONTAINER": container,
		"ENV":             shellProfile + "/profile",
		"PROMPT_COMMAND":  ". " + shellProfile + "/profile; unset PROMPT_COMMAND",
	}
}
