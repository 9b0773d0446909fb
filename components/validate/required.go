package validate

import (
	"errors"
	"fmt"
)

// Required names one argument that a component cannot do without.
type Required struct {
	// Field is the argument's name.
	Field string
	// Given tells whether it was set.
	Given bool
}

// Check returns one error that names the component and every required argument
// that was not given, or nil.
func Check(component string, required ...Required) error {
	var problems []error
	for _, argument := range required {
		if !argument.Given {
			problems = append(problems, fmt.Errorf("%s: %s is required", component, argument.Field))
		}
	}
	return errors.Join(problems...)
}
