package gcp

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	gatewayVersion = "gateway.networking.k8s.io/v1"
	// gatewayClass is the global external Application Load Balancer
	// (https://cloud.google.com/kubernetes-engine/docs/concepts/gateway-api#gatewayclass).
	gatewayClass = "gke-l7-global-external-managed"
	// cdnFilter is the kind that turns Cloud CDN on for a rule of a route.
	cdnFilter = "GCPHTTPFilter"
	// The names of the Gateway's listeners.
	httpsListener, httpListener = "https", "http"
)

// gatewayObjects registers the Gateway and its routes and policies, and stops at the first
// error.
type gatewayObjects struct {
	ctx    *pulumi.Context
	args   *LoadBalancerArgs
	parent pulumi.Resource
	err    error
}

func (o *gatewayObjects) register(resource, version, kind, name string, annotations pulumi.StringMap, spec pulumi.Map, before ...pulumi.Resource) pulumi.Resource {
	if o.err != nil {
		return nil
	}
	object, err := apiextensions.NewCustomResource(o.ctx, resource, &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String(version),
		Kind:       pulumi.String(kind),
		Metadata: metav1.ObjectMetaArgs{
			Name:        pulumi.String(name),
			Namespace:   o.args.Namespace,
			Labels:      o.args.Labels.For("web"),
			Annotations: annotations,
		},
		OtherFields: kubernetes.UntypedArgs{"spec": spec},
	}, pulumi.Parent(o.parent), pulumi.DependsOn(before))
	if err != nil {
		o.err = fmt.Errorf("registering the %s %s: %w", kind, name, err)
		return nil
	}
	return object
}

// gateway registers the Gateway after the pods and after its policies, so that these apply
// from the start, and deletes it before them.
func (o *gatewayObjects) gateway(resource string, policies ...pulumi.Resource) pulumi.Resource {
	listener := func(name, protocol string, port int) pulumi.Map {
		return pulumi.Map{
			"name":          pulumi.String(name),
			"protocol":      pulumi.String(protocol),
			"port":          pulumi.Int(port),
			"allowedRoutes": pulumi.Map{"namespaces": pulumi.Map{"from": pulumi.String("Same")}},
		}
	}
	// The certificates come from the map, so the listener has none.
	certificates := pulumi.StringMap{"networking.gke.io/certmap": o.args.CertificateMapName}
	return o.register(resource, gatewayVersion, "Gateway", o.args.Service, certificates, pulumi.Map{
		"gatewayClassName": pulumi.String(gatewayClass),
		"addresses":        pulumi.Array{pulumi.Map{"type": pulumi.String("NamedAddress"), "value": o.args.AddressName}},
		"listeners":        pulumi.Array{listener(httpsListener, "HTTPS", 443), listener(httpListener, "HTTP", 80)},
	}, slices.Concat(o.args.Before, policies)...)
}
