package reliability_test

import (
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/environments"
)

// faults makes calls of providers fail, each once.
type faults struct {
	// verdict chooses how a call fails.
	verdict func(enginetest.Call) enginetest.Verdict

	mu sync.Mutex
	// seen are the calls that have had their verdict.
	seen map[string]bool
	// calls and failed count by operation.
	calls, failed map[string]int
}

func newFaults(verdict func(enginetest.Call) enginetest.Verdict) *faults {
	return &faults{verdict: verdict, seen: map[string]bool{}, calls: map[string]int{}, failed: map[string]int{}}
}

func (f *faults) hook(call enginetest.Call) enginetest.Verdict {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := call.Operation + " " + call.URN
	if f.seen[key] {
		return enginetest.Pass
	}
	f.seen[key] = true
	f.calls[call.Operation]++
	verdict := f.verdict(call)
	if verdict != enginetest.Pass {
		f.failed[call.Operation]++
	}
	return verdict
}

// again lets the calls that have failed fail once more, for the next step of a test.
func (f *faults) again() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen = map[string]bool{}
}

func (f *faults) total() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	total := 0
	for _, count := range f.failed {
		total += count
	}
	return total
}

// untilDone repeats an operation until it succeeds, and returns how many runs failed. Each failed run must have had a
// new fault: one that fails without is stuck.
func (f *faults) untilDone(t *testing.T, operate func() error) int {
	t.Helper()
	for failures := 0; ; failures++ {
		before := f.total()
		err := operate()
		if err == nil {
			return failures
		}
		require.NotEqual(t, before, f.total(), "a run without a fault does not get further: %v", err)
		var failed *lifecycle.UpdateFailedError
		require.ErrorAs(t, err, &failed)
		assert.Empty(t, foreign(failed), "only injected errors")
	}
}

// foreign returns the messages of a failed run that no injected fault caused.
func foreign(failed *lifecycle.UpdateFailedError) []string {
	var found []string
	for _, failure := range failed.Failures {
		for _, message := range failure.Messages {
			if !strings.Contains(message, "injected:") {
				found = append(found, failure.Name+": "+message)
			}
		}
	}
	return found
}

// each makes every call fail in the same way. The random provider waits for nothing.
func each(verdict enginetest.Verdict) func(enginetest.Call) enginetest.Verdict {
	return func(call enginetest.Call) enginetest.Verdict {
		if verdict == enginetest.TimeOut && provider(call.URN) == "random" {
			return enginetest.Pass
		}
		return verdict
	}
}

// some makes one call in several fail, in ways that the seed chooses.
func some(seed string, oneIn uint32) func(enginetest.Call) enginetest.Verdict {
	return func(call enginetest.Call) enginetest.Verdict {
		digest := fnv.New32a()
		// A hash returns no error.
		_, _ = fmt.Fprint(digest, seed, call.Operation, call.URN)
		sum := digest.Sum32()
		if sum/8%oneIn != 0 {
			return enginetest.Pass
		}
		verdicts := []enginetest.Verdict{enginetest.Refuse, enginetest.TimeOut, enginetest.LoseAnswer}
		return lostOnlyWhereKnown(each(verdicts[sum%8%3]))(call)
	}
}

// lostOnlyWhereKnown loses no answer about a new resource that the next run could not find again. docs/reliability.md
// says what happens then.
func lostOnlyWhereKnown(verdict func(enginetest.Call) enginetest.Verdict) func(enginetest.Call) enginetest.Verdict {
	return func(call enginetest.Call) enginetest.Verdict {
		chosen := verdict(call)
		if chosen == enginetest.LoseAnswer && call.Operation == "create" && (ofCloud(call.URN) || autonamed(call.URN)) {
			return enginetest.Refuse
		}
		return chosen
	}
}

// ofCloud tells whether a resource is one of a cloud, which does not find one again that an interrupted run has made.
func ofCloud(urn string) bool { return provider(urn) == "aws" || provider(urn) == "gcp" }

// autonamed tells whether a resource is an object whose name may be generated. The state does not keep the name after an
// error, as it does after a kill.
func autonamed(urn string) bool {
	kind, _, _ := strings.Cut(label(urn), " ")
	return slices.Contains([]string{"kubernetes:core/v1:Secret", "kubernetes:core/v1:ConfigMap", "kubernetes:batch/v1:Job"}, kind)
}

// provider returns the package of a resource's type: aws.
func provider(urn string) string {
	kind, _, _ := strings.Cut(label(urn), ":")
	return kind
}

// changed are changes that together update nearly every resource and replace some.
func changed() []string {
	return []string{"owner=platform-team", "app.image=registry.example.com/blog:1.1", "app.url=https://www.example.com"}
}

// life is what the tests do with an environment: up, a change, and destroy.
type life struct {
	name          string
	configuration environments.Environment
	change        []string
}

