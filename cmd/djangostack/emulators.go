package main

import (
	"github.com/djangostack/djangostack/cmd/djangostack/internal/cli"
	"github.com/djangostack/djangostack/emulators/rehearsal"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/spec"
)

// newEmulators starts the emulated cluster and accounts that the environment needs.
func newEmulators(environment *spec.Environment) (*cli.Emulators, error) {
	emulators, err := rehearsal.New(rehearsal.For(environment))
	if err != nil {
		return nil, err
	}
	return &cli.Emulators{
		Providers: emulators.Providers,
		Remaining: func() []cli.Remaining { return remaining(emulators) },
		Close:     emulators.Close,
	}, nil
}

func remaining(emulators *rehearsal.Emulators) []cli.Remaining {
	var resources []cli.Remaining
	for _, resource := range emulators.Left() {
		name := resource.ID
		if resource.Type != "" {
			name = lifecycle.ShortType(resource.Type) + " " + resource.ID
		}
		resources = append(resources, cli.Remaining{Name: name, KeptBecause: resource.KeptBecause})
	}
	return resources
}
