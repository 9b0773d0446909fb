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
	// Capabilities are those that the containers have besides, such as NET_BIND_SERVICE.
	Capabilities []string
	// Escalation lets programs get more rights than the one that starts them, as sudo does.
	Escalation bool
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
		AllowPrivilegeEscalation: pulumi.Bool(s.Escalation),
		ReadOnlyRootFilesystem:   pulumi.Bool(!s.WritableRoot),
	}
	capabilities := corev1.CapabilitiesArgs{}
	// Entry points of images that start as root change owners and then the user. A program
	// such as sudo gets no capability that its container has dropped.
	dropped := !s.root() && !s.Escalation
	if dropped {
		capabilities.Drop = pulumi.ToStringArray([]string{"ALL"})
	}
	if len(s.Capabilities) > 0 {
		capabilities.Add = pulumi.ToStringArray(s.Capabilities)
	}
	if dropped || len(s.Capabilities) > 0 {
		context.Capabilities = capabilities
	}
	return context
}

// Override is what a container has in place of what its pod has; nil for what the pod has.
type Override struct {
	User, Group              *int
	ReadOnlyRoot, Escalation *bool
	Capabilities             []string
}

// ContainerWith returns the security context of a container in the pod that overrides a part.
func (s Security) ContainerWith(override Override) corev1.SecurityContextArgs {
	own := s
	if override.User != nil {
		own.User = override.User
	}
	if override.ReadOnlyRoot != nil {
		own.WritableRoot = !*override.ReadOnlyRoot
	}
	if override.Escalation != nil {
		own.Escalation = *override.Escalation
	}
	if override.Capabilities != nil {
		own.Capabilities = override.Capabilities
	}
	context := own.Container()
	context.RunAsUser, context.RunAsGroup = number(override.User), number(override.Group)
	if override.User != nil {
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
