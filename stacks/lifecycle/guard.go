package lifecycle

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
)

// The names of operations in errors and messages.
const (
	operationUpdate  = "update"
	operationPreview = "preview"
	operationDestroy = "destroy"
	operationRefresh = "refresh"
)

// The operations of a Protected.
const (
	opDelete  = "delete"
	opReplace = "replace"
)

// guard refuses a plan that deletes or replaces a protected resource, before its first step. Pulumi alone judges a
// deletion by the state and a replacement by the program, and stops in the middle of an update.
type guard struct {
	before stackState
	// allowed are the parts of the environment whose data may be lost.
	allowed    []string
	disposable bool
	// environment is the configuration of this run, as the state records it.
	environment map[string]any
}

func (s *Stack) newGuard(before stackState) (*guard, error) {
	environment, err := recordable(s.file)
	if err != nil {
		return nil, err
	}
	if problems := spec.CheckChange(before.recorded(), environment, s.name); len(problems) > 0 {
		return nil, asConfigInvalid(fmt.Errorf("stack %s cannot become this: %w", s.name, problems))
	}
	g := &guard{before: before, environment: environment}
	g.disposable = environment[protectionField] == disposable
	parts, _ := environment[allowField].([]any)
	for _, part := range parts {
		if name, isText := part.(string); isText && !g.disposable {
			g.allowed = append(g.allowed, name)
		}
	}
	return g, nil
}

// usesCloud reports whether the environment has managed services of a cloud.
func (g *guard) usesCloud() bool {
	cloud, _ := g.environment["cloud"].(string)
	return cloud != "" && cloud != "none"
}

// judge sorts the protected resources that a plan deletes or replaces into those whose loss is refused, as an error,
// and those whose loss is allowed. The error is nil if none is refused. It does not name the causes.
func (g *guard) judge(operation, stack string, plan *collector) (refusal *RefusedError, allowed []Protected) {
	var refused []Protected
	for _, urn := range plan.lossOrder {
		loss := plan.losses[urn]
		if loss.op == opShrink {
			refused = append(refused, Protected{URN: urn, Type: typeOf(urn), Name: nameOf(urn), Op: opShrink})
			continue
		}
		if !loss.protected && !slices.Contains(g.before.exports.unprotected, urn) {
			continue
		}
		resource := g.describe(loss, plan)
		if len(resource.Parts) > 0 && isSubset(resource.Parts, g.allowed) && !resource.Locked {
			allowed = append(allowed, resource)
			continue
		}
		refused = append(refused, resource)
	}
	if len(refused) == 0 {
		return nil, allowed
	}
	return &RefusedError{Operation: operation, Stack: stack, Resources: refused, Disposable: g.disposable, allowed: g.allowed}, allowed
}

func (g *guard) describe(loss *loss, plan *collector) Protected {
	held := g.heldBy(loss.urn, plan)
	return Protected{
		URN: loss.urn, Type: typeOf(loss.urn), Name: nameOf(loss.urn), Op: loss.op,
		Loss: held.Loss, Parts: held.Parts, Causes: loss.keepers(), Locked: loss.isLocked(),
	}
}

// heldBy returns what the nearest component above a resource says about the data that it holds. The state says it
// unless an older version of the program wrote it; then the plan may.
func (g *guard) heldBy(urn string, plan *collector) heldData {
	for at, known := urn, true; known; {
		if held, describes := g.before.held(at); describes {
			return held
		}
		if plan != nil {
			if held, describes := plan.held[at]; describes {
				return held
			}
		}
		at, known = g.before.parents[at]
	}
	return heldData{}
}

// explain adds to a refusal the changed configuration values that lead to it. It may preview the stack a few times,
// each time with one changed value as it was.
func (s *Stack) explain(ctx context.Context, g *guard, refused *RefusedError, plan *collector) {
	var changed []Cause
	if recorded := g.before.exports.record.Environment; recorded != nil {
		changed = differences(recorded, g.environment)
	}
	if len(changed) == 0 {
		g.explainUnrecorded(refused, plan)
		return
	}
	kept := keptValues(refused)
	search := &attempts{stack: s, guard: g, results: map[string]map[string]bool{}}
	for i := range refused.Resources {
		resource := &refused.Resources[i]
		if len(resource.Causes) > 0 {
			continue
		}
		settings := g.heldBy(resource.URN, plan).Settings
		resource.Causes = search.causes(ctx, resource.URN, likeliestFirst(changed, settings))
		for j, cause := range resource.Causes {
			if known, exists := kept[cause.Path]; exists {
				resource.Causes[j] = known
			}
		}
	}
}

// explainUnrecorded explains the refusal for resources of an update that did not complete: only one that does records a
// configuration to compare with.
func (g *guard) explainUnrecorded(refused *RefusedError, plan *collector) {
	kept := keptValues(refused)
	for i := range refused.Resources {
		resource := &refused.Resources[i]
		if len(resource.Causes) > 0 {
			continue
		}
		settings := g.heldBy(resource.URN, plan).Settings
		for _, path := range slices.Sorted(maps.Keys(kept)) {
			if concerns(path, settings) {
				resource.Causes = append(resource.Causes, kept[path])
			}
		}
		if len(resource.Causes) == 0 {
			resource.DecidedBy = settings
		}
	}
}

// keptValues returns the causes that are already known, by path. They name the values of defaults, too, which the
// record does not have.
func keptValues(refused *RefusedError) map[string]Cause {
	known := map[string]Cause{}
	for _, resource := range refused.Resources {
		for _, cause := range resource.Causes {
			known[cause.Path] = cause
		}
	}
	return known
}

