package kubernetes

import (
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/validate"
)

// ManifestArgs describes one object of any kind in a namespace.
type ManifestArgs struct {
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Fields of the object with the types of JSON: apiVersion, kind, metadata, and those of its kind.
	Fields map[string]any
	// Data that a controller keeps for the object.
	Data data.Held
}

// Manifest is an object of any kind. Nothing waits until its controller has seen it: one that reports when it is done
// would wait for pods that start after it.
type Manifest struct {
	pulumi.ResourceState
}

// NewManifest registers the object.
func NewManifest(ctx *pulumi.Context, name string, args *ManifestArgs, opts ...pulumi.ResourceOption) (*Manifest, error) {
	m := &Manifest{}
	id := strings.ToLower(name + "-" + args.text("kind") + "-" + args.name())
	return component.New(ctx, "djangostack:kubernetes:Manifest", id, m, args.check, func() (pulumi.Map, error) {
		token := "kubernetes:" + args.apiVersion() + ":" + args.text("kind")
		var object apiextensions.CustomResource
		if err := ctx.RegisterResource(token, id, args.inputs(), &object, pulumi.Parent(m), component.Protect(args.Data)); err != nil {
			return nil, fmt.Errorf("registering the %s %s: %w", args.text("kind"), args.name(), err)
		}
		return component.DataOr(args.Data, nil), nil
	}, opts...)
}

func (a *ManifestArgs) check() error {
	problems := []error{validate.Check("Manifest",
		validate.Required("Namespace", a.Namespace != nil),
		validate.Required("Labels", a.Labels.Complete()),
	)}
	if a.text("apiVersion") == "" || a.text("kind") == "" || a.name() == "" {
		problems = append(problems, errors.New("Manifest: Fields needs texts at apiVersion, kind and metadata.name"))
	}
	return errors.Join(problems...)
}

func (a *ManifestArgs) text(field string) string {
	text, _ := a.Fields[field].(string)
	return text
}

func (a *ManifestArgs) metadata(field string) map[string]string {
	metadata, _ := a.Fields["metadata"].(map[string]any)
	fields, _ := metadata[field].(map[string]any)
	texts := map[string]string{}
	for name, value := range fields {
		texts[name] = fmt.Sprint(value)
	}
	return texts
}

func (a *ManifestArgs) name() string {
	metadata, _ := a.Fields["metadata"].(map[string]any)
	name, _ := metadata["name"].(string)
	return name
}

// apiVersion is that of the type of a resource, in which the group of the first kinds has a name.
func (a *ManifestArgs) apiVersion() string {
	if version := a.text("apiVersion"); strings.Contains(version, "/") {
		return version
	}
	return "core/" + a.text("apiVersion")
}

func (a *ManifestArgs) inputs() kubernetes.UntypedArgs {
	inputs := kubernetes.UntypedArgs{}
	maps.Copy(inputs, a.Fields)
	delete(inputs, "status")
	all := pulumi.ToStringMap(a.metadata("labels"))
	maps.Copy(all, a.Labels.For("object"))
	annotations := a.metadata("annotations")
	annotations["pulumi.com/skipAwait"] = "true"
	inputs["metadata"] = metav1.ObjectMetaArgs{
		Name:        pulumi.String(a.name()),
		Namespace:   a.Namespace,
		Labels:      all,
		Annotations: pulumi.ToStringMap(annotations),
	}
	if subjects, has := a.subjects(); has {
		inputs["subjects"] = subjects
	}
	return inputs
}

// subjects of a RoleBinding, whose service accounts are in the namespace unless they say another.
func (a *ManifestArgs) subjects() (pulumi.Array, bool) {
	subjects, has := a.Fields["subjects"].([]any)
	if !has || a.text("kind") != "RoleBinding" {
		return nil, false
	}
	var all pulumi.Array
	for _, subject := range subjects {
		fields := pulumi.Map{}
		texts, _ := subject.(map[string]any)
		for name, value := range texts {
			fields[name] = pulumi.Any(value)
		}
		if texts["kind"] == "ServiceAccount" && texts["namespace"] == nil {
			fields["namespace"] = a.Namespace
		}
		all = append(all, fields)
	}
	return all, true
}
