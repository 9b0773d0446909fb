package security

import "github.com/djangostack/djangostack/stacks/spec"

// Table has all checks of an environment on one cloud.
type Table struct {
	Cloud    spec.Cloud
	Title    string
	Sections []Section
	// Beyond lists the checks that no environment can meet, with the reason.
	Beyond [][2]string
}

// Section is the part of a table about one component.
type Section struct {
	Title string
	Lines []Line
}

// Lines returns all lines in order.
func (t Table) Lines() []Line {
	var all []Line
	for _, section := range t.Sections {
		all = append(all, section.Lines...)
	}
	return all
}

// Tables returns the tables of all clouds.
func Tables() []Table { return []Table{OnAWS(), OnGCP()} }
