package spec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// The largest values that fit, beside those of the mistakes.
func TestWhatFitsIsTaken(t *testing.T) {
	nodes := func(pairs ...any) map[string]any { return object(append([]any{"capacity", "spot"}, pairs...)...) }
	worker := func(pairs ...any) []any { return list(object(append([]any{"name", "default"}, pairs...)...)) }
	for name, one := range map[string]struct {
		base   string
		values map[string]any
	}{
		"scratch of Autopilot":   {onGCP, map[string]any{"web.resources": object("ephemeralStorage", "10Gi", "ephemeralStorageLimit", "10Gi")}},
		"a dump of Autopilot":    {onGCP, map[string]any{"database.import": object("from", "gs://dumps/blog.dump", "size", "10Gi")}},
		"two containers":         {onGCP, map[string]any{"web.resources": object("ephemeralStorage", "6Gi"), "web.sidecars": list(object("name", "cache", "image", "cache:1", "resources", object("ephemeralStorage", "4Gi")))}},
		"20Gi on nodes":          {onGCP, map[string]any{"cluster.mode": "nodes", "cluster.nodes": object("disk", "100Gi"), "web.resources": object("ephemeralStorage", "20Gi")}},
		"20Gi in Auto Mode":      {onAWS, map[string]any{"web.resources": object("ephemeralStorage", "20Gi")}},
		"an hour on GKE's nodes": {onGCP, map[string]any{"cluster.mode": "nodes", "workers": worker("longestTaskSeconds", 3595)}},
		"hours on Autopilot":     {onGCP, map[string]any{"workers": worker("longestTaskSeconds", 7200)}},
		"15 s on spot nodes":     {onGCP, map[string]any{"cluster.mode": "nodes", "cluster.nodes": nodes(), "workers": worker("longestTaskSeconds", 15), "web.longestRequestSeconds": 15}},
		"120 s on spot nodes":    {onAWS, map[string]any{"cluster.mode": "nodes", "cluster.nodes": nodes(), "workers": worker("longestTaskSeconds", 120)}},
		"addresses on AWS":       {onAWS, map[string]any{"cluster.mode": "nodes", "cluster.nodes": object("max", 305), "network": object("cidr", "10.0.0.0/20", "zones", 3)}},
		"addresses on GKE":       {onGCP, map[string]any{"cluster.mode": "nodes", "cluster.nodes": object("max", 256)}},
		"scratch of a pod":       {minimal, map[string]any{"web.resources": object("ephemeralStorageLimit", "19Gi"), "web.sidecars": list(object("name", "cache", "image", "cache:1")), "web.volumes": list(object("name", "scratch", "mountPath", "/srv/scratch", "sizeLimit", "20Gi"))}},
		"a small container":      {minimal, map[string]any{"web.sidecars": list(object("name", "cache", "image", "cache:1", "resources", object("memory", "1Mi", "memoryLimit", "6Mi", "cpu", "1m")))}},
	} {
		t.Run(name, func(t *testing.T) {
			text := one.base
			for path, value := range one.values {
				text = changed(t, text, path, value)
			}
			_, err := parse(t, text)
			assert.NoError(t, err)
		})
	}
}

// What a check of one service says is no mistake of an environment without that service.
func TestWithoutADatabaseNothingOfOneIsAMistake(t *testing.T) {
	stored := object("kind", "external", "external", object("host", "server.example.com", "passwordSecretKeyRef", ref("s", "k")))
	for name, set := range map[string]map[string]any{
		"a name that PostgreSQL has itself":      {"app.name": "postgres", "database.kind": "none"},
		"the image that checks stored passwords": {"database": object("kind", "none", "image", "mirror.example.com/postgres:17"), "cache": stored},
		"connections that Memcached counts":      {"database.kind": "none", "cache": object("engine", "memcached"), "web.databaseConnections": 40},
		"a user that only a Secret names":        {"app.name": "pg-admin", "database": object("kind", "external", "external", object("host", "server.example.com", "passwordSecretKeyRef", ref("s", "k"), "userSecretKeyRef", ref("s", "u")))},
		"an entry that is composed": {"secrets": list(
			object("name", "keys", "generate", object("token", object())),
			object("name", "pull", "type", "kubernetes.io/dockerconfigjson", "templates", object(".dockerconfigjson", `{"auths":{"r":{"password":"$(secret:keys.token)"}}}`)),
		)},
		"results that RabbitMQ keeps itself": {
			"broker":  object("kind", "external", "engine", "rabbitmq", "external", object("host", "server.example.com", "user", "blog", "passwordSecretKeyRef", ref("s", "k"))),
			"secrets": list(object("name", "conf", "templates", object("app.yml", "$(value:broker.resultBackend)"))),
		},
		"two folders of one volume": {
			"static.server": "nginx", "web.volumes": list(object("name", "uploads", "mountPath", "/srv/media")),
			"static.nginx": object("folders", list(object("path", "/media", "volume", "uploads"), object("path", "/files", "volume", "uploads"))),
		},
	} {
		_, err := parse(t, wrong{name: name, base: minimal, value: set}.text(t))
		assert.NoError(t, err, name)
	}
}
