package clouds_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// environments are those whose end is looked at, by cloud; what stands in the later
// parts counts.
func environments() map[string]map[string][]string {
	return map[string]map[string][]string{
		"aws": {
			"production":         {production},
			"production of all":  {production, others},
			"staging":            {small},
			"staging with nodes": {small, ownNodes, kept},
		},
		"gcp": {
			"production":         {production, onGoogle},
			"staging":            {small, onGoogle, kept},
			"staging with nodes": {small, onGoogle, ownNodes, inZones},
			"staging of all":     {small, onGoogle, managed},
		},
	}
}

// small is an environment with everything in its cluster.
const small = `
cloud: aws
tier: staging
aws: {region: eu-central-1, admins: ["arn:aws:iam::123456789012:role/deployer"]}
app:
  name: blog
  image: registry.example.com/blog:1.0
  settingsModule: blog.settings
  celeryApp: blog
  url: https://blog.example.com
workers: [{name: default}]
beat: {enabled: true}
dns: {zone: example.com}
`

// others are the other choices for what a cloud looks after, and all that an app may
// run.
const others = app + `
broker: {kind: managed, engine: rabbitmq}
search: {kind: managed, serviceRole: made}
traffic: {addresses: fixed}
registry: {source: create}
`

// onGoogle makes an environment stand on Google Cloud.
const onGoogle = `
cloud: gcp
gcp: {project: blog-production, region: europe-west1, billingAccount: 012345-6789AB-CDEF01, admins: ["group:platform@example.com"]}
`

// inZones says where the nodes stand.
const inZones = `
gcp: {project: blog-production, region: europe-west1, zones: [b, c], admins: ["group:platform@example.com"]}
`

// app has everything that an app may run.
const app = `
database: {kind: managed, pooler: {kind: pgbouncer}}
processes: [{name: feed, command: [python, manage.py, feed]}]
cron: [{name: clean, schedule: "0 3 * * *", command: [python, manage.py, clearsessions]}]
web: {autoscaling: {maxReplicas: 6}}
`

// managed leaves all data to the cloud, where it goes with the environment.
const managed = app + `
cache: {kind: managed}
broker: {kind: managed}
registry: {source: create}
static: {store: bucket}
media: {store: bucket}
`

// kept lets a CDN keep the static files that the pods serve.
const kept = `
static: {cdn: "on"}
`

const ownNodes = `
cluster: {mode: nodes}
`

// environment puts the parts of an environment together.
func environment(t *testing.T, parts ...string) map[string]any {
	t.Helper()
	whole := map[string]any{}
	for _, part := range parts {
		var read map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(part), &read))
		maps.Copy(whole, read)
	}
	return whole
}
