// Package emulators serves Pulumi resource providers from inside this process.
//
// A Pulumi engine attaches to them through the environment variable
// PULUMI_DEBUG_PROVIDERS, so that its previews, diffs, order, state and
// replacements are the engine's own, and only the provider plugin is ours. The
// providers themselves are in the sub-packages.
package emulators
