package reach

import (
	"fmt"
	"os/exec"

	"github.com/djangostack/djangostack/stacks/spec"
)

// signIn is a command that gets tokens for the clusters of a cloud.
type signIn struct{ command, install string }

// signInOf returns the command that the kubeconfig of a cloud's cluster names (components/aws and components/gcp).
func signInOf(cloud spec.Cloud) (signIn, bool) {
	commands := map[spec.Cloud]signIn{
		spec.AWSCloud: {"aws", "install the AWS CLI (https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html)"},
		spec.GCPCloud: {"gke-gcloud-auth-plugin", "install it with: gcloud components install gke-gcloud-auth-plugin"},
	}
	found, known := commands[cloud]
	return found, known
}

// SignIn looks on PATH for the command that signs in to the cluster of a cloud. Without it, an update would fail only after
// the minutes in which the cloud makes the cluster. The error is a *SignInError. An existing cluster is asked instead.
func SignIn(environment *spec.Environment) error {
	needed, known := signInOf(environment.Cloud)
	if !known || environment.Cluster.Source == spec.SourceExisting {
		return nil
	}
	if _, err := exec.LookPath(needed.command); err != nil {
		return &SignInError{Install: needed.install, Err: err}
	}
	if _, err := exec.LookPath("sh"); err != nil && assumesBySh(environment) {
		return &SignInError{Install: "install a shell, or use a role without aws.assumeRole.sessionName and externalId", Err: err}
	}
	return nil
}

// assumesBySh reports whether the kubeconfig gets its token by a shell (components/aws).
func assumesBySh(environment *spec.Environment) bool {
	if environment.Cloud != spec.AWSCloud || environment.AWS == nil || environment.AWS.AssumeRole == nil {
		return false
	}
	return environment.AWS.AssumeRole.SessionName != "" || environment.AWS.AssumeRole.ExternalID != ""
}

// SignInError reports that the command is missing that signs in to the cluster of a cloud.
type SignInError struct {
	// Install says how to install it.
	Install string
	Err     error
}

func (e *SignInError) Error() string {
	return fmt.Sprintf("the command that signs in to the cluster is missing: %v", e.Err)
}

func (e *SignInError) Unwrap() error { return e.Err }
