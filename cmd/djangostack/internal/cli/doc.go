// Package cli is the djangostack command: its subcommands, flags, messages and exit codes.
//
// It does little itself. Package stacks/lifecycle runs Pulumi, package stacks/spec checks
// configurations, package providers selects provider plugins, and package show prints. Whatever is
// expensive to link (the Pulumi program, the built-in providers, the emulators) comes from package
// main through Dependencies, so that this package imports no cloud SDK and its tests build fast.
package cli
