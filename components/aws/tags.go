// Package aws holds the components of an environment on AWS: network, cluster, database,
// cache, broker, search, buckets, CDN, addresses, DNS, certificates, load balancer, keys,
// identities, registry, budget and alarms. Each component can be used alone. They inherit their
// providers and never use a default one.
//
// The package imports the AWS SDK, the Kubernetes SDK and the packages of components
// without a cloud's SDK. It imports nothing of stacks.
package aws

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// nameTag is the tag that the AWS console shows as the name of a resource.
const nameTag = "Name"

// Tags are the tags of every resource of an environment. A key has at most 128 characters
// and a value at most 256
// (https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html).
type Tags map[string]string

// For returns the tags of one resource, with its name as the tag Name.
func (t Tags) For(name string) pulumi.StringMap {
	tags := t.All()
	tags[nameTag] = pulumi.String(name)
	return tags
}

// All returns the tags without the tag Name.
func (t Tags) All() pulumi.StringMap {
	tags := pulumi.StringMap{}
	for key, value := range t {
		tags[key] = pulumi.String(value)
	}
	return tags
}

// With returns the tags and one more. It does not change t.
func (t Tags) With(key, value string) Tags {
	more := Tags{key: value}
	for k, v := range t {
		if k != key {
			more[k] = v
		}
	}
	return more
}
