package aws

import "github.com/djangostack/djangostack/components/validate"

// required names one argument that a component cannot do without.
func required(field string, given bool) validate.Required {
	return validate.Required{Field: field, Given: given}
}

// oneOf returns an error unless a field holds one of the allowed values.
func oneOf[T ~string](component, field string, value T, allowed ...T) error {
	return validate.OneOf(component, field, value, allowed...)
}

// within returns an error unless least <= value <= most.
func within(component, field string, value, least, most int) error {
	return validate.Within(component, field, value, least, most)
}

// refused returns an error with a reason when a combination of arguments is wrong.
func refused(wrong bool, component, reason string) error {
	return validate.Refused(wrong, component, reason)
}
