// Package gcp holds the components of an environment on Google Cloud: network, cluster,
// database, cache, buckets, CDN, address, DNS, certificates, load balancer, keys,
// identities, registry, budget, alarms and APIs. Each component can be used alone. They inherit
// their providers and never use a default one.
//
// The package imports the Google Cloud SDK, the Kubernetes SDK and the packages of
// components without a cloud's SDK. It imports nothing of stacks.
package gcp

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/validate"
)

// Labels are the labels of every resource of an environment that supports them. A key
// begins with a lower-case letter; keys and values have at most 63 lower-case letters,
// digits, _ and - (https://cloud.google.com/resource-manager/docs/labels-overview). Google
// allows letters of other alphabets too, which some of its services do not.
type Labels map[string]string

// All returns the labels as an argument.
func (l Labels) All() pulumi.StringMap {
	labels := pulumi.StringMap{}
	for key, value := range l {
		labels[key] = pulumi.String(value)
	}
	return labels
}

// With returns the labels and one more. It does not change l.
func (l Labels) With(key, value string) Labels {
	more := Labels{}
	for k, v := range l {
		more[k] = v
	}
	more[key] = value
	return more
}

// keys are the keys of the labels in alphabetical order.
func (l Labels) keys() []string {
	return slices.Sorted(maps.Keys(l))
}

// check returns an error that names every label that Google refuses.
func (l Labels) check(component string) error {
	key, value := regexp.MustCompile(`^[a-z][a-z0-9_-]{0,62}$`), regexp.MustCompile(`^[a-z0-9_-]{0,63}$`)
	problems := []error{validate.RefuseIf(len(l) > limits.MaxLabels, component, fmt.Sprintf("Labels are %d; allowed are %d", len(l), limits.MaxLabels))}
	for _, k := range l.keys() {
		problems = append(problems,
			validate.RefuseIf(!key.MatchString(k), component, fmt.Sprintf("Labels has the key %q; allowed are a lower-case letter and up to 62 more, digits, _ and -", k)),
			validate.RefuseIf(!value.MatchString(l[k]), component, fmt.Sprintf("Labels[%s] is %q; allowed are up to 63 lower-case letters, digits, _ and -", k, l[k])))
	}
	return errors.Join(problems...)
}
