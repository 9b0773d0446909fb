// Package render writes the Kubernetes manifests of an environment. It runs the program
// with an engine that records every resource and creates none, so it needs no cluster, no
// account and no Pulumi CLI.
//
// The package imports Pulumi's SDK and nothing of this program; callers pass the program in.
package render

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Placeholder replaces every secret value unless Options.ShowSecrets is set.
const Placeholder = "REPLACE-ME"

// Options says what to render.
type Options struct {
	// Program registers the environment, for instance stacks.Program.
	Program pulumi.RunFunc
	// Project and Stack are the names that the program sees.
	Project string
	Stack   string
	// Config maps full keys, project:key, to text or JSON.
	Config map[string]string
	// SecretKeys are the keys of Config whose values are secret.
	SecretKeys []string
	// Random returns the outputs of a resource of Pulumi's random provider. If it is nil,
	// the outputs are the same in every run, and not secret.
	Random func(token string, inputs resource.PropertyMap) (resource.PropertyMap, error)
	// Cloud returns the outputs of resources and functions of clouds. If it is nil, a
	// program that uses them fails.
	Cloud Cloud
	// Release receives each Helm release, which has no manifest, from any goroutine. If it is
	// nil, a program that has one fails.
	Release func(HelmRelease)
	// ShowSecrets writes secret values as they are, instead of Placeholder.
	ShowSecrets bool
}

// Cloud simulates the resources and functions of clouds in memory. A provider is the
// reference that the engine passes with each of its resources.
type Cloud interface {
	// Configure receives the arguments of a provider of one package, such as aws.
	Configure(pkg, provider string, arguments resource.PropertyMap) error
	// Create returns a resource's ID and outputs.
	Create(urn resource.URN, provider string, inputs resource.PropertyMap) (string, resource.PropertyMap, error)
	// Call returns the result of a function.
	Call(token, provider string, arguments resource.PropertyMap) (resource.PropertyMap, error)
}

// Object is one Kubernetes object.
type Object struct {
	// URN of the resource that registers the object.
	URN string
	// Manifest is the object as plain data, for an encoder of YAML or JSON.
	Manifest map[string]any
}

// Kind returns the object's kind.
func (o Object) Kind() string { return text(o.Manifest, "kind") }

// Name returns the object's name.
func (o Object) Name() string {
	metadata, _ := o.Manifest["metadata"].(map[string]any)
	return text(metadata, "name")
}

func text(object map[string]any, key string) string {
	value, _ := object[key].(string)
	return value
}

// Objects runs the program and returns its Kubernetes objects in an order in which they can
// be applied: each follows all objects that it depends on. The error is the program's, or
// names a resource that has no manifest, such as a Helm release.
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
		object, err := manifest(node, options.ShowSecrets)
		if err != nil {
			return nil, fmt.Errorf("writing the manifest of %s: %w", node.urn, err)
		}
		objects = append(objects, Object{URN: string(node.urn), Manifest: object})
	}
	return objects, nil
}
