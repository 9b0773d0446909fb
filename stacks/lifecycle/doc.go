// Package lifecycle previews, updates, refreshes and destroys stacks from Go, for services and for the
// djangostack command. It runs Pulumi's CLI through the Automation API.
//
// A Project is one Pulumi project with its state directory. A Stack is one stack of it, opened for
// operations. The package has no global state: a process can open many projects and run tens of stacks
// at the same time.
//
// The configuration of a stack is a file, Pulumi.<stack>.yaml, or a value, StackOptions.Environment, in
// which secrets are plain values. With ProjectOptions.Name a project needs no file at all. See the examples
// of Project.Stack for a value, and of Project.Configuration and Stack.Up for files.
//
// Every stack has its own workspace directory with copies of the project's files. The package reads the
// project's own files and never changes them, except that SetSecret writes into a stack's file. A workspace
// has no secret in plain text.
//
// Before its first step, Up checks the configuration, asks whether what the environment needs answers
// (ProjectOptions.Preflight), and judges the whole plan: an update that would delete or replace protected
// resources changes nothing and returns a *RefusedError. The error names the changed values that cause the
// loss and the override that allows it.
//
// A run holds a lock in the backend and, where there is no Pulumi Cloud, sends heartbeats, so that another
// machine can tell when it has ended. Stack.Locks lists the locks and Stack.Unlock releases them.
// Project.Stacks lists the stacks, and Stack.History the past updates of one.
//
// When the context of an operation is cancelled, the operation starts no new changes and waits for the
// running ones to finish. The next run continues.
//
// Errors have types, which errors.As finds: ConfigInvalidError (with the spec.Problems in it),
// UnreachableError, RefusedError, UpdateFailedError, CancelledError, LockedError, HeldLockError,
// ProvidersError, NotFoundError and CLIError. Errors and events have no secrets.
//
// The package takes the Pulumi program as a value and imports no cloud SDK, so that a service that
// imports it builds in seconds.
package lifecycle
