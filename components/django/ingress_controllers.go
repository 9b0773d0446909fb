package django

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/aws/limits"
)

// The ingress classes whose controllers are known.
const (
	nginxClass   = "nginx"
	traefikClass = "traefik"
	albClass     = "alb"
)

// controller knows how an ingress controller is told what an Ingress has no field for.
type controller struct {
	annotate func(ctx *pulumi.Context, a *RoutesArgs, name string, i int, parent pulumi.Resource) (pulumi.StringMap, error)
	// signIn says how clients sign in; nil if they cannot.
	signIn func(Objects, SignIn) pulumi.Map
	// extends is the annotation that contains what the configuration says about it.
	extends string
}

func (c *controller) replaces(key string) bool { return key == c.extends }

// controller returns that of the class; nil if it is not known.
func (a *RoutesArgs) controller() *controller {
	if a.Ingress == nil {
		return nil
	}
	switch a.Ingress.ClassName {
	case nginxClass:
		return &controller{annotate: nginxAnnotations, signIn: func(Objects, SignIn) pulumi.Map { return nil }}
	case traefikClass:
		return &controller{annotate: traefikAnnotations, signIn: traefikSignIn, extends: traefikMiddlewares}
	case albClass:
		return &controller{}
	}
	return nil
}

// nginxAnnotations are those of ingress-nginx
// (https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/).
func nginxAnnotations(_ *pulumi.Context, a *RoutesArgs, _ string, i int, _ pulumi.Resource) (pulumi.StringMap, error) {
	const prefix = "nginx.ingress.kubernetes.io/"
	route, all := a.Routes[i], pulumi.StringMap{}
	if route.TimeoutSeconds > 0 {
		seconds := pulumi.String(strconv.Itoa(route.TimeoutSeconds))
		all[prefix+"proxy-read-timeout"], all[prefix+"proxy-send-timeout"] = seconds, seconds
	}
	if route.RedirectTo != "" {
		all[prefix+"permanent-redirect"] = pulumi.String(route.RedirectTo + "$request_uri")
	}
	if signIn := route.SignIn; signIn != nil && signIn.BasicAuthSecret != "" {
		all[prefix+"auth-type"] = pulumi.String("basic")
		all[prefix+"auth-secret"] = a.Objects.Secret(signIn.BasicAuthSecret)
		all[prefix+"auth-realm"] = pulumi.String(route.realm())
	} else if signIn != nil {
		all[prefix+"auth-url"] = pulumi.String(signIn.AuthURL)
		if signIn.LoginURL != "" {
			all[prefix+"auth-signin"] = pulumi.String(signIn.LoginURL)
		}
	}
	return all, nil
}

// realm is what a browser shows when it asks for a password.
func (r Route) realm() string {
	if r.Host == AnyHost {
		return "Restricted"
	}
	return r.Host
}

// traefikMiddlewares is the annotation that lists what happens to a request
// (https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/ingress/).
const traefikMiddlewares = "traefik.ingress.kubernetes.io/router.middlewares"

const traefikPriority = "traefik.ingress.kubernetes.io/router.priority"

// redirectsScheme reports whether Traefik is told to redirect http to https, which an Ingress
// with a certificate does not make it do.
func (a *RoutesArgs) redirectsScheme(r Route) bool {
	return a.Ingress.ClassName == traefikClass && a.Ingress.RedirectHTTP && a.hasCertificate(r) && r.RedirectTo == ""
}

// priority returns that of Traefik's routers for a path; 0 for the usual one, which is the length
// of the rule: Path("/ws") would lose against PathPrefix("/")
// (https://doc.traefik.io/traefik/reference/routing-configuration/http/routing/rules-and-priority/).
// The root keeps the usual one, so that a challenge of cert-manager wins. So does a wildcard host,
// so that an exact host wins, even that of another environment.
func (a *RoutesArgs) priority(r Route) int {
	const aboveEveryRule = 10000
	path := strings.TrimRight(r.Path, "/")
	if a.Ingress.ClassName != traefikClass || path == "" || strings.HasPrefix(r.Host, AnyHost) {
		return 0
	}
	return aboveEveryRule + len(path)
}

