package spec

import "slices"

// ProbeHandler is how a probe checks a container.
type ProbeHandler string

// The handlers of a probe, in the words of the Kubernetes API. NoProbe removes a probe that
// the process has by default.
const (
	HTTPGet   ProbeHandler = "httpGet"
	TCPSocket ProbeHandler = "tcpSocket"
	Exec      ProbeHandler = "exec"
	NoProbe   ProbeHandler = "none"
)

// Probes are the probes of a process' container.
type Probes struct {
	// Runs until it succeeds once, before the other probes. A container that never succeeds is restarted.
	Startup *Probe `json:"startup,omitempty"`
	// A pod that fails it receives no requests.
	Readiness *Probe `json:"readiness,omitempty"`
	// A container that fails it is restarted.
	Liveness *Probe `json:"liveness,omitempty"`
}

// Probe is one probe. Fields that are left out keep the default of the process.
type Probe struct {
	// httpGet: a GET that must answer 200 to 399; tcpSocket: a connection; exec: a command that must exit with 0; none: no probe.
	Handler ProbeHandler `json:"handler,omitempty" jsonschema:"enum=httpGet,enum=tcpSocket,enum=exec,enum=none"`
	// Path of the GET; with handler httpGet.
	Path string `json:"path,omitempty" jsonschema:"pattern=^/"`
	// Port of the GET or the connection.
	Port int `json:"port,omitempty" jsonschema:"minimum=1,maximum=65535"`
	// HTTPS for a process that speaks TLS itself; its certificate is not verified. With handler httpGet.
	Scheme string `json:"scheme,omitempty" jsonschema:"enum=HTTP,enum=HTTPS" default:"HTTP"`
	// The command; with handler exec.
	Command []string `json:"command,omitempty" jsonschema:"minItems=1,minLength=1"`
	// Seconds after the start of the container until the first probe. A startup probe makes it unnecessary for the other two.
	InitialDelaySeconds int `json:"initialDelaySeconds,omitempty" jsonschema:"minimum=1,maximum=3600"`
	// Seconds between two probes.
	PeriodSeconds int `json:"periodSeconds,omitempty" jsonschema:"minimum=1,maximum=3600"`
	// Seconds that one probe may take.
	TimeoutSeconds int `json:"timeoutSeconds,omitempty" jsonschema:"minimum=1,maximum=600"`
	// Consecutive failures after which the probe counts as failed.
	FailureThreshold int `json:"failureThreshold,omitempty" jsonschema:"minimum=1,maximum=1000"`
}

// probeDefaults is what the probes of a process have by default.
type probeDefaults struct {
	// exist says that the process has probes by default.
	exist bool
	port  int
	path  string
}

func (p Probes) check(problems *Problems, path string, defaults probeDefaults) {
	for _, named := range []struct {
		name  string
		probe *Probe
	}{{"startup", p.Startup}, {"readiness", p.Readiness}, {"liveness", p.Liveness}} {
		if named.probe != nil {
			named.probe.check(problems, path+".probes."+named.name, defaults)
		}
	}
}

func (p *Probe) check(problems *Problems, path string, defaults probeDefaults) {
	if p.Handler == "" && !defaults.exist {
		problems.add(path+".handler", nil, "is required: httpGet, tcpSocket or exec")
	}
	usesPort := p.Handler == HTTPGet || p.Handler == TCPSocket
	if usesPort && p.Port == 0 && defaults.port == 0 {
		problems.add(path+".port", nil, "is required with handler %s", p.Handler)
	}
	if p.Handler == HTTPGet && p.Path == "" && defaults.path == "" {
		problems.add(path+".path", nil, "is required with handler httpGet")
	}
	if p.Handler == Exec && len(p.Command) == 0 {
		problems.add(path+".command", nil, "is required with handler exec")
	}
	p.checkIgnored(problems, path)
}

func (p *Probe) checkIgnored(problems *Problems, path string) {
	ignored := func(field string, isSet bool, handlers ...ProbeHandler) {
		if isSet && !slices.Contains(handlers, p.Handler) {
			problems.add(path+"."+field, nil, "would be ignored, because %s.handler is not %s", path, handlers[0])
		}
	}
	ignored("path", p.Path != "", HTTPGet)
	ignored("port", p.Port != 0, TCPSocket, HTTPGet)
	ignored("scheme", p.Scheme != "", HTTPGet)
	ignored("command", len(p.Command) > 0, Exec)
	timed := p.InitialDelaySeconds > 0 || p.PeriodSeconds > 0 || p.TimeoutSeconds > 0 || p.FailureThreshold > 0
	if p.Handler == NoProbe && timed {
		problems.add(path+".handler", string(NoProbe), "contradicts the times and thresholds of the probe")
	}
}
