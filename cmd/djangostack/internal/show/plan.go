package show

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

const (
	// shortProperties is how many changed properties of a resource a plan shows, unless it is full.
	shortProperties = 8
	// shortValue is how many characters of a value it shows.
	shortValue = 72
)

// Plan prints the changes of a preview, one resource after the other. A full plan prints every property
// with its whole value, also of new resources.
func Plan(out io.Writer, plan []lifecycle.Event, full bool) {
	for _, event := range plan {
		if !event.Listed() {
			continue
		}
		doing, _ := words(event)
		_, _ = fmt.Fprintf(out, "  %-8s  %s\n", doing, label(event))
		if event.Op == "create" && !full {
			continue
		}
		properties(out, event.Properties, full)
	}
}

// Lost prints the resources that an update would lose, because the configuration allows it.
func Lost(out io.Writer, lost []lifecycle.Protected) {
	for _, resource := range lost {
		_, _ = fmt.Fprintf(out, "  %-8s  %s %s: %s\n", "LOSE", lifecycle.ShortType(resource.Type), resource.Name, resource.Loss)
	}
}

func properties(out io.Writer, changes []lifecycle.PropertyChange, full bool) {
	for i, change := range changes {
		if !full && i == shortProperties {
			_, _ = fmt.Fprintf(out, "              and %d more; --diff shows them\n", len(changes)-i)
			return
		}
		_, _ = fmt.Fprintf(out, "              %s: %s%s\n", change.Path, oldToNew(change, full), replacementNote(change))
	}
}

func oldToNew(change lifecycle.PropertyChange, full bool) string {
	switch {
	case strings.HasPrefix(change.Kind, "add"):
		return "+ " + value(change.New, full)
	case strings.HasPrefix(change.Kind, "delete"):
		return "- " + value(change.Old, full)
	default:
		return value(change.Old, full) + " → " + value(change.New, full)
	}
}

func replacementNote(change lifecycle.PropertyChange) string {
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
	if runes := []rune(text); !full && len(runes) > shortValue {
		return string(runes[:shortValue]) + "…"
	}
	return text
}
