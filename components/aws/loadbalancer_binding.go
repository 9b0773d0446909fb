package aws

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/validate"
)

// Registrar says who in the cluster registers pods with a target group.
type Registrar string

// EKS Auto Mode does it by itself; elsewhere the AWS Load Balancer Controller must
// run.
const (
	AutoModeRegistrar   Registrar = "eks-auto-mode"
	ControllerRegistrar Registrar = "aws-load-balancer-controller"
)

// TargetBindingArgs says which pods stand behind a target group.
type TargetBindingArgs struct {
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Service and its port, whose pods are registered.
	Service        string
	ServicePort    int
	TargetGroupARN pulumi.StringInput
	Registrar      Registrar
}

// TargetBinding keeps a target group filled with a Service's ready pods.
type TargetBinding struct {
	pulumi.ResourceState
}

// NewTargetBinding registers the binding. It depends, by an option, on the Service and
// on what registers: they must be there to take the pods out again at the end.
func NewTargetBinding(ctx *pulumi.Context, name string, args *TargetBindingArgs, opts ...pulumi.ResourceOption) (*TargetBinding, error) {
	b := &TargetBinding{}
	return component.New(ctx, "djangostack:aws:TargetBinding", name+"-target-binding", b, args.check, func() (pulumi.Map, error) {
		version := "elbv2.k8s.aws/v1beta1"
		if args.Registrar == AutoModeRegistrar {
			version = "eks.amazonaws.com/v1"
		}
		_, err := apiextensions.NewCustomResource(ctx, name+"-pods", &apiextensions.CustomResourceArgs{
			ApiVersion: pulumi.String(version),
			Kind:       pulumi.String("TargetGroupBinding"),
			Metadata: metav1.ObjectMetaArgs{
				Name:      pulumi.String(args.Service),
				Namespace: args.Namespace,
				Labels:    args.Labels.For("web"),
			},
			OtherFields: kubernetes.UntypedArgs{
				"spec": pulumi.Map{
					"targetGroupARN": args.TargetGroupARN,
					"targetType":     pulumi.String("ip"),
					"serviceRef": pulumi.Map{
						"name": pulumi.String(args.Service),
						"port": pulumi.Int(args.ServicePort),
					},
				},
			},
		}, pulumi.Parent(b),
			// The controller refuses a change of it
			// (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/targetgroupbinding/targetgroupbinding/).
			pulumi.ReplaceOnChanges([]string{"spec.targetGroupARN"}), pulumi.DeleteBeforeReplace(true))
		if err != nil {
			return nil, fmt.Errorf("registering the TargetGroupBinding %s: %w", args.Service, err)
		}
		return nil, nil
	}, opts...)
}

func (a *TargetBindingArgs) check() error {
	return errors.Join(
		validate.Check("TargetBinding",
			validate.Required("Namespace", a.Namespace != nil),
			validate.Required("Service", a.Service != ""),
			validate.Required("ServicePort", a.ServicePort > 0),
			validate.Required("TargetGroupARN", a.TargetGroupARN != nil),
		),
		validate.OneOf("TargetBinding", "Registrar", a.Registrar, AutoModeRegistrar, ControllerRegistrar),
	)
}
