package cloud

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// change is one difference. Its path has indexes, as the engine writes it: rules[0].name. names is the same path
// without indexes: rules.name.
type change struct {
	path, names   string
	before, after any
}

// compare returns the differences. A removed input is no difference where the cloud then keeps its value.
func (k *Kind) compare(facts Resource, before, after Values) []change {
	var changes []change
	for _, name := range union(before, after) {
		if after[name] == nil {
			if output, has := facts.Outputs[name]; has && computedByCloud(k, name, output) {
				continue
			}
		}
		changes = append(changes, k.compareValues(name, name, before[name], after[name])...)
	}
	return changes
}

func (k *Kind) compareValues(path, names string, before, after any) []change {
	if k.equivalent(before, after) || k.equal(names, before, after) || after == nil && k.computedUnset(names) {
		return nil
	}
	whole := []change{{path, names, before, after}}
	switch old := before.(type) {
	case string:
		if now, ok := after.(string); ok && slices.Contains(k.JSON, names) && sameDocument(old, now) {
			return nil
		}
	case Values:
		now, ok := after.(Values)
		if !ok {
			return whole
		}
		var changes []change
		for _, name := range union(old, now) {
			changes = append(changes, k.compareValues(join(path, name), join(names, name), old[name], now[name])...)
		}
		return changes
	case []any:
		now, ok := after.([]any)
		if !ok {
			return whole
		}
		return k.compareLists(path, names, old, now)
	}
	return whole
}

// equal tells whether one side is not set and the other has the value that the cloud then uses: the default, or else an
// empty value.
func (k *Kind) equal(names string, before, after any) bool {
	given := before
	switch {
	case before == nil:
		given = after
	case after != nil:
		return false
	}
	if standard, has := k.Defaults[names]; has {
		return same(given, standard)
	}
	return given == false || given == 0.0 || empty(given)
}

// computedUnset tells whether the cloud computes a property inside an input that is not set.
func (k *Kind) computedUnset(names string) bool {
	_, output := k.Outputs[names]
	return strings.Contains(names, ".") && (output || slices.Contains(k.Computed, names))
}

func (k *Kind) compareLists(path, names string, before, after []any) []change {
	if k.unordered(names, before, after) {
		if k.sameSet(before, after) {
			return nil
		}
		return []change{{path, names, before, after}}
	}
	var changes []change
	for i := range max(len(before), len(after)) {
		var old, now any
		if i < len(before) {
			old = before[i]
		}
		if i < len(after) {
			now = after[i]
		}
		changes = append(changes, k.compareValues(fmt.Sprintf("%s[%d]", path, i), names, old, now)...)
	}
	return changes
}

// unordered tells whether the order of a list is insignificant. That is so for plain values, unless the table says
// otherwise.
func (k *Kind) unordered(names string, before, after []any) bool {
	if slices.Contains(k.Ordered, names) {
		return false
	}
	if slices.Contains(k.Sets, names) {
		return true
	}
	for _, list := range [][]any{before, after} {
		for _, element := range list {
			if _, object := element.(Values); object {
				return false
			}
		}
	}
	return true
}

func (k *Kind) sameSet(before, after []any) bool {
	if len(before) != len(after) {
		return false
	}
	rest := slices.Clone(after)
	for _, one := range before {
		at := slices.IndexFunc(rest, func(other any) bool { return k.equivalent(one, other) })
		if at < 0 {
			return false
		}
		rest = slices.Delete(rest, at, at+1)
	}
	return true
}

// equivalent tells whether two values are equal or have the same meaning.
func (k *Kind) equivalent(before, after any) bool {
	if same(before, after) {
		return true
	}
	old, wasText := before.(string)
	now, isText := after.(string)
	return k.Equivalent != nil && wasText && isText && k.Equivalent(old, now)
}

// same compares two values. An unknown value differs from every other.
func same(before, after any) bool {
	return !hasUnknown(before) && !hasUnknown(after) && reflect.DeepEqual(before, after)
}

func sameDocument(before, after string) bool {
	var old, now any
	return json.Unmarshal([]byte(before), &old) == nil && json.Unmarshal([]byte(after), &now) == nil &&
		reflect.DeepEqual(old, now)
}

func union(before, after Values) []string {
	all := maps.Clone(before)
	maps.Copy(all, after)
	return slices.Sorted(maps.Keys(all))
}
