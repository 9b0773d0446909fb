package spec

import (
	"slices"
	"strings"
)

// admission says what a namespace's Pod Security level admits
// (https://kubernetes.io/docs/concepts/security/pod-security-standards/).
type admission struct {
	// level is empty for a namespace that this stack does not create: its labels are not known.
	level string
	// autopilot says that the pods run on GKE Autopilot.
	autopilot bool
}

func (e *Environment) admission() admission {
	admits := admission{autopilot: e.createsAutopilot()}
	if e.Namespace.Source == SourceCreate {
		admits.level = e.Namespace.PodSecurity
	}
	return admits
}

// baselineCapabilities are those that level baseline admits, and autopilotCapabilities those
// that Autopilot does (https://cloud.google.com/kubernetes-engine/docs/concepts/autopilot-security).
func baselineCapabilities() []string {
	return []string{
		"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
	}
}

func autopilotCapabilities() []string { return append(baselineCapabilities(), "SYS_PTRACE") }

// linuxCapabilities are the names that container runtimes know
// (https://man7.org/linux/man-pages/man7/capabilities.7.html).
func linuxCapabilities() []string {
	return append(autopilotCapabilities(),
		"AUDIT_CONTROL", "AUDIT_READ", "BLOCK_SUSPEND", "BPF", "CHECKPOINT_RESTORE", "DAC_READ_SEARCH", "IPC_LOCK", "IPC_OWNER", "LEASE", "LINUX_IMMUTABLE",
		"MAC_ADMIN", "MAC_OVERRIDE", "NET_ADMIN", "NET_BROADCAST", "NET_RAW", "PERFMON", "SYSLOG", "SYS_ADMIN", "SYS_BOOT", "SYS_MODULE", "SYS_NICE",
		"SYS_PACCT", "SYS_RAWIO", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "WAKE_ALARM",
	)
}

// checkCapabilities reports capabilities that do not exist, and those and rights that the
// namespace refuses.
func (e *Environment) checkCapabilities(problems *Problems) {
	admits := e.admission()
	admits.check(problems, "app", e.App.Capabilities, e.App.AllowPrivilegeEscalation)
	for _, process := range e.podsByPath() {
		admits.check(problems, process.path, process.pods.Capabilities, process.pods.AllowPrivilegeEscalation)
		containers := process.containers()
		for _, path := range sortedNames(containers) {
			for i, container := range containers[path] {
				admits.check(problems, indexed(path, i), container.Capabilities, container.AllowPrivilegeEscalation)
			}
		}
	}
}

func (a admission) check(problems *Problems, path string, capabilities []string, escalation *bool) {
	if escalation != nil && *escalation && a.level == "restricted" {
		problems.add(path+".allowPrivilegeEscalation", true, "is what namespace.podSecurity restricted refuses; set namespace.podSecurity to baseline")
	}
	for i, name := range capabilities {
		at := indexed(path+".capabilities", i)
		switch {
		case strings.HasPrefix(name, "CAP_"):
			problems.add(at, name, "must be written without CAP_: %s", strings.TrimPrefix(name, "CAP_"))
		case !slices.Contains(linuxCapabilities(), name):
			problems.add(at, name, "is no capability of Linux%s, such as NET_BIND_SERVICE", didYouMean(name, linuxCapabilities()))
		case a.level == "restricted" && name != "NET_BIND_SERVICE":
			problems.add(at, name, "is what namespace.podSecurity restricted refuses, which admits NET_BIND_SERVICE alone; set namespace.podSecurity to %s", a.needed(name))
		case a.level == "baseline" && a.needed(name) != "baseline":
			problems.add(at, name, "is what namespace.podSecurity baseline refuses; set namespace.podSecurity to privileged")
		case a.autopilot && !slices.Contains(autopilotCapabilities(), name):
			problems.add(at, name, "is what GKE Autopilot refuses; set cluster.mode to nodes")
		}
	}
}

// needed is the strictest level besides restricted that admits a capability.
func (admission) needed(capability string) string {
	if slices.Contains(baselineCapabilities(), capability) {
		return "baseline"
	}
	return "privileged"
}
