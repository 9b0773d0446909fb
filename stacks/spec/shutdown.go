package spec

import (
	"strings"

	"github.com/djangostack/djangostack/components/aws/limits"
)

// Shutdown is the time that a pod takes to stop without losing a request, in seconds.
type Shutdown struct {
	// PreStop is how long a terminating pod still accepts requests, until every proxy has
	// removed it.
	PreStop int
	// Graceful is how long running requests may take.
	Graceful int
	// Grace is the termination grace period: both and a margin.
	Grace int
}

// exitSeconds is for the exit of the server or worker itself.
const exitSeconds = 5

// Seconds for which proxies may still send requests to a terminating pod: the proxies of a
// cluster, an ALB with targets from a controller, an NLB, which takes minutes to react, and
// Google's proxies, which use network endpoint groups.
const (
	drainCluster = 15
	drainALB     = 25
	drainNLB     = 120
	drainGoogle  = 60
)

// preStopSeconds returns how long a terminating pod still receives requests.
func (e *Environment) preStopSeconds() int {
	if e.Web.PreStopSleepSeconds > 0 {
		return e.Web.PreStopSleepSeconds
	}
	return e.proxyDelay()
}

// proxyDelay returns the seconds until the load balancer in front has removed a pod.
func (e *Environment) proxyDelay() int {
	switch {
	case e.Cloud == AWSCloud:
		return drainALB
	case e.Cloud == GCPCloud:
		return drainGoogle
	case e.networkLoadBalancer():
		return drainNLB
	case e.ingressClass() == ALBClass:
		return drainALB
	default:
		return drainCluster
	}
}

// networkLoadBalancer reports whether the Service requests an NLB of AWS
// (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/nlb/).
func (e *Environment) networkLoadBalancer() bool {
	const kind = "service.beta.kubernetes.io/aws-load-balancer-type"
	asked := e.Web.Service.Annotations[kind]
	return e.Web.Service.Type == "LoadBalancer" && (strings.HasPrefix(asked, "nlb") || asked == "external")
}

// WebShutdown returns the shutdown times of a web pod.
func (e *Environment) WebShutdown() Shutdown {
	shutdown := Shutdown{PreStop: e.preStopSeconds(), Graceful: e.Web.LongestRequestSeconds}
	shutdown.Grace = shutdown.PreStop + shutdown.Graceful + exitSeconds
	if e.Web.TerminationGracePeriodSeconds > 0 {
		shutdown.Grace = e.Web.TerminationGracePeriodSeconds
	}
	return shutdown
}

// The idle timeout of common load balancers, and how much longer the server keeps a
// connection, in seconds.
const (
	usualIdle   = 60
	keptForMore = 15
)

// The idle timeouts of Traefik, and of Envoy, on which most controllers of Gateways are built
// (https://doc.traefik.io/traefik/reference/routing-configuration/http/load-balancing/serverstransport/,
// https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts).
const (
	traefikIdle = 90
	gatewayIdle = 3600
)

// IdleSeconds returns the idle timeout of the load balancer on AWS. It limits both the time
// that an ALB waits for an answer, after which it sends 504, and an unused connection
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#connection-idle-timeout).
func (e *Environment) IdleSeconds() int {
	longest := max(usualIdle, e.Web.LongestRequestSeconds+exitSeconds)
	for _, route := range e.AllRoutes() {
		longest = max(longest, min(route.TimeoutSeconds, limits.MaxIdleSeconds))
	}
	return longest
}

// KeepAliveSeconds returns how long the server keeps an idle connection of the proxy in front:
// longer than the proxy does, so that the server never closes one that is about to be used.
// Common load balancers keep it for 60 seconds, Google's for 600
// (https://cloud.google.com/load-balancing/docs/https#timeout-keepalive-backends).
func (e *Environment) KeepAliveSeconds() int {
	switch e.Cloud {
	case GCPCloud:
		return 620
	case AWSCloud:
		return e.IdleSeconds() + keptForMore
	default:
		return e.controllerIdle() + keptForMore
	}
}

// controllerIdle returns how long what leads requests to the pods keeps an unused connection.
func (e *Environment) controllerIdle() int {
	switch {
	case e.Web.Gateway != nil:
		return gatewayIdle
	case e.ingressClass() == TraefikClass:
		return traefikIdle
	default:
		return usualIdle
	}
}

// Grace returns the termination grace period of a worker in seconds: its longest task and a
// margin.
func (w *Worker) Grace() int {
	if w.TerminationGracePeriodSeconds > 0 {
		return w.TerminationGracePeriodSeconds
	}
	return w.LongestTaskSeconds + exitSeconds
}

// checkShutdown reports pods that would be killed before they finish.
func (e *Environment) checkShutdown(problems *Problems) {
	if drain, delay := e.Web.PreStopSleepSeconds, e.proxyDelay(); drain > 0 && drain < delay {
		problems.add("web.preStopSleepSeconds", drain, "may not be below %d, the seconds that the load balancer in front still sends requests to a terminating pod", delay)
	}
	needed := e.preStopSeconds() + e.Web.LongestRequestSeconds + exitSeconds
	if grace := e.Web.TerminationGracePeriodSeconds; grace > 0 && grace < needed {
		problems.add("web.terminationGracePeriodSeconds", grace, "may not be below %d = %d s until every proxy has removed the pod + %d s for the longest request + %d s to exit",
			needed, e.preStopSeconds(), e.Web.LongestRequestSeconds, exitSeconds)
	}
	for i, worker := range e.Workers {
		needed := worker.LongestTaskSeconds + exitSeconds
		if grace := worker.TerminationGracePeriodSeconds; grace > 0 && grace < needed {
			problems.add(indexed("workers", i)+".terminationGracePeriodSeconds", grace, "may not be below %d = %d s for the longest task + %d s to exit", needed, worker.LongestTaskSeconds, exitSeconds)
		}
	}
}
