package security

import "github.com/djangostack/djangostack/stacks/spec"

// Table is everything that is asked of an environment on one cloud.
type Table struct {
	Cloud    spec.Cloud
	Title    string
	Sections []Section
	// Beyond lists what the benchmarks ask and no environment can answer, each with the
	// reason.
	Beyond [][2]string
}

// Section is the part of a table that is about one room.
type Section struct {
	Title string
	Lines []Line
}

// Lines are all lines in their order.
func (t Table) Lines() []Line {
	var all []Line
	for _, section := range t.Sections {
		all = append(all, section.Lines...)
	}
	return all
}

// Tables are the clouds' tables.
func Tables() []Table { return []Table{OnAWS(), OnGCP()} }
