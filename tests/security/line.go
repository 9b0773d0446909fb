// Package security has the checks of common security benchmarks: which argument of which resource answers each, and
// which are not met, with the reason. Tests check the tables against finished environments, and write the pages in docs
// from them.
package security

import (
	"slices"
	"strings"

	"github.com/djangostack/djangostack/stacks/spec"
)

// Tiers lists both tiers, production first.
func Tiers() []spec.Tier { return []spec.Tier{spec.Production, spec.Staging} }

// Setting is the set of choices that a line is about.
type Setting string

// Usual has the defaults and every optional component. Other has the other choices: node groups, fixed addresses,
// access logs, Redis as broker, read replicas.
const (
	Usual Setting = "usual"
	Other Setting = "other"
)

// Settings lists both settings.
func Settings() []Setting { return []Setting{Usual, Other} }

// Line is one check of a benchmark or a scanner.
type Line struct {
	// IDs are the numbers of the check: CIS EKS 5.3.1, CKV_AWS_58.
	IDs []string
	// Asks is the requirement in words.
	Asks string
	// Of are the types that it applies to; see also Pods and Containers.
	Of []string
	// Where excludes some of them; nil for none.
	Where *Where
	// Needs must all hold for each of them.
	Needs []Need
	// NotMet has the reason for each tier in which the line does not hold.
	NotMet map[spec.Tier]string
	// In is the setting that the line is about. Empty means Usual, and Other if that has such resources.
	In Setting
	// Note is what a reader must know besides.
	Note string
}

// Where selects some resources of a type.
type Where struct {
	// Text continues "those".
	Text  string
	holds func(Resource) bool
}

// notMet is a reason for both tiers.
func notMet(reason string) map[spec.Tier]string {
	return map[spec.Tier]string{spec.Production: reason, spec.Staging: reason}
}

// inStaging is a reason for staging only.
func inStaging(reason string) map[spec.Tier]string {
	return map[spec.Tier]string{spec.Staging: reason}
}

// Met tells whether the line must hold in a tier.
func (l Line) Met(tier spec.Tier) bool { return l.NotMet[tier] == "" }

// shown tells whether an environment is checked against the line.
func (l Line) shown(state State, setting Setting) bool {
	if l.In != "" {
		return l.In == setting
	}
	return setting == Usual || l.Count(state) > 0
}

// Name returns the line's numbers.
func (l Line) Name() string { return strings.Join(l.IDs, ", ") }

// subjects returns the resources that the line is about.
func (l Line) subjects(state State) []int {
	var found []int
	for i, r := range state {
		if slices.Contains(l.Of, r.Type) && (l.Where == nil || l.Where.holds(r)) {
			found = append(found, i)
		}
	}
	return found
}
