package pod

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// PostgresUser is the user id of the postgres user in Docker's official image
// (https://hub.docker.com/_/postgres).
const PostgresUser = 999

// Security is the user of a pod and what its containers may do. The zero value runs the
// image's own user, which must not be root, with a read-only root file system.
type Security struct {
	// User, Group and FSGroup are numeric ids; nil for those of the image, or those that
	// the platform assigns. User 0 is root.
	User, Group, FSGroup *int
	// Groups are further groups of the containers' processes.
	Groups []int
	// WritableRoot lets the containers write anywhere in their root file system.
	WritableRoot bool
	// LowPorts lets a user other than root listen on ports below 1024.
	LowPorts bool
}

// IsLowPort reports whether only root may listen on a port by default
// (https://docs.kernel.org/networking/ip-sysctl.html, ip_unprivileged_port_start). Port 0 is
// none.
func IsLowPort(port int) bool {
	const lastPrivileged = 1023
	return port > 0 && port <= lastPrivileged
}

// Pod returns the security context of the pod.
func (s Security) Pod() corev1.PodSecurityContextArgs {
	context := corev1.PodSecurityContextArgs{
		RunAsNonRoot:   pulumi.Bool(!s.root()),
		RunAsUser:      number(s.User),
		RunAsGroup:     number(s.Group),
		FsGroup:        number(s.FSGroup),
		SeccompProfile: corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")},
	}
	if s.FSGroup != nil {
		// Without this policy, the kubelet changes the owner of every file at every start.
		context.FsGroupChangePolicy = pulumi.String("OnRootMismatch")
	}
	if len(s.Groups) > 0 {
		context.SupplementalGroups = pulumi.ToIntArray(s.Groups)
	}
	if s.LowPorts {
		// Pod Security allows this sysctl on every level
		// (https://kubernetes.io/docs/concepts/security/pod-security-standards/).
		context.Sysctls = corev1.SysctlArray{corev1.SysctlArgs{
			Name: pulumi.String("net.ipv4.ip_unprivileged_port_start"), Value: pulumi.String("0"),
		}}
	}
	return context
}

// Container returns the security context of a container in the pod.
func (s Security) Container() corev1.SecurityContextArgs {
	context := corev1.SecurityContextArgs{
		AllowPrivilegeEscalation: pulumi.Bool(false),
		ReadOnlyRootFilesystem:   pulumi.Bool(!s.WritableRoot),
	}
	// Entry points of images that start as root change owners and then the user.
	if !s.root() {
		context.Capabilities = corev1.CapabilitiesArgs{Drop: pulumi.ToStringArray([]string{"ALL"})}
	}
	return context
}

// ContainerAs returns the security context of a container in the pod that may have another
// user, group or root file system; nil for those of the pod.
func (s Security) ContainerAs(user, group *int, readOnlyRoot *bool) corev1.SecurityContextArgs {
	own := s
	if user != nil {
		own.User = user
	}
	if readOnlyRoot != nil {
		own.WritableRoot = !*readOnlyRoot
	}
	context := own.Container()
	context.RunAsUser, context.RunAsGroup = number(user), number(group)
	if user != nil {
		context.RunAsNonRoot = pulumi.Bool(!own.root())
	}
	return context
}

func (s Security) root() bool { return s.User != nil && *s.User == 0 }

func number(id *int) pulumi.IntPtrInput {
	if id == nil {
		return nil
	}
	return pulumi.Int(*id)
}
