package spec

// ProbeKind says how a pod is asked whether it is well.
type ProbeKind string

// A probe is a GET, a connection, a command, or there is none.
const (
	ProbeHTTP    ProbeKind = "http"
	ProbeTCP     ProbeKind = "tcp"
	ProbeCommand ProbeKind = "command"
	ProbeNone    ProbeKind = "none"
)

// Probes is how the cluster asks a pod whether it is well.
type Probes struct {
	// Asked until the first success, before the others; a pod that never succeeds is started anew.
	Startup *Probe `json:"startup,omitempty"`
	// A pod that fails it gets no requests.
	Readiness *Probe `json:"readiness,omitempty"`
	// A pod that fails it is started anew.
	Liveness *Probe `json:"liveness,omitempty"`
}

// Probe is one question; what is left out stays as the process has it by default.
type Probe struct {
	// http: a GET that answers 200 to 399; tcp: a connection; command: one that exits with 0; none: nobody asks.
	By ProbeKind `json:"by,omitempty" jsonschema:"enum=http,enum=tcp,enum=command,enum=none"`
	// Path of the GET.
	Path string `json:"path,omitempty" jsonschema:"pattern=^/"`
	// Port of the GET or the connection.
	Port int `json:"port,omitempty" jsonschema:"minimum=1,maximum=65535"`
	// The command.
	Command []string `json:"command,omitempty" jsonschema:"minItems=1,minLength=1"`
	// Seconds between two questions.
	PeriodSeconds int `json:"periodSeconds,omitempty" jsonschema:"minimum=1,maximum=3600"`
	// Seconds that an answer may take.
	TimeoutSeconds int `json:"timeoutSeconds,omitempty" jsonschema:"minimum=1,maximum=600"`
	// Failures one after the other that count.
	Failures int `json:"failureThreshold,omitempty" jsonschema:"minimum=1,maximum=1000"`
}

// known is what a process' probes have by default.
type known struct {
	// asked says that the process has probes by default.
	asked bool
	port  int
	path  string
}

func (p Probes) check(problems *Problems, path string, defaults known) {
	for _, named := range []struct {
		name  string
		probe *Probe
	}{{"startup", p.Startup}, {"readiness", p.Readiness}, {"liveness", p.Liveness}} {
		if named.probe != nil {
			named.probe.check(problems, path+".probes."+named.name, defaults)
		}
	}
}

func (p *Probe) check(problems *Problems, path string, defaults known) {
	if p.By == "" && !defaults.asked {
		problems.add(path+".by", nil, "is required: http, tcp or command")
	}
	asks := p.By == ProbeHTTP || p.By == ProbeTCP
	if asks && p.Port == 0 && defaults.port == 0 {
		problems.add(path+".port", nil, "is required with by %s", p.By)
	}
	if p.By == ProbeHTTP && p.Path == "" && defaults.path == "" {
		problems.add(path+".path", nil, "is required with by http")
	}
	if p.By == ProbeCommand && len(p.Command) == 0 {
		problems.add(path+".command", nil, "is required with by command")
	}
	ignored := func(field string, given bool, kinds ...ProbeKind) {
		if !given {
			return
		}
		for _, kind := range kinds {
			if p.By == kind {
				return
			}
		}
		problems.add(path+"."+field, nil, "would be ignored, because %s.by is not %s", path, kinds[0])
	}
	ignored("path", p.Path != "", ProbeHTTP)
	ignored("port", p.Port != 0, ProbeTCP, ProbeHTTP)
	ignored("command", len(p.Command) > 0, ProbeCommand)
	timed := p.PeriodSeconds > 0 || p.TimeoutSeconds > 0 || p.Failures > 0
	if p.By == ProbeNone && timed {
		problems.add(path+".by", string(ProbeNone), "leaves no question to time")
	}
}
