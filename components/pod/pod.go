// Package pod writes the parts of a pod specification that all pods of an environment
// share: the restricted security context, resources, volumes, probes, environment variables
// and timeouts.
//
// The package imports the Kubernetes SDK and no other package of this program.
package pod

import (
	"cmp"
	"fmt"
	"strconv"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"k8s.io/apimachinery/pkg/api/resource"
)

// SecurityContext is the part of the restricted Pod Security level that is set on a pod
// (https://kubernetes.io/docs/concepts/security/pod-security-standards/). The volumes
// belong to the user.
func SecurityContext(user int) corev1.PodSecurityContextArgs {
	return Security{User: &user, Group: &user, FSGroup: &user}.Pod()
}

// ContainerSecurityContext is the part of the restricted level that is set on a container.
// The root file system is read-only.
func ContainerSecurityContext() corev1.SecurityContextArgs {
	return Security{}.Container()
}

// Resources are the requests and limits of a container in Kubernetes' notation. An empty
// limit is none.
type Resources struct {
	CPU         string
	Memory      string
	CPULimit    string
	MemoryLimit string
	// Disk is the ephemeral storage that the container requests for empty volumes, and
	// DiskLimit the amount above which the kubelet evicts the pod; empty for none.
	Disk      string
	DiskLimit string
}

// Requirements returns the requests and limits as the API takes them.
func (r Resources) Requirements() corev1.ResourceRequirementsArgs {
	return r.RequirementsWith(nil)
}

// RequirementsWith returns the requests and limits with so many devices of each kind, by the
// names of extended resources. The API takes devices only if request and limit are equal.
func (r Resources) RequirementsWith(devices map[string]int) corev1.ResourceRequirementsArgs {
	requests, limits := amounts(r.CPU, r.Memory, r.Disk), amounts(r.CPULimit, r.MemoryLimit, r.DiskLimit)
	for name, count := range devices {
		requests[name], limits[name] = pulumi.String(strconv.Itoa(count)), pulumi.String(strconv.Itoa(count))
	}
	return corev1.ResourceRequirementsArgs{Requests: requests, Limits: limits}
}

