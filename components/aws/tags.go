// Package aws holds the rooms of an environment on AWS: network, cluster, data
// services and the way in. Each component can be used alone; providers are
// inherited, and none assumes a default one.
package aws

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// nameTag is the tag that the console shows as a resource's name.
const nameTag = "Name"

// Tags are what every resource of an environment carries. A key has at most 128
// characters and a value at most 256
// (https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html).
type Tags map[string]string

// For returns the tags of one resource, with its name as the tag Name.
func (t Tags) For(name string) pulumi.StringMap {
	tags := t.All()
	tags[nameTag] = pulumi.String(name)
	return tags
}

// All returns the tags without a name, for what has a name of its own.
func (t Tags) All() pulumi.StringMap {
	tags := pulumi.StringMap{}
	for key, value := range t {
		tags[key] = pulumi.String(value)
	}
	return tags
}

// With returns the tags and one more; the tags themselves stay as they are.
func (t Tags) With(key, value string) Tags {
	more := Tags{key: value}
	for k, v := range t {
		if k != key {
			more[k] = v
		}
	}
	return more
}
