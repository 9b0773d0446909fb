package django

import (
	"encoding/json"
	"fmt"

	batchv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/batch/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/validate"
)

// ShellArgs describes the pod to open a shell in.
type ShellArgs struct {
	Runtime
	// Image that psql comes from.
	PSQLImage string
	// Reason of the opening; empty for none.
	Reason string
	// Minutes until the shell closes by itself.
	Minutes int
	Pods    Pods
}

// Shell is a pod to exec into: one container with the app's image and environment, and
// one with psql. It is a Job, because a Job's deadline counts from its first pod and
// ends it for good, while a pod that is lost with its node is made anew until then. A
// Deployment knows no deadline, and a bare pod does not come back.
type Shell struct {
	pulumi.ResourceState
}

const (
	shellPart = "shell"
	// shellProfile is the folder of the file that every interactive shell reads first.
	shellProfile = "/etc/djangostack/shell"
)

// profile is read by every interactive sh, dash and ash, for which POSIX has the variable
// ENV, and by bash before its first prompt. Each session is written to the log of the
// pod, which is the output of its first process.
const profile = `printf '{"event":"shell session","pod":"%s","container":"%s","time":"%s"}\n' "$POD_NAME" "$SHELL_CONTAINER" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" > /proc/1/fd/1 2>/dev/null || :
`

// NewShell registers the pod to open a shell in.
func NewShell(ctx *pulumi.Context, name string, args *ShellArgs, opts ...pulumi.ResourceOption) (*Shell, error) {
	s := &Shell{}
	return component.New(ctx, "djangostack:django:Shell", name+"-shell", s, args.check, func() (pulumi.Map, error) {
		files, err := corev1.NewConfigMap(ctx, name+"-shell", &corev1.ConfigMapArgs{
			Metadata:  args.metadata("", shellPart),
			Immutable: pulumi.Bool(true),
			Data:      pulumi.StringMap{"profile": pulumi.String(profile)},
		}, pulumi.Parent(s))
		if err != nil {
			return nil, fmt.Errorf("registering the shell's ConfigMap: %w", err)
		}
		job, err := args.job(name+"-shell", files.Metadata.Name().Elem())
		if err != nil {
			return nil, err
		}
		if _, err := batchv1.NewJob(ctx, name+"-shell", job, pulumi.Parent(s)); err != nil {
			return nil, fmt.Errorf("registering the Job of the shell: %w", err)
		}
		return nil, nil
	}, opts...)
}

func (a *ShellArgs) check() error {
	return a.Runtime.check("Shell", a.Pods,
		validate.Required("PSQLImage", a.PSQLImage != ""),
		validate.Required("Minutes", a.Minutes > 0),
	)
}

func (a *ShellArgs) job(name string, files pulumi.StringInput) (*batchv1.JobArgs, error) {
	opened, err := json.Marshal(map[string]any{"event": "shell opened", "reason": a.Reason, "closesAfterMinutes": a.Minutes})
	if err != nil {
		return nil, fmt.Errorf("writing the shell's first line: %w", err)
	}
	// The first process of a pod ignores signals that it does not trap.
	command := []string{"sh", "-c", `printf '%s\n' "$OPENED"; trap 'exit 0' TERM INT; while :; do sleep 3600 & wait; done`}
	volumes := []pod.Volume{{Name: "profile", Path: shellProfile, ReadOnly: true, ConfigMap: files}}
	metadata := a.metadata(name, shellPart)
	metadata.Annotations = pulumi.StringMap{
		// It is done when it is closed, for which no update waits.
		"pulumi.com/skipAwait": pulumi.String("true"),
		// Nor for the end of an old one: its name is free at once, and its pods go after it.
		"pulumi.com/deletionPropagationPolicy": pulumi.String("background"),
		"djangostack/shell-reason":             pulumi.String(a.Reason),
	}
	return &batchv1.JobArgs{
		Metadata: metadata,
		Spec: batchv1.JobSpecArgs{
			ActiveDeadlineSeconds: pulumi.Int(a.Minutes * 60),
			// As many lost pods as there can be until the deadline.
			BackoffLimit: pulumi.Int(a.Minutes),
			Template: a.template(process{
				component: shellPart,
				command:   command,
				env:       sessions(shellPart, string(opened)),
				pods:      a.Pods,
				volumes:   volumes,
				grace:     shutdownMargin,
				pod: func(spec *corev1.PodSpecArgs) {
					// A shell that is ended by mistake comes back; only the deadline closes it.
					spec.RestartPolicy = pulumi.String("OnFailure")
					spec.Containers = append(spec.Containers.(corev1.ContainerArray), a.psql(command, volumes))
				},
			}),
		},
	}, nil
}

// psql has the server's own client, which the app's image need not have: the PG*
// variables say where the database is.
func (a *ShellArgs) psql(command []string, volumes []pod.Volume) corev1.ContainerArgs {
	c := a.container("psql", command, a.Pods.Resources, append([]pod.Volume{{Name: "tmp", Path: "/tmp"}}, volumes...))
	c.Image = pulumi.String(a.PSQLImage)
	// A session has settings of its own, which a pool would not keep.
	env := append(c.Env.(corev1.EnvVarArray), a.Environment.directVariables()...)
	own := sessions("psql", `{"event":"psql ready"}`)
	// A history would stay in the pod.
	own["PSQL_HISTORY"] = "/dev/null"
	for _, name := range sortedKeys(own) {
		env = append(env, variable(name, own[name]))
	}
	c.Env = env
	return c
}

// sessions are the variables by which a container says what it opened with, and writes
// down each session.
func sessions(container, opened string) map[string]string {
	return map[string]string{
		"OPENED":          opened,
		"SHELL_CONTAINER": container,
		"ENV":             shellProfile + "/profile",
		"PROMPT_COMMAND":  ". " + shellProfile + "/profile; unset PROMPT_COMMAND",
	}
}
