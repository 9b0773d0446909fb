package cloud

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/djangostack/djangostack/emulators"
)

// Diff compares the new inputs with the old ones, which a refresh updates to the live values.
func (p *provider) Diff(_ context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	kind, facts, err := p.kind(req.GetUrn())
	if err != nil {
		return nil, err
	}
	before, err := emulators.Decode("old arguments", req.GetOldInputs())
	if err != nil {
		return nil, err
	}
	after, err := emulators.Decode("new arguments", req.GetNews())
	if err != nil {
		return nil, err
	}
	old, now := Plain(before), Plain(after)
	if kind.RefuseChange != nil {
		if err := kind.RefuseChange(old, now); err != nil {
			return nil, fmt.Errorf("planning %s (%s): %w", kind.DisplayName, req.GetId(), err)
		}
	}
	changes := kind.compare(facts, old, now)
	if kind.IgnoreDiff != nil {
		quiet := kind.IgnoreDiff(old, now)
		changes = slices.DeleteFunc(changes, func(c change) bool {
			return slices.ContainsFunc(quiet, func(path string) bool { return covers(path, c.names) })
		})
	}
	replaces := kind.replacing(changes)
	if kind.ReplaceWhen != nil {
		replaces = append(replaces, kind.ReplaceWhen(old, now)...)
	}
	drifted, drifting := kind.drifted(now, req.GetIgnoreChanges())
	changes, replaces = append(changes, drifted...), append(replaces, drifting...)
	response := &pulumirpc.DiffResponse{
		Changes: pulumirpc.DiffResponse_DIFF_NONE, HasDetailedDiff: true, DetailedDiff: map[string]*pulumirpc.PropertyDiff{},
	}
	for _, one := range changes {
		response.Changes = pulumirpc.DiffResponse_DIFF_SOME
		replacing := slices.ContainsFunc(replaces, func(path string) bool { return covers(path, one.names) })
		response.DetailedDiff[one.path] = &pulumirpc.PropertyDiff{Kind: one.sort(replacing), InputDiff: true}
		root, _, _ := strings.Cut(one.names, ".")
		if !slices.Contains(response.Diffs, root) {
			response.Diffs = append(response.Diffs, root)
		}
		if replacing {
			response.Replaces = append(response.Replaces, one.path)
		}
	}
	response.DeleteBeforeReplace = len(response.Replaces) > 0 && (kind.DeleteFirst || kind.keepsName(before, after))
	return response, nil
}

// drifted returns the changes that the cloud reports at every update unless the program ignores them, and those of them
// that force a replacement.
func (k *Kind) drifted(arguments Values, ignored []string) (changes []change, replaces []string) {
	if k.Drifts == nil {
		return nil, nil
	}
	paths := k.Drifts(arguments)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		if slices.ContainsFunc(ignored, func(one string) bool { return covers(one, path) }) {
			continue
		}
		one := change{path: path, names: path, before: "what the cloud says"}
		if arguments.Has(path) {
			one.after = arguments.At(path)
		}
		changes = append(changes, one)
		if paths[path] {
			replaces = append(replaces, path)
		}
	}
	return changes, replaces
}

// replacing returns the changed paths that the table says force a replacement.
func (k *Kind) replacing(changes []change) []string {
	var found []string
	for _, path := range k.ReplaceOn {
		for _, one := range changes {
			switch {
			case covers(path, one.names):
				found = append(found, path)
			case covers(one.names, path):
				// The object that contains the property was added or removed as a whole.
				found = append(found, one.names)
			}
		}
	}
	return found
}

// covers tells whether a path equals another or contains it.
func covers(path, other string) bool { return path == other || strings.HasPrefix(other, path+".") }

// keepsName tells whether the program sets the same name again, so that the old resource must be deleted first.
func (k *Kind) keepsName(before, after resource.PropertyMap) bool {
	if k.Name == nil || slices.Contains(defaulted(after), k.Name.Property) {
		return false
	}
	key := resource.PropertyKey(k.Name.Property)
	return isSet(after, k.Name.Property) && before[key].DeepEquals(after[key])
}

func (c change) sort(replaces bool) pulumirpc.PropertyDiff_Kind {
	return emulators.DiffKind(c.before == nil, c.after == nil, replaces)
}
