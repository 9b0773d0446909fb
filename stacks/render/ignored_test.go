package render_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/render"
)

func TestWhatAScalerDecidesIsLeftToIt(t *testing.T) {
	objects, err := render.Objects(render.Options{Project: "shop", Stack: "dev", Program: func(ctx *pulumi.Context) error {
		_, err := register(ctx, "kubernetes:apps/v1:Deployment", "web", manifest("apps/v1", "Deployment", pulumi.Map{
			"spec": pulumi.Map{"replicas": pulumi.Int(2), "minReadySeconds": pulumi.Int(5)},
		}), pulumi.IgnoreChanges([]string{"spec.replicas"}))
		return err
	}})
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"minReadySeconds": int64(5)}, objects[0].Manifest["spec"], "applied again, a number would undo what it did")
}
