package kubernetes

import (
	"context"
	"fmt"
)

// waitForJob waits until a Job is complete. It reports a failed Job at once, with the last lines of its pods' logs.
func (s *subject) waitForJob() *wait {
	w := s.waitOn(limitWorkload, func(live object) (look, error) {
		if jobComplete(live) {
			return look{ready: true}, nil
		}
		if failed := conditionOf(live, "Failed"); failed["status"] == "True" {
			return look{failed: fmt.Sprint(failed["message"])}, nil
		}
		if live.at("spec", "suspend") == true {
			return look{ready: true}, nil
		}
		return look{waiting: jobProgress(live)}, nil
	})
	s.explainByPods(w)
	selector := podSelector(s.live)
	byPods := w.why
	// A killed pod may be deleted before its Job fails. How the pod ended says more than the Job does.
	var seen []string
	w.why = func(ctx context.Context) []string {
		if ended := s.cluster.whyEnded(ctx, s.live.namespace(), selector); len(ended) > 0 {
			seen = ended
		}
		if len(seen) > 0 {
			return seen
		}
		return byPods(ctx)
	}
	return w
}

func jobComplete(live object) bool { return conditionOf(live, "Complete")["status"] == "True" }

func jobProgress(live object) string {
	wanted, set := live.at("spec", "completions").(int64)
	if !set {
		wanted = 1
	}
	message := fmt.Sprintf("%d of %d pods done, %d running",
		statusCount(live, "succeeded"), wanted, statusCount(live, "active"))
	if failed := statusCount(live, "failed"); failed > 0 {
		message += fmt.Sprintf(", %d failed", failed)
	}
	return message
}
