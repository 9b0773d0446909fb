package gcp

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/clusters"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/gcp/limits"
)

// Volumes describes the volumes of claims.
type Volumes struct {
	// DeletionPolicy says what happens to a volume when its claim is deleted: Retain or
	// Delete.
	DeletionPolicy deletion.Policy
	// KeyID is the KMS key of volumes and of the nodes' disks, with the user UserDisks, or
	// nil for Google's own encryption.
	KeyID pulumi.StringInput
}

func (v Volumes) check() error {
	return v.DeletionPolicy.Check("Cluster", "Volumes.DeletionPolicy", deletion.Retain, deletion.Delete)
}

// storageClassName describes the volumes.
const storageClassName = limits.StorageClass

// newStorageClass registers the default StorageClass. GKE's default has neither the
// environment's labels nor its key nor its reclaim policy. Of two default classes,
// Kubernetes uses the newer one.
func (c *Cluster) newStorageClass(ctx *pulumi.Context, name string) error {
	class, err := clusters.NewStorageClass(ctx, name, clusters.StorageClassArgs{
		Name:           storageClassName,
		Provisioner:    "pd.csi.storage.gke.io",
		Parameters:     c.args.volumeParameters(),
		DeletionPolicy: c.args.Volumes.DeletionPolicy,
	}, c.objectOptions()...)
	if err != nil {
		return err
	}
	c.StorageClass = class.Metadata.Name().Elem()
	c.Ready = append(c.Ready, class)
	return nil
}

// volumeParameters are the parameters of Google's CSI driver
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
