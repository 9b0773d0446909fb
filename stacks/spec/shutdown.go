package spec

import "strings"

// Shutdown is the time that a pod takes to stop without losing a request, in seconds.
type Shutdown struct {
	// PreStop is how long the pod still serves after it was taken out of the Service,
	// until every proxy knows.
	PreStop int
	// Graceful is how long requests that have begun may take.
	Graceful int
	// Grace is the time until the kill: both of them and a margin.
	Grace int
}

// exitSeconds covers the exit of the server or worker itself.
const exitSeconds = 5

// Seconds that proxies may still send requests to a pod that is being deleted: the
// proxies of a cluster, an ALB that is told of targets by a controller, an NLB, which
// takes minutes to act, and Google's proxies, which are told of endpoint groups.
const (
	drainCluster = 15
	drainALB     = 25
	drainNLB     = 120
	drainGoogle  = 60
)

// preStopSleepSeconds is how long a pod that goes still gets requests.
func (e *Environment) preStopSeconds() int {
	if e.Web.PreStopSleepSeconds > 0 {
		return e.Web.PreStopSleepSeconds
	}
	return e.proxyDelay()
}

// proxyDelay follows from the kind of load balancer in front.
func (e *Environment) proxyDelay() int {
	switch {
	case e.Cloud == AWSCloud:
		return drainALB
	case e.Cloud == GCPCloud:
		return drainGoogle
	case e.networkLoadBalancer():
		return drainNLB
	case e.Web.Ingress != nil && e.Web.Ingress.IngressClassName == "alb":
		return drainALB
	default:
		return drainCluster
	}
}

// networkLoadBalancer tells whether the Service asks for an NLB of AWS
// (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/nlb/).
func (e *Environment) networkLoadBalancer() bool {
	const kind = "service.beta.kubernetes.io/aws-load-balancer-type"
	asked := e.Web.Service.Annotations[kind]
	return e.Web.Service.Type == "LoadBalancer" && (strings.HasPrefix(asked, "nlb") || asked == "external")
}

// WebShutdown is the shutdown of a web pod.
func (e *Environment) WebShutdown() Shutdown {
	shutdown := Shutdown{PreStop: e.preStopSeconds(), Graceful: e.Web.LongestRequestSeconds}
	shutdown.Grace = shutdown.PreStop + shutdown.Graceful + exitSeconds
	if e.Web.TerminationGracePeriodSeconds > 0 {
		shutdown.Grace = e.Web.TerminationGracePeriodSeconds
	}
	return shutdown
}

// What common load balancers wait by themselves, and how much longer the server does.
const (
	usualIdle   = 60
	keptForMore = 15
)

// IdleSeconds is how long the load balancer on AWS waits for an answer, and keeps a
// connection that nobody uses: an ALB knows one time for both, and answers 504 to a
// request that takes longer
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#connection-idle-timeout).
func (e *Environment) IdleSeconds() int {
	return max(usualIdle, e.Web.LongestRequestSeconds+exitSeconds)
}

// KeepAliveSeconds is how long an idle connection of the proxy in front stays open:
// longer than the proxy itself keeps it, so that the server never closes one that is
// about to be used. Common load balancers keep it for 60 seconds, Google's for 600
// (https://cloud.google.com/load-balancing/docs/https#timeout-keepalive-backends).
func (e *Environment) KeepAliveSeconds() int {
	switch e.Cloud {
	case GCPCloud:
		return 620
	case AWSCloud:
		return e.IdleSeconds() + keptForMore
	default:
		return usualIdle + keptForMore
	}
}

// Grace is the seconds from the request to stop to the kill of a worker: its longest
// task and a margin.
func (w *Worker) Grace() int {
	if w.TerminationGracePeriodSeconds > 0 {
		return w.TerminationGracePeriodSeconds
	}
	return w.LongestTaskSeconds + exitSeconds
}

// checkShutdown finds pods that would be killed in the middle of their work.
func (e *Environment) checkShutdown(problems *Problems) {
	if drain, delay := e.Web.PreStopSleepSeconds, e.proxyDelay(); drain > 0 && drain < delay {
		problems.add("web.preStopSleepSeconds", drain, "may not be below %d, the seconds that the load balancer in front still sends requests to a pod that goes", delay)
	}
	needed := e.preStopSeconds() + e.Web.LongestRequestSeconds + exitSeconds
	if grace := e.Web.TerminationGracePeriodSeconds; grace > 0 && grace < needed {
		problems.add("web.terminationGracePeriodSeconds", grace, "may not be below %d = %d s until every proxy knows + %d s for the longest request + %d s to exit",
			needed, e.preStopSeconds(), e.Web.LongestRequestSeconds, exitSeconds)
	}
	for i, worker := range e.Workers {
		needed := worker.LongestTaskSeconds + exitSeconds
		if grace := worker.TerminationGracePeriodSeconds; grace > 0 && grace < needed {
			problems.add(indexed("workers", i)+".terminationGracePeriodSeconds", grace, "may not be below %d = %d s for the longest task + %d s to exit", needed, worker.LongestTaskSeconds, exitSeconds)
		}
	}
}
