package django

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"

	"github.com/djangostack/djangostack/components/pod"
)

// ProbeKind is the handler of a probe.
type ProbeKind string

// The handlers of a probe: a GET, a TCP connection, a command, or no probe.
const (
	ProbeHTTP    ProbeKind = "http"
	ProbeTCP     ProbeKind = "tcp"
	ProbeCommand ProbeKind = "command"
	ProbeNone    ProbeKind = "none"
)

// Probe is one probe of a container. Empty fields keep the defaults of the process.
type Probe struct {
	By      ProbeKind
	Path    string
	Scheme  string
	Port    int
	Command []string
	pod.Timing
}

// Probes are the probes of a process. A nil probe keeps the default of the process.
type Probes struct {
	Startup, Readiness, Liveness *Probe
}

// override returns the default probes of a process with the fields that p sets.
func (p Probes) override(startup, readiness, liveness Probe) [3]Probe {
	return [3]Probe{p.Startup.override(startup), p.Readiness.override(readiness), p.Liveness.override(liveness)}
}

func (p *Probe) override(base Probe) Probe {
	if p == nil {
		return base
	}
	if p.By != "" {
		base.By = p.By
	}
	if p.Path != "" {
		base.Path = p.Path
	}
	if p.Scheme != "" {
		base.Scheme = p.Scheme
	}
	if p.Port > 0 {
		base.Port = p.Port
	}
	if len(p.Command) > 0 {
		base.Command = p.Command
	}
	if p.InitialDelay > 0 {
		base.InitialDelay = p.InitialDelay
	}
	if p.Period > 0 {
		base.Period = p.Period
	}
	if p.Timeout > 0 {
		base.Timeout = p.Timeout
	}
	if p.FailureThreshold > 0 {
		base.FailureThreshold = p.FailureThreshold
	}
	return base
}

// setProbes sets the probes of a container. A GET is sent with the given Host header.
func setProbes(c *corev1.ContainerArgs, probes [3]Probe, host string) {
	c.StartupProbe = probes[0].args(host)
	c.ReadinessProbe = probes[1].args(host)
	c.LivenessProbe = probes[2].args(host)
}

func (p Probe) args(host string) corev1.ProbePtrInput {
	switch p.By {
	case ProbeHTTP:
		return pod.HTTP(p.Timing, p.Port, p.Scheme, p.Path, host)
	case ProbeTCP:
		return pod.TCP(p.Timing, p.Port)
	case ProbeCommand:
		return pod.Exec(p.Timing, p.Command...)
	default:
		return nil
	}
}

// tcpProbes returns the probes of a process that listens on a port. Liveness opens a
// connection, because a request to a saturated pod fails and a restart makes things
// worse. Timeouts are long: a busy node slows every pod at once, and pods that all leave
// their Service turn slow pages into none.
func tcpProbes(port int) (startup, readiness, liveness Probe) {
	return Probe{By: ProbeTCP, Port: port, Timing: pod.Timing{Period: 1, Timeout: 5, FailureThreshold: 120}},
		Probe{By: ProbeTCP, Port: port, Timing: pod.Timing{Period: 5, Timeout: 10, FailureThreshold: 3}},
		Probe{By: ProbeTCP, Port: port, Timing: pod.Timing{Period: 10, Timeout: 10, FailureThreshold: 6}}
}

// noProbes are the timings for a process that has no probes by default.
func noProbes() (startup, readiness, liveness Probe) {
	return Probe{By: ProbeNone, Timing: pod.Timing{Period: 2, Timeout: 5, FailureThreshold: 60}},
		Probe{By: ProbeNone, Timing: pod.Timing{Period: 10, Timeout: 5, FailureThreshold: 3}},
		Probe{By: ProbeNone, Timing: pod.Timing{Period: 20, Timeout: 10, FailureThreshold: 3}}
}
