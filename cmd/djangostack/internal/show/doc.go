// Package show prints what package stacks/lifecycle reports: the progress of an operation as lines for
// people or as JSON for programs, a plan, the counts of changes, and a stack's outputs. It imports only
// stacks/lifecycle.
package show
