package clusters

import (
	"fmt"

	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	storagev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/storage/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/deletion"
)

// reclaimPolicy returns the policy in Kubernetes' terms
// (https://kubernetes.io/docs/concepts/storage/storage-classes/#reclaim-policy).
func reclaimPolicy(policy deletion.Policy) string {
	if policy == deletion.Retain {
		return "Retain"
	}
	return "Delete"
}

// StorageClassArgs describes the StorageClass of claims that name none.
type StorageClassArgs struct {
	// Name of the class in the cluster.
	Name string
	// Provisioner is the CSI driver, and Parameters are the driver's own.
	Provisioner string
	Parameters  pulumi.StringMap
	// DeletionPolicy says what happens to a volume when its claim is deleted: Retain or
	// Delete.
	DeletionPolicy deletion.Policy
}

// NewStorageClass registers the default StorageClass of a cluster.
func NewStorageClass(ctx *pulumi.Context, name string, class StorageClassArgs, opts ...pulumi.ResourceOption) (*storagev1.StorageClass, error) {
	storageClass, err := storagev1.NewStorageClass(ctx, name+"-storage", &storagev1.StorageClassArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:        pulumi.String(class.Name),
			Annotations: pulumi.StringMap{"storageclass.kubernetes.io/is-default-class": pulumi.String("true")},
		},
		Provisioner:          pulumi.String(class.Provisioner),
		Parameters:           class.Parameters,
		ReclaimPolicy:        pulumi.String(reclaimPolicy(class.DeletionPolicy)),
		AllowVolumeExpansion: pulumi.Bool(true),
		// A disk exists in one zone. It is created in the zone of the first pod that mounts
		// it.
		VolumeBindingMode: pulumi.String("WaitForFirstConsumer"),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("registering the storage class: %w", err)
	}
	return storageClass, nil
}
