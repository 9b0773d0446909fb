package clusters

import (
	"fmt"

	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	storagev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/storage/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/binding"
)

// VolumesFate says what becomes of a volume when its claim goes.
type VolumesFate string

// A volume that is kept costs money until someone deletes it by hand.
const (
	KeepVolumes   VolumesFate = "keep"
	DeleteVolumes VolumesFate = "delete"
)

// Check returns an error unless the fate is one of the two.
func (f VolumesFate) Check(component, field string) error {
	return binding.OneOf(component, field, f, KeepVolumes, DeleteVolumes)
}

func (f VolumesFate) reclaimPolicy() string {
	if f == KeepVolumes {
		return "Retain"
	}
	return "Delete"
}

// StorageClass describes the class of claims that name none.
type StorageClass struct {
	// Name says what the disks are.
	Name string
	// Provisioner is the driver, and Parameters are the driver's own.
	Provisioner string
	Parameters  pulumi.StringMap
	// WithoutClaim says what becomes of a volume when its claim goes.
	WithoutClaim VolumesFate
}

// NewStorageClass registers a default class.
func NewStorageClass(ctx *pulumi.Context, name string, class StorageClass, opts ...pulumi.ResourceOption) (*storagev1.StorageClass, error) {
	made, err := storagev1.NewStorageClass(ctx, name+"-storage", &storagev1.StorageClassArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:        pulumi.String(class.Name),
			Annotations: pulumi.StringMap{"storageclass.kubernetes.io/is-default-class": pulumi.String("true")},
		},
		Provisioner:          pulumi.String(class.Provisioner),
		Parameters:           class.Parameters,
		ReclaimPolicy:        pulumi.String(class.WithoutClaim.reclaimPolicy()),
		AllowVolumeExpansion: pulumi.Bool(true),
		// A disk stands in one zone: that of the first pod that wants it.
		VolumeBindingMode: pulumi.String("WaitForFirstConsumer"),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("registering the storage class: %w", err)
	}
	return made, nil
}
