// Command facts writes what an emulator knows of a cloud's resources and functions: which properties they have, of which
// type, and which are required, secret or always set. It reads the Go source of the Pulumi SDK in the version that go.mod
// names. Run it by go generate:
//
//	//go:generate go run ../internal/facts aws facts.json
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "facts:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) != 2 {
		return fmt.Errorf("usage: facts aws|gcp FILE")
	}
	sdk, has := modules()[arguments[0]]
	if !has {
		return fmt.Errorf("there is no SDK of %q: want aws or gcp", arguments[0])
	}
	facts, err := sdk.facts()
	if err != nil {
		return err
	}
	return os.WriteFile(arguments[1], facts, 0o644)
}

func modules() map[string]module {
	return map[string]module{"aws": aws(), "gcp": gcp()}
}
