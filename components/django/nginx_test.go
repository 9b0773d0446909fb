package django_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/components/scrape"
	"github.com/djangostack/djangostack/tests/mocks"
)

func behindNGINX() *django.WebArgs {
	args := webArgs()
	args.NGINX = &django.NGINX{Image: "docker.io/nginxinc/nginx-unprivileged:1.29-alpine", AppPort: 8001, StaticURL: "/static/", KeepAlive: 75}
	return args
}

func TestNGINXIsASidecarOfTheApp(t *testing.T) {
	for _, outputs := range mocks.Both() {
		web := mocks.Run(t, outputs, withWeb(behindNGINX())).Find(t, "Deployment", "blog-web")

		const sidecar = "spec.template.spec.initContainers[1]"
		assert.Equal(t, "collectstatic", web.At(t, "spec.template.spec.initContainers[0].name"), "the files are there first")
		assert.Equal(t, "nginx", web.At(t, sidecar+".name"))
		assert.Equal(t, "Always", web.At(t, sidecar+".restartPolicy"), "it ends after the app")
		assert.Equal(t, true, web.At(t, sidecar+".securityContext.readOnlyRootFilesystem"))
		assert.Equal(t, map[string]any{"name": "static", "mountPath": "/srv/static", "readOnly": true}, web.At(t, sidecar+".volumeMounts[2]"))
		assert.Equal(t, 8000.0, web.At(t, container+".startupProbe.httpGet.port"), "started is the whole way")
		assert.Equal(t, 8000.0, web.At(t, sidecar+".readinessProbe.tcpSocket.port"), "ready is NGINX")
		assert.Equal(t, 8001.0, web.At(t, container+".readinessProbe.tcpSocket.port"), "and the app itself")
		assert.Equal(t, 8001.0, web.At(t, container+".livenessProbe.tcpSocket.port"), "alive is the app itself")
		mounts, _ := web.At(t, container+".volumeMounts").([]any)
		assert.Equal(t, 8000.0, mocks.Run(t, outputs, withWeb(behindNGINX())).Find(t, "NetworkPolicy", "blog-web").At(t, "spec.ingress[0].ports[0].port"), "no client bypasses NGINX")
		for _, mount := range mounts {
			assert.NotEqual(t, "nginx", mount.(map[string]any)["name"], "the app does not see NGINX's configuration")
		}
	}
}

func TestNGINXServesFilesAndHandsOnTheRest(t *testing.T) {
	configuration, _ := mocks.Run(t, mocks.Known, withWeb(behindNGINX())).Find(t, "ConfigMap", "blog-nginx").At(t, `data["nginx.conf"]`).(string)

	for _, line := range []string{
		"listen 8000;", "server 127.0.0.1:8001;", "location ^~ /static/ {", "alias /srv/static/;", "keepalive_timeout 75s;",
		"proxy_read_timeout 35s;", "if (-f /tmp/djangostack-draining) {", "proxy_next_upstream off;", "proxy_set_header X-Forwarded-Proto $forwarded_proto;",
	} {
		assert.Contains(t, configuration, line)
	}
	assert.NotContains(t, configuration, "{{")
}

// A server that closes a connection which NGINX is about to use again costs a request.
func TestNGINXReusesConnectionsOfAServerThatKeepsThem(t *testing.T) {
	for _, reuse := range []bool{true, false} {
		args := behindNGINX()
		args.NGINX.Reuse = reuse
		configuration, _ := mocks.Run(t, mocks.Known, withWeb(args)).Find(t, "ConfigMap", "blog-nginx").At(t, `data["nginx.conf"]`).(string)
		assert.Equal(t, reuse, strings.Contains(configuration, "  server 127.0.0.1:8001;\n    keepalive 32;\n  }"))
		assert.Equal(t, reuse, strings.Contains(configuration, "    \"\" \"\";\n"))
		assert.Equal(t, !reuse, strings.Contains(configuration, "    \"\" \"close\";\n"))
	}
}

func TestNGINXKeepsAWebSocketForTheTimeOfItsRoute(t *testing.T) {
	args := behindNGINX()
	args.NGINX.Timeouts = map[string]int{"/ws/": 86400, "/ws/admin.v1": 60}
	configuration, _ := mocks.Run(t, mocks.Known, withWeb(args)).Find(t, "ConfigMap", "blog-nginx").At(t, `data["nginx.conf"]`).(string)

	longest, shorter := "location ~ ^/ws/admin\\.v1(/|$) {", "location ~ ^/ws(/|$) {"
	assert.Less(t, strings.Index(configuration, longest), strings.Index(configuration, shorter), "the first expression that matches counts")
	assert.Contains(t, configuration, shorter+"\n      proxy_send_timeout 86400s;\n      proxy_read_timeout 86400s;")
	assert.Contains(t, configuration, "    proxy_read_timeout 35s;", "the other paths keep the longest request")
}

func TestNGINXNeedsFilesThatItSees(t *testing.T) {
	args := behindNGINX()
	args.Static = static(django.StaticInImage)
	ran, err := mocks.Try(mocks.Known, nil, withWeb(args))
	assert.ErrorContains(t, err, `Web: NGINX sees the files of Static.Store "pod" or "volume", not of "image"`)
	assert.Empty(t, ran.Resources)
}

func TestPrometheusFindsThePods(t *testing.T) {
	args := webArgs()
	args.Scrape = &scrape.Target{By: scrape.ByAnnotations, Port: 9113, PortName: "exporter", Path: "/metrics"}
	args.Pods.Annotations = map[string]string{"example.com/team": "web"}
	web := mocks.Run(t, mocks.Known, withWeb(args)).Find(t, "Deployment", "blog-web")
	assert.Equal(t, map[string]any{"prometheus.io/scrape": "true", "prometheus.io/port": "9113", "prometheus.io/path": "/metrics", "example.com/team": "web"},
		web.At(t, "spec.template.metadata.annotations"))

	ports := map[scrape.Way]string{scrape.ByPodMonitor: "port", scrape.ByServiceMonitor: "targetPort"}
	for by, at := range map[scrape.Way]string{scrape.ByPodMonitor: "podMetricsEndpoints", scrape.ByServiceMonitor: "endpoints"} {
		args.Scrape = &scrape.Target{By: by, Port: 8000, PortName: "http", Path: "/metrics", Labels: map[string]string{"release": "prometheus"}, Interval: 30}
		ran := mocks.Run(t, mocks.Known, withWeb(args))
		monitor := ran.Find(t, map[scrape.Way]string{scrape.ByPodMonitor: "PodMonitor", scrape.ByServiceMonitor: "ServiceMonitor"}[by], "blog-web-metrics")
		assert.Equal(t, map[string]any{ports[by]: "http", "path": "/metrics", "interval": "30s"}, monitor.At(t, "spec."+at+"[0]"))
		assert.Equal(t, "prometheus", monitor.At(t, "metadata.labels.release"))
		assert.Equal(t, ran.Find(t, "Service", "blog-web").At(t, "spec.selector"), monitor.At(t, "spec.selector.matchLabels"))
		assert.Equal(t, map[string]any{"example.com/team": "web"}, ran.Find(t, "Deployment", "blog-web").At(t, "spec.template.metadata.annotations"))
	}
}
