// Package aws is a provider for AWS that runs inside this process and needs no account: the engine is package cloud,
// the types and properties are facts of the SDK, and the tables here say what AWS computes, replaces on and refuses.
//
//go:generate go run ../internal/facts aws facts.json
package aws
