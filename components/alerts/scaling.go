package alerts

import (
	"fmt"
	"strings"
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
	if len(o.Queues) > 0 {
		var stuck []string
		for _, queue := range o.Queues {
			stuck = append(stuck, o.stuck(queue))
		}
		rules = append(rules, o.rule(queueStuck, "max by (scaledObject, metric) (\n"+strings.Join(stuck, "\nor\n")+"\n)")...)
	}
	return rules
}

// atLeast is the shortest time after which a queue of which nothing is taken is reported.
const atLeast = 30 * time.Minute

// stuck asks for tasks that waited a while ago and whose number has never fallen since. The value of a
// gauge that falls is a reset in the words of Prometheus.
func (o Objects) stuck(queue Queue) string {
	window := duration((atLeast + queue.LongestTask).Round(time.Minute))
	return o.either(func(matchers string) string {
		series := fmt.Sprintf(`keda_scaler_metrics_value{%s, scaledObject="%s"}`, matchers, queue.ScaledObject)
		return fmt.Sprintf("  (%s offset %s > 0 and resets(%s[%s]) == 0)", series, window, series, window)
	})
}
