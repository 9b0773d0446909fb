package components

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	v1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"
)

func TestVolumeIsProvisionedAndDeleted(t *testing.T) {
	v := volumes{root: t.TempDir()}
	volume, state, err := v.Provision(context.Background(), request(v1.PersistentVolumeClaimSpec{
		AccessModes: []v1.PersistentVolumeAccessMode{v1.ReadWriteOnce},
		Resources:   v1.VolumeResourceRequirements{Requests: v1.ResourceList{v1.ResourceStorage: resource.MustParse("1Gi")}},
	}))
	require.NoError(t, err)
	assert.Equal(t, controller.ProvisioningFinished, state)
	dir := filepath.Join(v.root, "pvc-1")
	assert.Equal(t, dir, volume.Spec.Local.Path)
	assert.Equal(t, v1.PersistentVolumeReclaimDelete, volume.Spec.PersistentVolumeReclaimPolicy)
	assert.Equal(t, "1Gi", volume.Spec.Capacity.Storage().String())
	info, err := os.Stat(dir)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o777), info.Mode().Perm())

	require.NoError(t, os.WriteFile(filepath.Join(dir, "data"), []byte("data"), 0o600))
	require.NoError(t, v.Delete(context.Background(), volume))
	assert.NoDirExists(t, dir)
	require.NoError(t, v.Delete(context.Background(), volume), "Delete can be repeated after an interruption")
}

func TestDeleteIgnoresOtherDirectories(t *testing.T) {
	v := volumes{root: t.TempDir()}
	foreign := t.TempDir()
	for _, source := range []v1.PersistentVolumeSource{
		{Local: &v1.LocalVolumeSource{Path: foreign}},
		{Local: &v1.LocalVolumeSource{Path: v.root}},
		{HostPath: &v1.HostPathVolumeSource{Path: foreign}},
	} {
		err := v.Delete(context.Background(), &v1.PersistentVolume{Spec: v1.PersistentVolumeSpec{PersistentVolumeSource: source}})
		var ignored *controller.IgnoredError
		assert.ErrorAs(t, err, &ignored)
	}
	assert.DirExists(t, foreign)
	assert.DirExists(t, v.root)
}

func TestProvisionRejectsUnsupportedClaims(t *testing.T) {
	block := v1.PersistentVolumeBlock
	for why, spec := range map[string]v1.PersistentVolumeClaimSpec{
		"selector":      {Selector: &metav1.LabelSelector{}},
		"ReadOnlyMany":  {AccessModes: []v1.PersistentVolumeAccessMode{v1.ReadOnlyMany}},
		"block devices": {VolumeMode: &block},
	} {
		v := volumes{root: t.TempDir()}
		_, _, err := v.Provision(context.Background(), request(spec))
		assert.ErrorContains(t, err, why)
		left, err := os.ReadDir(v.root)
		require.NoError(t, err)
		assert.Empty(t, left)
	}
}

func TestUnknownComponentIsRejected(t *testing.T) {
	err := Run(context.Background(), "kube-toaster", nil)
	assert.ErrorContains(t, err, `unknown component "kube-toaster"`)
	assert.ErrorContains(t, err, "kubelet")
}

func request(spec v1.PersistentVolumeClaimSpec) controller.ProvisionOptions {
	reclaim := v1.PersistentVolumeReclaimDelete
	return controller.ProvisionOptions{
		PVName:       "pvc-1",
		PVC:          &v1.PersistentVolumeClaim{Spec: spec},
		StorageClass: &storagev1.StorageClass{ReclaimPolicy: &reclaim},
	}
}
