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
	// after are the resources that it depends on.
	after []resource.URN
	// object tells whether it is a Kubernetes object.
	object bool
}

// recorder is the engine that records the program's resources.
type recorder struct {
	options Options

	mu    sync.Mutex
	nodes []*node
	known map[resource.URN]bool
}

func newRecorder(options Options) *recorder {
	if options.Random == nil {
		options.Random = fixedRandom
	}
	return &recorder{options: options, known: map[resource.URN]bool{}}
}

// Call returns what the cloud returns. Without one it returns an error, because the result
// would come from a cluster or an account.
func (r *recorder) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	if r.options.Cloud != nil {
		return r.options.Cloud.Call(args.Token, args.Provider, args.Args)
	}
	return nil, fmt.Errorf("the function %s needs a cluster or an account", args.Token)
}

// NewResource records a resource and returns the outputs that it would have.
func (r *recorder) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	if args.RegisterRPC == nil {
		return "", nil, fmt.Errorf("%s %s is read from a cluster, which cannot be rendered", args.TypeToken, args.Name)
	}
	registered := &node{
		urn:    r.urn(args),
		kind:   args.TypeToken,
		name:   args.Name,
		inputs: args.Inputs,
		object: args.Custom && strings.HasPrefix(args.TypeToken, "kubernetes:") && !isHelm(args.TypeToken),
	}
	if !r.isNew(registered.urn) {
		return "", nil, fmt.Errorf("%s %s is registered twice", args.TypeToken, args.Name)
	}
	if registered.object {
		registered.inputs = withoutIgnored(args.Inputs, args.RegisterRPC.GetIgnoreChanges())
	}
	// A child is registered after its parent, and so after everything that the parent waits
	// for.
	for _, urn := range append(args.RegisterRPC.GetDependencies(), args.RegisterRPC.GetParent()) {
		registered.after = append(registered.after, resource.URN(urn))
	}
	id, outputs, err := r.answer(args, registered)
	if err != nil {
		return "", nil, fmt.Errorf("%s %s: %w", args.TypeToken, args.Name, err)
	}
	r.mu.Lock()
	r.nodes = append(r.nodes, registered)
	r.mu.Unlock()
	if !args.Custom {
		return "", outputs, nil
	}
	return id, withSecrets(outputs, args.RegisterRPC.GetAdditionalSecretOutputs()), nil
}

// isNew records a URN. It returns false for one that is known: the engine refuses a second
// resource of a type and a name below a parent of the same type.
func (r *recorder) isNew(urn resource.URN) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known[urn] {
		return false
	}
	r.known[urn] = true
	return true
}

// answer returns the ID and the outputs of a resource.
func (r *recorder) answer(args pulumi.MockResourceArgs, registered *node) (string, resource.PropertyMap, error) {
	id := args.Name + "-id"
	provides, isProvider := strings.CutPrefix(args.TypeToken, "pulumi:providers:")
	if isProvider && r.simulated(provides) {
		return id, args.Inputs, r.options.Cloud.Configure(provides, string(registered.urn)+"::"+id, args.Inputs)
	}
	pkg, _, _ := strings.Cut(args.TypeToken, ":")
	if args.Custom && !isProvider && r.simulated(pkg) {
		return r.options.Cloud.Create(registered.urn, args.Provider, args.Inputs)
	}
	outputs, err := r.outputs(args, registered)
	return id, outputs, err
}

// simulated tells whether the cloud simulates the resources of a package.
func (r *recorder) simulated(pkg string) bool {
	return r.options.Cloud != nil && pkg != "kubernetes" && pkg != "random"
}

func (r *recorder) outputs(args pulumi.MockResourceArgs, registered *node) (resource.PropertyMap, error) {
	switch {
	case !args.Custom, strings.HasPrefix(args.TypeToken, "pulumi:providers:"):
		return args.Inputs, nil
	case strings.HasPrefix(args.TypeToken, "random:"):
		return r.options.Random(args.TypeToken, args.Inputs)
	case args.TypeToken == releaseType && r.options.Release != nil:
		return r.helmRelease(args.Inputs)
	case isHelm(args.TypeToken), strings.HasSuffix(args.TypeToken, "Patch"):
		return nil, errors.New("it has no manifest")
	case registered.object:
		inputs, err := named(registered)
		registered.inputs = inputs
		return inputs, err
	default:
		return nil, errors.New("it is not a Kubernetes object and cannot be rendered")
	}
}

// withoutIgnored removes the fields whose changes the program ignores, such as the replicas
// that an autoscaler sets. Applied again, they would undo its decisions.
func withoutIgnored(inputs resource.PropertyMap, ignored []string) resource.PropertyMap {
	object := resource.NewProperty(inputs)
	for _, text := range ignored {
		if path, err := resource.ParsePropertyPath(text); err == nil {
			path.Delete(object)
		}
	}
	return object.ObjectValue()
}

// urn returns the URN as Pulumi's mock engine builds it, so that dependencies match.
func (r *recorder) urn(args pulumi.MockResourceArgs) resource.URN {
	parentType := tokens.Type("")
	if parent := resource.URN(args.RegisterRPC.GetParent()); parent != "" && parent.QualifiedType() != resource.RootStackType {
		parentType = parent.QualifiedType()
	}
	return resource.NewURN(tokens.QName(r.options.Stack), tokens.PackageName(r.options.Project), parentType, tokens.Type(args.TypeToken), args.Name)
}

// withSecrets marks the outputs that the SDK declares secret.
func withSecrets(outputs resource.PropertyMap, names []string) resource.PropertyMap {
	marked := outputs.Copy()
	for _, name := range names {
		key := resource.PropertyKey(name)
		if value, has := marked[key]; has && !value.IsSecret() {
			marked[key] = resource.MakeSecret(value)
		}
	}
	return marked
}
