// Package scripts tests the scripts of the Makefile.
package scripts

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/testenv"
)

func TestAContextThatDoesNotExistIsRefusedBeforeABuild(t *testing.T) {
	programs := t.TempDir()
	kubectl := filepath.Join(programs, "kubectl")
	require.NoError(t, os.WriteFile(kubectl, []byte("#!/bin/sh\nprintf 'kind-kind\\nminikube\\n'\n"), 0o700))
	check := func(context string) (string, error) {
		command := exec.Command(filepath.Join(testenv.Root(t), "scripts", "prerequisites"), "context", context)
		command.Env = append(os.Environ(), "PATH="+programs+":"+os.Getenv("PATH"))
		output, err := command.CombinedOutput()
		return string(output), err
	}
	output, err := check("minikube")
	require.NoError(t, err, output)
	for _, wrong := range []string{"kind", "mini.ube"} {
		output, err = check(wrong)
		require.Error(t, err)
		assert.Equal(t, "the kubeconfig has no context "+wrong+"; it has kind-kind, minikube\n", output)
	}
}
