package component_test

import (
	"errors"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/tests/mocks"
)

const token = "test:index:Thing"

type thing struct {
	pulumi.ResourceState
}

type part struct {
	pulumi.CustomResourceState
}

func outputs() (pulumi.Map, error) { return pulumi.Map{"name": pulumi.String("value")}, nil }

func TestNewRegistersTheComponentAndItsOutputs(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
		self := &thing{}
		registered, err := component.New(ctx, token, "app-thing", self, nil, outputs)
		assert.Same(t, self, registered)
		return err
	})
	assert.Equal(t, token, ran.Find(t, "Thing", "app-thing").Type)
}

func TestNewRegistersNothingWhenTheCheckFails(t *testing.T) {
	wrong := errors.New("Thing: Name is required")
	ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
		registered, err := component.New(ctx, token, "app-thing", &thing{}, func() error { return wrong }, outputs)
		assert.Nil(t, registered)
		require.ErrorIs(t, err, wrong)
		return nil
	})
	assert.Empty(t, ran.Resources)
}

func TestAComponentMayHaveNoOutputs(t *testing.T) {
	mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
		_, err := component.New(ctx, token, "app-thing", &thing{}, nil, func() (pulumi.Map, error) { return nil, nil })
		return err
	})
}

func TestNewReturnsTheErrorOfBuild(t *testing.T) {
	broken := errors.New("registering the part: no more parts")
	mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
		registered, err := component.New(ctx, token, "app-thing", &thing{}, nil, func() (pulumi.Map, error) { return nil, broken })
		assert.Nil(t, registered)
		assert.ErrorIs(t, err, broken)
		return nil
	})
}

// slow answers for the resource slow only after quick was registered.
type slow struct {
	quick chan struct{}
}

func (s slow) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	switch args.Name {
	case "quick":
		close(s.quick)
	case "slow":
		select {
		case <-s.quick:
		case <-time.After(10 * time.Second):
			return "", nil, errors.New("quick was not registered meanwhile")
		}
	}
	return args.Name + "-id", args.Inputs, nil
}

func (slow) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) { return args.Args, nil }

// A load balancer need not wait until the processes have started because its component is registered after theirs.
func TestAComponentThatWaitsDoesNotHoldUpTheProgram(t *testing.T) {
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		needed := &part{}
		if err := ctx.RegisterResource("test:index:Part", "slow", nil, needed); err != nil {
			return err
		}
		_, err := component.New(ctx, token, "waiting", &thing{}, nil, outputs, pulumi.DependsOn([]pulumi.Resource{needed}))
		if err != nil {
			return err
		}
		return ctx.RegisterResource("test:index:Part", "quick", nil, &part{})
	}, pulumi.WithMocks("project", "stack", slow{quick: make(chan struct{})}))
	require.NoError(t, err)
}

func TestWithLeavesTheFirstSliceAlone(t *testing.T) {
	options := make([]pulumi.ResourceOption, 1, 2)
	options[0] = pulumi.Protect(true)
	assert.Len(t, component.With(options, pulumi.RetainOnDelete(true)), 2)
	assert.Nil(t, options[:2][1])
}