// WithDisk returns the resources with a request of so much ephemeral storage. A lower limit
// is raised to it, since the API takes no request above its limit.
func (r Resources) WithDisk(size string) (Resources, error) {
	asked, err := resource.ParseQuantity(size)
	if err != nil {
		return r, fmt.Errorf("ephemeral storage is %q: %w", size, err)
	}
	r.Disk = size
	if r.DiskLimit == "" {
		return r, nil
	}
	limit, err := resource.ParseQuantity(r.DiskLimit)
	if err != nil {
		return r, fmt.Errorf("the limit of ephemeral storage is %q: %w", r.DiskLimit, err)
	}
	if limit.Cmp(asked) < 0 {
		r.DiskLimit = size
	}
	return r, nil
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

// Volume is one volume of a pod and its path in the containers.
type Volume struct {
	Name string
	// Path is empty for a volume that the container does not mount.
	Path string
	// SubPath is the folder or file of the volume to mount; empty for all of it.
	SubPath  string
	ReadOnly bool
	// Claim is the name of a PersistentVolumeClaim. Without it the volume is empty when the
	// pod starts and is deleted with the pod.
	Claim pulumi.StringInput
	// OneNode is a name that all pods which mount the claim share, if only the pods of one
	// node can mount it; empty for a claim that pods of any nodes mount.
	OneNode string
	// Of is the name of another volume of the pod, of which this one is a further mount: a
	// pod that has the same claim in two volumes does not start.
	Of string
	// Mode are the permissions of the files of a Secret or a ConfigMap; 0 for those that
	// everybody in the pod's group reads.
	Mode int
	// Scratch is the size of a claim that is created and deleted with the pod, in
	// Kubernetes' notation; empty for none. ScratchClass is its StorageClass; empty for the
	// cluster's default class.
	Scratch, ScratchClass string
	// Limit is the size above which the kubelet evicts the pod, for an empty volume; empty
	// for none.
	Limit string
	// Memory is the size of an empty volume in memory, which counts towards the memory
	// limits of the containers that write to it; empty for another volume.
	Memory string
	// CSI is a volume that a driver makes for the pod; nil for another one.
	CSI *CSI
	// Secret and ConfigMap are the name of an object whose entries become the files of the
	// volume.
	Secret    pulumi.StringInput
	ConfigMap pulumi.StringInput
	// Files are the entries to mount, each at its own path, instead of all of them in the
	// folder Path.
	Files []File
}

// CSI is a volume that a driver of the cluster makes for each pod.
type CSI struct {
	Driver     string
	Attributes map[string]string
	// Secret is the name of a Secret that the driver reads; nil for none.
	Secret pulumi.StringInput
}

// args returns the source of the volume. The driver learns whether the pod writes.
func (c *CSI) args(readOnly bool) corev1.CSIVolumeSourceArgs {
	args := corev1.CSIVolumeSourceArgs{Driver: pulumi.String(c.Driver), ReadOnly: pulumi.Bool(readOnly)}
	if len(c.Attributes) > 0 {
		args.VolumeAttributes = pulumi.ToStringMap(c.Attributes)
	}
	if c.Secret != nil {
		args.NodePublishSecretRef = corev1.LocalObjectReferenceArgs{Name: c.Secret.ToStringOutput().ToStringPtrOutput()}
	}
	return args
}

// File is one entry of a volume and the path that it is mounted at.
type File struct {
	Key, Path string
}

// Volumes returns the volumes of a pod.
func Volumes(volumes []Volume) corev1.VolumeArray {
	out := corev1.VolumeArray{}
	for _, v := range volumes {
		if v.Of != "" {
			continue
		}
		volume := corev1.VolumeArgs{Name: pulumi.String(v.Name)}
		switch {
		case v.Claim != nil:
			volume.PersistentVolumeClaim = corev1.PersistentVolumeClaimVolumeSourceArgs{ClaimName: v.Claim}
		case v.CSI != nil:
			volume.Csi = v.CSI.args(v.ReadOnly)
		case v.Secret != nil:
			volume.Secret = corev1.SecretVolumeSourceArgs{
				SecretName:  v.Secret.ToStringOutput().ToStringPtrOutput(),
				DefaultMode: pulumi.Int(cmp.Or(v.Mode, 0o440)),
			}
		case v.Scratch != "":
			volume.Ephemeral = corev1.EphemeralVolumeSourceArgs{VolumeClaimTemplate: v.scratchClaim()}
		case v.Memory != "":
			volume.EmptyDir = corev1.EmptyDirVolumeSourceArgs{Medium: pulumi.String("Memory"), SizeLimit: pulumi.String(v.Memory)}
		case v.Limit != "":
			volume.EmptyDir = corev1.EmptyDirVolumeSourceArgs{SizeLimit: pulumi.String(v.Limit)}
		case v.ConfigMap != nil:
			volume.ConfigMap = corev1.ConfigMapVolumeSourceArgs{
				Name:        v.ConfigMap.ToStringOutput().ToStringPtrOutput(),
				DefaultMode: pulumi.Int(cmp.Or(v.Mode, 0o444)),
			}
		default:
			volume.EmptyDir = corev1.EmptyDirVolumeSourceArgs{}
		}
		out = append(out, volume)
	}
	return out
}

func (v Volume) scratchClaim() corev1.PersistentVolumeClaimTemplateArgs {
	claim := corev1.PersistentVolumeClaimSpecArgs{
		AccessModes: pulumi.ToStringArray([]string{"ReadWriteOnce"}),
		Resources:   corev1.VolumeResourceRequirementsArgs{Requests: pulumi.StringMap{"storage": pulumi.String(v.Scratch)}},
	}
	if v.ScratchClass != "" {
		claim.StorageClassName = pulumi.String(v.ScratchClass)
	}
	return corev1.PersistentVolumeClaimTemplateArgs{Spec: claim}
}

// Mounts returns the volume mounts of a container.
func Mounts(volumes []Volume) corev1.VolumeMountArray {
	out := corev1.VolumeMountArray{}
	for _, v := range volumes {
		for _, file := range v.Files {
			out = append(out, corev1.VolumeMountArgs{
				Name:      pulumi.String(cmp.Or(v.Of, v.Name)),
				MountPath: pulumi.String(file.Path),
				SubPath:   pulumi.String(file.Key),
				ReadOnly:  pulumi.Bool(v.ReadOnly),
			})
		}
		if len(v.Files) > 0 || v.Path == "" {
			continue
		}
		mount := corev1.VolumeMountArgs{
			Name:      pulumi.String(cmp.Or(v.Of, v.Name)),
			MountPath: pulumi.String(v.Path),
			ReadOnly:  pulumi.Bool(v.ReadOnly),
		}
		if v.SubPath != "" {
			mount.SubPath = pulumi.String(v.SubPath)
		}
		out = append(out, mount)
	}
	return out
}
