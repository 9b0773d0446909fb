// Package imports_test holds which SDKs a program links. The SDKs of AWS and Google Cloud
// take minutes to compile, so one import too many slows every build.
package imports_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	module  = "github.com/djangostack/djangostack/"
	command = module + "cmd/djangostack"
)

// sdks are the prefixes of the SDKs' packages.
func sdks() map[string]string {
	return map[string]string{
		"aws":        "github.com/pulumi/pulumi-aws/sdk/",
		"gcp":        "github.com/pulumi/pulumi-gcp/sdk/",
		"kubernetes": "github.com/pulumi/pulumi-kubernetes/sdk/",
		"random":     "github.com/pulumi/pulumi-random/sdk/",
	}
}

// linked returns the names of the SDKs that a package links, directly or not.
func linked(t *testing.T, path string, arguments ...string) (found []string) {
	t.Helper()
	output, err := exec.Command("go", append(append([]string{"list", "-deps"}, arguments...), path)...).Output()
	require.NoError(t, err)
	packages := strings.Fields(string(output))
	require.Contains(t, packages, path)
	for name, prefix := range sdks() {
		for _, each := range packages {
			if strings.HasPrefix(each, prefix) {
				found = append(found, name)
				break
			}
		}
	}
	return found
}

func TestFullProgramHasBothClouds(t *testing.T) {
	assert.ElementsMatch(t, []string{"aws", "gcp", "kubernetes", "random"}, linked(t, command))
}

func TestProgramWithoutCloudsLinksNoCloudSDK(t *testing.T) {
	assert.ElementsMatch(t, []string{"kubernetes", "random"}, linked(t, command, "-tags", "noclouds"))
}

func TestConfigurationAndLifecycleLinkNoSDK(t *testing.T) {
	for _, path := range []string{"stacks/spec", "stacks/lifecycle", "components/sizes", "components/aws/limits", "components/gcp/limits"} {
		assert.Empty(t, linked(t, module+path), path)
	}
}

func TestOneCloudDoesNotLinkTheOther(t *testing.T) {
	assert.NotContains(t, linked(t, module+"stacks/aws"), "gcp")
	assert.NotContains(t, linked(t, module+"stacks/gcp"), "aws")
	for _, path := range []string{"stacks/existing", "stacks/app"} {
		assert.ElementsMatch(t, []string{"kubernetes", "random"}, linked(t, module+path), path)
	}
}