// likeliestFirst returns the changes with those that concern the settings first.
func likeliestFirst(changed []Cause, settings []string) []Cause {
	var likely, others []Cause
	for _, cause := range changed {
		if concerns(cause.Path, settings) {
			likely = append(likely, cause)
		} else {
			others = append(others, cause)
		}
	}
	return append(likely, others...)
}

// concerns reports whether a path is one of the settings, or above or below one.
func concerns(path string, settings []string) bool {
	return slices.ContainsFunc(settings, func(setting string) bool {
		return isWithin(path, setting) || isWithin(setting, path)
	})
}

func isWithin(path, above string) bool {
	rest, inside := strings.CutPrefix(path, above)
	return inside && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// maximumAttempts limits the previews that look for the cause of one refusal. A preview takes seconds.
const maximumAttempts = 6

// attempts previews the stack with changed values as they were.
type attempts struct {
	stack *Stack
	guard *guard
	count int
	// results holds, for each tried path, the resources that would still be lost.
	results map[string]map[string]bool
}

// causes returns the one changed value without which the resource would be kept, or all candidates if there is no
// such value among those that could be tried.
func (t *attempts) causes(ctx context.Context, urn string, candidates []Cause) []Cause {
	if len(candidates) == 1 {
		return candidates
	}
	for _, candidate := range candidates {
		lost, tried := t.try(ctx, candidate)
		if tried && !lost[urn] {
			return []Cause{candidate}
		}
	}
	return candidates
}

// try previews the stack with one value as it was. It reports false if that was not possible.
func (t *attempts) try(ctx context.Context, candidate Cause) (lost map[string]bool, tried bool) {
	if lost, known := t.results[candidate.Path]; known {
		return lost, lost != nil
	}
	if t.count == maximumAttempts || isMasked(candidate.Old) || ctx.Err() != nil {
		return nil, false
	}
	t.count++
	t.results[candidate.Path] = nil
	file := t.stack.file.Copy()
	if err := revert(file, candidate); err != nil {
		return nil, false
	}
	plan, err := t.stack.planWith(ctx, file)
	if err != nil {
		return nil, false
	}
	lost = map[string]bool{}
	if refused, _ := t.guard.judge(operationPreview, t.stack.name, plan); refused != nil {
		for _, resource := range refused.Resources {
			lost[resource.URN] = true
		}
	}
	t.results[candidate.Path] = lost
	return lost, true
}

func revert(file *stackfile.File, change Cause) error {
	if change.Old == nil {
		return file.Unset(change.Path)
	}
	return file.Apply([]stackfile.Override{{Path: change.Path, Value: change.Old}})
}

// planWith previews the stack with another configuration, and restores the configuration of the workspace. Its
// events are not sent.
func (s *Stack) planWith(ctx context.Context, file *stackfile.File) (*collector, error) {
	if err := s.writeConfiguration(ctx, file); err != nil {
		return nil, err
	}
	collected, err := s.quietPlan(ctx)
	if restoreErr := s.writeConfiguration(context.WithoutCancel(ctx), s.file); restoreErr != nil {
		return nil, restoreErr
	}
	return collected, err
}

// quietPlan previews the selected stack without sending events.
func (s *Stack) quietPlan(ctx context.Context) (*collector, error) {
	return s.runQuietly(ctx, operationPreview, func(ctx context.Context, stream chan<- events.EngineEvent) error {
		_, err := s.selected.Preview(ctx, s.previewOptions(stream)...)
		return err
	})
}

// loss is a resource that a plan deletes, replaces or makes smaller.
type loss struct {
	urn string
	// op is opDelete, opReplace or opShrink.
	op string
	// protected is true if the state protects the resource.
	protected bool
	old, new  map[string]any
}

// lossOf returns the loss of a planned step, or nil if the step keeps its resource and its size.
func lossOf(step apitype.StepEventMetadata) *loss {
	if step.Old == nil {
		return nil
	}
	found := &loss{urn: step.URN, protected: step.Old.Protect, old: inputs(step.Old), new: inputs(step.New)}
	switch step.Op {
	case apitype.OpDelete:
		found.op = opDelete
	case apitype.OpReplace, apitype.OpCreateReplacement, apitype.OpDeleteReplaced, apitype.OpImportReplacement:
		found.op = opReplace
	default:
		if !shrinks(step) {
			return nil
		}
		found.op = opShrink
	}
	return found
}

// keepers returns the changed values of a resource that exists only to refuse a change of them: its input keepers
// holds values of the configuration by their paths.
func (l *loss) keepers() []Cause {
	const field = "keepers"
	before, _ := l.old[field].(map[string]any)
	after, _ := l.new[field].(map[string]any)
	if l.op != opReplace || before == nil {
		return nil
	}
	var causes []Cause
	for _, path := range slices.Sorted(maps.Keys(union(before, after))) {
		if reflect.DeepEqual(before[path], after[path]) {
			continue
		}
		causes = append(causes, Cause{Path: path, Old: masked(before[path]), New: masked(after[path])})
	}
	return causes
}

func union(a, b map[string]any) map[string]any {
	all := map[string]any{}
	maps.Copy(all, a)
	maps.Copy(all, b)
	return all
}

func isSubset(some, all []string) bool {
	return !slices.ContainsFunc(some, func(one string) bool { return !slices.Contains(all, one) })
}
