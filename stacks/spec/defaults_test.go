package spec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
)

func TestDefaultTextComesFromTheDefaultsThemselves(t *testing.T) {
	texts := spec.DefaultTexts()
	for path, want := range map[string][2]string{
		"tier":                      {"", ""},
		"protection":                {"disposable", "protected"},
		"web.replicas":              {"2", "3"},
		"web.resources.cpu":         {"50m", "250m"},
		"cache.cpu":                 {"15m", "100m"},
		"cache.managed.replicas":    {"0", "1"},
		"beat.enabled":              {"false", "false"},
		"workers[].replicas":        {"1", "1"},
		"workers[].queues":          {"celery; with kind django-tasks default", "celery; with kind django-tasks default"},
		"release.before[].database": {"pooled", "pooled"},
		"web.autoscaling.scaleUp.stabilizationWindowSeconds": {"0", "0"},
		"web.autoscaling.minReplicas":                        {"2", "2"},
		"web.tolerations[].key":                              {"", ""},
		"web.volumes[].source":                               {"emptyDir", "emptyDir"},
		"database.external.port":                             {"5432", "5432"},
		"database.import.size":                               {"10Gi", "10Gi"},
		"static.cors[].methods":                              {"GET, HEAD", "GET, HEAD"},
		"monitoring.prometheus.path":                         {"/metrics", "/metrics"},
		"loadBalancer.addresses":                             {"fixed with cloud gcp, floating with cloud aws or none", "fixed with cloud gcp, floating with cloud aws or none"},
		"cluster.source":                                     {"create with cloud aws or gcp, existing with cloud none", "create with cloud aws or gcp, existing with cloud none"},
		"registry.source":                                    {"none", "none"},
		"namespace.name":                                     {"app.name, a hyphen and the stack's name", "app.name, a hyphen and the stack's name"},
		"database.volume.storageClassName":                   {"the cluster's default class", "the cluster's default class"},
		"database.kind":                                      {"in-cluster", ""},
	} {
		assert.Equal(t, want, [2]string{texts[path].Staging, texts[path].Production}, path)
	}
}

func TestParsingFillsInTheDefaults(t *testing.T) {
	for text, tier := range map[string]spec.Tier{minimal: spec.Staging, production: spec.Production} {
		e, err := parse(t, text)
		require.NoError(t, err)
		found := spec.Defaults(tier, spec.NoCloud)
		assert.Equal(t, found["web.replicas"], e.Web.Replicas)
		assert.Equal(t, found["cache.memory"], e.Cache.Memory)
		assert.Equal(t, found["loadBalancer.addresses"], e.LoadBalancer.Addresses)
		assert.Equal(t, found["database.managed.availability"], e.Database.Managed.Availability)
	}
}
