package security

import (
	"fmt"
	"strings"

	"sigs.k8s.io/yaml"
)

// described is an environment with every room. Both clouds are described; the place
// picks.
const described = `
place: %[1]s
tier: %[2]s
owner: web-team
aws: {region: eu-central-1, admins: ["arn:aws:iam::123456789012:role/deployer"]}
app:
  name: blog
  image: registry.example.com/blog:1.0
  settingsModule: blog.settings
  celeryApp: blog
  url: https://www.blog.example.com
workers: [{name: default}]
beat: {enabled: true}
cache: {kind: managed}
static: {store: bucket, cors: [{origins: ["https://www.blog.example.com"]}]}
media: {store: bucket}
dns: {zone: blog.example.com, source: create, parent: example.com}
registry: {source: create}
budget: {monthlyUSD: 500, emails: [ops@example.com]}
`

// choices are what the settings add to it.
func choices(cloud Cloud, shape Shape, setting Setting) string {
	switch {
	case setting == Other && cloud == AWS:
		return `
cluster: {mode: nodes, endpoint: {access: private}}
database: {kind: managed, managed: {replicas: 1}}
broker: {kind: managed}
traffic: {addresses: fixed, accessLogs: "on"}
`
	case setting == Other:
		return `
gcp: {project: blog-project, region: europe-west1, zones: [b, c, d], admins: ["group:ops@example.com"], billingAccount: 012345-6789AB-CDEF01}
cluster: {mode: nodes, endpoint: {access: private}}
database: {kind: managed, managed: {replicas: 1}}
broker: {kind: managed}
`
	}
	text := "database: {kind: managed}\n"
	if cloud == AWS {
		text += "broker: {kind: managed, engine: rabbitmq}\nsearch: {kind: managed, serviceRole: made}\n"
	} else {
		text += "broker: {kind: managed}\ngcp: {project: blog-project, region: europe-west1, admins: [\"group:ops@example.com\"], billingAccount: 012345-6789AB-CDEF01}\n"
	}
	// Staging shows what is open to everyone where nobody says who may come in.
	if shape == Production {
		text += "cluster: {endpoint: {allowedCIDRs: [203.0.113.0/24]}}\n"
	}
	return text
}

// Cloud is where an environment stands, as the configuration's place names it.
type Cloud string

// The clouds that a table is for.
const (
	AWS Cloud = "aws"
	GCP Cloud = "gcp"
)

// Configuration is the environment that a cloud's table is held against.
func Configuration(cloud Cloud, shape Shape, setting Setting) (map[string]any, error) {
	text := fmt.Sprintf(strings.TrimSpace(described), cloud, shape) + "\n" + choices(cloud, shape, setting)
	var configuration map[string]any
	if err := yaml.Unmarshal([]byte(text), &configuration); err != nil {
		return nil, fmt.Errorf("reading the configuration of %s on %s: %w", shape, cloud, err)
	}
	return configuration, nil
}
