// Package render writes the Kubernetes manifests of an environment, by running
// its program with every resource recorded and none made. No cluster, no Pulumi
// and no account take part.
package render

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Placeholder stands for every secret value unless ShowSecrets is set.
const Placeholder = "REPLACE-ME"

// Options says what to render.
type Options struct {
	Program pulumi.RunFunc
	Project string
	Stack   string
	// Config is the configuration by full key: project:key to text or JSON.
	Config map[string]string
	// SecretKeys are the keys of Config whose values are secret.
	SecretKeys []string
	// Random makes the outputs of a resource of Pulumi's random provider. Nil:
	// the same made-up values every time.
	Random func(token string, inputs resource.PropertyMap) (resource.PropertyMap, error)
	// Cloud answers for what is not in the cluster. Nil: such resources are refused.
	Cloud Cloud
	// ShowSecrets writes secret values as they are.
	ShowSecrets bool
}

// Cloud makes up the resources of clouds and answers their functions, in memory.
// A provider is named by the reference that the program's resources carry.
type Cloud interface {
	// Configure takes the arguments of a provider of one package, such as aws.
	Configure(pkg, provider string, arguments resource.PropertyMap) error
	// Make returns a resource's id and outputs.
	Make(urn resource.URN, provider string, inputs resource.PropertyMap) (string, resource.PropertyMap, error)
	// Call answers a function.
	Call(token, provider string, arguments resource.PropertyMap) (resource.PropertyMap, error)
}

// Object is one Kubernetes object.
type Object struct {
	// URN of the resource that stands for it.
	URN string
	// Manifest is the object as plain data.
	Manifest map[string]any
}

// Kind of the object.
func (o Object) Kind() string { return text(o.Manifest, "kind") }

// Name of the object.
func (o Object) Name() string {
	metadata, _ := o.Manifest["metadata"].(map[string]any)
	return text(metadata, "name")
}

func text(object map[string]any, key string) string {
	value, _ := object[key].(string)
	return value
}

// Objects runs the program and returns its Kubernetes objects in an order in
// which they can be applied: each after all it depends on. The error is that of
// the program, or a resource that has no manifest.
func Objects(options Options) ([]Object, error) {
	recorder := newRecorder(options)
	configure := func(info *pulumi.RunInfo) {
		info.Config = options.Config
		info.ConfigSecretKeys = options.SecretKeys
		info.DryRun = false
	}
	if err := pulumi.RunErr(options.Program, pulumi.WithMocks(options.Project, options.Stack, recorder), configure); err != nil {
		return nil, fmt.Errorf("running the program of stack %s: %w", options.Stack, err)
	}
	nodes, err := sorted(recorder.nodes)
	if err != nil {
		return nil, err
	}
	var objects []Object
	for _, node := range nodes {
		if !node.object {
			continue
		}
		made, err := manifest(node, options.ShowSecrets)
		if err != nil {
			return nil, fmt.Errorf("writing the manifest of %s: %w", node.urn, err)
		}
		objects = append(objects, Object{URN: string(node.urn), Manifest: made})
	}
	return objects, nil
}
