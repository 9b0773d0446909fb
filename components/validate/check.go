package validate

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// OneOf returns an error that names the component, the field, what it holds and what
// it may hold, or nil.
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

// Refused returns an error with a reason when a combination of arguments is wrong.
func Refused(wrong bool, component, reason string) error {
	if !wrong {
		return nil
	}
	return errors.New(component + ": " + reason)
}
