package spec

import "cmp"

// UserSource says which user a process runs as.
type UserSource string

// UserFromConfiguration runs the user of RunAsUser. UserFromImage runs the image's own
// user, or the one that the platform assigns, as OpenShift does.
const (
	UserFromConfiguration UserSource = "configuration"
	UserFromImage         UserSource = "image"
)

// SecurityContext is the user of a process and what it may do in its container. The app has
// one for all processes, and each process can override single fields.
type SecurityContext struct {
	// configuration: the processes run as runAsUser; image: as the image's user, or as the one that the platform assigns (OpenShift).
	RunAsUserFrom UserSource `json:"runAsUserFrom,omitempty" jsonschema:"enum=configuration,enum=image" default:"configuration; in a process, that of app"`
	// User ID of the processes. 0 is root, which namespace.podSecurity restricted refuses.
	RunAsUser *int `json:"runAsUser,omitempty" jsonschema:"minimum=0,maximum=2147483647" default:"1000; in a process, that of app"`
	// Group ID of the processes.
	RunAsGroup *int `json:"runAsGroup,omitempty" jsonschema:"minimum=0,maximum=2147483647" default:"runAsUser; in a process, that of app"`
	// Group ID that owns the volumes.
	FSGroup *int `json:"fsGroup,omitempty" jsonschema:"minimum=0,maximum=2147483647" default:"runAsGroup; in a process, that of app"`
	// IDs of further groups of the processes, for instance of a file system that other machines write to.
	SupplementalGroups []int `json:"supplementalGroups,omitempty" jsonschema:"minimum=0,maximum=2147483647,uniqueItems=true" default:"none; in a process, those of app"`
	// Names of Linux capabilities that the containers have besides, for instance NET_BIND_SERVICE for a program whose file asks for it, as Caddy's does. namespace.podSecurity says which ones are admitted.
	Capabilities []string `json:"capabilities,omitempty" jsonschema:"minLength=1,uniqueItems=true" default:"none; those of the container runtime for root; in a process, those of app"`
	// Whether a program may get more rights than the one that starts it, as sudo does. The containers then keep the capabilities of the container runtime.
	AllowPrivilegeEscalation *bool `json:"allowPrivilegeEscalation,omitempty" default:"false; in a process, that of app"`
	// Whether only /tmp and the volumes are writable.
	ReadOnlyRootFilesystem *bool `json:"readOnlyRootFilesystem,omitempty" default:"true; in a process, that of app"`
}

// defaultUser is the user id that most images of Django apps are built for.
const defaultUser = 1000

// SecurityOf returns the security context of a process: its own fields, those of the app
// for the others, and the defaults for the rest.
func (e *Environment) SecurityOf(process Pods) SecurityContext {
	own, app := process.SecurityContext, e.App.SecurityContext
	readOnly, escalates := true, false
	resolved := SecurityContext{
		RunAsUserFrom:            cmp.Or(own.RunAsUserFrom, app.RunAsUserFrom),
		RunAsUser:                cmp.Or(own.RunAsUser, app.RunAsUser),
		RunAsGroup:               cmp.Or(own.RunAsGroup, app.RunAsGroup),
		FSGroup:                  cmp.Or(own.FSGroup, app.FSGroup),
		SupplementalGroups:       own.SupplementalGroups,
		Capabilities:             own.Capabilities,
		AllowPrivilegeEscalation: cmp.Or(own.AllowPrivilegeEscalation, app.AllowPrivilegeEscalation, &escalates),
		ReadOnlyRootFilesystem:   cmp.Or(own.ReadOnlyRootFilesystem, app.ReadOnlyRootFilesystem, &readOnly),
	}
	if own.SupplementalGroups == nil {
		resolved.SupplementalGroups = app.SupplementalGroups
	}
	if own.Capabilities == nil {
		resolved.Capabilities = app.Capabilities
	}
	if own.RunAsUserFrom == "" && own.RunAsUser != nil {
		resolved.RunAsUserFrom = UserFromConfiguration
	}
	if resolved.RunAsUserFrom == UserFromImage {
		resolved.RunAsUser = nil
		return resolved
	}
	user := defaultUser
	resolved.RunAsUserFrom = UserFromConfiguration
	resolved.RunAsUser = cmp.Or(resolved.RunAsUser, &user)
	resolved.RunAsGroup = cmp.Or(resolved.RunAsGroup, resolved.RunAsUser)
	resolved.FSGroup = cmp.Or(resolved.FSGroup, resolved.RunAsGroup)
	return resolved
}

// checkSecurity reports users that the namespace refuses, and a user that would be ignored.
func (e *Environment) checkSecurity(problems *Problems) {
	e.App.checkUser(problems, "app")
	reported := map[string]bool{}
	for _, process := range e.podsByPath() {
		process.pods.checkUser(problems, process.path)
		if e.Namespace.Source != SourceCreate || e.Namespace.PodSecurity != "restricted" {
			continue
		}
		if user := e.SecurityOf(process.pods).RunAsUser; user != nil && *user == 0 {
			at := "app.runAsUser"
			if process.pods.RunAsUser != nil {
				at = process.path + ".runAsUser"
			}
			if !reported[at] {
				problems.add(at, 0, rootRefused)
			}
			reported[at] = true
		}
		process.checkRootContainers(problems)
	}
}

// rootRefused follows a user that a restricted namespace does not admit.
const rootRefused = "is root, which namespace.podSecurity restricted refuses; set namespace.podSecurity to baseline, or run another user"

// checkRootContainers reports containers beside the process that run as root.
func (p processPods) checkRootContainers(problems *Problems) {
	containers := p.containers()
	for _, path := range sortedNames(containers) {
		for i, container := range containers[path] {
			if user := container.RunAsUser; user != nil && *user == 0 {
				problems.add(indexed(path, i)+".runAsUser", 0, rootRefused)
			}
		}
	}
}

func (s SecurityContext) checkUser(problems *Problems, path string) {
	if s.RunAsUserFrom == UserFromImage && s.RunAsUser != nil {
		problems.add(path+".runAsUser", *s.RunAsUser, "would be ignored, because %s.runAsUserFrom is image", path)
	}
}
