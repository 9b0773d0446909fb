// Package security holds what the usual security checks ask of an environment, which
// argument of which resource answers each, and what is not met, with the reason. The
// tables are held against finished environments, and the pages in docs are written
// from them.
package security

import (
	"slices"
	"strings"

	"github.com/djangostack/djangostack/stacks/spec"
)

// Tiers lists both tiers, production first.
func Tiers() []spec.Tier { return []spec.Tier{spec.Production, spec.Staging} }

// Setting says which choices of an environment a line is about.
type Setting string

// Usual has the defaults, with every room that can be asked for; Other has the other
// choices: nodes of its own, fixed addresses, access logs, Redis as broker, read
// replicas.
const (
	Usual Setting = "usual"
	Other Setting = "other"
)

// Settings lists both.
func Settings() []Setting { return []Setting{Usual, Other} }

// Line is one thing that a benchmark or a scanner asks for.
type Line struct {
	// IDs are the numbers that ask for it, for instance CIS EKS 5.3.1 or CKV_AWS_58.
	IDs []string
	// Asks is what is asked, in our words.
	Asks string
	// Of are the types of the resources that it is asked of; see Pods and Containers.
	Of []string
	// Where leaves out some of them; nil for none.
	Where *Where
	// Needs must all hold for each of them.
	Needs []Need
	// NotMet has the reason for each tier in which the line does not hold.
	NotMet map[spec.Tier]string
	// In is the setting that it is about. Empty: Usual, and Other where that has such
	// resources.
	In Setting
	// Note is what a reader must know beside.
	Note string
}

// Where picks some resources of a type.
type Where struct {
	// Text goes on after "those".
	Text  string
	holds func(Resource) bool
}

// notMet is a reason for both shapes.
func notMet(reason string) map[spec.Tier]string {
	return map[spec.Tier]string{spec.Production: reason, spec.Staging: reason}
}

// inStaging is a reason for staging alone.
func inStaging(reason string) map[spec.Tier]string {
	return map[spec.Tier]string{spec.Staging: reason}
}

// Met tells whether the line is to hold in a shape.
func (l Line) Met(tier spec.Tier) bool { return l.NotMet[tier] == "" }

// shown tells whether the line is to be held against an environment.
func (l Line) shown(state State, setting Setting) bool {
	if l.In != "" {
		return l.In == setting
	}
	return setting == Usual || l.Count(state) > 0
}

// Name is the line's numbers.
func (l Line) Name() string { return strings.Join(l.IDs, ", ") }

// subjects are the resources that the line is about.
func (l Line) subjects(state State) []int {
	var found []int
	for i, r := range state {
		if slices.Contains(l.Of, r.Type) && (l.Where == nil || l.Where.holds(r)) {
			found = append(found, i)
		}
	}
	return found
}
