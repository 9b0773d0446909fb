package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"sigs.k8s.io/yaml"

	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/stacks/spec"
)

// subject is one program to preview.
type subject struct {
	name    string
	program pulumi.RunFunc
	stack   string
	// set are values that differ from the configuration.
	set []string
	// grows names what there are several of, and many is their number.
	grows string
	many  int
}

func nothing(*pulumi.Context) error { return nil }

// subjects are a program without resources, production before and after it is deployed, and production with more of one
// thing.
func subjects(cloud spec.Cloud) []subject {
	all := []subject{
		{name: "a program that registers nothing", program: nothing, stack: bare},
		{name: "production, nothing there yet", program: stacks.Program, stack: bare},
		{name: "production, nothing changed", program: stacks.Program, stack: standing},
		{name: "production, a new image", program: stacks.Program, stack: standing, set: []string{"app.image=registry.example.com/blog:2.0.0"}},
	}
	for _, many := range []int{1, 5, 20} {
		all = append(all, several("worker", many, "workers=[%s]", "{name: w%d}"))
	}
	for _, many := range []int{1, 20} {
		all = append(all, several("host name", many, "app.hosts=[%s]", "h%d.example.com"))
	}
	for _, many := range []int{1, 20} {
		all = append(all, several("cross-origin rule", many, "static.cors=[%s]", `{origins: ["https://h%d.example.com"]}`))
	}
	for _, many := range []int{1, 10, 40} {
		all = append(all, subject{name: fmt.Sprintf("buckets alone: %d", many), program: buckets(cloud, many), stack: bare, grows: "bucket", many: many})
	}
	return all
}

// several returns production with a number of one thing.
func several(what string, many int, list, item string) subject {
	items := make([]string, many)
	for i := range items {
		items[i] = fmt.Sprintf(item, i+1)
	}
	return subject{
		name: fmt.Sprintf("production, %ss: %d", what, many), program: stacks.Program, stack: bare,
		set: []string{fmt.Sprintf(list, strings.Join(items, ", "))}, grows: what, many: many,
	}
}

// read reads the environment of a stack's configuration, and changes its cloud.
func read(path string, cloud spec.Cloud) (map[string]any, *spec.Environment, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the configuration: %w", err)
	}
	var file struct {
		Config map[string]map[string]any `json:"config"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, nil, fmt.Errorf("reading %s: %w", path, err)
	}
	environment := file.Config["djangostack:"+spec.ConfigKey]
	if environment == nil {
		return nil, nil, fmt.Errorf("reading %s: it has no environment", path)
	}
	environment["cloud"] = string(cloud)
	raw, err := json.Marshal(environment)
	if err != nil {
		return nil, nil, fmt.Errorf("reading %s: %w", path, err)
	}
	checked, err := spec.Parse(raw, bare)
	return environment, checked, err
}