// traefikAnnotations registers Middlewares for redirects and a sign-in. Traefik limits neither
// the time of a response nor that of a WebSocket.
func traefikAnnotations(ctx *pulumi.Context, a *RoutesArgs, name string, i int, parent pulumi.Resource) (pulumi.StringMap, error) {
	route, list := a.Routes[i], pulumi.StringArray{}
	if stated := a.Ingress.Annotations[traefikMiddlewares]; stated != "" {
		list = append(list, pulumi.String(stated))
	}
	add := func(part string, spec pulumi.Map) error {
		found, err := a.traefikMiddleware(ctx, name, i, part, spec, parent)
		list = append(list, found)
		return err
	}
	// No password is asked for over http.
	if a.redirectsScheme(route) {
		if err := add("https", pulumi.Map{"redirectScheme": pulumi.Map{"scheme": pulumi.String("https"), "permanent": pulumi.Bool(true)}}); err != nil {
			return nil, err
		}
	}
	var spec pulumi.Map
	switch {
	case route.RedirectTo != "":
		spec = pulumi.Map{"redirectRegex": pulumi.Map{
			"regex":       pulumi.String("^https?://[^/]+(.*)$"),
			"replacement": pulumi.String(route.RedirectTo + "${1}"),
			"permanent":   pulumi.Bool(true),
		}}
	case route.SignIn != nil:
		spec = traefikSignIn(a.Objects, *route.SignIn)
	}
	if spec != nil {
		if err := add("", spec); err != nil {
			return nil, err
		}
	}
	annotations := pulumi.StringMap{}
	if len(list) > 0 {
		annotations[traefikMiddlewares] = joined(list)
	}
	if priority := a.priority(route); priority > 0 {
		annotations[traefikPriority] = pulumi.String(strconv.Itoa(priority))
	}
	return annotations, nil
}

// joined returns texts with commas between them.
func joined(list pulumi.StringArray) pulumi.StringOutput {
	return list.ToStringArrayOutput().ApplyT(func(all []string) string { return strings.Join(all, ",") }).(pulumi.StringOutput)
}

// traefikMiddleware registers a Middleware of a route and returns the name by which annotations
// refer to it. Part tells it from another one of the route.
func (a *RoutesArgs) traefikMiddleware(ctx *pulumi.Context, name string, i int, part string, spec pulumi.Map, parent pulumi.Resource) (pulumi.StringOutput, error) {
	route := a.Routes[i]
	suffix, metadata := a.metadata(i)
	called := metadata.Name
	if part != "" {
		suffix += "-" + part
		called = pulumi.String(a.Labels.ObjectName(part, route.Host, route.key()))
	}
	middleware, err := apiextensions.NewCustomResource(ctx, name+"-"+suffix+"-middleware", &apiextensions.CustomResourceArgs{
		ApiVersion:  pulumi.String("traefik.io/v1alpha1"),
		Kind:        pulumi.String("Middleware"),
		Metadata:    metav1.ObjectMetaArgs{Name: called, Namespace: a.Namespace, Labels: metadata.Labels},
		OtherFields: kubernetes.UntypedArgs{"spec": spec},
	}, pulumi.Parent(parent))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("registering the Middleware of %s%s: %w", route.Host, route.Path, err)
	}
	return pulumi.Sprintf("%s-%s@kubernetescrd", a.Namespace, middleware.Metadata.Name().Elem()), nil
}

func traefikSignIn(objects Objects, signIn SignIn) pulumi.Map {
	if signIn.BasicAuthSecret != "" {
		return pulumi.Map{"basicAuth": pulumi.Map{"secret": objects.Secret(signIn.BasicAuthSecret)}}
	}
	return pulumi.Map{"forwardAuth": pulumi.Map{"address": pulumi.String(signIn.AuthURL)}}
}

// albAttributes are the attributes of the load balancer
// (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/).
const albAttributes = "alb.ingress.kubernetes.io/load-balancer-attributes"

// albGroup returns the one Ingress of all routes: each Ingress would get a separate load
// balancer. A redirect is an action, and the idle timeout is that of the load balancer.
func (a *RoutesArgs) albGroup() ingressGroup {
	group := ingressGroup{routes: a.Routes, annotations: pulumi.ToStringMap(a.Ingress.Annotations), actions: map[int]string{}}
	if group.annotations == nil {
		group.annotations = pulumi.StringMap{}
	}
	longest := 0
	for i, route := range a.Routes {
		longest = max(longest, route.TimeoutSeconds)
		if route.RedirectTo == "" {
			continue
		}
		action := "redirect-" + route.key()
		group.actions[i] = action
		group.annotations["alb.ingress.kubernetes.io/actions."+action] = pulumi.String(albRedirect(route.RedirectTo))
	}
	stated := a.Ingress.Annotations[albAttributes]
	if longest > 0 && !strings.Contains(stated, "idle_timeout.timeout_seconds") {
		idle := fmt.Sprintf("idle_timeout.timeout_seconds=%d", min(longest, limits.MaxIdleSeconds))
		group.annotations[albAttributes] = pulumi.String(strings.TrimPrefix(stated+","+idle, ","))
	}
	return group
}

// albRedirect returns the JSON of an action. Path and query stay as they are.
func albRedirect(to string) string {
	scheme, host, port := origin(to)
	config := map[string]string{"Protocol": strings.ToUpper(scheme), "Host": host, "Port": port, "StatusCode": "HTTP_301"}
	text, err := json.Marshal(map[string]any{"Type": "redirect", "RedirectConfig": config})
	if err != nil {
		return ""
	}
	return string(text)
}
