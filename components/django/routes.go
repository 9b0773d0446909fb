package django

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/validate"
)

// RoutesArgs describes how requests from outside reach the Services of the app, by an Ingress
// or by a Gateway.
type RoutesArgs struct {
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Routes to the app. The first is the app's own host; its object has the name of web.
	Routes []Route
	// Ingress is the controller that serves the routes; nil with Gateway.
	Ingress *Ingress
	// Gateway is the Gateway that the routes are attached to; nil with Ingress.
	Gateway *Gateway
	// Objects are the Secrets that the environment creates, to which TLSSecret and
	// BasicAuthSecret may refer.
	Objects Objects
	// Web is the component that the first Ingress belonged to in earlier versions.
	Web *Web
}

// Route leads the requests to a host and path to a Service, or redirects them.
type Route struct {
	// Host is a host name. *.example.com matches every name directly below example.com, and
	// AnyHost matches every name.
	Host string
	// Path and everything below it.
	Path string
	// Service and its port. A redirect needs them too: an Ingress has no rule without one.
	Service     string
	ServicePort int
	// PortName is the name of ServicePort, which an Ingress refers to; empty for the port of the
	// process itself.
	PortName string
	// RedirectTo is the scheme and host of a permanent redirect, such as https://example.com;
	// empty for none.
	RedirectTo string
	// TimeoutSeconds is how long a response or a WebSocket may last; 0 for the controller's
	// default.
	TimeoutSeconds int
	// SignIn is what the controller asks of clients; nil for nothing.
	SignIn *SignIn
	// TLSSecret is the name of the Secret with the certificate of the host; empty for none.
	TLSSecret string
	// Annotations of the object of this route.
	Annotations map[string]string
}

// SignIn is either HTTP basic authentication or a request to another service.
type SignIn struct {
	// BasicAuthSecret is the name of a Secret with user names and hashes of passwords.
	BasicAuthSecret string
	// AuthURL answers 2xx if a request may pass. LoginURL is where a browser is sent if not.
	AuthURL, LoginURL string
}

// Routes are the objects that lead requests to the app.
type Routes struct {
	pulumi.ResourceState
}

const routePart = "route"

// AnyHost is the host of a route that takes the requests to every name without a route.
const AnyHost = "*"

// NewRoutes registers the routes. Pass the processes that they lead to with
// pulumi.DependsOn.
func NewRoutes(ctx *pulumi.Context, name string, args *RoutesArgs, opts ...pulumi.ResourceOption) (*Routes, error) {
	r := &Routes{}
	return component.New(ctx, "djangostack:django:Routes", name+"-routes", r, args.check, func() (pulumi.Map, error) {
		if args.Gateway != nil {
			return nil, args.httpRoutes(ctx, name, r)
		}
		return nil, args.ingresses(ctx, name, r)
	}, opts...)
}

func (a *RoutesArgs) check() error {
	problems := []error{
		validate.Check("Routes",
			validate.Required("Namespace", a.Namespace != nil),
			validate.Required("Routes", len(a.Routes) > 0),
			validate.Required("Ingress or Gateway", a.Ingress != nil || a.Gateway != nil),
			validate.Required("Ingress.ClassName", a.Ingress == nil || a.Ingress.ClassName != ""),
			validate.Required("Gateway.Name", a.Gateway == nil || a.Gateway.Name != ""),
		),
		validate.RefuseIf(a.Ingress != nil && a.Gateway != nil, "Routes", "Ingress goes without Gateway"),
	}
	for i, route := range a.Routes {
		at := fmt.Sprintf("Routes[%d]", i)
		problems = append(problems, validate.Check("Routes",
			validate.Required(at+".Host", route.Host != ""),
			validate.Required(at+".Path", route.Path != ""),
			validate.Required(at+".Service", route.Service != ""),
			validate.Required(at+".ServicePort", route.ServicePort > 0),
		), a.checkSupport(at, route))
	}
	return errors.Join(problems...)
}

// checkSupport refuses what the controller would ignore.
func (a *RoutesArgs) checkSupport(at string, route Route) error {
	controller := a.controller()
	return errors.Join(
		validate.RefuseIf(route.TimeoutSeconds > 0 && controller == nil && a.Gateway == nil, "Routes", at+".TimeoutSeconds needs a known Ingress.ClassName or a Gateway"),
		validate.RefuseIf(route.RedirectTo != "" && controller == nil && a.Gateway == nil, "Routes", at+".RedirectTo needs a known Ingress.ClassName or a Gateway"),
		validate.RefuseIf(route.SignIn != nil && (controller == nil || controller.signIn == nil), "Routes", at+".SignIn needs Ingress.ClassName nginx or traefik"),
	)
}

// metadata names the object of a route: the first after web, the others after a part and
// their host and path, so that no route takes the name of another one.
func (a *RoutesArgs) metadata(i int) (suffix string, metadata metav1.ObjectMetaArgs) {
	metadata = metav1.ObjectMetaArgs{Namespace: a.Namespace}
	if i == 0 {
		metadata.Name, metadata.Labels = pulumi.String(a.Labels.ObjectName(WebPart)), a.Labels.For(WebPart)
		return WebPart, metadata
	}
	route := a.Routes[i]
	suffix = routePart + "-" + route.key()
	metadata.Name, metadata.Labels = pulumi.String(a.Labels.ObjectName(routePart, route.Host, route.key())), a.Labels.For(WebPart)
	return suffix, metadata
}

// origin returns the parts of the target of a redirect. Without a port it is that of the
// scheme.
func origin(to string) (scheme, host, port string) {
	scheme, host, _ = strings.Cut(to, "://")
	host, port, _ = strings.Cut(host, ":")
	return scheme, host, cmp.Or(port, usualPort(scheme))
}

func usualPort(scheme string) string {
	return map[string]string{"http": "80", "https": "443"}[scheme]
}

// key tells a route from every other one.
func (r Route) key() string {
	const length = 8
	sum := sha256.Sum256([]byte(r.Host + r.Path))
	return hex.EncodeToString(sum[:])[:length]
}
