package lifecycle

import (
	"fmt"
	"regexp"
	"strings"
)

// startCause is a reason for which a container does not start, and which waiting alone does not change.
type startCause struct {
	// pattern matches a message of the kubelet, of containerd, CRI-O or runc, or of the built-in provider.
	pattern string
	// next is what to do about it, with the groups of the pattern.
	next string
	// heals is true if the pods that wait start by themselves then, without another update. Whoever creates what is missing,
	// such as a controller, may be about to do it.
	heals bool
}

// startCauses are in the order in which they are tried.
func startCauses() []startCause {
	const (
		noProgram = "the image has no program $1: correct the command of the process, or build an image with it"
		object    = "create it, or correct its name; the pod starts by itself once it is there"
		entry     = "add the entry $1 to it, or correct the name; the pod starts by itself then"
		processor = "the image is built for another processor architecture than the node has: build it for that one too, or choose nodes with nodeSelector"
	)
	return []startCause{
		{pattern: `exec: "([^"]+)": (?:stat [^:]*: )?(?:executable file not found|no such file or directory)`, next: noProgram},
		{pattern: "executable file `([^`]+)` not found", next: noProgram},
		{pattern: `exec: "([^"]+)": (?:stat [^:]*: )?(?:permission denied|is a directory)`, next: "the container's user cannot run $1: make it an executable file in the image, or set runAsUser to a user who may run it"},
		{pattern: `no command specified`, next: "the image has no entry point: set a command"},
		{pattern: `exec format error`, next: processor},
		{pattern: `no match for platform in manifest`, next: processor},
		{pattern: `image will run as root`, next: "the image runs as root: set runAsUser to another user, or allow root by namespace.podSecurity and runAsUser 0"},
		{pattern: `image has non-numeric user \(([^)]*)\)`, next: "Kubernetes cannot tell whether the image's user $1 is root: set runAsUser to the number of that user"},
		{pattern: `unable to find user|no matching entries in passwd file`, next: "the image has no such user: set runAsUser to the number of one that it has"},
		{pattern: `container init was OOM-killed`, next: "the program needs more memory to start: raise resources.memoryLimit"},
		{pattern: `mount a directory onto a file|not a directory: unknown`, next: "a volume is mounted where the image has a file: choose another mountPath, or mount one file with subPath"},
		{pattern: `[Ss]ecret "[^"]+" not found|[Cc]onfig[Mm]ap "[^"]+" not found|persistentvolumeclaim "[^"]+" not found`, next: object, heals: true},
		{pattern: `couldn't find key ([^ ,)]+) in`, next: entry, heals: true},
		{pattern: `references non-existent (?:secret|config) key: ([^ ,)]+)`, next: entry, heals: true},
		// The kubelet keeps the error to itself, since it could describe the node
		// (https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kubelet_pods.go).
		{pattern: `failed to create subPath directory for volumeMount "([^"]+)"`, next: "the node cannot create the folder of subPath in the volume $1, which may be read-only, refuse root or have a file of that name: create the folder there, or correct subPath; the pod starts by itself then", heals: true},
		{pattern: `failed to prepare subPath for volumeMount "([^"]+)"`, next: "the node cannot mount the subPath of the volume $1, which may be a link or lead through a file: correct it, or mount the whole volume without subPath; if the volume is one of a network, see whether its server answers", heals: true},
		{pattern: `PostStartHookError|FailedPostStartHook`, next: "the postStart hook of the container fails, and the container is stopped for it: correct its command, or what it connects to; only the log of the kubelet on the node has what it says", heals: true},
		{pattern: `InvalidImageName`, next: "correct the name of the image"},
		{pattern: `ErrImageNeverPull`, next: "load the image onto the node, or set app.imagePullPolicy to IfNotPresent", heals: true},
		{pattern: `(?s)(?:cannot be pulled|ErrImagePull|ImagePullBackOff).*(?:pull access denied|authorization failed|[Uu]nauthorized|[Ff]orbidden)`, next: "name a Secret with credentials of the registry in app.imagePullSecrets, or correct the name of the image"},
		{pattern: `(?s)(?:cannot be pulled|ErrImagePull|ImagePullBackOff).*(?:not found|manifest unknown)`, next: "push the image, or correct its name; the pod starts by itself once it is there", heals: true},
	}
}

// startCauseOf returns the first cause that a message of a resource of Kubernetes names, with what to do next.
func startCauseOf(urn, message string) (cause startCause, next string) {
	if !strings.HasPrefix(typeOf(urn), "kubernetes:") {
		return startCause{}, ""
	}
	for _, cause := range startCauses() {
		pattern := regexp.MustCompile(cause.pattern)
		if found := pattern.FindStringSubmatchIndex(message); found != nil {
			return cause, string(pattern.ExpandString(nil, cause.next, message, found))
		}
	}
	return startCause{}, ""
}

// explainStart says once for each cause of a resource why its containers do not start, while the provider still waits:
// it waits as long as it would for pods that are slow.
func (c *collector) explainStart(urn, message string) {
	cause, next := startCauseOf(urn, message)
	if next == "" || c.explained[urn+" "+next] {
		return
	}
	c.explained[urn+" "+next] = true
	event := Event{Type: EventDiagnostic, URN: urn, Name: nameOf(urn), ResourceType: typeOf(urn), Severity: "warning"}
	event.Message = fmt.Sprintf("waiting does not start its pods: %s\nnext: %s", matched(cause, message), next)
	if cause.heals {
		event.Severity = "info"
		event.Message = fmt.Sprintf("its pods do not start yet: %s\nnext: %s", matched(cause, message), next)
	}
	c.send(event)
}

// matched returns the line of a message that names a cause.
func matched(cause startCause, message string) string {
	pattern := regexp.MustCompile(cause.pattern)
	for line := range strings.Lines(message) {
		if pattern.MatchString(line) {
			return strings.TrimSpace(line)
		}
	}
	return strings.TrimSpace(message)
}
