package django

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Ingress routes a host name to the web Service.
type Ingress struct {
	ClassName string
	Host      string
	// TLSSecret is the name of the Secret with the certificate; empty for no TLS.
	TLSSecret   string
	Annotations map[string]string
}

func (a *WebArgs) ingress(ctx *pulumi.Context, name string, service *corev1.Service, parent pulumi.Resource) error {
	if a.Ingress == nil {
		return nil
	}
	metadata := a.named(webPart)
	metadata.Annotations = pulumi.ToStringMap(a.Ingress.Annotations)
	spec := networkingv1.IngressSpecArgs{
		IngressClassName: pulumi.String(a.Ingress.ClassName),
		Rules: networkingv1.IngressRuleArray{networkingv1.IngressRuleArgs{
			Host: pulumi.String(a.Ingress.Host),
			Http: networkingv1.HTTPIngressRuleValueArgs{Paths: networkingv1.HTTPIngressPathArray{networkingv1.HTTPIngressPathArgs{
				Path:     pulumi.String("/"),
				PathType: pulumi.String("Prefix"),
				Backend: networkingv1.IngressBackendArgs{Service: networkingv1.IngressServiceBackendArgs{
					Name: service.Metadata.Name().Elem(),
					Port: networkingv1.ServiceBackendPortArgs{Name: pulumi.String("http")},
				}},
			}}},
		}},
	}
	if a.Ingress.TLSSecret != "" {
		spec.Tls = networkingv1.IngressTLSArray{networkingv1.IngressTLSArgs{
			Hosts:      pulumi.ToStringArray([]string{a.Ingress.Host}),
			SecretName: a.Environment.Objects.Secret(a.Ingress.TLSSecret).ToStringPtrOutput(),
		}}
	}
	_, err := networkingv1.NewIngress(ctx, name+"-web", &networkingv1.IngressArgs{Metadata: metadata, Spec: spec}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("registering the Ingress of web: %w", err)
	}
	return nil
}
