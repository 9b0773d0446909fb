package main

import (
	"github.com/djangostack/djangostack/cmd/djangostack/internal/cli"
	"github.com/djangostack/djangostack/emulators/rehearsal"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/spec"
)

// stage holds every cluster and account that an environment's rehearsal needs.
func stage(e *spec.Environment) (*cli.Stage, error) {
	made, err := rehearsal.New(rehearsal.For(e))
	if err != nil {
		return nil, err
	}
	return &cli.Stage{
		Providers: made.Providers,
		Left:      func() []cli.Leftover { return leftovers(made) },
		Close:     made.Close,
	}, nil
}

func leftovers(made *rehearsal.Emulators) []cli.Leftover {
	var left []cli.Leftover
	for _, one := range made.Left() {
		what := one.ID
		if one.Type != "" {
			what = lifecycle.ShortType(one.Type) + " " + one.ID
		}
		left = append(left, cli.Leftover{What: what, Stays: one.Stays})
	}
	return left
}
