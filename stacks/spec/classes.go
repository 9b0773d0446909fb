package spec

// The ingress classes whose controllers are known.
const (
	// NGINXClass is ingress-nginx
	// (https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/).
	NGINXClass = "nginx"
	// TraefikClass is Traefik
	// (https://doc.traefik.io/traefik/routing/providers/kubernetes-ingress/).
	TraefikClass = "traefik"
	// ALBClass is the AWS Load Balancer Controller
	// (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/).
	ALBClass = "alb"
)

// timingClasses have a timeout by annotation, or none at all, as Traefik.
func timingClasses() []string { return []string{ALBClass, NGINXClass, TraefikClass} }

// redirectingClasses redirect a host by an annotation or a separate object.
func redirectingClasses() []string { return []string{ALBClass, NGINXClass, TraefikClass} }

// signingClasses ask clients to sign in.
func signingClasses() []string { return []string{NGINXClass, TraefikClass} }

// defaultingClasses serve hosts that an Ingress names no Secret for with the controller's own certificate
// (https://kubernetes.github.io/ingress-nginx/user-guide/tls/#default-ssl-certificate,
// https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/tls/tlsstore/).
func defaultingClasses() []string { return []string{NGINXClass, TraefikClass} }

// ingressClass returns the class of the Ingress; empty without one.
func (e *Environment) ingressClass() string {
	if e.Web.Ingress == nil || e.HasCloud() {
		return ""
	}
	return e.Web.Ingress.IngressClassName
}
