package kubernetes

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/labels"
)

// ClaimArgs describes a PersistentVolumeClaim.
type ClaimArgs struct {
	// Component is the component label, and a part of the claim's name.
	Component string
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Size in Kubernetes' notation, for instance 20Gi.
	Size string
	// StorageClass is empty for the cluster's default class.
	StorageClass string
	// AccessMode is ReadWriteOnce or ReadWriteMany.
	AccessMode string
	// Data on the volume. Its immutable values are a part of the claim's name: if they change
	// and the data is not protected, a new and empty claim replaces the old one.
	Data data.Held
}

// NewClaim registers a PersistentVolumeClaim. Its data outlives every pod and is deleted
// with the claim, unless the StorageClass retains volumes.
func NewClaim(ctx *pulumi.Context, name string, args *ClaimArgs, opts ...pulumi.ResourceOption) (*corev1.PersistentVolumeClaim, error) {
	spec := corev1.PersistentVolumeClaimSpecArgs{
		AccessModes: pulumi.ToStringArray([]string{args.AccessMode}),
		Resources:   corev1.VolumeResourceRequirementsArgs{Requests: pulumi.StringMap{"storage": pulumi.String(args.Size)}},
	}
	if args.StorageClass != "" {
		spec.StorageClassName = pulumi.String(args.StorageClass)
	}
	claim, err := corev1.NewPersistentVolumeClaim(ctx, name, &corev1.PersistentVolumeClaimArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:      pulumi.String(args.Labels.ClaimName(args.Component, args.Data)),
			Namespace: args.Namespace,
			Labels:    args.Labels.For(args.Component),
			// A StorageClass with WaitForFirstConsumer binds the claim only when the first
			// pod is scheduled, so Pulumi would wait until its timeout (pulumi-kubernetes
			// issue 895).
			Annotations: pulumi.StringMap{"pulumi.com/skipAwait": pulumi.String("true")},
		},
		Spec: spec,
	}, append(opts, component.Protect(args.Data))...)
	if err != nil {
		return nil, fmt.Errorf("registering the claim of %s: %w", args.Component, err)
	}
	return claim, nil
}
