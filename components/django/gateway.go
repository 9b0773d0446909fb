package django

import (
	"fmt"
	"maps"
	"strconv"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Gateway is a Gateway that exists already.
type Gateway struct {
	Name string
	// Namespace of the Gateway; empty for that of the routes.
	Namespace string
	// SectionName is the Gateway's listener; empty for all of them.
	SectionName string
	// Annotations of every HTTPRoute.
	Annotations map[string]string
}

const gatewayGroup = "gateway.networking.k8s.io"

// httpRoutes registers one HTTPRoute for each route
// (https://gateway-api.sigs.k8s.io/reference/spec/#httproute).
func (a *RoutesArgs) httpRoutes(ctx *pulumi.Context, name string, parent pulumi.Resource) error {
	for i, route := range a.Routes {
		suffix, metadata := a.metadata(i)
		annotations := pulumi.ToStringMap(a.Gateway.Annotations)
		if annotations == nil {
			annotations = pulumi.StringMap{}
		}
		maps.Copy(annotations, pulumi.ToStringMap(route.Annotations))
		metadata.Annotations = annotations
		spec := pulumi.Map{
			"parentRefs": pulumi.Array{a.Gateway.reference()},
			"rules":      pulumi.Array{route.gatewayRule()},
		}
		if route.Host != AnyHost {
			spec["hostnames"] = pulumi.ToStringArray([]string{route.Host})
		}
		_, err := apiextensions.NewCustomResource(ctx, name+"-"+suffix, &apiextensions.CustomResourceArgs{
			ApiVersion:  pulumi.String(gatewayGroup + "/v1"),
			Kind:        pulumi.String("HTTPRoute"),
			Metadata:    metadata,
			OtherFields: kubernetes.UntypedArgs{"spec": spec},
		}, pulumi.Parent(parent))
		if err != nil {
			return fmt.Errorf("registering the HTTPRoute of %s%s: %w", route.Host, route.Path, err)
		}
	}
	return nil
}

func (g *Gateway) reference() pulumi.Map {
	reference := pulumi.Map{
		"group": pulumi.String(gatewayGroup),
		"kind":  pulumi.String("Gateway"),
		"name":  pulumi.String(g.Name),
	}
	if g.Namespace != "" {
		reference["namespace"] = pulumi.String(g.Namespace)
	}
	if g.SectionName != "" {
		reference["sectionName"] = pulumi.String(g.SectionName)
	}
	return reference
}

func (r Route) gatewayRule() pulumi.Map {
	rule := pulumi.Map{"matches": pulumi.Array{pulumi.Map{"path": pulumi.Map{
		"type":  pulumi.String("PathPrefix"),
		"value": pulumi.String(r.Path),
	}}}}
	if r.RedirectTo != "" {
		rule["filters"] = pulumi.Array{pulumi.Map{"type": pulumi.String("RequestRedirect"), "requestRedirect": gatewayRedirect(r.RedirectTo)}}
		return rule
	}
	rule["backendRefs"] = pulumi.Array{pulumi.Map{
		"group":  pulumi.String(""),
		"kind":   pulumi.String("Service"),
		"name":   pulumi.String(r.Service),
		"port":   pulumi.Int(r.ServicePort),
		"weight": pulumi.Int(1),
	}}
	if r.TimeoutSeconds > 0 {
		rule["timeouts"] = pulumi.Map{"request": pulumi.Sprintf("%ds", r.TimeoutSeconds)}
	}
	return rule
}

// gatewayRedirect keeps path and query, which a filter without them does.
func gatewayRedirect(to string) pulumi.Map {
	const movedPermanently = 301
	scheme, host, port := origin(to)
	redirect := pulumi.Map{
		"scheme":     pulumi.String(scheme),
		"hostname":   pulumi.String(host),
		"statusCode": pulumi.Int(movedPermanently),
	}
	if number, err := strconv.Atoi(port); err == nil {
		redirect["port"] = pulumi.Int(number)
	}
	return redirect
}