func lives(t *testing.T) []life {
	t.Helper()
	small := func(cloud spec.Cloud, values ...string) environments.Environment {
		return environments.Small(cloud).Set(t, values...)
	}
	return []life{
		{"existing/staging", small("none"), changed()},
		{"existing/production", small("none", "tier=production", "database.kind=in-cluster"), changed()},
		{"aws/staging", small(spec.AWSCloud), changed()},
		{"aws/production", environments.Full(spec.AWSCloud, spec.Production), changed()},
		{"gcp/staging", small(spec.GCPCloud), changed()},
		{"gcp/production", environments.Full(spec.GCPCloud, spec.Production), changed()},
	}
}

// TestEveryCallOfAProviderFailsOnce runs up, a change and destroy, and each call of a provider fails the first time: before
// it does anything, by a time-out, or after it is done. The run after the last fault must end where a run without faults
// ends. In the short form, one call in twelve fails, and one in thirty on AWS, where an environment has many more. In the
// long form every call fails: first together with the calls that it does not wait for, then each in a run that stops.
func TestEveryCallOfAProviderFailsOnce(t *testing.T) {
	forms := func(life life) map[string]func(enginetest.Call) enginetest.Verdict {
		if !soak() {
			oneIn := uint32(12)
			if life.configuration.Parse(t).Cloud == spec.AWSCloud {
				oneIn = 30
			}
			return map[string]func(enginetest.Call) enginetest.Verdict{"some": some("short form", oneIn)}
		}
		return map[string]func(enginetest.Call) enginetest.Verdict{
			"refused":     each(enginetest.Refuse),
			"timed out":   each(enginetest.TimeOut),
			"answer lost": lostOnlyWhereKnown(each(enginetest.LoseAnswer)),
		}
	}
	for _, life := range lives(t) {
		if !soak() && !slices.Contains([]string{"existing/production", "aws/staging"}, life.name) {
			continue
		}
		t.Run(life.name, func(t *testing.T) {
			reference := life.without(t)
			for name, verdict := range forms(life) {
				if soak() {
					t.Run("together/"+name, func(t *testing.T) { life.withFaults(t, newFaults(verdict), reference, true) })
				}
				t.Run("each/"+name, func(t *testing.T) { life.withFaults(t, newFaults(verdict), reference, false) })
			}
		})
	}
}

// steps are the worlds after up, after the change and after destroy.
type steps struct{ up, changed, destroyed world }

// references are the steps without faults, by the name of the life.
var references = map[string]steps{}

// without returns the steps without faults.
func (l life) without(t *testing.T) steps {
	t.Helper()
	s, known := references[l.name]
	if known {
		return s
	}
	defer func() { references[l.name] = s }()
	e := enginetest.NewEnvironment(t, l.configuration, stacks.Program)
	e.Up(t)
	s.up = look(t, e)
	e.Configuration = l.configuration.Set(t, l.change...)
	e.Up(t)
	s.changed = look(t, e)
	e.Configuration = e.Configuration.Set(t, "protection=disposable")
	e.Up(t)
	e.Destroy(t)
	s.destroyed = look(t, e)
	return s
}

// withFaults lives with faults. Together means that a creation or deletion that fails does not stop those that do not
// depend on it. Changes stop at a failure: with replacements Pulumi's engine may wait forever when it continues.
func (l life) withFaults(t *testing.T, f *faults, want steps, together bool) {
	t.Helper()
	continues := func(whether bool) { t.Setenv("PULUMI_CONTINUE_ON_ERROR", strconv.FormatBool(whether)) }
	continues(together)
	began := time.Now()
	e := enginetest.NewInterceptedEnvironment(t, l.configuration, stacks.Program, f.hook)
	up := func() error { _, err := e.TryUp(t); return err }

	runs := f.untilDone(t, up)
	first := look(t, e)
	first.same(t, want.up, "up")

	f.again()
	continues(false)
	e.Configuration = l.configuration.Set(t, l.change...)
	runs += f.untilDone(t, up)
	second := look(t, e)
	second.same(t, want.changed, "change")
	assert.Equal(t, want.up.lostData(want.changed), first.lostData(second), "data is where it is without faults")

	f.again()
	e.Configuration = e.Configuration.Set(t, "protection=disposable")
	runs += f.untilDone(t, up)
	continues(together)
	runs += f.untilDone(t, func() error { _, err := e.TryDestroy(t); return err })
	look(t, e).remains(t, want.destroyed)
	t.Logf("%s: %s failed of %s; %d runs failed, %s", t.Name(), counts(f.failed), counts(f.calls), runs, time.Since(began).Round(time.Second))
}

func counts(byOperation map[string]int) string {
	return fmt.Sprintf("%d creations, %d updates and %d deletions", byOperation["create"], byOperation["update"], byOperation["delete"])
}

// same asserts that the world is as it is without faults, with nothing twice and nothing unfinished.
func (w world) same(t *testing.T, want world, step string) {
	t.Helper()
	assert.Empty(t, w.differences(want), step)
	assert.Equal(t, want.strangers, w.strangers, "%s: unknown to the state", step)
	assert.Empty(t, w.unfinished, "%s: unfinished in the state", step)
}

// remains asserts that a destroy leaves what one without faults leaves.
func (w world) remains(t *testing.T, want world) {
	t.Helper()
	assert.Equal(t, slices.Sorted(maps.Keys(want.things)), slices.Sorted(maps.Keys(w.things)), "after destroy")
}
