package pod

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Timing is when the kubelet probes first, how often it does, how long it waits for an
// answer, all in seconds, and how many failures in a row count. Without InitialDelay it
// begins at once.
type Timing struct {
	InitialDelay     int
	Period           int
	Timeout          int
	FailureThreshold int
}

// ServerStartup waits until a data service of one pod accepts connections, five minutes at
// most. A server that still replays its log accepts them and tells its clients to wait.
func ServerStartup(port int) corev1.ProbeArgs {
	return TCP(Timing{Period: 1, Timeout: 10, FailureThreshold: 300}, port)
}

// ServerReadiness asks a data service of one pod once it has started. It opens a
// connection, because a command in the pod costs CPU each time and times out first when
// the node is busy. Only rollouts wait for it: its failure sends no client elsewhere.
func ServerReadiness(port int) corev1.ProbeArgs {
	return TCP(Timing{Period: 10, Timeout: 10, FailureThreshold: 6}, port)
}

// Exec is a probe by a command that exits with 0.
func Exec(timing Timing, command ...string) corev1.ProbeArgs {
	probe := probeArgs(timing)
	probe.Exec = corev1.ExecActionArgs{Command: pulumi.ToStringArray(command)}
	return probe
}

// TCP is a probe by opening a connection.
func TCP(timing Timing, port int) corev1.ProbeArgs {
	probe := probeArgs(timing)
	probe.TcpSocket = corev1.TCPSocketActionArgs{Port: pulumi.Int(port)}
	return probe
}

// HTTP is a probe by a GET that answers 200 to 399. It has the headers that the load
// balancer sends: a host that the app allows, over HTTPS. The scheme is HTTP or HTTPS; empty
// for HTTP.
func HTTP(timing Timing, port int, scheme, path, host string) corev1.ProbeArgs {
	probe := probeArgs(timing)
	get := corev1.HTTPGetActionArgs{
		Port: pulumi.Int(port),
		Path: pulumi.String(path),
		HttpHeaders: corev1.HTTPHeaderArray{
			corev1.HTTPHeaderArgs{Name: pulumi.String("Host"), Value: pulumi.String(host)},
			corev1.HTTPHeaderArgs{Name: pulumi.String("X-Forwarded-Proto"), Value: pulumi.String("https")},
		},
	}
	if scheme != "" {
		get.Scheme = pulumi.String(scheme)
	}
	probe.HttpGet = get
	return probe
}

func probeArgs(timing Timing) corev1.ProbeArgs {
	probe := corev1.ProbeArgs{
		PeriodSeconds:    pulumi.Int(timing.Period),
		TimeoutSeconds:   pulumi.Int(timing.Timeout),
		FailureThreshold: pulumi.Int(timing.FailureThreshold),
	}
	if timing.InitialDelay > 0 {
		probe.InitialDelaySeconds = pulumi.Int(timing.InitialDelay)
	}
	return probe
}
