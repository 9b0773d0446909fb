// Package dependencies makes DependsOn on a component wait for all resources of the
// component. It imports the Pulumi SDK.
package dependencies

import (
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
)

// WaitForChildren is an option for the root component of a program. Below it, DependsOn on
// a component always waits for everything registered in that component before. The SDK
// alone looks up the children while other goroutines still record them (addChild in
// prepareResourceInputs of the Go SDK, v3.259). Occasionally it finds none: the web pods
// would then start before the release commands have run, or a gateway would be deleted
// before its pods.
func WaitForChildren() pulumi.ResourceOption {
	return NewRecord().WaitForChildren()
}

// Record holds the children of every component, in the order of registration.
type Record struct {
	mu       sync.Mutex
	byParent map[pulumi.Resource][]pulumi.Resource
}

// NewRecord returns an empty record.
func NewRecord() *Record {
	return &Record{byParent: map[pulumi.Resource][]pulumi.Resource{}}
}

// WaitForChildren is the option of the root component whose children are recorded, see the
// function of the same name.
func (c *Record) WaitForChildren() pulumi.ResourceOption {
	return pulumi.Transformations([]pulumi.ResourceTransformation{c.register})
}

// Below returns the custom resources that have been registered below a component.
func (c *Record) Below(root pulumi.Resource) []pulumi.Resource {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.resources(root)
}

// register records a resource under its parent, and adds the resources of every component
// that it depends on to its dependencies. It runs before the registration returns.
func (c *Record) register(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
	options, err := pulumi.NewResourceOptions(args.Opts...)
	if err != nil {
		// The SDK documents that this does not happen. If it does, the registration returns
		// the error.
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if options.Parent != nil {
		c.byParent[options.Parent] = append(c.byParent[options.Parent], args.Resource)
	}
	var found []pulumi.Resource
	for _, needed := range options.DependsOn {
		found = append(found, c.resources(needed)...)
	}
	if len(found) == 0 {
		return nil
	}
	opts := component.With(args.Opts, pulumi.DependsOn(found))
	return &pulumi.ResourceTransformationResult{Props: args.Props, Opts: opts}
}

// resources returns the custom resources of a component at any depth, without the children
// of custom resources.
func (c *Record) resources(of pulumi.Resource) []pulumi.Resource {
	if _, custom := of.(pulumi.CustomResource); custom {
		return []pulumi.Resource{of}
	}
	var found []pulumi.Resource
	for _, child := range c.byParent[of] {
		found = append(found, c.resources(child)...)
	}
	return found
}
