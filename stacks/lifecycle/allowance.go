package lifecycle

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// allow removes the protection of resources whose loss is allowed. One write of the state removes it and records
// the resources, so that they count as protected again if this process is killed. The others are those whose protection
// the program itself leaves out because of the allowed parts, although this operation keeps them.
func (s *Stack) allow(ctx context.Context, operation string, parts []string, lost []Protected, others []string) error {
	urns := make([]string, len(lost))
	for i, resource := range lost {
		urns[i] = resource.URN
	}
	s.exports.unprotected = slices.Compact(slices.Sorted(slices.Values(slices.Concat(urns, others))))
	if len(lost) > 0 {
		s.exports.allowed = append(slices.Clone(s.exports.allowed), Allowance{
			Time: time.Now().UTC().Truncate(time.Second), Operation: operation, Parts: neededParts(parts, lost), Resources: namesOfProtected(lost),
		})
		s.logInfo(lossMessage(lost))
	}
	return s.editState(ctx, func(resource *editedResource) error {
		if slices.Contains(urns, resource.urn) {
			if err := resource.lift(operation); err != nil {
				return err
			}
			return resource.set("protect", false)
		}
		if resource.kind == stackType {
			return resource.setOutput(unprotectedOutput, s.exports.unprotected)
		}
		return nil
	})
}

// unprotectedByWords returns the resources that the program would protect if the configuration allowed no loss. Without
// their names the allowance of one run would hold for the next one, too.
func (s *Stack) unprotectedByWords(ctx context.Context, allowed []string) ([]string, error) {
	if len(allowed) == 0 {
		return nil, nil
	}
	file := s.file.Copy()
	if err := file.Unset(allowField); err != nil {
		return nil, err
	}
	without, err := s.planWith(ctx, file)
	if err != nil {
		return nil, fmt.Errorf("looking for what is protected without %s: %w", allowField, err)
	}
	return slices.Sorted(maps.Keys(without.protects)), nil
}

// endAllowance protects the resources again that still exist or were created again, and removes their record.
func (s *Stack) endAllowance(ctx context.Context) error {
	// An interrupted operation, too, must not leave data unprotected.
	return s.editState(context.WithoutCancel(ctx), func(resource *editedResource) error {
		if slices.Contains(s.exports.unprotected, resource.urn) && string(resource.fields["protect"]) != "true" {
			return resource.set("protect", true)
		}
		if resource.kind == stackType {
			return resource.setOutput(unprotectedOutput, nil)
		}
		return nil
	})
}

// warnOfWords warns of allowed parts that lose nothing in this plan. A word that was meant for one update and stays in the
// configuration also holds for the next one.
func (s *Stack) warnOfWords(allowed []string, lost []Protected) {
	needed := neededParts(allowed, lost)
	unneeded := slices.DeleteFunc(slices.Clone(allowed), func(part string) bool { return slices.Contains(needed, part) })
	if len(unneeded) == 0 {
		return
	}
	s.warn(fmt.Sprintf("%s names %s, and nothing of this plan loses that: remove it from the configuration, or a later update may lose it without a question",
		allowField, strings.Join(unneeded, ", ")))
}

// neededParts returns the allowed parts that the resources belong to.
func neededParts(allowed []string, lost []Protected) []string {
	var needed []string
	for _, part := range allowed {
		if slices.ContainsFunc(lost, func(resource Protected) bool { return slices.Contains(resource.Parts, part) }) {
			needed = append(needed, part)
		}
	}
	return needed
}

func namesOfProtected(resources []Protected) []string {
	names := make([]string, len(resources))
	for i, resource := range resources {
		names[i] = resource.Name
	}
	return names
}

// lossMessage describes an allowed loss, for the history of the stack.
func lossMessage(lost []Protected) string {
	return "the loss of data is allowed for: " + strings.Join(namesOfProtected(lost), ", ")
}

// editedResource is one resource of a state that is being edited.
type editedResource struct {
	urn, kind string
	fields    map[string]json.RawMessage
	changed   bool
}

func (r *editedResource) set(field string, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return err
	}
	r.fields[field] = raw
	r.changed = true
	return nil
}

// lift sets the values of the state by which a provider lifts the cloud's own protection. A destroy leaves that on:
// it is lifted by an update.
func (r *editedResource) lift(operation string) error {
	if operation != operationUpdate {
		return nil
	}
	for name, value := range liftedBy(r.kind) {
		if err := r.setOutput(name, value); err != nil {
			return err
		}
	}
	return nil
}

// setOutput sets an output of the resource, or removes it if the value is nil.
func (r *editedResource) setOutput(name string, value any) error {
	outputs := map[string]json.RawMessage{}
	if raw, exists := r.fields["outputs"]; exists {
		if err := json.Unmarshal(raw, &outputs); err != nil {
			return fmt.Errorf("reading the outputs: %w", err)
		}
	}
	if value == nil {
		delete(outputs, name)
		return r.set("outputs", outputs)
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return err
	}
	outputs[name] = raw
	return r.set("outputs", outputs)
}

// editState edits the resources of the state and writes it once, if anything changed.
func (s *Stack) editState(ctx context.Context, edit func(*editedResource) error) error {
	return s.editResources(ctx, func(resources []map[string]json.RawMessage) (changed bool, err error) {
		for _, resource := range resources {
			edited := &editedResource{fields: resource, urn: textOf(resource["urn"]), kind: textOf(resource["type"])}
			if err := edit(edited); err != nil {
				return false, err
			}
			changed = changed || edited.changed
		}
		return changed, nil
	})
}

// editResources edits the list of the state's resources in place and writes the state, if the edit changed it.
func (s *Stack) editResources(ctx context.Context, edit func([]map[string]json.RawMessage) (bool, error)) error {
	state, err := s.export(ctx)
	if err != nil {
		return err
	}
	var fields map[string]json.RawMessage
	var resources []map[string]json.RawMessage
	if err := json.Unmarshal(state.Deployment, &fields); err != nil {
		return fmt.Errorf("reading the state of stack %s: %w", s.name, err)
	}
	if len(fields[resourcesField]) == 0 {
		return nil
	}
	if err := json.Unmarshal(fields[resourcesField], &resources); err != nil {
		return fmt.Errorf("reading the state of stack %s: %w", s.name, err)
	}
	changed, err := edit(resources)
	if err != nil {
		return fmt.Errorf("editing the state of stack %s: %w", s.name, err)
	}
	if !changed {
		return nil
	}
	if fields[resourcesField], err = json.Marshal(resources); err != nil {
		return fmt.Errorf("writing the state of stack %s: %w", s.name, err)
	}
	if state.Deployment, err = json.Marshal(fields); err != nil {
		return fmt.Errorf("writing the state of stack %s: %w", s.name, err)
	}
	return s.importState(ctx, state)
}

func textOf(raw json.RawMessage) string {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return ""
	}
	return text
}
