// Package deletion defines what happens to data when the program no longer declares the
// resource that holds it. Both clouds and the cluster use the same policies, which are
// those of CloudFormation's DeletionPolicy.
//
// The package imports validate and no SDK.
package deletion

import "github.com/djangostack/djangostack/components/validate"

// Policy says what happens to a resource that holds data when the program no longer
// declares it.
type Policy string

const (
	// Retain leaves the resource and its data in the account. It costs money until
	// somebody deletes it by hand.
	Retain Policy = "retain"
	// Snapshot takes a final snapshot and then deletes the resource.
	Snapshot Policy = "snapshot"
	// Delete deletes the resource with its data.
	Delete Policy = "delete"
)

// Check returns an error that names the component and the field unless the policy is
// one of the allowed ones.
func (p Policy) Check(component, field string, allowed ...Policy) error {
	return validate.OneOf(component, field, p, allowed...)
}
