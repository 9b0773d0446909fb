package describe

import (
	"fmt"
	"strings"

	"github.com/djangostack/djangostack/stacks/spec/reference"
)

// changePages writes the measured changes as tables, by path below docs.
func changePages() (map[string]string, error) {
	changes, err := reference.Changes()
	if err != nil {
		return nil, err
	}
	written := map[string]string{}
	for _, table := range reference.Tables() {
		written["changes/"+table+".md"] = changePage(table, changes)
	}
	return written, nil
}

const (
	processesIntroduction = `# What a change of a process does

A test compares an environment that has every kind of process before and after each change; another holds some of the rows against
Pulumi's engine. A process that restarts is rolled: new pods start before old ones stop, except for beat.
`
	cloudIntroduction = `# What a change of a production environment on %s does

A test previews each change on Pulumi's engine with an emulator of the cloud, and fails if one would delete or replace a resource that
holds data. Kubernetes' own objects are counted. In staging nothing is protected: there a change that production refuses takes place.
`
)

func changePage(table string, changes []reference.Change) string {
	var b strings.Builder
	switch table {
	case "aws":
		fmt.Fprintf(&b, cloudIntroduction, "AWS")
	case "gcp":
		fmt.Fprintf(&b, cloudIntroduction, "Google Cloud")
	default:
		b.WriteString(processesIntroduction)
	}
	group := "none yet"
	for _, change := range changes {
		if change.Table != table {
			continue
		}
		if change.Group != group {
			group = change.Group
			if group != "" {
				fmt.Fprintf(&b, "\n## %s\n", group)
			}
			b.WriteString("\n| change | what it does |\n|---|---|\n")
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", cell(strings.Join(change.Set, ", ")), cell(changeWords(change)))
	}
	fmt.Fprintf(&b, "\nThis page is generated from `stacks/spec/reference/changes/%s.json`, which the test writes with `-update`.\n", table)
	return b.String()
}

func changeWords(change reference.Change) string {
	if len(change.HoldsData) > 0 {
		return "**refused**, because it would delete or replace protected resources: " + strings.Join(change.HoldsData, ", ")
	}
	if change.Refused != "" {
		return "**refused**: " + change.Refused
	}
	var parts []string
	for _, group := range []struct {
		verb  string
		names []string
	}{
		{"restarts", change.Restarts}, {"runs again", change.RunsAgain}, {"creates", change.Creates},
		{"updates", change.Updates}, {"replaces", change.Replaces}, {"deletes", change.Deletes},
	} {
		if len(group.names) > 0 {
			parts = append(parts, group.verb+" "+strings.Join(group.names, ", "))
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, "; ")
}
