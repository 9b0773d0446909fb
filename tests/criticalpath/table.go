package criticalpath

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"sigs.k8s.io/yaml"
)

//go:embed creation.yaml
var creation []byte

// Table holds how long resources take to be created.
type Table struct {
	// Calls is the time of every type without a row: one call of an API that returns at once.
	Calls int `json:"calls"`
	// Rows are tried in order, and the first that matches a resource is its time.
	Rows []Row `json:"rows"`
}

// Row is the time of one type.
type Row struct {
	// Type is a Pulumi type token. A star at its end matches any ending.
	Type string `json:"type"`
	// Named is a part of the name of the resource, for types that hold different programs; empty for any name.
	Named string `json:"named,omitempty"`
	// Where are inputs that a resource must have, by their path with dots.
	Where map[string]any `json:"where,omitempty"`
	// Seconds until the provider reports the resource as created.
	Seconds int `json:"seconds"`
	// NodeSeconds is how long the first node of a cluster takes that starts nodes for waiting pods; zero for clusters
	// with node groups.
	NodeSeconds int `json:"nodeSeconds,omitempty"`
	// Source is where the figure was read: a URL and the words there.
	Source string `json:"source"`
}

// Read returns the table of creation.yaml. A row without time or source is an error.
func Read() (Table, error) {
	var table Table
	if err := yaml.UnmarshalStrict(creation, &table); err != nil {
		return Table{}, fmt.Errorf("reading the table of creation times: %w", err)
	}
	var problems []error
	for _, row := range table.Rows {
		if row.Type == "" || row.Seconds < 0 || row.Source == "" {
			problems = append(problems, fmt.Errorf("the row of %q needs a type, a time and a source", row.Type))
		}
	}
	return table, errors.Join(problems...)
}

// Covers tells whether a row names the type.
func (t Table) Covers(kind string) bool {
	for _, row := range t.Rows {
		if row.names(kind) {
			return true
		}
	}
	return false
}

func (t Table) time(resource Resource) time.Duration {
	if row, found := t.row(resource); found {
		return time.Duration(row.Seconds) * time.Second
	}
	return time.Duration(t.Calls) * time.Second
}

// node returns how long the first node takes, for a cluster that starts nodes for waiting pods.
func (t Table) node(resource Resource) (time.Duration, bool) {
	row, found := t.row(resource)
	return time.Duration(row.NodeSeconds) * time.Second, found && row.NodeSeconds > 0
}

func (t Table) row(resource Resource) (Row, bool) {
	for _, row := range t.Rows {
		if row.names(resource.Type) && strings.Contains(resource.Name, row.Named) && row.fits(resource.Inputs) {
			return row, true
		}
	}
	return Row{}, false
}

func (r Row) names(kind string) bool {
	begin, any := strings.CutSuffix(r.Type, "*")
	return r.Type == kind || any && strings.HasPrefix(kind, begin)
}

func (r Row) fits(inputs map[string]any) bool {
	for path, wanted := range r.Where {
		var value any = inputs
		for step := range strings.SplitSeq(path, ".") {
			fields, _ := value.(map[string]any)
			value = fields[step]
		}
		if value != wanted {
			return false
		}
	}
	return true
}
