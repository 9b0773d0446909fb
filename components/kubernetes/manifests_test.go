package kubernetes_test

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/tests/mocks"
)

func manifest(held data.Held, fields map[string]any) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := kubernetes.NewManifest(ctx, "blog", &kubernetes.ManifestArgs{
			Namespace: pulumi.String("blog-dev"),
			Labels:    labels.Labels{labels.NameLabel: "blog", labels.InstanceLabel: "blog"},
			Fields:    fields,
			Data:      held,
		})
		return err
	}
}

func TestAManifestIsAnObjectOfItsKind(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, manifest(data.Held{}, map[string]any{
			"apiVersion": "example.com/v1", "kind": "Cache", "status": map[string]any{"ready": true},
			"metadata": map[string]any{"name": "geo", "labels": map[string]any{"team": "maps"}, "annotations": map[string]any{"example.com/a": "b"}},
			"spec":     map[string]any{"size": 3.0, "zones": []any{"a", "b"}},
		}))
		object := ran.Find(t, "Cache", "blog-cache-geo")
		assert.Equal(t, "kubernetes:example.com/v1:Cache", object.Type)
		assert.False(t, object.Protect)
		assert.Equal(t, "blog-dev", object.At(t, "metadata.namespace"))
		assert.Equal(t, "maps", object.At(t, "metadata.labels.team"))
		assert.Equal(t, "blog", object.At(t, "metadata.labels[\"app.kubernetes.io/instance\"]"))
		assert.Equal(t, "b", object.At(t, "metadata.annotations[\"example.com/a\"]"))
		assert.Equal(t, map[string]any{"size": 3.0, "zones": []any{"a", "b"}}, object.Plain()["spec"])
		assert.NotContains(t, object.Plain(), "status")
	}
}

func TestARoleIsBoundToAnAccountOfTheNamespace(t *testing.T) {
	subject := func(pairs ...any) map[string]any {
		fields := map[string]any{"kind": "ServiceAccount", "name": "outposts"}
		for i := 0; i < len(pairs); i += 2 {
			fields[pairs[i].(string)] = pairs[i+1]
		}
		return fields
	}
	ran := mocks.Run(t, mocks.Known, manifest(data.Held{}, map[string]any{
		"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": map[string]any{"name": "outposts"},
		"roleRef":  map[string]any{"kind": "Role", "name": "outposts"},
		"subjects": []any{subject(), subject("namespace", "team"), subject("kind", "Group", "name", "developers")},
	}))
	subjects := ran.Find(t, "RoleBinding", "blog-rolebinding-outposts").At(t, "subjects")
	assert.Equal(t, "[map[kind:ServiceAccount name:outposts namespace:blog-dev] map[kind:ServiceAccount name:outposts namespace:team] map[kind:Group name:developers]]", fmt.Sprint(subjects))
}

func TestTheFirstKindsOfKubernetesHaveTheTypeOfPulumi(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, manifest(data.Held{Parts: []data.Part{data.Objects}, Protected: true}, map[string]any{
		"apiVersion": "v1", "kind": "ServiceAccount", "metadata": map[string]any{"name": "outposts"},
	}))
	account := ran.Find(t, "ServiceAccount", "blog-serviceaccount-outposts")
	assert.Equal(t, "kubernetes:core/v1:ServiceAccount", account.Type)
	assert.Equal(t, "v1", account.At(t, "apiVersion"))
	assert.True(t, account.Protect, "what a controller keeps for an object is guarded")
}

func TestAManifestWithoutANameIsRefused(t *testing.T) {
	mocks.Refused(t, manifest(data.Held{}, map[string]any{"apiVersion": "v1", "kind": "ServiceAccount"}), "apiVersion, kind and metadata.name")
}
