// Package emulators serves Pulumi resource providers that run inside this process, for tests and for djangostack
// rehearse. They never serve production, and no package of components or stacks imports them.
//
// The Pulumi engine attaches to them through the environment variable PULUMI_DEBUG_PROVIDERS. Previews, diffs, the order
// of operations, the state and replacements are therefore the engine's own; only the provider differs. The providers are
// in the subpackages.
package emulators
