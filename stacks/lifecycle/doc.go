// Package lifecycle previews, brings up, reads and destroys stacks from Go, for
// services and for the djangostack command. It drives Pulumi's command line
// through the Automation API and is handed the program; it imports no cloud SDK.
//
// A Project is one Pulumi project with its state directory; it keeps nothing
// global, so that a process can hold many and run tens of stacks at once:
//
//	project, err := lifecycle.Open(lifecycle.ProjectOptions{Dir: ".", Program: stacks.Program, CLI: cli, StateDir: ".djangostack"})
//	stack, err := project.Stack(ctx, "staging", lifecycle.StackOptions{})
//	defer stack.Close()
//	result, err := stack.Up(ctx)
//
// Every stack works in a workspace directory of its own, which holds copies of
// the project's files; the project's own files are only ever read.
//
// Cancelling the context of an operation interrupts it once and then waits until
// what is under way has ended; the next run goes on from there.
//
// Errors are of the types in errors.go and are found with errors.As.
package lifecycle
