// Package colorquery keeps the command from asking the terminal for its background color.
//
// Pulumi's SDK imports github.com/charmbracelet/bubbletea, whose init function asks the terminal
// and waits up to five seconds for the answer. A terminal that does not answer (a pseudo-terminal
// of a CI job, a serial console) would delay every command, and the query would swallow what the
// user types. The only switches of the library underneath, github.com/muesli/termenv, are the
// variables TERM and CI. No code of ours uses these colors.
//
// This package must be initialized first. It is, as long as it imports only the standard library:
// Go initializes packages in the order of their import paths, as far as imports allow
// (https://go.dev/ref/spec#Program_initialization), and bubbletea imports termenv, whose path is
// after this one. Packages that read CI in their init functions would be misled; none is linked.
package colorquery

import "os"

const variable = "CI"

// set says whether this package set the variable.
//
//nolint:gochecknoglobals // never assigned again; only an initializer runs before that of bubbletea
var set = suppress()

func suppress() bool {
	if os.Getenv(variable) != "" || !terminal(os.Stdout) {
		return false
	}
	return os.Setenv(variable, "true") == nil
}

func terminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Restore gives the environment back as the user set it. Call it first in main.
func Restore() {
	if set {
		_ = os.Unsetenv(variable)
	}
}
