package security

import (
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/environments"
)

// Configuration returns the environment that a cloud's table is checked against: every component, in the setting's choices.
func Configuration(cloud spec.Cloud, tier spec.Tier, setting Setting) (environments.Environment, error) {
	values := []string{
		"app.url=https://www.blog.example.com",
		`static.cors=[{origins: ["https://www.blog.example.com"]}]`,
		"dns={zone: blog.example.com, source: create, parent: example.com}",
		"registry.source=create",
	}
	return environments.Full(cloud, tier).Apply(append(values, choices(cloud, tier, setting)...)...)
}

// choices are the values in which the settings differ.
func choices(cloud spec.Cloud, tier spec.Tier, setting Setting) []string {
	if setting == Other {
		values := []string{"cluster={mode: nodes, endpoint: {access: private}}", "prepared=on", "database.managed={replicas: 1}"}
		if cloud == spec.AWSCloud {
			return append(values, "loadBalancer={addresses: fixed, accessLogs: \"on\"}")
		}
		return append(values, "gcp.zones=[b, c, d]")
	}
	var values []string
	if cloud == spec.AWSCloud {
		values = append(values, "broker.engine=rabbitmq", "search={kind: managed, serviceRole: create}")
	}
	// Staging shows what is open to everyone where the configuration names no addresses.
	if tier == spec.Staging {
		values = append(values, "cluster={}")
	}
	return values
}
