package render

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// node is one resource that the program registered.
type node struct {
	urn    resource.URN
	kind   string
	name   string
	inputs resource.PropertyMap
	// after are the resources it depends on.
	after []resource.URN
	// object says that it is a Kubernetes object.
	object bool
}

// recorder answers the program's registrations.
type recorder struct {
	options Options

	mu    sync.Mutex
	nodes []*node
}

func newRecorder(options Options) *recorder {
	if options.Random == nil {
		options.Random = sameRandom
	}
	return &recorder{options: options}
}

// Call asks the cloud. Without one functions are refused: their answers would come
// from a cluster or an account.
func (r *recorder) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	if r.options.Cloud != nil {
		return r.options.Cloud.Call(args.Token, args.Provider, args.Args)
	}
	return nil, fmt.Errorf("the function %s cannot be answered without a cluster", args.Token)
}

// NewResource records a resource and answers with the outputs which it will have.
func (r *recorder) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	if args.RegisterRPC == nil {
		return "", nil, fmt.Errorf("%s %s is read from a cluster, which cannot be rendered", args.TypeToken, args.Name)
	}
	made := &node{
		urn:    r.urn(args),
		kind:   args.TypeToken,
		name:   args.Name,
		inputs: args.Inputs,
		object: args.Custom && strings.HasPrefix(args.TypeToken, "kubernetes:"),
	}
	if made.object {
		made.inputs = withoutIgnored(args.Inputs, args.RegisterRPC.GetIgnoreChanges())
	}
	// A child is registered after its parent, so it inherits what that waited for.
	for _, urn := range append(args.RegisterRPC.GetDependencies(), args.RegisterRPC.GetParent()) {
		made.after = append(made.after, resource.URN(urn))
	}
	id, outputs, err := r.answer(args, made)
	if err != nil {
		return "", nil, fmt.Errorf("%s %s: %w", args.TypeToken, args.Name, err)
	}
	r.mu.Lock()
	r.nodes = append(r.nodes, made)
	r.mu.Unlock()
	if !args.Custom {
		return "", outputs, nil
	}
	return id, hide(outputs, args.RegisterRPC.GetAdditionalSecretOutputs()), nil
}

// answer is the id and the outputs of a resource.
func (r *recorder) answer(args pulumi.MockResourceArgs, made *node) (string, resource.PropertyMap, error) {
	id := args.Name + "-id"
	provides, isProvider := strings.CutPrefix(args.TypeToken, "pulumi:providers:")
	if isProvider && r.cloudy(provides) {
		return id, args.Inputs, r.options.Cloud.Configure(provides, string(made.urn)+"::"+id, args.Inputs)
	}
	pkg, _, _ := strings.Cut(args.TypeToken, ":")
	if args.Custom && !isProvider && r.cloudy(pkg) {
		return r.options.Cloud.Make(made.urn, args.Provider, args.Inputs)
	}
	outputs, err := r.outputs(args, made)
	return id, outputs, err
}

// cloudy tells whether a package is a cloud's.
func (r *recorder) cloudy(pkg string) bool {
	return r.options.Cloud != nil && pkg != "kubernetes" && pkg != "random"
}

func (r *recorder) outputs(args pulumi.MockResourceArgs, made *node) (resource.PropertyMap, error) {
	switch {
	case !args.Custom, strings.HasPrefix(args.TypeToken, "pulumi:providers:"):
		return args.Inputs, nil
	case strings.HasPrefix(args.TypeToken, "random:"):
		return r.options.Random(args.TypeToken, args.Inputs)
	case strings.HasPrefix(args.TypeToken, "kubernetes:helm.sh/"), strings.HasSuffix(args.TypeToken, "Patch"):
		return nil, errors.New("it stands for no manifest of its own")
	case made.object:
		inputs, err := named(made)
		made.inputs = inputs
		return inputs, err
	default:
		return nil, errors.New("it is no Kubernetes object and cannot be rendered")
	}
}

// withoutIgnored leaves out what somebody else decides once the object is there, such as
// the replicas that an autoscaler sets: applied again, it would undo that.
func withoutIgnored(inputs resource.PropertyMap, ignored []string) resource.PropertyMap {
	object := resource.NewProperty(inputs)
	for _, text := range ignored {
		if path, err := resource.ParsePropertyPath(text); err == nil {
			path.Delete(object)
		}
	}
	return object.ObjectValue()
}

// urn is built as the mock engine builds it, so that dependencies are found.
func (r *recorder) urn(args pulumi.MockResourceArgs) resource.URN {
	parentType := tokens.Type("")
	if parent := resource.URN(args.RegisterRPC.GetParent()); parent != "" && parent.QualifiedType() != resource.RootStackType {
		parentType = parent.QualifiedType()
	}
	return resource.NewURN(tokens.QName(r.options.Stack), tokens.PackageName(r.options.Project), parentType, tokens.Type(args.TypeToken), args.Name)
}

// hide marks the outputs which the SDK knows to be secret.
func hide(outputs resource.PropertyMap, names []string) resource.PropertyMap {
	hidden := outputs.Copy()
	for _, name := range names {
		key := resource.PropertyKey(name)
		if value, has := hidden[key]; has && !value.IsSecret() {
			hidden[key] = resource.MakeSecret(value)
		}
	}
	return hidden
}
