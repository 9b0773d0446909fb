package cloud

import (
	"maps"
	"slices"
	"strings"
)

// fill sets the outputs of the table: always those that are no arguments, and the others when they are not set.
func (m *Operation) fill() {
	for _, path := range slices.Sorted(maps.Keys(m.kind.Outputs)) {
		// A property inside an argument can be set like the argument itself.
		root, _, _ := strings.Cut(path, ".")
		_, argument := m.facts.Inputs[root]
		output := m.kind.Outputs[path]
		m.each(path, func(_ int, object Values, name string) {
			if _, has := object[name]; has && (argument || m.Old != nil && !follows(output)) {
				return
			}
			if text, ok := output.(string); ok {
				object[name] = m.Template(text)
				return
			}
			object[name] = clone(output)
		})
	}
}

// each calls a function for every object that contains the property at a path.
func (v Values) each(path string, call func(i int, object Values, name string)) {
	at := strings.LastIndex(path, ".")
	if at < 0 {
		call(0, v, path)
		return
	}
	for i, object := range v.Objects(path[:at]) {
		call(i, object, path[at+1:])
	}
}

// follows tells whether an output can change with the arguments.
func follows(output any) bool {
	text, ok := output.(string)
	return ok && strings.Contains(text, "{") && !strings.Contains(text, "{now}")
}

// plan marks as unknown what only the cloud can tell.
func (m *Operation) plan() {
	for name, kind := range m.facts.Outputs {
		if m.Has(name) {
			continue
		}
		_, argument := m.facts.Inputs[name]
		_, always := Required(kind)
		_, filled := m.kind.Outputs[name]
		if always || filled || !argument || slices.Contains(m.kind.Computed, name) {
			m.Values[name] = Unknown{}
		}
	}
	for path := range m.kind.Outputs {
		m.each(path, func(_ int, object Values, name string) {
			if _, has := object[name]; !has {
				object[name] = Unknown{}
			}
		})
	}
}

// keep copies from the old state what the cloud computed and the arguments do not change.
func (m *Operation) keep() {
	for name, kind := range m.facts.Outputs {
		old, had := m.Old[name]
		if _, has := m.Values[name]; has || !had {
			continue
		}
		_, argument := m.facts.Inputs[name]
		if !argument || computedByCloud(m.kind, name, kind) {
			m.Values[name] = clone(old)
		}
	}
	for path := range m.kind.Outputs {
		m.each(path, func(i int, object Values, name string) {
			old := m.Old.Objects(parent(path))
			if _, has := object[name]; !has && i < len(old) && old[i][name] != nil {
				object[name] = clone(old[i][name])
			}
		})
	}
}

func parent(path string) string { return path[:max(strings.LastIndex(path, "."), 0)] }

// zeroes adds an empty value for every output that is always set and still missing, as the published provider does.
func (m *Operation) zeroes() {
	for name, kind := range m.facts.Outputs {
		plain, always := Required(kind)
		_, has := m.Values[name]
		if has || !always {
			continue
		}
		switch plain {
		case "s":
			m.Values[name] = ""
		case "i", "f":
			m.Values[name] = 0.0
		case "b":
			m.Values[name] = false
		}
	}
}
