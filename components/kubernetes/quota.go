package kubernetes

import (
	"errors"
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/validate"
)

// QuotaArgs describes what the pods and claims of a namespace may have together, and what
// containers get that state nothing.
type QuotaArgs struct {
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Hard are the limits by their names in Kubernetes, such as requests.cpu; nil for no quota.
	Hard map[string]string
	// DefaultRequests and DefaultLimits are those of containers, by cpu and memory; nil for no
	// LimitRange.
	DefaultRequests, DefaultLimits map[string]string
}

// Quota is a ResourceQuota and a LimitRange. In a namespace that others use they hold for the
// pods of others as well, so their names are those of the environment.
type Quota struct {
	pulumi.ResourceState
}

const (
	quotaPart      = "quota"
	limitRangePart = "limits"
)

// NewQuota registers the quota and the limit range.
func NewQuota(ctx *pulumi.Context, name string, args *QuotaArgs, opts ...pulumi.ResourceOption) (*Quota, error) {
	q := &Quota{}
	return component.New(ctx, "djangostack:kubernetes:Quota", name+"-"+quotaPart, q, args.check, func() (pulumi.Map, error) {
		if args.Hard != nil {
			_, err := corev1.NewResourceQuota(ctx, name+"-"+quotaPart, &corev1.ResourceQuotaArgs{
				Metadata: args.metadata(quotaPart),
				Spec:     corev1.ResourceQuotaSpecArgs{Hard: pulumi.ToStringMap(args.Hard)},
			}, pulumi.Parent(q))
			if err != nil {
				return nil, fmt.Errorf("registering the quota: %w", err)
			}
		}
		if args.limits() {
			_, err := corev1.NewLimitRange(ctx, name+"-"+limitRangePart, &corev1.LimitRangeArgs{
				Metadata: args.metadata(limitRangePart),
				Spec: corev1.LimitRangeSpecArgs{Limits: corev1.LimitRangeItemArray{corev1.LimitRangeItemArgs{
					Type:           pulumi.String("Container"),
					DefaultRequest: pulumi.ToStringMap(args.DefaultRequests),
					Default:        pulumi.ToStringMap(args.DefaultLimits),
				}}},
			}, pulumi.Parent(q))
			if err != nil {
				return nil, fmt.Errorf("registering the limit range: %w", err)
			}
		}
		return nil, nil
	}, opts...)
}

func (a *QuotaArgs) limits() bool { return a.DefaultRequests != nil || a.DefaultLimits != nil }

func (a *QuotaArgs) metadata(part string) metav1.ObjectMetaArgs {
	return metav1.ObjectMetaArgs{
		Name:      pulumi.String(a.Labels.ObjectName(part)),
		Namespace: a.Namespace,
		Labels:    a.Labels.For(part),
	}
}

func (a *QuotaArgs) check() error {
	return errors.Join(
		validate.Check("Quota",
			validate.Required("Namespace", a.Namespace != nil),
			validate.Required("Labels", a.Labels.Complete())),
		validate.RefuseIf(len(a.Hard) == 0 && !a.limits(), "Quota", "Hard, DefaultRequests and DefaultLimits are all empty"),
	)
}
