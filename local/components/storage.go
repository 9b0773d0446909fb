package components

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"

	"github.com/djangostack/djangostack/local/cluster"
)

// runStorage provisions dynamic volumes: a directory on the node for each claim. The only argument is the path of a
// kubeconfig.
func runStorage(ctx context.Context, args []string) error {
	client, err := clientOf("storage", args)
	if err != nil {
		return err
	}
	controller.NewProvisionController(ctx, client, cluster.StorageProvisioner, volumes{root: cluster.VolumeDir},
		controller.LeaderElection(false),
	).Run(ctx)
	return nil
}

// volumes creates and removes the directories of persistent volumes.
type volumes struct {
	root string
}

// Provision creates a directory for a claim and returns a volume of type local, because the kubelet applies fsGroup to
// local volumes. It returns an error if the claim has a selector, or asks for read-only access or a block device.
func (v volumes) Provision(_ context.Context, options controller.ProvisionOptions) (*v1.PersistentVolume, controller.ProvisioningState, error) {
	claim := options.PVC
	if claim.Spec.Selector != nil {
		return nil, controller.ProvisioningFinished, errors.New("this storage class creates a new volume for each claim and does not support selectors")
	}
	for _, mode := range claim.Spec.AccessModes {
		if mode == v1.ReadOnlyMany {
			return nil, controller.ProvisioningFinished, fmt.Errorf("access mode %s is not supported: a new volume is empty", mode)
		}
	}
	if mode := claim.Spec.VolumeMode; mode != nil && *mode == v1.PersistentVolumeBlock {
		return nil, controller.ProvisioningFinished, errors.New("this storage class does not support block devices")
	}
	dir := filepath.Join(v.root, options.PVName)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, controller.ProvisioningNoChange, fmt.Errorf("creating the volume's directory: %w", err)
	}
	// Any user may write, as with the local storage of kind and minikube, so that pods without fsGroup can use the volume.
	if err := os.Chmod(dir, 0o777); err != nil {
		return nil, controller.ProvisioningNoChange, fmt.Errorf("changing the mode of the volume's directory: %w", err)
	}
	return persistentVolume(dir, options), controller.ProvisioningFinished, nil
}

// Delete removes the directory of a released volume. It returns an IgnoredError for a volume that is not below root.
func (v volumes) Delete(_ context.Context, volume *v1.PersistentVolume) error {
	if volume.Spec.Local == nil || filepath.Dir(volume.Spec.Local.Path) != v.root {
		return &controller.IgnoredError{Reason: "the volume is not below " + v.root}
	}
	if err := os.RemoveAll(volume.Spec.Local.Path); err != nil {
		return fmt.Errorf("removing the volume's directory: %w", err)
	}
	return nil
}

func persistentVolume(dir string, options controller.ProvisionOptions) *v1.PersistentVolume {
	return &v1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: options.PVName},
		Spec: v1.PersistentVolumeSpec{
			PersistentVolumeReclaimPolicy: *options.StorageClass.ReclaimPolicy,
			AccessModes:                   options.PVC.Spec.AccessModes,
			MountOptions:                  options.StorageClass.MountOptions,
			Capacity:                      v1.ResourceList{v1.ResourceStorage: options.PVC.Spec.Resources.Requests[v1.ResourceStorage]},
			PersistentVolumeSource:        v1.PersistentVolumeSource{Local: &v1.LocalVolumeSource{Path: dir}},
			NodeAffinity: &v1.VolumeNodeAffinity{Required: &v1.NodeSelector{NodeSelectorTerms: []v1.NodeSelectorTerm{{
				MatchExpressions: []v1.NodeSelectorRequirement{{
					Key: v1.LabelHostname, Operator: v1.NodeSelectorOpIn, Values: []string{cluster.NodeName},
				}},
			}}}},
		},
	}
}
