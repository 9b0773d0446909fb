package render_test

import (
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/stacks/render"
)

// The program of an environment is stacks.Program. This one registers a single ConfigMap.
func ExampleObjects() {
	program := func(ctx *pulumi.Context) error {
		var settings pulumi.CustomResourceState
		return ctx.RegisterResource("kubernetes:core/v1:ConfigMap", "settings", pulumi.Map{
			"apiVersion": pulumi.String("v1"),
			"kind":       pulumi.String("ConfigMap"),
			"metadata":   pulumi.Map{"name": pulumi.String("blog-env"), "namespace": pulumi.String("blog-dev")},
			"data":       pulumi.Map{"PORT": pulumi.String("8000")},
		}, &settings)
	}
	objects, err := render.Objects(render.Options{Program: program, Project: "djangostack", Stack: "dev"})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := render.Write(os.Stdout, objects); err != nil {
		fmt.Println(err)
	}
	// Output:
	// ---
	// apiVersion: v1
	// data:
	//   PORT: "8000"
	// kind: ConfigMap
	// metadata:
	//   name: blog-env
	//   namespace: blog-dev
}
