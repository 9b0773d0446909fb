package django

import (
	"errors"
	"fmt"
	"strings"

	autoscalingv2 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/autoscaling/v2"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/pod"
)

// Scaling adjusts the number of pods of a process to its load.
type Scaling struct {
	// Min and Max are the least and the most pods. Min is 0 only with a Queue or Rows.
	Min, Max int
	// CPUPercent and MemoryPercent are the average usage to aim for, in percent of the
	// requests; 0 for a resource that does not count. Both are 0 with a Queue or Rows.
	CPUPercent, MemoryPercent int
	// Queue scales a worker by waiting messages, and Rows by tasks in the database, instead of
	// usage; nil for usage.
	Queue *Queue
	Rows  *Rows
	// UpWindow and DownWindow are how long the load must be higher or lower before pods are
	// added or removed, in seconds.
	UpWindow, DownWindow int
	// DownPercent is the most pods to remove in one minute, in percent.
	DownPercent int
}

func (s *Scaling) check(component string) error {
	if s == nil {
		return nil
	}
	var problems []error
	if s.Max < 1 || s.Min > s.Max || s.Min < 0 {
		problems = append(problems, fmt.Errorf("%s: Scaling.Min is %d and Scaling.Max is %d; allowed are 0 <= Min <= Max, and Max at least 1", component, s.Min, s.Max))
	}
	if s.signals() != 1 {
		problems = append(problems, fmt.Errorf("%s: Scaling needs CPUPercent, MemoryPercent or both, or a Queue, or Rows", component))
	}
	if s.Queue == nil && s.Rows == nil && s.Min == 0 {
		problems = append(problems, fmt.Errorf("%s: Scaling.Min is 0, which needs a Queue or Rows: without pods there is no usage to scale by", component))
	}
	if s.DownPercent < 1 {
		problems = append(problems, fmt.Errorf("%s: Scaling.DownPercent is required", component))
	}
	if s.Queue != nil {
		problems = append(problems, s.Queue.check(component))
	}
	if s.Rows != nil {
		problems = append(problems, s.Rows.check(component))
	}
	return errors.Join(problems...)
}

// signals is the number of measurements that the number of pods follows.
func (s *Scaling) signals() int {
	count := 0
	for _, set := range []bool{s.CPUPercent > 0 || s.MemoryPercent > 0, s.Queue != nil, s.Rows != nil} {
		if set {
			count++
		}
	}
	return count
}

// replicas returns the initial number of pods of a Deployment, the most that it may have,
// and the options that leave the number to the autoscaler: a fixed number would be restored
// by every update. Where the least is 0, the Deployment begins with one pod: a worker that
// cannot start is noticed, and creates its queues in RabbitMQ, where KEDA looks for them.
func (s *Scaling) replicas(fixed int) (first, most int, options []pulumi.ResourceOption) {
	if s == nil {
		return fixed, fixed, nil
	}
	return max(s.Min, 1), s.Max, []pulumi.ResourceOption{pulumi.IgnoreChanges([]string{"spec.replicas"})}
}

// hasReplicas reports whether the number of pods is configured.
func (s *Scaling) hasReplicas(fixed int) bool { return s != nil || fixed > 0 }

// scale registers the autoscaler of a Deployment.
func (r *Runtime) scale(ctx *pulumi.Context, name, part string, s *Scaling, parent pulumi.Resource, options ...pulumi.ResourceOption) error {
	if s == nil {
		return nil
	}
	options = append(options, pulumi.Parent(parent))
	if s.Rows != nil {
		return r.scaleByRows(ctx, name, part, s, parent, options)
	}
	if s.Queue != nil {
		return r.scaleByQueue(ctx, name, part, s, parent, options)
	}
	_, err := autoscalingv2.NewHorizontalPodAutoscaler(ctx, name+"-"+part, &autoscalingv2.HorizontalPodAutoscalerArgs{
		Metadata: r.autoscalerMetadata(part),
		Spec: autoscalingv2.HorizontalPodAutoscalerSpecArgs{
			ScaleTargetRef: autoscalingv2.CrossVersionObjectReferenceArgs{
				ApiVersion: pulumi.String("apps/v1"),
				Kind:       pulumi.String("Deployment"),
				Name:       pulumi.String(r.Labels.ObjectName(part)),
			},
			MinReplicas: pulumi.Int(s.Min),
			MaxReplicas: pulumi.Int(s.Max),
			Metrics:     s.metrics(),
			Behavior: autoscalingv2.HorizontalPodAutoscalerBehaviorArgs{
				ScaleUp: autoscalingv2.HPAScalingRulesArgs{
					StabilizationWindowSeconds: pulumi.Int(s.UpWindow),
				},
				ScaleDown: autoscalingv2.HPAScalingRulesArgs{
					StabilizationWindowSeconds: pulumi.Int(s.DownWindow),
					Policies: autoscalingv2.HPAScalingPolicyArray{autoscalingv2.HPAScalingPolicyArgs{
						Type:          pulumi.String("Percent"),
						Value:         pulumi.Int(s.DownPercent),
						PeriodSeconds: pulumi.Int(60),
					}},
				},
			},
		},
	}, options...)
	return wrap(err, "registering the autoscaler of %s", part)
}

// autoscalerMetadata lets KEDA's webhook accept a ScaledObject for a worker that has an autoscaler
// still: an update that changes the signal creates the one before it deletes the other
// (https://keda.sh/docs/latest/concepts/admission-webhooks/).
func (r *Runtime) autoscalerMetadata(part string) metav1.ObjectMetaArgs {
	metadata := pod.WorkloadMetadata(r.named(part))
	if annotations, mutable := metadata.Annotations.(pulumi.StringMap); mutable && strings.HasPrefix(part, WorkerPart("")) {
		annotations["validations.keda.sh/hpa-ownership"] = pulumi.String("false")
	}
	return metadata
}

// metrics are the resources whose usage counts. With several of them, the autoscaler takes the
// highest number of pods
// (https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#algorithm-details).
func (s *Scaling) metrics() autoscalingv2.MetricSpecArray {
	metrics := autoscalingv2.MetricSpecArray{}
	for _, resource := range []struct {
		name    string
		percent int
	}{{"cpu", s.CPUPercent}, {"memory", s.MemoryPercent}} {
		if resource.percent == 0 {
			continue
		}
		metrics = append(metrics, autoscalingv2.MetricSpecArgs{
			Type: pulumi.String("Resource"),
			Resource: autoscalingv2.ResourceMetricSourceArgs{
				Name: pulumi.String(resource.name),
				Target: autoscalingv2.MetricTargetArgs{
					Type:               pulumi.String("Utilization"),
					AverageUtilization: pulumi.Int(resource.percent),
				},
			},
		})
	}
	return metrics
}
