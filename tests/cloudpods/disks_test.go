package cloudpods_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
)

func listAll() metav1.ListOptions { return metav1.ListOptions{} }

// disks does the work of a cloud's disk driver: it creates a volume for each claim of its storage classes when a node
// is chosen, and deletes it after the claim.
type disks struct {
	driver string
	client dynamic.Interface
	// The volumes are in one directory, which the node sees under another path.
	here   string
	onNode string
}

const (
	provisioner   = "volume.kubernetes.io/storage-provisioner"
	selectedNode  = "volume.kubernetes.io/selected-node"
	provisionedBy = "pv.kubernetes.io/provisioned-by"
)

// attachDisks runs a driver until the test ends.
func (c *cluster) attachDisks(t *testing.T, driver string) {
	t.Helper()
	d := disks{driver: driver, client: c.client, here: filepath.Join(c.State, "cluster", "var", "lib", "disks"), onNode: "/var/lib/disks"}
	require.NoError(t, os.MkdirAll(d.here, 0o755))
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	var failed error
	running.Go(func() {
		for ctx.Err() == nil {
			if err := d.serve(ctx); err != nil && ctx.Err() == nil {
				failed = err
			}
			time.Sleep(time.Second / 4)
		}
	})
	t.Cleanup(func() {
		cancel()
		running.Wait()
		assert.NoError(t, failed, "the disk driver")
	})
}

func (d disks) claims() dynamic.NamespaceableResourceInterface {
	return d.client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "persistentvolumeclaims"})
}

func (d disks) volumes() dynamic.NamespaceableResourceInterface {
	return d.client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "persistentvolumes"})
}

func (d disks) serve(ctx context.Context) error {
	claims, err := d.claims().List(ctx, listAll())
	if err != nil {
		return fmt.Errorf("listing the claims: %w", err)
	}
	for _, item := range claims.Items {
		var claim corev1.PersistentVolumeClaim
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(item.Object, &claim); err != nil {
			return fmt.Errorf("reading the claim %s: %w", item.GetName(), err)
		}
		if claim.Annotations[provisioner] != d.driver || claim.Annotations[selectedNode] == "" || claim.Spec.VolumeName != "" {
			continue
		}
		if err := d.make(ctx, &claim); err != nil {
			return err
		}
	}
	return d.removeReleased(ctx)
}

func (d disks) make(ctx context.Context, claim *corev1.PersistentVolumeClaim) error {
	name := "disk-" + string(claim.UID)
	if err := os.MkdirAll(filepath.Join(d.here, name), 0o750); err != nil {
		return fmt.Errorf("making the volume of %s: %w", claim.Name, err)
	}
	volume := &corev1.PersistentVolume{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolume"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{provisionedBy: d.driver}},
		Spec: corev1.PersistentVolumeSpec{
			AccessModes:                   claim.Spec.AccessModes,
			Capacity:                      corev1.ResourceList{corev1.ResourceStorage: claim.Spec.Resources.Requests[corev1.ResourceStorage]},
			StorageClassName:              *claim.Spec.StorageClassName,
			PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimDelete,
			ClaimRef:                      &corev1.ObjectReference{Kind: "PersistentVolumeClaim", Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID},
			PersistentVolumeSource:        corev1.PersistentVolumeSource{Local: &corev1.LocalVolumeSource{Path: filepath.Join(d.onNode, name)}},
			NodeAffinity: &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
				MatchExpressions: []corev1.NodeSelectorRequirement{{
					Key: corev1.LabelHostname, Operator: corev1.NodeSelectorOpIn, Values: []string{claim.Annotations[selectedNode]},
				}},
			}}}},
		},
	}
	object, err := runtime.DefaultUnstructuredConverter.ToUnstructured(volume)
	if err != nil {
		return fmt.Errorf("writing the volume of %s: %w", claim.Name, err)
	}
	_, err = d.volumes().Create(ctx, &unstructured.Unstructured{Object: object}, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("making the volume of %s: %w", claim.Name, err)
	}
	return nil
}

func (d disks) removeReleased(ctx context.Context) error {
	volumes, err := d.volumes().List(ctx, listAll())
	if err != nil {
		return fmt.Errorf("listing the volumes: %w", err)
	}
	for _, volume := range volumes.Items {
		phase, _, _ := unstructured.NestedString(volume.Object, "status", "phase")
		if volume.GetAnnotations()[provisionedBy] != d.driver || phase != string(corev1.VolumeReleased) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(d.here, volume.GetName())); err != nil {
			return fmt.Errorf("removing the volume %s: %w", volume.GetName(), err)
		}
		if err := d.volumes().Delete(ctx, volume.GetName(), metav1.DeleteOptions{}); err != nil && !apierrors.IsNotFound(err) {
			return fmt.Errorf("removing the volume %s: %w", volume.GetName(), err)
		}
	}
	return nil
}
