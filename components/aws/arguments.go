package aws

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/components/binding"
)

// required names one argument that a component cannot do without.
func required(field string, given bool) binding.Required {
	return binding.Required{Field: field, Given: given}
}

// oneOf returns an error that names the component, the field, what it holds and
// what it may hold, or nil.
func oneOf[T ~string](component, field string, value T, allowed ...T) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	texts := make([]string, 0, len(allowed))
	for _, a := range allowed {
		texts = append(texts, string(a))
	}
	return fmt.Errorf("%s: %s is %q; allowed are %s", component, field, value, strings.Join(texts, ", "))
}

// within returns an error unless least <= value <= most.
func within(component, field string, value, least, most int) error {
	if value >= least && value <= most {
		return nil
	}
	return fmt.Errorf("%s: %s is %d; allowed is %d to %d", component, field, value, least, most)
}

// refused returns an error with a reason when a combination of arguments is wrong.
func refused(wrong bool, component, reason string) error {
	if !wrong {
		return nil
	}
	return errors.New(component + ": " + reason)
}
