package kubernetes

import (
	_ "embed"
	"strconv"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/validate"
)

// CredentialsArgs describes entries of existing Secrets that Kubernetes puts into URLs.
type CredentialsArgs struct {
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Image has sh and sed, for instance Docker's official postgres image.
	Image   string
	Entries []CredentialsEntry
	// Release is a text that changes with each version of the app. Another checks again.
	Release   string
	Resources pod.Resources
}

// CredentialsEntry is an entry and the form that its value needs.
type CredentialsEntry struct {
	connection.SecretKey
	// Form is unreserved or percent-encoded.
	Form string
	// Wrong is the message about a value of another form.
	Wrong string
}

// Credentials checks the form of entries of existing Secrets in the cluster, where they may be
// read whoever runs the update. It waits for Secrets that are not there yet.
type Credentials struct {
	pulumi.ResourceState
}

const (
	credentialsPart = "credentials"
	// credentialsHopeless is the exit code of credentials.sh for an entry of another form.
	credentialsHopeless = 65
	// credentialsTimeout is how long the Secrets may take to appear, in seconds.
	credentialsTimeout = 600
)

// credentialsScript checks the entries.
//
//go:embed credentials.sh
var credentialsScript string

// NewCredentials registers the Job that checks the entries.
func NewCredentials(ctx *pulumi.Context, name string, args *CredentialsArgs, opts ...pulumi.ResourceOption) (*Credentials, error) {
	c := &Credentials{}
	return component.New(ctx, "djangostack:kubernetes:Credentials", name+"-"+credentialsPart, c, args.check, func() (pulumi.Map, error) {
		return nil, job{
			component:      credentialsPart,
			namespace:      args.Namespace,
			labels:         args.Labels,
			timeout:        credentialsTimeout,
			finalExitCodes: []int{credentialsHopeless},
			container: corev1.ContainerArgs{
				Image:                    pulumi.String(args.Image),
				Command:                  pulumi.ToStringArray([]string{"sh", "-c", credentialsScript}),
				Env:                      args.environment(),
				Resources:                args.Resources.Requirements(),
				TerminationMessagePolicy: pulumi.String("FallbackToLogsOnError"),
			},
		}.register(ctx, name+"-"+credentialsPart, c)
	}, opts...)
}

func (a *CredentialsArgs) check() error {
	return validate.Check("Credentials",
		validate.Required("Namespace", a.Namespace != nil),
		validate.Required("Labels", a.Labels.Complete()),
		validate.Required("Image", a.Image != ""),
		validate.Required("Entries", len(a.Entries) > 0),
	)
}

func (a *CredentialsArgs) environment() corev1.EnvVarArray {
	environment := corev1.EnvVarArray{
		pod.Env("ENTRIES", pulumi.String(strconv.Itoa(len(a.Entries)))),
		pod.Env("RELEASE", pulumi.String(a.Release)),
	}
	for i, entry := range a.Entries {
		number := strconv.Itoa(i)
		environment = append(environment,
			pod.EnvFromSecret("ENTRY_"+number, entry.Name, entry.Key),
			pod.Env("FORM_"+number, pulumi.String(entry.Form)),
			pod.Env("WRONG_"+number, pulumi.String(entry.Wrong)),
		)
	}
	return environment
}
