package spec

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/djangostack/djangostack/components/contract"
)

// Strategy is the update strategy of a process' Deployment.
type Strategy string

// RollingUpdate starts new pods before old ones stop. Recreate stops the old ones first, for
// a process that must not run at the same time as another version of itself.
const (
	RollingUpdate Strategy = "RollingUpdate"
	Recreate      Strategy = "Recreate"
)

// ProcessStart says when an update starts a process.
type ProcessStart string

// A process that starts AfterRelease finds what the release has migrated. One that starts
// BeforeRelease is ready for the commands of the release.
const (
	AfterRelease  ProcessStart = "after-release"
	BeforeRelease ProcessStart = "before-release"
)

// ProcessCallers says which pods may connect to a process.
type ProcessCallers string

// EnvironmentCallers are the pods of the environment, and ClusterCallers everyone who reaches
// the pods: the addresses of load balancers and ingress controllers are not known.
const (
	EnvironmentCallers ProcessCallers = "environment"
	ClusterCallers     ProcessCallers = "cluster"
)

// Process is an additional process of the app, of any kind.
type Process struct {
	// Name of the process; its Deployment is named app-process-name.
	Name string `json:"name" jsonschema:"pattern=^[a-z]([a-z0-9-]{0\\,18}[a-z0-9])?$"`
	// The command as a list of words, unless app.procfile defines it.
	Command []string `json:"command,omitempty" jsonschema:"minItems=1,minLength=1" default:"the image's entry point"`
	// Arguments after the command.
	Args []string `json:"args,omitempty" jsonschema:"minItems=1,minLength=1"`
	// Number of pods.
	Replicas int `json:"replicas,omitempty" jsonschema:"minimum=1,maximum=500"`
	// Lets the number of pods follow the load, instead of replicas; none when left out.
	Autoscaling *Autoscaling `json:"autoscaling,omitempty"`
	// RollingUpdate: new pods start before old ones stop; Recreate: old ones stop first, for a process that must not run at the same time as another version of itself.
	Strategy Strategy `json:"strategy,omitempty" jsonschema:"enum=RollingUpdate,enum=Recreate" default:"RollingUpdate; Recreate with a volume of one node"`
	// The port that it listens on; a Service named app-process-name leads to it. No Service when left out.
	Port int `json:"port,omitempty" jsonschema:"minimum=1,maximum=65535"`
	// The port of the Service.
	ServicePort int `json:"servicePort,omitempty" jsonschema:"minimum=1,maximum=65535" default:"port"`
	// The Service of the pods; with port.
	Service ProcessService `json:"service,omitempty"`
	// Whether the process gets the app's environment: its variables, Secrets and files. A frontend's own server needs none of them.
	AppEnvironment *bool `json:"appEnvironment,omitempty" default:"true"`
	// When an update starts the process. after-release: after the release, as the app's own code has to; before-release: before it, for a server of another image that the commands of the release connect to, such as a search engine.
	Start ProcessStart `json:"start,omitempty" jsonschema:"enum=after-release,enum=before-release"`
	// Who may connect to its ports. environment: pods of the environment, as with a database; cluster: pods of the whole cluster too, and what routes and the Service lead to it.
	Callers ProcessCallers `json:"callers,omitempty" jsonschema:"enum=environment,enum=cluster" default:"environment with start before-release, otherwise cluster"`
	// Highest number of database connections of one pod.
	DatabaseConnections int `json:"databaseConnections,omitempty" jsonschema:"minimum=0,maximum=10000"`
	// Seconds between SIGTERM and SIGKILL.
	TerminationGracePeriodSeconds int `json:"terminationGracePeriodSeconds,omitempty" jsonschema:"minimum=1,maximum=86400" default:"30; with a port web.preStopSleepSeconds + 15, unless it is a single pod with callers environment and strategy Recreate"`
	// The probes of the container.
	Probes Probes `json:"probes,omitempty" default:"a connection to port; none without a port"`
	// Resources of each pod's container.
	Resources Resources `json:"resources,omitempty"`
	Pods
}

// ProcessService is how the Service of a process is reached.
type ProcessService struct {
	// Name of the Service, for images that know others by a fixed name, such as http://api:8000. An app that runs in it answers to this host too. It may not begin as the names of the environment do.
	Name string `json:"name,omitempty" jsonschema:"pattern=^[a-z]([a-z0-9-]{0\\,38}[a-z0-9])?$" default:"app-process-name"`
	// The kind of Service. LoadBalancer and NodePort lead connections of any protocol over TCP to the process from outside of the cluster, for instance of mail clients; HTTP has routes.
	Type string `json:"type,omitempty" jsonschema:"enum=ClusterIP,enum=NodePort,enum=LoadBalancer" default:"ClusterIP"`
	// Annotations, for instance of a load balancer.
	Annotations map[string]string `json:"annotations,omitempty"`
}

