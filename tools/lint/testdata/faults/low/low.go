// Package low must not know package high.
package low

import "example.com/faults/high" // want depguard

// Name comes from high.
const Name = high.Name
