package show

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

const (
	// briefProperties is how many changed properties a plan shows of a resource
	// unless it is asked for all.
	briefProperties = 8
	// briefValue is how many characters of a value it shows.
	briefValue = 72
)

// Plan writes what a preview found, one resource after the other. In full, every
// property is written, also of what is created, with its whole value.
func Plan(out io.Writer, plan []lifecycle.Event, full bool) {
	for _, event := range plan {
		if !listed(event) {
			continue
		}
		doing, _, _ := verbs(event.Op)
		_, _ = fmt.Fprintf(out, "  %-8s  %s\n", doing, thing(event))
		if event.Op == "create" && !full {
			continue
		}
		properties(out, event.Properties, full)
	}
}

func properties(out io.Writer, changes []lifecycle.PropertyChange, full bool) {
	for i, change := range changes {
		if !full && i == briefProperties {
			_, _ = fmt.Fprintf(out, "              and %d more (see them with --diff)\n", len(changes)-i)
			return
		}
		_, _ = fmt.Fprintf(out, "              %s: %s%s\n", change.Path, transition(change, full), cause(change))
	}
}

func transition(change lifecycle.PropertyChange, full bool) string {
	switch {
	case strings.HasPrefix(change.Kind, "add"):
		return "+ " + value(change.New, full)
	case strings.HasPrefix(change.Kind, "delete"):
		return "- " + value(change.Old, full)
	default:
		return value(change.Old, full) + " → " + value(change.New, full)
	}
}

func cause(change lifecycle.PropertyChange) string {
	if strings.HasSuffix(change.Kind, "-replace") {
		return "  (forces the replacement)"
	}
	return ""
}

func value(v any, full bool) string {
	text, isText := v.(string)
	if !isText || !strings.HasPrefix(text, "[") {
		raw, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprint(v)
		}
		text = string(raw)
	}
	if runes := []rune(text); !full && len(runes) > briefValue {
		return string(runes[:briefValue]) + "…"
	}
	return text
}
