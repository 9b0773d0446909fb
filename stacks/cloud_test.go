//go:build !noclouds

package stacks_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/tests/mocks"
)

func TestProgramDeploysBothClouds(t *testing.T) {
	for cloud, configuration := range cloudEnvironments() {
		t.Run(cloud, func(t *testing.T) {
			ran, err := mocks.Try(mocks.Known, map[string]string{"djangostack:environment": configuration}, stacks.Program)
			require.NoError(t, err)
			var clusters int
			for _, r := range ran.Resources {
				if strings.HasPrefix(r.Type, cloud+":") && r.Kind() == "Cluster" {
					clusters++
				}
			}
			assert.Equal(t, 1, clusters)
		})
	}
}
