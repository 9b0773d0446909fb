package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// look is the result of one check: the object is ready, or it failed for good, or the wait continues.
type look struct {
	ready   bool
	failed  string
	waiting string
}

// wait describes how to wait for one object.
type wait struct {
	// limit is the time limit, unless the object sets another.
	limit time.Duration
	// what names the object in messages.
	what    string
	cluster *cluster
	// targets are watched. A change in any of them triggers a check.
	targets []target
	look    func(context.Context) (look, error)
	// why returns what keeps the object from being ready.
	why func(context.Context) []string
	// hopeless returns the reasons that no waiting changes, or nothing.
	hopeless func(context.Context) []string
	// known are the reasons that were found last.
	known []string
}

// target is a set of objects to watch.
type target struct {
	kind                 schema.GroupVersionKind
	namespace            string
	fieldSelector, label string
}

func (w *wait) once(ctx context.Context) *unready {
	seen, err := w.look(ctx)
	switch {
	case err != nil:
		return &unready{headline: fmt.Sprintf("%s: %s", w.what, plainMessage(err))}
	case seen.ready:
		return nil
	case seen.failed != "":
		return &unready{w.what + " failed: " + seen.failed, w.reasons(ctx)}
	}
	return &unready{w.what + " is not ready: " + seen.waiting, w.reasons(ctx)}
}

// unnoticed is how long a wait may last before it shows progress. Most are over by then.
const unnoticed = 400 * time.Millisecond

// until checks after every change, and at intervals, until the object is ready or failed, the time is over, or the run
// is interrupted.
func (w *wait) until(ctx context.Context, limit, every time.Duration, report func(string)) *unready {
	started := time.Now()
	waiting, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	changed := w.watch(waiting)
	last := ""
	for {
		seen, err := w.look(waiting)
		switch {
		case err != nil && waiting.Err() == nil:
			last = "the cluster does not answer: " + plainMessage(err)
		case err != nil:
		case seen.ready:
			return nil
		case seen.failed != "":
			return &unready{w.what + " failed: " + seen.failed, w.reasonsOrKnown(ctx)}
		default:
			last = seen.waiting
		}
		passed := time.Since(started)
		if passed > every && w.hopeless != nil {
			if reasons := w.hopeless(waiting); len(reasons) > 0 {
				return &unready{w.what + " cannot become ready by waiting: " + last, reasons}
			}
		}
		if passed > unnoticed {
			report(w.progress(waiting, last, passed > every))
		}
		select {
		case <-changed:
		case <-time.After(every):
		case <-waiting.Done():
			return w.gaveUp(ctx, waiting, limit, last)
		}
	}
}

// progress shows one line. Reasons cost requests, so a wait that has just begun shows none.
func (w *wait) progress(ctx context.Context, waiting string, withReasons bool) string {
	message := "waiting: " + waiting
	if !withReasons {
		return message
	}
	if reasons := w.reasons(ctx); len(reasons) > 0 {
		message += " (" + oneLine(reasons[0]) + ")"
	}
	return message
}

func (w *wait) gaveUp(ctx, waiting context.Context, limit time.Duration, last string) *unready {
	if errors.Is(waiting.Err(), context.DeadlineExceeded) && ctx.Err() == nil {
		return &unready{fmt.Sprintf("%s is not ready after %s: %s", w.what, limit, last), w.reasonsAfter(ctx)}
	}
	return &unready{
		fmt.Sprintf("%s: interrupted while waiting: %s. The next update goes on from here", w.what, last),
		nil,
	}
}

func (w *wait) reasonsAfter(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readGrace)
	defer cancel()
	return w.reasons(ctx)
}

// reasonsOrKnown falls back on the last reasons, because the pods of a failed Job may be deleted already.
func (w *wait) reasonsOrKnown(ctx context.Context) []string {
	if reasons := w.reasonsAfter(ctx); len(reasons) > 0 {
		return reasons
	}
	return w.known
}

func (w *wait) reasons(ctx context.Context) []string {
	if w.why == nil {
		return nil
	}
	reasons := w.why(ctx)
	if len(reasons) > 0 {
		w.known = reasons
	}
	return reasons
}

// watch sends a signal whenever a target changes. Where watching is not allowed, only the intervals trigger checks.
func (w *wait) watch(ctx context.Context) <-chan struct{} {
	changed := make(chan struct{}, 1)
	for _, target := range w.targets {
		client, err := w.cluster.resource(target.kind, target.namespace)
		if err != nil {
			continue
		}
		options := metav1.ListOptions{FieldSelector: target.fieldSelector, LabelSelector: target.label}
		go func() {
			for ctx.Err() == nil {
				if watcher, err := client.Watch(ctx, options); err == nil {
					for range watcher.ResultChan() {
						signal(changed)
					}
					watcher.Stop()
				}
				select {
				case <-time.After(time.Second):
				case <-ctx.Done():
				}
			}
		}()
	}
	return changed
}

func signal(changed chan<- struct{}) {
	select {
	case changed <- struct{}{}:
	default:
	}
}
