package aws

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/validate"
)

// Registrar is the controller that registers pods with a target group.
type Registrar string

// EKS Auto Mode has a built-in controller. Other clusters must run the AWS Load Balancer
// Controller.
const (
	AutoModeRegistrar   Registrar = "eks-auto-mode"
	ControllerRegistrar Registrar = "aws-load-balancer-controller"
)

// TargetBindingArgs describes the pods of a target group.
type TargetBindingArgs struct {
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Backend is the name of one of LoadBalancerArgs.Backends; empty for web.
	Backend string
	// Service and its port, whose pods are registered. PortName is the name of the port; empty
	// for that of the process itself.
	Service        string
	ServicePort    int
	PortName       string
	TargetGroupARN pulumi.StringInput
	Registrar      Registrar
}

// TargetBinding registers the ready pods of a Service with a target group.
type TargetBinding struct {
	pulumi.ResourceState
}

// NewTargetBinding registers the binding. Pass the Service and the controller with
// pulumi.DependsOn: the controller must still run to deregister the pods when the binding
// is deleted.
func NewTargetBinding(ctx *pulumi.Context, name string, args *TargetBindingArgs, opts ...pulumi.ResourceOption) (*TargetBinding, error) {
	b := &TargetBinding{}
	return component.New(ctx, "djangostack:aws:TargetBinding", names.Fit(names.MaxDNSLabel, name, "target-binding", args.Backend), b, args.check, func() (pulumi.Map, error) {
		version := "elbv2.k8s.aws/v1beta1"
		if args.Registrar == AutoModeRegistrar {
			version = "eks.amazonaws.com/v1"
		}
		_, err := apiextensions.NewCustomResource(ctx, name+"-"+cmp.Or(args.Backend, "pods"), &apiextensions.CustomResourceArgs{
			ApiVersion: pulumi.String(version),
			Kind:       pulumi.String("TargetGroupBinding"),
			Metadata: metav1.ObjectMetaArgs{
				Name:      pulumi.String(args.objectName()),
				Namespace: args.Namespace,
				Labels:    args.Labels.For(cmp.Or(args.Backend, "web")),
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
			// The controller refuses to change it
			// (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/targetgroupbinding/targetgroupbinding/).
			pulumi.ReplaceOnChanges([]string{"spec.targetGroupARN"}), pulumi.DeleteBeforeReplace(true))
		if err != nil {
			return nil, fmt.Errorf("registering the TargetGroupBinding %s: %w", args.Service, err)
		}
		return nil, nil
	}, opts...)
}

// ownPort matches what is bound at the port of the process itself: the name of a Service alone.
var ownPort = regexp.MustCompile(`^[^.]*$`)

// objectName is that of the Service, which can have several ports.
func (a *TargetBindingArgs) objectName() string {
	if a.PortName == "" {
		return a.Service
	}
	return names.Distinct(names.MaxDNSLabel, ownPort, a.Service+"."+a.PortName)
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
