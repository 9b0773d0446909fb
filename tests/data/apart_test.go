package data_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/djangostack/djangostack/stacks/existing"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/environments"
)

// tenants are two environments of one app, and another app, in one namespace that existed before. The third app's name
// begins with that of the first.
func tenants(t *testing.T) map[string]environments.Environment {
	t.Helper()
	full := environments.Small(spec.NoCloud).Set(t, "namespace={source: existing, name: shared}", "static.store=volume",
		"database.pooler.kind=pgbouncer", "database.maxConnections=300", "web.replicas=2", "workers=[{name: mail, replicas: 2}]",
		"processes=[{name: bot, command: [bot], port: 9000}]", `cron=[{name: clean, schedule: "0 3 * * *", command: [clean]}]`, "shell.enabled=true",
		"release.superuser={username: admin, email: admin@example.com}")
	return map[string]environments.Environment{
		"blog/dev": full, "blog/test": full, "blog-web/dev": full.Set(t, "app.name=blog-web"), "shop/dev": full.Set(t, "app.name=shop"),
	}
}

func TestEnvironmentsInOneNamespaceShareNothing(t *testing.T) {
	first := newInCluster(t)
	_, err := first.client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}).Create(context.Background(),
		&unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": "shared"}}}, metav1.CreateOptions{})
	require.NoError(t, err)
	engines, owner := map[string]*inCluster{}, map[string]string{}
	for name, environment := range tenants(t) {
		app, stack, _ := strings.Cut(name, "/")
		c := first.neighbor(t, stack)
		checked, err := spec.Parse(environment.JSON(t), stack)
		require.NoError(t, err)
		require.Equal(t, app, checked.App.Name)
		c.Program = func(ctx *pulumi.Context) error { return existing.Deploy(ctx, checked) }
		c.MustUp()
		engines[name] = c
		for _, id := range c.objects() {
			assert.Empty(t, owner[id], "%s of %s belongs to another environment", id, name)
			owner[id] = name
		}
	}
	assert.Greater(t, len(owner), 100)
	first.selectorsStayWithin(t)

	before := first.identities(t, everything()...)
	require.NoError(t, engines["blog/dev"].Destroy())
	left := first.identities(t, everything()...)
	for name, c := range engines {
		if name == "blog/dev" {
			continue
		}
		for _, id := range c.objects() {
			assert.Contains(t, owner[id], name)
		}
		c.NoChanges(t)
	}
	for object, uid := range left {
		assert.Equal(t, before[object], uid, object)
	}
}

// selectorsStayWithin asserts that every selector of an environment selects pods of that environment only.
func (c *inCluster) selectorsStayWithin(t *testing.T) {
	t.Helper()
	type pods struct {
		owner, name string
		labels      labels.Set
	}
	var all []pods
	for _, kind := range []string{"deployments", "statefulsets"} {
		for _, object := range c.list(t, kind) {
			found, _, err := unstructured.NestedStringMap(object.Object, "spec", "template", "metadata", "labels")
			require.NoError(t, err)
			all = append(all, pods{ownerOf(object), object.GetName(), found})
		}
	}
	checked := 0
	for kind, paths := range selectors() {
		for _, object := range c.list(t, kind) {
			for _, path := range paths {
				selector, found, err := unstructured.NestedStringMap(object.Object, path...)
				require.NoError(t, err)
				if !found {
					continue
				}
				checked++
				for _, pod := range all {
					if labels.SelectorFromSet(selector).Matches(pod.labels) {
						assert.Equal(t, ownerOf(object), pod.owner, "%s %s selects pods of %s", kind, object.GetName(), pod.name)
					}
				}
			}
		}
	}
	assert.Greater(t, checked, 40)
}

func selectors() map[string][][]string {
	return map[string][][]string{
		"services":             {{"spec", "selector"}},
		"deployments":          {{"spec", "selector", "matchLabels"}},
		"statefulsets":         {{"spec", "selector", "matchLabels"}},
		"networkpolicies":      {{"spec", "podSelector", "matchLabels"}},
		"poddisruptionbudgets": {{"spec", "selector", "matchLabels"}},
	}
}

func ownerOf(object unstructured.Unstructured) string {
	return fmt.Sprint(object.GetLabels()["app.kubernetes.io/name"], "/", object.GetLabels()["app.kubernetes.io/instance"])
}
