// Package high is here to be imported.
package high

// Name is here to be used.
const Name = "high"
