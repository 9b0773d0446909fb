package lifecycle

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Protected is a resource that holds data, or that data depends on, and must not be deleted or replaced.
type Protected struct {
	URN  string `json:"urn"`
	Type string `json:"type"`
	Name string `json:"name"`
	// Op is what the refused operation would do: delete, replace or shrink. Empty in the list of Stack.Protected.
	Op string `json:"op,omitempty"`
	// Loss is what would be lost with the resource. Empty if no component says it.
	Loss string `json:"loss,omitempty"`
	// Parts are the parts of the environment whose data depends on the resource, as in allowDataLoss. Empty if
	// no component says it.
	Parts []string `json:"parts,omitempty"`
	// Locked is true if the cloud itself refuses to delete the resource until an update has lifted its protection. An
	// update that allows the loss and changes nothing else lifts it.
	Locked bool `json:"locked,omitempty"`
	// Causes are the changed configuration values that lead to Op. If it has several, each of them may be the
	// cause. Empty if no changed value is known.
	Causes []Cause `json:"causes,omitempty"`
	// DecidedBy are the paths of the configuration that decide whether the resource exists and what replaces it. Only
	// resources of an update that did not complete have them: no changed value is known then.
	DecidedBy []string `json:"decidedBy,omitempty"`
}

// Cause is one changed value of the configuration.
type Cause struct {
	// Path in the environment: namespace.name.
	Path string `json:"path"`
	// Old and New are the values as plain data, nil if there is none. A secret is "[secret]".
	Old any `json:"old"`
	New any `json:"new"`
}

func (c Cause) String() string {
	return fmt.Sprintf("%s: %s → %s", c.Path, plainText(c.Old), plainText(c.New))
}

// plainText prints a value in one line: a string as it is, nothing as "not set", and the rest as JSON.
func plainText(value any) string {
	const width = 80
	var text string
	switch value := value.(type) {
	case nil:
		return "not set"
	case string:
		if value == "" {
			return "not set"
		}
		text = value
	default:
		raw, err := json.Marshal(value)
		if err != nil {
			return fmt.Sprint(value)
		}
		text = string(raw)
	}
	text = strings.ReplaceAll(text, "\n", " ")
	if runes := []rune(text); len(runes) > width {
		return string(runes[:width]) + "…"
	}
	return text
}

// RefusedError reports that an operation would delete or replace protected resources. Unless Started is set, it was
// refused before its first step, so nothing was changed.
type RefusedError struct {
	Operation string
	Stack     string
	Resources []Protected
	// Disposable is true if the configuration says protection: disposable. Its allowDataLoss would have no
	// effect.
	Disposable bool
	// Started is true if Pulumi stopped at a protected resource after other changes. That can only happen if
	// the stack changed after its plan was checked.
	Started bool

	// allowed are the parts that the configuration already allows to be lost.
	allowed []string
}

func (e *RefusedError) Error() string {
	var text strings.Builder
	when := " is refused, and nothing was changed"
	if e.Started {
		when = " stopped"
	}
	because := "it would delete or replace resources that hold data"
	if e.OnlyShrinks() {
		because = "a volume can grow but not get smaller: set its size back"
	}
	fmt.Fprintf(&text, "%s of stack %s%s, because %s", e.Operation, e.Stack, when, because)
	for _, group := range groupByReason(e.Resources) {
		for _, resource := range group {
			fmt.Fprintf(&text, "\n  %s (%s)%s", resource.Name, ShortType(resource.Type), wouldBe(resource.Op))
		}
		writeReason(&text, group[0])
	}
	return text.String()
}

// Allow returns the overrides of the configuration that allow the update to lose the data, in the form that --set
// takes. It is empty for a destroy, and if a resource belongs to no part of the environment.
func (e *RefusedError) Allow() string {
	parts := slices.Clone(e.allowed)
	for _, resource := range e.Resources {
		if len(resource.Parts) == 0 {
			return ""
		}
		parts = append(parts, resource.Parts...)
	}
	if e.Operation == operationDestroy {
		return ""
	}
	slices.Sort(parts)
	allow := "allowDataLoss=[" + strings.Join(slices.Compact(parts), ",") + "]"
	if e.Disposable {
		return "protection=protected " + allow
	}
	return allow
}

// groupByReason groups resources with the same loss and the same causes, in the order of their first resource.
func groupByReason(resources []Protected) [][]Protected {
	var groups [][]Protected
	for _, resource := range resources {
		i := slices.IndexFunc(groups, func(group []Protected) bool { return reasonOf(group[0]) == reasonOf(resource) })
		if i < 0 {
			groups = append(groups, []Protected{resource})
			continue
		}
		groups[i] = append(groups[i], resource)
	}
	return groups
}

func reasonOf(resource Protected) string {
	var text strings.Builder
	writeReason(&text, resource)
	return text.String()
}

func writeReason(text *strings.Builder, resource Protected) {
	if resource.Loss != "" {
		text.WriteString("\n    lost: " + resource.Loss)
	}
	if resource.Locked {
		text.WriteString("\n    the cloud's own deletion protection of it is on, and only an update without this change lifts it")
	}
	causes := make([]string, len(resource.Causes))
	for i, cause := range resource.Causes {
		causes[i] = cause.String()
	}
	switch len(causes) {
	case 0:
		if len(resource.DecidedBy) > 0 {
			text.WriteString("\n    decided by " + strings.Join(resource.DecidedBy, ", ") + ": set back what has changed (no complete update has recorded other values)")
		}
	case 1:
		text.WriteString("\n    because of " + causes[0])
	default:
		text.WriteString("\n    because of one or more of these changes: " + strings.Join(causes, "; "))
	}
}

func wouldBe(op string) string {
	switch op {
	case "":
		return ""
	case opDelete:
		return " would be deleted"
	case opShrink:
		return " would get smaller, which Kubernetes refuses"
	default:
		return " would be replaced"
	}
}
