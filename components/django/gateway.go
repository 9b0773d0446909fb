package django

import (
	"fmt"
	"maps"
	"strconv"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Gateway is a Gateway that exists already.
type Gateway struct {
	Name string
	// Namespace of the Gateway; empty for that of the routes.
	Namespace string
	// SectionName is the Gateway's listener; empty for all of them.
	SectionName string
	// HTTPSectionName is a listener for http, whose requests are redirected to https; empty for
	// none.
	HTTPSectionName string
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
			"parentRefs": pulumi.Array{a.Gateway.reference(a.Gateway.SectionName)},
			"rules":      pulumi.Array{route.gatewayRule()},
		}
		if err := httpRoute(ctx, name+"-"+suffix, metadata, route.Host, spec, parent); err != nil {
			return err
		}
	}
	return a.redirectsHTTP(ctx, name, parent)
}

// httpRoute registers an HTTPRoute of one host.
func httpRoute(ctx *pulumi.Context, name string, metadata metav1.ObjectMetaArgs, host string, spec pulumi.Map, parent pulumi.Resource) error {
	if host != AnyHost {
		spec["hostnames"] = pulumi.ToStringArray([]string{host})
	}
	_, err := apiextensions.NewCustomResource(ctx, name, &apiextensions.CustomResourceArgs{
		ApiVersion:  pulumi.String(gatewayGroup + "/v1"),
		Kind:        pulumi.String("HTTPRoute"),
		Metadata:    metadata,
		OtherFields: kubernetes.UntypedArgs{"spec": spec},
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("registering the HTTPRoute %s of %s: %w", name, host, err)
	}
	return nil
}

// redirectsHTTP registers an HTTPRoute for each host that redirects from http to https.
func (a *RoutesArgs) redirectsHTTP(ctx *pulumi.Context, name string, parent pulumi.Resource) error {
	if a.Gateway.HTTPSectionName == "" {
		return nil
	}
	redirected := map[string]bool{}
	for _, route := range a.Routes {
		if redirected[route.Host] {
			continue
		}
		redirected[route.Host] = true
		key := Route{Host: route.Host}.key()
		metadata := metav1.ObjectMetaArgs{Namespace: a.Namespace, Labels: a.Labels.For(WebPart), Annotations: pulumi.ToStringMap(a.Gateway.Annotations)}
		metadata.Name = pulumi.String(a.Labels.ObjectName(httpPart, route.Host, key))
		err := httpRoute(ctx, name+"-"+httpPart+"-"+key, metadata, route.Host, pulumi.Map{
			"parentRefs": pulumi.Array{a.Gateway.reference(a.Gateway.HTTPSectionName)},
			"rules": pulumi.Array{pulumi.Map{
				"matches": pulumi.Array{pathMatch("/")},
				"filters": pulumi.Array{pulumi.Map{"type": pulumi.String("RequestRedirect"), "requestRedirect": pulumi.Map{
					"scheme": pulumi.String("https"), "statusCode": pulumi.Int(movedPermanently),
				}}},
			}},
		}, parent)
		if err != nil {
			return err
		}
	}
	return nil
}

const (
	httpPart         = "http"
	movedPermanently = 301
)

func (g *Gateway) reference(section string) pulumi.Map {
	reference := pulumi.Map{
		"group": pulumi.String(gatewayGroup),
		"kind":  pulumi.String("Gateway"),
		"name":  pulumi.String(g.Name),
	}
	if g.Namespace != "" {
		reference["namespace"] = pulumi.String(g.Namespace)
	}
	if section != "" {
		reference["sectionName"] = pulumi.String(section)
	}
	return reference
}

func (r Route) gatewayRule() pulumi.Map {
	rule := pulumi.Map{"matches": pulumi.Array{pathMatch(r.Path)}}
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

func pathMatch(path string) pulumi.Map {
	return pulumi.Map{"path": pulumi.Map{"type": pulumi.String("PathPrefix"), "value": pulumi.String(path)}}
}

// gatewayRedirect keeps path and query, which a filter without them does. Without a port it is
// that of the scheme; some controllers write a port into the address that is there.
func gatewayRedirect(to string) pulumi.Map {
	scheme, host, port := origin(to)
	redirect := pulumi.Map{
		"scheme":     pulumi.String(scheme),
		"hostname":   pulumi.String(host),
		"statusCode": pulumi.Int(movedPermanently),
	}
	if number, err := strconv.Atoi(port); err == nil && port != usualPort(scheme) {
		redirect["port"] = pulumi.Int(number)
	}
	return redirect
}
