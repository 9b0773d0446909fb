package reach_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle/reach"
	"github.com/djangostack/djangostack/stacks/spec"
)

func TestTheClusterOfACloudNeedsACommandThatSignsIn(t *testing.T) {
	for cloud, command := range map[spec.Cloud]string{spec.AWSCloud: "aws", spec.GCPCloud: "gke-gcloud-auth-plugin"} {
		t.Run(string(cloud), func(t *testing.T) {
			path := t.TempDir()
			t.Setenv("PATH", path)
			environment := &spec.Environment{Cloud: cloud, Cluster: spec.Cluster{Origin: spec.Origin{Source: spec.SourceCreate}}}
			var missing *reach.SignInError
			require.ErrorAs(t, reach.Environment(t.Context(), environment), &missing)
			assert.ErrorContains(t, missing, `"`+command+`"`)

			// The component's kubeconfig names the same command.
			kubeconfig, err := os.ReadFile(filepath.Join("..", "..", "..", "components", string(cloud), "kubeconfig.go"))
			require.NoError(t, err)
			assert.Contains(t, string(kubeconfig), `pulumi.String("`+command+`")`)

			require.NoError(t, os.WriteFile(filepath.Join(path, command), []byte("#!/bin/sh\n"), 0o700))
			assert.NoError(t, reach.Environment(t.Context(), environment))
		})
	}
	t.Setenv("PATH", "")
	assert.NoError(t, reach.SignIn(&spec.Environment{Cloud: spec.NoCloud, Cluster: spec.Cluster{Origin: spec.Origin{Source: spec.SourceStack}}}))
}

// The kubeconfig of a role with an external ID or a session's name runs a shell.
func TestARoleWithAnExternalIDNeedsAShell(t *testing.T) {
	path := t.TempDir()
	t.Setenv("PATH", path)
	require.NoError(t, os.WriteFile(filepath.Join(path, "aws"), []byte("#!/bin/sh\n"), 0o700))
	environment := &spec.Environment{
		Cloud: spec.AWSCloud, Cluster: spec.Cluster{Origin: spec.Origin{Source: spec.SourceCreate}}, AWS: &spec.AWS{AssumeRole: &spec.AssumeRole{RoleARN: "arn:aws:iam::123456789012:role/deployer"}},
	}
	require.NoError(t, reach.SignIn(environment))
	environment.AWS.AssumeRole.ExternalID = "9f1c"
	var missing *reach.SignInError
	require.ErrorAs(t, reach.SignIn(environment), &missing)
	assert.ErrorContains(t, missing, `"sh"`)
}
