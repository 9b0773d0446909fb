// Package validate checks the arguments of components. Every error names the component
// and the field, and says what is allowed, so that a user finds the argument to change.
//
// The package imports no SDK and nothing of this program.
package validate

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Argument is a required argument of a component, and whether the caller has set it.
type Argument struct {
	// Field is the argument's name.
	Field string
	// Set tells whether it has a value.
	Set bool
}

// Required returns a required argument for Check.
func Required(field string, set bool) Argument {
	return Argument{Field: field, Set: set}
}

// Check returns one error that names the component and every required argument that is
// not set, or nil.
func Check(component string, required ...Argument) error {
	var problems []error
	for _, argument := range required {
		if !argument.Set {
			problems = append(problems, fmt.Errorf("%s: %s is required", component, argument.Field))
		}
	}
	return errors.Join(problems...)
}

// OneOf returns an error unless a field holds one of the allowed values.
func OneOf[T ~string](component, field string, value T, allowed ...T) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	texts := make([]string, 0, len(allowed))
	for _, a := range allowed {
		texts = append(texts, string(a))
	}
	return fmt.Errorf("%s: %s is %q; allowed are %s", component, field, value, strings.Join(texts, ", "))
}

// Within returns an error unless least <= value <= most.
func Within(component, field string, value, least, most int) error {
	if value >= least && value <= most {
		return nil
	}
	return fmt.Errorf("%s: %s is %d; allowed is %d to %d", component, field, value, least, most)
}

// RefuseIf returns an error with the reason if a value or a combination of arguments is
// wrong.
func RefuseIf(wrong bool, component, reason string) error {
	if !wrong {
		return nil
	}
	return errors.New(component + ": " + reason)
}
