package pod

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Timing is how often a probe asks and how many failures count, in seconds and
// tries.
type Timing struct {
	Period           int
	Timeout          int
	FailureThreshold int
}

// ServerReadiness asks a data service of one pod once it has started. It opens a
// connection, because a command in the pod costs CPU each time and times out first when
// the node is busy. Only rollouts wait for
// it: its failure sends no client elsewhere.
func ServerReadiness(port int) corev1.ProbeArgs {
	return TCP(Timing{Period: 10, Timeout: 10, FailureThreshold: 6}, port)
}

// Exec probes by a command that exits with 0.
func Exec(timing Timing, command ...string) corev1.ProbeArgs {
	probe := probeArgs(timing)
	probe.Exec = corev1.ExecActionArgs{Command: pulumi.ToStringArray(command)}
	return probe
}

// TCP probes by opening a connection.
func TCP(timing Timing, port int) corev1.ProbeArgs {
	probe := probeArgs(timing)
	probe.TcpSocket = corev1.TCPSocketActionArgs{Port: pulumi.Int(port)}
	return probe
}

// HTTP probes by a GET that answers 200 to 399, sent as the load balancer sends
// requests: for a host that the app answers to, over HTTPS.
func HTTP(timing Timing, port int, path, host string) corev1.ProbeArgs {
	probe := probeArgs(timing)
	probe.HttpGet = corev1.HTTPGetActionArgs{
		Port: pulumi.Int(port),
		Path: pulumi.String(path),
		HttpHeaders: corev1.HTTPHeaderArray{
			corev1.HTTPHeaderArgs{Name: pulumi.String("Host"), Value: pulumi.String(host)},
			corev1.HTTPHeaderArgs{Name: pulumi.String("X-Forwarded-Proto"), Value: pulumi.String("https")},
		},
	}
	return probe
}

func probeArgs(timing Timing) corev1.ProbeArgs {
	return corev1.ProbeArgs{
		PeriodSeconds:    pulumi.Int(timing.Period),
		TimeoutSeconds:   pulumi.Int(timing.Timeout),
		FailureThreshold: pulumi.Int(timing.FailureThreshold),
	}
}
