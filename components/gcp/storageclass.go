package gcp

import (
	"fmt"
	"strings"

	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	storagev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/storage/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// VolumesFate says what becomes of a volume when its claim goes.
type VolumesFate string

// A volume that is kept costs money until someone deletes it by hand.
const (
	KeepVolumes   VolumesFate = "keep"
	DeleteVolumes VolumesFate = "delete"
)

// Volumes describes the disks that claims get.
type Volumes struct {
	// WithoutClaim says what becomes of a volume when its claim goes.
	WithoutClaim VolumesFate
	// KeyID is a key that encrypts volumes and the nodes' own disks, or nil for Google's
	// own encryption. Google's service disks must be one of its users.
	KeyID pulumi.StringInput
}

func (v Volumes) check() error {
	return oneOf("Cluster", "Volumes.WithoutClaim", v.WithoutClaim, KeepVolumes, DeleteVolumes)
}

func (v Volumes) reclaimPolicy() string {
	if v.WithoutClaim == KeepVolumes {
		return "Retain"
	}
	return "Delete"
}

// storageClassName says what the disks are.
const storageClassName = "balanced-labelled"

// newStorageClass registers the class of claims that name none. GKE has a default
// class, which knows neither the environment's labels nor its key nor what to keep; of
// two default classes the younger one counts.
func (c *Cluster) newStorageClass(ctx *pulumi.Context, name string) error {
	class, err := storagev1.NewStorageClass(ctx, name+"-storage", &storagev1.StorageClassArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:        pulumi.String(storageClassName),
			Annotations: pulumi.StringMap{"storageclass.kubernetes.io/is-default-class": pulumi.String("true")},
		},
		Provisioner:          pulumi.String("pd.csi.storage.gke.io"),
		Parameters:           c.args.volumeParameters(),
		ReclaimPolicy:        pulumi.String(c.args.Volumes.reclaimPolicy()),
		AllowVolumeExpansion: pulumi.Bool(true),
		// A disk stands in one zone: that of the first pod that wants it.
		VolumeBindingMode: pulumi.String("WaitForFirstConsumer"),
	}, c.inside()...)
	if err != nil {
		return fmt.Errorf("registering the storage class: %w", err)
	}
	c.StorageClass = class.Metadata.Name().Elem()
	c.Ready = append(c.Ready, class)
	return nil
}

// volumeParameters are those of Google's driver
// (https://github.com/kubernetes-sigs/gcp-compute-persistent-disk-csi-driver).
func (a *ClusterArgs) volumeParameters() pulumi.StringMap {
	parameters := pulumi.StringMap{"type": pulumi.String("pd-balanced")}
	labels := make([]string, 0, len(a.Labels))
	for _, key := range a.Labels.keys() {
		labels = append(labels, key+"="+a.Labels[key])
	}
	if len(labels) > 0 {
		parameters["labels"] = pulumi.String(strings.Join(labels, ","))
	}
	if a.Volumes.KeyID != nil {
		parameters["disk-encryption-kms-key"] = a.Volumes.KeyID
	}
	return parameters
}
