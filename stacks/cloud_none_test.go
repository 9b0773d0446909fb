//go:build noclouds

package stacks_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/tests/mocks"
)

func TestProgramWithoutCloudsNamesTheFullProgram(t *testing.T) {
	for cloud, configuration := range cloudEnvironments() {
		t.Run(cloud, func(t *testing.T) {
			ran, err := mocks.Try(mocks.Known, map[string]string{"djangostack:environment": configuration}, stacks.Program)
			assert.ErrorContains(t, err, "without cloud "+cloud)
			assert.ErrorContains(t, err, "go install github.com/djangostack/djangostack/cmd/djangostack")
			assert.Empty(t, ran.Resources)
		})
	}
}