// UnmarshalJSON fills in the defaults of a process before decoding it.
func (p *Process) UnmarshalJSON(raw []byte) error {
	type plain Process
	process := plain(defaultProcess())
	if err := json.Unmarshal(raw, &process); err != nil {
		return fmt.Errorf("decoding a process: %w", err)
	}
	*p = Process(process)
	return nil
}

func defaultProcess() Process {
	return Process{
		Replicas: 1, Start: AfterRelease, DatabaseConnections: 1,
		Resources: resources("50m", "144Mi", "512Mi", "256Mi"),
	}
}

// MostPods returns the highest number of the process' pods outside a rollout.
func (p *Process) MostPods() int { return p.Autoscaling.most(p.Replicas) }

// deriveGrace gives a process half a minute to stop, and one with a port a quarter after it
// has accepted its last request.
func (e *Environment) deriveGrace() {
	const alone, afterRequests = 30, 15
	for i := range e.Processes {
		process := &e.Processes[i]
		switch {
		case process.TerminationGracePeriodSeconds > 0:
		case process.Port > 0 && !process.Alone():
			process.TerminationGracePeriodSeconds = e.preStopSeconds() + afterRequests
		default:
			process.TerminationGracePeriodSeconds = alone
		}
	}
}

// deriveCallers closes servers of the environment to everyone else, unless the configuration
// says otherwise.
func (e *Environment) deriveCallers() {
	for i := range e.Processes {
		process := &e.Processes[i]
		if process.Callers != "" {
			continue
		}
		process.Callers = ClusterCallers
		if process.Start == BeforeRelease && !process.Published() && !slices.Contains(e.RoutedProcesses(), process.Name) {
			process.Callers = EnvironmentCallers
		}
	}
}

// Published reports whether the Service leads to the process from outside of the cluster.
func (p *Process) Published() bool { return p.Service.Type != "" && p.Service.Type != "ClusterIP" }

// Alone reports whether the process is a server of the environment that never has more than one
// pod, so that nothing else could answer in its place.
func (p *Process) Alone() bool {
	return p.Callers == EnvironmentCallers && p.Strategy == Recreate && p.MostPods() == 1
}

// PreStopOf returns the seconds for which a stopping pod of a process still serves, until every
// proxy leads to others. A server alone has no others.
func (e *Environment) PreStopOf(process *Process) int {
	if process.Alone() {
		return 0
	}
	return e.preStopSeconds()
}

// checkCallers reports callers from outside of the environment that its policy would refuse.
func (e *Environment) checkCallers(problems *Problems, path string, process Process) {
	if process.Callers != EnvironmentCallers {
		return
	}
	switch {
	case process.Port == 0 && len(process.Ports) == 0:
		problems.add(path+".callers", string(process.Callers), "would be ignored, because %s.port is not set", path)
	case process.Published():
		problems.add(path+".callers", string(process.Callers), "contradicts %s.service.type %s, which leads to the process from outside of the cluster", path, process.Service.Type)
	case slices.Contains(e.RoutedProcesses(), process.Name):
		problems.add(path+".callers", string(process.Callers), "contradicts the route that leads to %s from outside of the environment", process.Name)
	}
}

// Separate reports whether the process does not get the app's environment.
func (p *Process) Separate() bool { return p.AppEnvironment != nil && !*p.AppEnvironment }

// checkSeparate reports references to variables that a process without the app's environment
// does not have: the kubelet leaves them as they are.
func (p *Process) checkSeparate(problems *Problems, path string) {
	if !p.Separate() {
		return
	}
	// Which variables envFrom brings is not known.
	if len(p.EnvFrom) > 0 {
		return
	}
	for _, name := range keys(p.Env) {
		for _, other := range contract.References(p.Env[name]) {
			_, plain := p.Env[other]
			_, fromSecret := p.SecretKeyRefs[other]
			_, fromField := p.FieldRefs[other]
			if !plain && !fromSecret && !fromField && !slices.Contains(contract.PodVariables(), other) {
				problems.add(path+".env."+name, nil, "refers to %s, which the process does not have, because %s.appEnvironment is false", other, path)
			}
		}
	}
}
