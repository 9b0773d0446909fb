package spec_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
)

// derivedDefault is a default that the pages state in words, and a value that these words promise for a configuration.
type derivedDefault struct {
	path, words string
	base        string
	changes     map[string]any
	want        string
}

func derivedDefaults() []derivedDefault {
	const (
		besideWSGI = "the first part of settingsModule, followed by .wsgi; wsgi if it has one part"
		besideASGI = "the first part of settingsModule, followed by .asgi; asgi if it has one part"
		identifier = "app.name with underscores for hyphens"
		brokerKind = "in-cluster with workers or beat, otherwise none"
		image      = "docker.io/library/redis:8; with engine rabbitmq docker.io/library/rabbitmq:4"
		cacheImage = "docker.io/library/redis:8; with engine memcached docker.io/library/memcached:1.6"
		cacheTLS   = "namespace.tls"
		memory     = "64Mi in staging, 256Mi in production; with RabbitMQ in the cluster 256Mi in staging, 1Gi in production"
		interfaces = "wsgi with server gunicorn or granian, asgi with server uvicorn"
		class      = "gthread; with interface asgi uvicorn_worker.UvicornWorker"
		sleep      = "15; behind an ALB 25, Google's load balancer 60, an NLB 120"
		queues     = "celery; with kind django-tasks default"
		tasks      = "2; with kind django-tasks 1"
		store      = "volume in production with kind in-cluster, otherwise none"
		visibility = "3600, or more if the longest task or delay needs it"
		cdn        = "on with store bucket, otherwise off"
	)
	rabbitmq := map[string]any{"broker": object("engine", "rabbitmq")}
	djangoTasks := map[string]any{"workers": list(object("name", "tasks", "kind", "django-tasks"))}
	return []derivedDefault{
		{"namespace.name", "app.name, a hyphen and the stack's name", minimal, nil, "blog-dev"},
		{"app.wsgiModule", besideWSGI, minimal, map[string]any{"app.settingsModule": "blog.config.settings"}, "blog.wsgi"},
		{"app.wsgiModule", besideWSGI, minimal, map[string]any{"app.settingsModule": "settings"}, "wsgi"},
		{"app.asgiModule", besideASGI, minimal, map[string]any{"app.settingsModule": "blog.config.settings"}, "blog.asgi"},
		{"app.asgiModule", besideASGI, minimal, map[string]any{"app.settingsModule": "settings"}, "asgi"},
		{"database.name", identifier, minimal, map[string]any{"app.name": "my-blog"}, "my_blog"},
		{"database.user", identifier, minimal, map[string]any{"app.name": "my-blog"}, "my_blog"},
		{"database.backups.store", store, minimal, nil, "none"},
		{"database.backups.store", store, production, nil, "volume"},
		{"cache.image", cacheImage, minimal, nil, "docker.io/library/redis:8"},
		{"cache.image", cacheImage, minimal, map[string]any{"cache.engine": "memcached"}, "docker.io/library/memcached:1.6"},
		{"cache.tls", cacheTLS, minimal, nil, "off"},
		{"cache.tls", cacheTLS, production, nil, "required"},
		{"broker.kind", brokerKind, minimal, nil, "none"},
		{"broker.kind", brokerKind, production, nil, "in-cluster"},
		{"broker.image", image, production, nil, "docker.io/library/redis:8"},
		{"broker.image", image, production, rabbitmq, "docker.io/library/rabbitmq:4"},
		{"broker.memory", memory, production, nil, "256Mi"},
		{"broker.memory", memory, production, rabbitmq, "1Gi"},
		{"broker.visibilityTimeoutSeconds", visibility, production, nil, "3600"},
		{"broker.queueType", "quorum with engine rabbitmq and kind in-cluster", production, rabbitmq, "quorum"},
		{"web.interface", interfaces, minimal, nil, "wsgi"},
		{"web.interface", interfaces, minimal, map[string]any{"web.server": "granian"}, "wsgi"},
		{"web.interface", interfaces, minimal, map[string]any{"web.server": "uvicorn"}, "asgi"},
		{"web.workerClass", class, minimal, nil, "gthread"},
		{"web.workerClass", class, minimal, map[string]any{"web.interface": "asgi"}, "uvicorn_worker.UvicornWorker"},
		{"web.preStopSleepSeconds", sleep, minimal, nil, "15"},
		{"web.preStopSleepSeconds", sleep, onAWS, nil, "25"},
		{"web.preStopSleepSeconds", sleep, onGCP, nil, "60"},
		{"web.terminationGracePeriodSeconds", "preStopSleepSeconds + longestRequestSeconds + 5", minimal, map[string]any{"web.longestRequestSeconds": 100}, "120"},
		{"workers[0].queues", queues, production, nil, "[celery]"},
		{"workers[0].queues", queues, minimal, djangoTasks, "[default]"},
		{"workers[0].concurrency", tasks, production, nil, "2"},
		{"workers[0].concurrency", tasks, minimal, djangoTasks, "1"},
		{"workers[0].terminationGracePeriodSeconds", "longestTaskSeconds + 5", production, map[string]any{"workers": list(object("name", "a", "longestTaskSeconds", 60))}, "65"},
		{"static.cdn", cdn, onAWS, map[string]any{"static.store": "bucket"}, "on"},
		{"static.cdn", cdn, onAWS, nil, "off"},
		{"web.ingress.host", "the host of app.url", production, map[string]any{"web.ingress": object("ingressClassName", "nginx", "tlsSecretName", "blog-tls")}, "blog.example.com"},
	}
}

// computedDefaults are not written into the environment but computed where they are needed.
func computedDefaults() map[string]func(*spec.Environment) any {
	return map[string]func(*spec.Environment) any{
		"web.preStopSleepSeconds":                  func(e *spec.Environment) any { return e.WebShutdown().PreStop },
		"web.terminationGracePeriodSeconds":        func(e *spec.Environment) any { return e.WebShutdown().Grace },
		"workers[0].terminationGracePeriodSeconds": func(e *spec.Environment) any { return e.Workers[0].Grace() },
	}
}

func TestADefaultInWordsIsThatOfTheCode(t *testing.T) {
	index := regexp.MustCompile(`\[\d+\]`)
	for _, row := range derivedDefaults() {
		t.Run(fmt.Sprintf("%s %s", row.path, row.want), func(t *testing.T) {
			assert.Equal(t, row.words, spec.DerivedDefaults()[index.ReplaceAllString(row.path, "[]")], "the words of %s", row.path)
			text := row.base
			for path, value := range row.changes {
				text = changed(t, text, path, value)
			}
			environment, err := parse(t, text)
			require.NoError(t, err)
			value := valueAt(t, environment, row.path)
			if compute, computed := computedDefaults()[row.path]; computed {
				value = compute(environment)
			}
			assert.Equal(t, row.want, fmt.Sprint(value))
		})
	}
}

// valueAt is the value at a path of an environment; nil if there is none.
func valueAt(t *testing.T, environment *spec.Environment, path string) any {
	t.Helper()
	raw, err := json.Marshal(environment)
	require.NoError(t, err)
	var value any
	require.NoError(t, json.Unmarshal(raw, &value))
	for _, step := range strings.Split(strings.ReplaceAll(path, "[", "."), ".") {
		if number, isIndex := strings.CutSuffix(step, "]"); isIndex {
			at, err := strconv.Atoi(number)
			require.NoError(t, err)
			value = value.([]any)[at]
			continue
		}
		value = value.(map[string]any)[step]
	}
	return value
}
