// Package pod holds what all pods of an environment have in common: the
// restricted security context, resources, and scratch space on a read-only root.
package pod

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// SecurityContext is a pod's part of the restricted Pod Security level
// (https://kubernetes.io/docs/concepts/security/pod-security-standards/). Its
// volumes belong to the user.
func SecurityContext(user int) corev1.PodSecurityContextArgs {
	return corev1.PodSecurityContextArgs{
		RunAsNonRoot: pulumi.Bool(true),
		RunAsUser:    pulumi.Int(user),
		RunAsGroup:   pulumi.Int(user),
		FsGroup:      pulumi.Int(user),
		// A large volume is not walked through at every start.
		FsGroupChangePolicy: pulumi.String("OnRootMismatch"),
		SeccompProfile:      corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")},
	}
}

// ContainerSecurityContext is a container's part of the restricted level, with
// a read-only root file system.
func ContainerSecurityContext() corev1.SecurityContextArgs {
	return corev1.SecurityContextArgs{
		AllowPrivilegeEscalation: pulumi.Bool(false),
		ReadOnlyRootFilesystem:   pulumi.Bool(true),
		Capabilities:             corev1.CapabilitiesArgs{Drop: pulumi.ToStringArray([]string{"ALL"})},
	}
}

// Resources is what a container reserves and may use at most, in Kubernetes'
// notation; an empty limit is none.
type Resources struct {
	CPU         string
	Memory      string
	CPULimit    string
	MemoryLimit string
	// Disk of the node, reserved for empty volumes, and the limit above which the pod is
	// evicted; empty for none in particular.
	Disk      string
	DiskLimit string
}

// Requirements writes resources as the API takes them.
func (r Resources) Requirements() corev1.ResourceRequirementsArgs {
	return corev1.ResourceRequirementsArgs{
		Requests: amounts(r.CPU, r.Memory, r.Disk),
		Limits:   amounts(r.CPULimit, r.MemoryLimit, r.DiskLimit),
	}
}

func amounts(cpu, memory, disk string) pulumi.StringMap {
	amounts := pulumi.StringMap{}
	for name, amount := range map[string]string{"cpu": cpu, "memory": memory, "ephemeral-storage": disk} {
		if amount != "" {
			amounts[name] = pulumi.String(amount)
		}
	}
	return amounts
}

// Volume is one volume of a pod and where its containers see it.
type Volume struct {
	Name     string
	Path     string
	ReadOnly bool
	// Claim is the name of a PersistentVolumeClaim; without it the volume is empty
	// at the pod's start and gone with the pod.
	Claim pulumi.StringInput
	// Limit of an empty volume in Kubernetes' notation, above which the pod is
	// evicted; empty for none.
	Limit string
	// Secret and ConfigMap are the name of one whose entries are the volume's files.
	Secret    pulumi.StringInput
	ConfigMap pulumi.StringInput
	// Files are the entries to be seen, each at a path of its own, instead of all of them
	// in the folder Path.
	Files []File
}

// File is one entry of a volume and the path at which it is seen.
type File struct {
	Key, Path string
}

// Volumes writes volumes as a pod takes them.
func Volumes(volumes []Volume) corev1.VolumeArray {
	out := corev1.VolumeArray{}
	for _, v := range volumes {
		volume := corev1.VolumeArgs{Name: pulumi.String(v.Name)}
		switch {
		case v.Claim != nil:
			volume.PersistentVolumeClaim = corev1.PersistentVolumeClaimVolumeSourceArgs{ClaimName: v.Claim}
		case v.Secret != nil:
			volume.Secret = corev1.SecretVolumeSourceArgs{
				SecretName:  v.Secret.ToStringOutput().ToStringPtrOutput(),
				DefaultMode: pulumi.Int(0o440),
			}
		case v.Limit != "":
			volume.EmptyDir = corev1.EmptyDirVolumeSourceArgs{SizeLimit: pulumi.String(v.Limit)}
		case v.ConfigMap != nil:
			volume.ConfigMap = corev1.ConfigMapVolumeSourceArgs{
				Name:        v.ConfigMap.ToStringOutput().ToStringPtrOutput(),
				DefaultMode: pulumi.Int(0o444),
			}
		default:
			volume.EmptyDir = corev1.EmptyDirVolumeSourceArgs{}
		}
		out = append(out, volume)
	}
	return out
}

// Mounts writes volumes as a container takes them.
func Mounts(volumes []Volume) corev1.VolumeMountArray {
	out := corev1.VolumeMountArray{}
	for _, v := range volumes {
		for _, file := range v.Files {
			out = append(out, corev1.VolumeMountArgs{
				Name:      pulumi.String(v.Name),
				MountPath: pulumi.String(file.Path),
				SubPath:   pulumi.String(file.Key),
				ReadOnly:  pulumi.Bool(v.ReadOnly),
			})
		}
		if len(v.Files) > 0 {
			continue
		}
		out = append(out, corev1.VolumeMountArgs{
			Name:      pulumi.String(v.Name),
			MountPath: pulumi.String(v.Path),
			ReadOnly:  pulumi.Bool(v.ReadOnly),
		})
	}
	return out
}
