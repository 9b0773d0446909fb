package spec

import (
	"slices"

	"github.com/djangostack/djangostack/components/data"
)

// Protection says whether resources that hold data may be deleted or replaced.
type Protection string

// Protected resources cannot be deleted or replaced. Disposable resources are deleted with
// their environment.
const (
	Protected  Protection = "protected"
	Disposable Protection = "disposable"
)

// protects reports whether Pulumi must refuse to delete or replace the resources that hold
// the data of a part.
func (e *Environment) protects(part data.Part) bool {
	if part == data.Backups && e.leavesCluster() {
		return false
	}
	return e.Protection == Protected && !slices.Contains(e.AllowDataLoss, part)
}

func (e *Environment) checkProtection(problems *Problems) {
	if e.Protection != Disposable {
		// The part may be one that this configuration gives up, so it need not have it.
		return
	}
	for i, part := range e.AllowDataLoss {
		problems.add(indexed("allowDataLoss", i), string(part), "changes nothing, because protection is disposable")
	}
}
