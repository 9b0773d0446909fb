package alerts

import (
	"fmt"
	"time"
)

// scaling are the rules of autoscalers and of the queues that KEDA measures.
func (o Objects) scaling() []Rule {
	var rules []Rule
	if len(o.Autoscalers) > 0 {
		rules = append(rules, o.rule(scaledToMaximum, lines(
			highest(autoscalerLabel, o.metric("kube_horizontalpodautoscaler_status_desired_replicas", autoscalerLabel, o.Autoscalers)),
			">= "+highest(autoscalerLabel, o.metric("kube_horizontalpodautoscaler_spec_max_replicas", autoscalerLabel, o.Autoscalers)),
		))...)
	}
	for _, queue := range o.Queues {
		rules = append(rules, o.stuck(queue)...)
	}
	return rules
}

// atLeast is the shortest time after which a queue of which nothing is taken is reported.
const atLeast = 30 * time.Minute

// stuck asks for tasks that waited a while ago and whose number has never fallen since. The value of a
// gauge that falls is a reset in the words of Prometheus.
func (o Objects) stuck(queue Queue) []Rule {
	window := duration((atLeast + queue.LongestTask).Round(time.Minute))
	return o.rule(queueStuck, "max by (scaledObject, metric) (\n"+o.either(func(matchers string) string {
		series := fmt.Sprintf(`keda_scaler_metrics_value{%s, scaledObject="%s"}`, matchers, queue.ScaledObject)
		return fmt.Sprintf("  (%s offset %s > 0 and resets(%s[%s]) == 0)", series, window, series, window)
	})+"\n)")
}
