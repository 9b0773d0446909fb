package show

import (
	"fmt"
	"strings"
	"time"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// verbs translates the engine's name of a change: while it runs, when it is done, and in the summary of
// a plan.
func verbs(op string) (doing, done, planned string) {
	switch op {
	case "create":
		return "create", "created", "to create"
	case "update":
		return "update", "updated", "to update"
	case "delete", "discard":
		return "delete", "deleted", "to delete"
	case "replace":
		return "replace", "replaced", "to replace"
	case "create-replacement":
		return "replace", "replaced", "to replace"
	case "delete-replaced", "discard-replaced":
		return "remove old", "removed old", "old to remove"
	case "same":
		return "keep", "unchanged", "unchanged"
	case "read", "read-replacement":
		return "read", "read", "to read"
	case "refresh":
		return "refresh", "refreshed", "to refresh"
	case "import", "import-replacement":
		return "import", "imported", "to import"
	default:
		return op, op, op
	}
}

// words returns what happens to a resource: while it runs, and when it is done. What a deletion leaves in the cloud is
// kept.
func words(event lifecycle.Event) (doing, done string) {
	if event.Retained {
		return "keep", "kept"
	}
	doing, done, _ = verbs(event.Op)
	return doing, done
}

// Counts summarizes the changes of the resources that Plan lists: "7 created, 1 updated, 20 unchanged".
func Counts(result lifecycle.Result, planned bool) string {
	changes := lifecycle.Changes{}
	for op, count := range result.Changes {
		changes[op] = count - result.Unlisted[op]
	}
	var parts []string
	for _, op := range []string{"create", "update", "replace", "delete", "import", "read", "refresh", "same"} {
		count := changes[op]
		if op == "replace" && count == 0 {
			count = changes["create-replacement"]
		}
		if count <= 0 {
			continue
		}
		_, done, plan := verbs(op)
		if planned {
			done = plan
		}
		parts = append(parts, fmt.Sprintf("%d %s", count, done))
	}
	if len(parts) == 0 {
		return "no changes"
	}
	return strings.Join(parts, ", ")
}

// Seconds formats a duration as 12s or 1m05s.
func Seconds(d time.Duration) string {
	seconds := int(d.Round(time.Second).Seconds())
	if seconds < 60 {
		return fmt.Sprintf("%ds", seconds)
	}
	return fmt.Sprintf("%dm%02ds", seconds/60, seconds%60)
}

func label(event lifecycle.Event) string {
	return lifecycle.ShortType(event.ResourceType) + " " + event.Name
}
