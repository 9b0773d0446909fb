package describe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/stacks/spec/reference"
)

// podExample is the process whose settings the page of the pods describes: it has all of them.
const podExample = "processes[]"

// shared are the settings that the page of the pods describes once, wherever they are.
type shared []string

// sharedSettings are the fields of every process, and those with the definitions of a
// container's resources, of probes and of autoscaling.
func sharedSettings(fields *reference.Reference) shared {
	var settings shared
	for _, field := range fields.Children(strings.TrimSuffix(podExample, "[]")) {
		_, name, _ := cutLast(field.Path)
		if hasSharedDefinition(field) || ofEveryProcess(fields, name) {
			settings = append(settings, name)
		}
	}
	return settings
}

func hasSharedDefinition(field reference.Field) bool {
	return slices.Contains([]string{"Resources", "Probes", "Autoscaling"}, field.Definition)
}

func ofEveryProcess(fields *reference.Reference, setting string) bool {
	for _, process := range processSections() {
		if _, found := fields.Find(process + "." + setting); !found {
			return false
		}
	}
	return true
}

// processSections are the sections whose entries run pods with the app's image.
func processSections() []string {
	return []string{"release", "web", "workers[]", "beat", "processes[]", "cron[]", "shell"}
}

// has tells whether a field is one of the shared settings.
func (s shared) has(field reference.Field) bool {
	process, setting, found := cutLast(field.Path)
	return hasSharedDefinition(field) || found && slices.Contains(processSections(), process) && slices.Contains(s, setting)
}

func cutLast(path string) (before, after string, found bool) {
	at := strings.LastIndex(path, ".")
	if at < 0 {
		return "", path, false
	}
	return path[:at], path[at+1:], true
}

func podSettings(fields *reference.Reference, settings shared) string {
	var b strings.Builder
	for _, setting := range settings {
		field, found := fields.Find(podExample + "." + setting)
		if !found {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\n%s Settings of %s.\n", setting, field.Meaning, owners(fields, settings, setting))
		b.WriteString(tableHead)
		for _, below := range append([]reference.Field{field}, sectionFields(fields, settings, field.Path)...) {
			below.Changes = generalEffects(fields, below)
			writeRow(&b, strings.TrimPrefix(below.Path, podExample+"."), below, below.Meaning)
		}
		if setting == "resources" {
			b.WriteString(resourceDefaults(fields))
		}
	}
	return b.String()
}

// generalEffects are the effects of a shared field, or of the workers' where only they use it.
func generalEffects(fields *reference.Reference, field reference.Field) []reference.Effect {
	if len(field.Changes) > 0 {
		return field.Changes
	}
	ofWorkers, _ := fields.Find(strings.Replace(field.Path, podExample, "workers[]", 1))
	return ofWorkers.Changes
}

// owners names the sections that have a setting.
func owners(fields *reference.Reference, settings shared, setting string) string {
	var names []string
	for _, field := range fields.Fields() {
		process, name, found := cutLast(field.Path)
		if found && name == setting && settings.has(field) {
			names = append(names, "`"+process+"`")
		}
	}
	return strings.Join(names, ", ")
}

// resourceDefaults are the defaults of the resources, which differ.
func resourceDefaults(fields *reference.Reference) string {
	var b strings.Builder
	b.WriteString("\n| resources of | default in staging | default in production |\n|---|---|---|\n")
	for _, field := range fields.Fields() {
		if field.Definition == "Resources" {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", strings.TrimSuffix(field.Path, ".resources"), cell(field.Staging), cell(field.Production))
		}
	}
	return b.String()
}
