// Package dependencies makes the order of resources certain where one waits for a whole
// component.
package dependencies

import (
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
)

// WaitForChildren is an option for the component that a program's others descend from. Below
// it, DependsOn on a component waits for all that was registered in the component
// before, always. The SDK by itself looks for a component's children while these are
// still being made known to it by other goroutines (addChild in prepareResourceInputs
// of the Go SDK, v3.259): now and then it finds none, and a release would no longer
// run before the web, or a gateway go before the pods.
func WaitForChildren() pulumi.ResourceOption {
	f := &children{children: map[pulumi.Resource][]pulumi.Resource{}}
	return pulumi.Transformations([]pulumi.ResourceTransformation{f.register})
}

// family knows the children of components, in the order of their registration.
type children struct {
	mu       sync.Mutex
	children map[pulumi.Resource][]pulumi.Resource
}

// register notes a resource below its parent, and names what the components that it
// depends on are made of. It runs before the registration returns.
func (f *children) register(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
	given, err := pulumi.NewResourceOptions(args.Opts...)
	if err != nil {
		// The SDK documents that there is none yet; the registration will say it.
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if given.Parent != nil {
		f.children[given.Parent] = append(f.children[given.Parent], args.Resource)
	}
	var made []pulumi.Resource
	for _, needed := range given.DependsOn {
		made = append(made, f.made(needed)...)
	}
	if len(made) == 0 {
		return nil
	}
	opts := component.With(args.Opts, pulumi.DependsOn(made))
	return &pulumi.ResourceTransformationResult{Props: args.Props, Opts: opts}
}

// made are the resources of a component, at whatever depth; a resource of a provider
// stands for what is below it.
func (f *children) made(of pulumi.Resource) []pulumi.Resource {
	if _, custom := of.(pulumi.CustomResource); custom {
		return []pulumi.Resource{of}
	}
	var made []pulumi.Resource
	for _, child := range f.children[of] {
		made = append(made, f.made(child)...)
	}
	return made
}
