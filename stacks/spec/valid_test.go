package spec_test

import (
	"errors"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/djangostack/djangostack/stacks/spec"
)

func TestAnIngressMayHaveItsCertificateByAnAnnotation(t *testing.T) {
	for class, annotations := range map[string]map[string]any{
		"alb":       {"alb.ingress.kubernetes.io/certificate-arn": "arn:aws:acm:eu-west-1:123456789012:certificate/a"},
		"gce":       {"networking.gke.io/managed-certificates": "blog"},
		"traefik":   {"traefik.ingress.kubernetes.io/router.tls": "true"},
		"tailscale": {},
	} {
		text := changed(t, production, "web.ingress", map[string]any{"ingressClassName": class, "host": "blog.example.com", "annotations": annotations})
		e, err := parse(t, text)
		require.NoError(t, err, class)
		assert.True(t, e.Web.Ingress.TerminatesTLS(), class)
		e.App.URL = ""
		assert.Equal(t, "https://blog.example.com", e.Address(), class)
	}
}

func TestACommandMayListenWhereItIsLookedFor(t *testing.T) {
	for _, command := range [][]any{
		{"gunicorn", "blog.wsgi"},
		{"gunicorn", "blog.wsgi", "--bind", "0.0.0.0:8000"},
		{"gunicorn", "blog.wsgi", "-b", ":8000"},
		{"sh", "-c", "exec gunicorn blog.wsgi --bind 0.0.0.0:$PORT"},
		{"uvicorn", "blog.asgi:application", "--host", "0.0.0.0", "--port", "8000"},
		{"daphne", "-b", "0.0.0.0", "-p", "8000", "blog.asgi:application"},
		{"python", "manage.py", "runserver", "0.0.0.0:8000"},
		{"./serve", "--port", "5000"},
	} {
		_, err := parse(t, changed(t, minimal, "web.command", command))
		assert.NoError(t, err, "%v", command)
	}
	_, err := parse(t, changed(t, changed(t, minimal, "web.command", []any{"uvicorn", "blog.asgi:application"}), "web.env", map[string]any{"UVICORN_HOST": "0.0.0.0"}))
	assert.NoError(t, err)
}

func TestAPreparedClusterMayHaveEverything(t *testing.T) {
	for _, base := range []string{onAWS, onGCP} {
		text := changed(t, base, "prepared", "on")
		text = changed(t, text, "workers", []any{map[string]any{"name": "default", "autoscaling": map[string]any{"by": "queue", "maxReplicas": 5}}})
		text = changed(t, text, "monitoring.prometheus", map[string]any{"scrape": "podMonitor"})
		text = changed(t, text, "monitoring.alerts", map[string]any{})
		text = changed(t, text, "app.imagePullSecrets", []any{"registry"})
		text = changed(t, text, "web.priorityClassName", "high")
		_, err := parse(t, text)
		assert.NoError(t, err)
	}
}

func TestAnEncryptedValueOfAnyFormIsTaken(t *testing.T) {
	text := changed(t, minimal, "app.url", spec.Substitute("app.url"))
	text = changed(t, text, "owner", spec.Substitute("owner"))
	text = changed(t, text, "release.superuser", map[string]any{"username": "admin", "email": spec.Substitute("release.superuser.email")})
	raw, err := yaml.YAMLToJSON([]byte(text))
	require.NoError(t, err)
	encrypted := func(path string) bool {
		return path == "app.url" || path == "owner" || path == "release.superuser.email"
	}
	_, err = spec.Check(spec.Input{JSON: raw, Stack: "dev", HasSubstitutes: true, Encrypted: encrypted})
	assert.NoError(t, err)

	raw, err = yaml.YAMLToJSON([]byte(changed(t, minimal, "web.replicas", spec.Substitute("web.replicas"))))
	require.NoError(t, err)
	_, err = spec.Check(spec.Input{JSON: raw, Stack: "dev", HasSubstitutes: true, Encrypted: func(path string) bool { return path == "web.replicas" }})
	assert.ErrorContains(t, err, "web.replicas: \"hidden\": must be of type integer, is string")
}

func TestAProcfileThatCannotBeReadHidesNothing(t *testing.T) {
	text := changed(t, changed(t, minimal, "app.procfile", "Procfile"), "web.replica", 3)
	raw, err := yaml.YAMLToJSON([]byte(text))
	require.NoError(t, err)
	_, err = spec.Check(spec.Input{JSON: raw, Stack: "dev", Read: func(string) ([]byte, error) { return nil, os.ErrNotExist }})
	var problems spec.Problems
	require.True(t, errors.As(err, &problems))
	assert.Len(t, problems, 2)
}
