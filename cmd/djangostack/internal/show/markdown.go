package show

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// mostBytes is the size of the list of resources at which a report ends it: a comment on a pull request has at most
// 65,536 characters.
const mostBytes = 50_000

// mostProperties is how many changed properties of a resource a report lists.
const mostProperties = 4

// Report is what a preview found, for the reviewer of a pull request.
type Report struct {
	Stack  string
	Result lifecycle.PreviewResult
	// Err is the error of the preview, or nil.
	Err error
	// Stopped are the names of the Deployments whose old pods stop before new ones start.
	Stopped []string
}

// Write writes the report as Markdown. It has no secrets, as events and errors have none.
func (r Report) Write(out io.Writer) error {
	text := "### " + r.Stack + ": " + r.verdict() + "\n"
	if r.Err != nil {
		text += "\n" + fenced(r.Err.Error())
	}
	for _, section := range []func() string{r.data, r.pods, r.resources} {
		if paragraph := section(); paragraph != "" {
			text += "\n" + paragraph
		}
	}
	_, err := io.WriteString(out, text)
	return err
}

func (r Report) verdict() string {
	var refused *lifecycle.RefusedError
	switch {
	case errors.As(r.Err, &refused):
		return "refused, because data would be lost"
	case r.Err != nil:
		return "no plan"
	case !r.Result.Changes.Any():
		return "no changes"
	default:
		return Counts(r.Result.Result, true)
	}
}

// data lists the data that the update would lose because the configuration allows it.
func (r Report) data() string {
	if len(r.Result.Lost) == 0 {
		return ""
	}
	text := "**Data that would be lost, which the configuration allows:**\n\n"
	for _, resource := range r.Result.Lost {
		text += fmt.Sprintf("- %s `%s` is %sd: %s\n", lifecycle.ShortType(resource.Type), resource.Name, resource.Op, cmp.Or(resource.Loss, "its data"))
	}
	return text
}

// pods lists what happens to the pods of processes and servers.
func (r Report) pods() string {
	var rolled, stopped, run []string
	for _, event := range r.Result.Plan {
		kind := lifecycle.ShortType(event.ResourceType)
		isReplaced := event.Op == "replace"
		changesPods := isReplaced || event.Op == "update" && changesTemplate(event.Properties)
		switch {
		case !strings.HasPrefix(event.ResourceType, "kubernetes:"):
		case kind == "Job" && (event.Op == "create" || isReplaced):
			run = append(run, event.Name)
		case !changesPods:
		case kind == "Deployment" && !isReplaced && !slices.Contains(r.Stopped, event.Name):
			rolled = append(rolled, event.Name)
		case kind == "Deployment", kind == "StatefulSet":
			stopped = append(stopped, event.Name)
		}
	}
	text := item("not available while they restart", stopped) + item("replaced one after the other", rolled) + item("run as Jobs", run)
	if text == "" {
		return ""
	}
	return "**Pods:**\n\n" + text
}

// changesTemplate reports whether changed properties are those of the pods.
func changesTemplate(changes []lifecycle.PropertyChange) bool {
	return slices.ContainsFunc(changes, func(change lifecycle.PropertyChange) bool { return strings.HasPrefix(change.Path, "spec.template") })
}

func item(label string, names []string) string {
	const most = 40
	if len(names) == 0 {
		return ""
	}
	if len(names) > most {
		names = append(slices.Clone(names[:most]), fmt.Sprintf("and %d more", len(names)-most))
	}
	return fmt.Sprintf("- %s: %s\n", label, strings.Join(names, ", "))
}

// resources lists the changed resources, those first that are replaced and deleted.
func (r Report) resources() string {
	var listed []lifecycle.Event
	for _, event := range r.Result.Plan {
		if event.Listed() {
			listed = append(listed, event)
		}
	}
	if len(listed) == 0 {
		return ""
	}
	slices.SortStableFunc(listed, func(a, b lifecycle.Event) int { return severityOf(a.Op) - severityOf(b.Op) })
	text := "| | resource | what changes |\n|---|---|---|\n"
	for i, event := range listed {
		if len(text) > mostBytes {
			return text + fmt.Sprintf("| | … | and %d more resources |\n", len(listed)-i)
		}
		doing, _ := words(event)
		text += fmt.Sprintf("| %s | %s `%s` | %s |\n", doing, lifecycle.ShortType(event.ResourceType), event.Name, changesOf(event))
	}
	return text
}

// severityOf orders changes: what may lose something comes first.
func severityOf(op string) int {
	order := []string{"delete", "replace", "update", "create"}
	if i := slices.Index(order, op); i >= 0 {
		return i
	}
	return len(order)
}

func changesOf(event lifecycle.Event) string {
	if event.Op == "create" || event.Op == "delete" {
		return ""
	}
	var lines []string
	for i, change := range event.Properties {
		if i == mostProperties {
			lines = append(lines, fmt.Sprintf("and %d more", len(event.Properties)-i))
			break
		}
		lines = append(lines, inCell(change.Path+": "+oldToNew(change, false)))
	}
	return strings.Join(lines, "<br>")
}

// inCell writes a text as code in a cell of a table.
func inCell(text string) string {
	text = strings.NewReplacer("\n", " ", "|", `\|`).Replace(text)
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		text = " " + text + " "
	}
	return fence + text + fence
}

// fenced writes a text as a block of code that nothing in it can end.
func fenced(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + "text\n" + strings.TrimRight(text, "\n") + "\n" + fence + "\n"
}
