package render_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/render"
)

func TestIgnoredFieldsAreNotWritten(t *testing.T) {
	objects, err := render.Objects(render.Options{Project: "shop", Stack: "dev", Program: func(ctx *pulumi.Context) error {
		_, err := register(ctx, "kubernetes:apps/v1:Deployment", "web", manifest("apps/v1", "Deployment", pulumi.Map{
			"spec": pulumi.Map{"replicas": pulumi.Int(2), "minReadySeconds": pulumi.Int(5)},
		}), pulumi.IgnoreChanges([]string{"spec.replicas"}))
		return err
	}})
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"minReadySeconds": int64(5)}, objects[0].Manifest["spec"], "applied again, a number would undo what it did")
}

// asked records the inputs of the last resource.
type asked struct{ inputs resource.PropertyMap }

func (a *asked) Configure(string, string, resource.PropertyMap) error { return nil }

func (a *asked) Create(_ resource.URN, _ string, inputs resource.PropertyMap) (string, resource.PropertyMap, error) {
	a.inputs = inputs
	return "id", inputs, nil
}

func (a *asked) Call(string, string, resource.PropertyMap) (resource.PropertyMap, error) {
	return nil, nil
}

func TestIgnoredFieldsReachTheCloudWhenItCreates(t *testing.T) {
	cloud := &asked{}
	_, err := render.Objects(render.Options{Project: "shop", Stack: "dev", Cloud: cloud, Program: func(ctx *pulumi.Context) error {
		var cluster pulumi.CustomResourceState
		inputs := pulumi.Map{"subnets": pulumi.Int(2)}
		return ctx.RegisterResource("aws:eks/cluster:Cluster", "cluster", inputs, &cluster, pulumi.IgnoreChanges([]string{"subnets"}))
	}})
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"subnets": 2.0}, cloud.inputs.Mappable())
}
