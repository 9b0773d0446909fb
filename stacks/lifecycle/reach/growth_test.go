package reach_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/stacks/lifecycle/reach"
	"github.com/djangostack/djangostack/stacks/spec"
)

// growing is an environment whose volumes of the database and of the media have 2Gi.
func growing(t *testing.T) *spec.Environment {
	t.Helper()
	raw, err := json.Marshal(map[string]any{
		"cloud": "none", "tier": "staging", "namespace": map[string]any{"source": "create", "name": "shop"},
		"app":      map[string]any{"name": "shop", "image": "registry.example.com/shop:1", "settingsModule": "shop.settings"},
		"cluster":  map[string]any{"context": "shop"},
		"database": map[string]any{"volume": map[string]any{"size": "2Gi"}, "backups": map[string]any{"store": "volume", "volume": map[string]any{"size": "2Gi"}}},
		"volumes":  []any{map[string]any{"name": "media", "size": "2048Mi", "accessMode": "ReadWriteOnce"}},
		"web": map[string]any{"replicas": 1,
			"volumes": []any{map[string]any{"name": "media", "mountPath": "/media", "source": "volume", "from": "media"}}},
	})
	require.NoError(t, err)
	environment, err := spec.Parse(raw, "dev")
	require.NoError(t, err)
	return environment
}

// claims are the environment's claims as the cluster has them, each with the fields of its component.
func claims(t *testing.T, environment *spec.Environment, fields map[string]string) map[string]string {
	t.Helper()
	named := labels.Labels{labels.NameLabel: environment.App.Name, labels.InstanceLabel: environment.Instance()}
	objects := map[string]string{
		"/api/v1/namespaces/shop":                          `{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}`,
		"/apis/storage.k8s.io/v1/storageclasses/fixed":     `{"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "fixed"}}`,
		"/apis/storage.k8s.io/v1/storageclasses/expanding": `{"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "expanding"}, "allowVolumeExpansion": true}`,
	}
	for _, claim := range environment.CreatedClaims() {
		if text := fields[claim.Component]; text != "" {
			name := named.ClaimName(claim.Component, claim.Held)
			objects[apiV1+"/persistentvolumeclaims/"+name] = fmt.Sprintf(`{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": %q}, %s}`, name, text)
		}
	}
	return objects
}

func asking(size, class, phase string) string {
	return fmt.Sprintf(`"spec": {"storageClassName": %q, "resources": {"requests": {"storage": %q}}}, "status": {"phase": %q}`, class, size, phase)
}

func TestAVolumeThatCannotGrowIsNamedWithItsFieldAndItsCure(t *testing.T) {
	environment := growing(t)
	server := cluster(t, "", claims(t, environment, map[string]string{
		labels.Postgres:        asking("1Gi", "fixed", "Bound"),
		labels.Backup:          asking("1Gi", "expanding", "Pending"),
		labels.Volume("media"): asking("1Gi", "", "Bound"),
	}))
	environment.Cluster = existing(t, server).Cluster
	err := reach.Environment(context.Background(), environment)
	var fixed *spec.FixedClaimsError
	require.ErrorAs(t, err, &fixed)
	assert.Len(t, fixed.Claims, 3)
	assert.Regexp(t, `database\.volume\.size: "2Gi": the PersistentVolumeClaim shop-postgres-\w+ asks for 1Gi: its StorageClass fixed does not expand volumes: set the size back to 1Gi`, err.Error())
	assert.Regexp(t, `database\.backups\.volume\.size: "2Gi": .* has no volume yet.* as .djangostack backup. does`, err.Error())
	assert.Regexp(t, `volumes\[0\]\.size: "2048Mi": .* its volume has no StorageClass`, err.Error())
}

func TestVolumesThatGrowOrStayAreAccepted(t *testing.T) {
	environment := growing(t)
	for name, fields := range map[string]map[string]string{
		"the class expands volumes": {labels.Postgres: asking("1Gi", "expanding", "Bound")},
		"the same size":             {labels.Postgres: asking("2Gi", "fixed", "Bound"), labels.Volume("media"): asking("2Gi", "fixed", "Pending")},
		"the volume has grown":      {labels.Postgres: asking("3Gi", "fixed", "Bound")},
		"there is none yet":         {},
	} {
		t.Run(name, func(t *testing.T) {
			server := cluster(t, "", claims(t, environment, fields))
			environment.Cluster = existing(t, server).Cluster
			assert.NoError(t, reach.Environment(context.Background(), environment))
		})
	}
	t.Run("the class may not be read", func(t *testing.T) {
		server := cluster(t, "/apis/storage.k8s.io/v1/storageclasses/fixed", claims(t, environment, map[string]string{labels.Postgres: asking("1Gi", "fixed", "Bound")}))
		environment.Cluster = existing(t, server).Cluster
		assert.NoError(t, reach.Environment(context.Background(), environment))
	})
}
