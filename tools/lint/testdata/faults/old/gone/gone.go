// Package gone is deprecated as a whole.
//
// Deprecated: use old.
package gone

// Name is here to be used.
const Name = "name"
