package gcp

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/clusters"
	"github.com/djangostack/djangostack/components/deletion"
)

// Volumes describes the disks that claims get.
type Volumes struct {
	// DeletionPolicy says what becomes of a volume when its claim goes.
	DeletionPolicy deletion.Policy
	// KeyID is a key that encrypts volumes and the nodes' own disks, or nil for Google's
	// own encryption. Google's service disks must be one of its users.
	KeyID pulumi.StringInput
}

func (v Volumes) check() error {
	return v.DeletionPolicy.Check("Cluster", "Volumes.DeletionPolicy", deletion.Retain, deletion.Delete)
}

// storageClassName says what the disks are.
const storageClassName = "balanced-labelled"

// newStorageClass registers the class of claims that name none. GKE has a default
// class, which knows neither the environment's labels nor its key nor what to keep; of
// two default classes the younger one counts.
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
