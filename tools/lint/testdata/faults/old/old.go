// Package old is a dependency with deprecated names.
package old

import "fmt"

// Old is here for the check of deprecated functions.
//
// Deprecated: use New.
func Old() {}

// New is not deprecated.
func New() {}

// Old and new names in groups.
const (
	// OldName is here for the check of deprecated constants.
	//
	// Deprecated: use NewName.
	OldName = "old"
	NewName = "new"
)

// Thing has a deprecated field.
type Thing struct {
	// Old is here for the check of deprecated fields.
	//
	// Deprecated: use New.
	Old int
	New int
}

// Sayf is a wrapper of Printf.
func Sayf(format string, values ...any) { fmt.Printf(format, values...) }
