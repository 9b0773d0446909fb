package existing_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/existing"
	"github.com/djangostack/djangostack/stacks/render"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/golden"
	"github.com/djangostack/djangostack/tests/mocks"
)

const mounts = `"volumes": [{"name": "uploads", "source": "volume", "from": "media", "mountPath": "/srv/media"}]`

// sharing is an app whose web, worker, cron and release commands mount one volume.
const sharing = smallApp + `, "volumes": [{"name": "media", "size": "10Gi"}],
	"release": {"check": "OFF", ` + mounts + `}, "web": {"replicas": 2, ` + mounts + `}, "workers": [{"name": "mail", ` + mounts + `}],
	"cron": [{"name": "clean", "schedule": "@daily", "command": ["clean"], ` + mounts + `}], "shell": {` + mounts + `}`

func TestPodsThatShareAVolumeRunOnItsNode(t *testing.T) {
	const label = "djangostack/volume-media"
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, sharing)
		claim := ran.Find(t, "PersistentVolumeClaim", "blog-volume-media")
		assert.Equal(t, "10Gi", claim.At(t, "spec.resources.requests.storage"))
		assert.Equal(t, []any{"ReadWriteOnce"}, claim.At(t, "spec.accessModes"))
		for name, template := range map[string]string{
			"Deployment blog-web": "spec.template", "Deployment blog-worker-mail": "spec.template", "Job blog-migrate": "spec.template",
			"Job blog-shell": "spec.template", "CronJob blog-cron-clean": "spec.jobTemplate.spec.template",
		} {
			kind, object, _ := strings.Cut(name, " ")
			pods := ran.Find(t, kind, object)
			assert.Equal(t, "mounted", pods.At(t, fmt.Sprintf(`%s.metadata.labels["%s"]`, template, label)), name)
			assert.Equal(t, []any{map[string]any{
				"topologyKey":   "kubernetes.io/hostname",
				"labelSelector": map[string]any{"matchLabels": map[string]any{"app.kubernetes.io/name": "blog", "app.kubernetes.io/instance": "blog", label: "mounted"}},
			}}, pods.At(t, template+".spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution"), name)
		}
		assert.Equal(t, "Recreate", ran.Find(t, "Deployment", "blog-web").At(t, "spec.strategy.type"))
		assert.NotContains(t, ran.Names(), "PodDisruptionBudget blog-web", "it would keep the pods on a node that is drained")
		assert.NotContains(t, fmt.Sprint(ran.Find(t, "StatefulSet", "blog-postgres").Inputs), label)
	}
}

func TestOneClaimIsOneVolumeOfAPod(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "volumes": [{"name": "media", "claimName": "uploads"}], "web": {"volumes": [
		{"name": "a", "source": "volume", "from": "media", "mountPath": "/a"},
		{"name": "b", "source": "volume", "from": "media", "mountPath": "/b", "subPath": "b", "readOnly": true}],
		"sidecars": [{"name": "files", "volumeMounts": [{"name": "b", "mountPath": "/files"}]}]}`)
	web := ran.Find(t, "Deployment", "blog-web")
	var claims, paths []string
	for _, volume := range web.At(t, "spec.template.spec.volumes").([]any) {
		if claim, has := volume.(map[string]any)["persistentVolumeClaim"].(map[string]any); has {
			claims = append(claims, fmt.Sprint(volume.(map[string]any)["name"], " ", claim["claimName"]))
		}
	}
	for _, mount := range web.At(t, first+".volumeMounts").([]any) {
		if mount := mount.(map[string]any); mount["name"] == "a" {
			paths = append(paths, fmt.Sprint(mount["mountPath"], mount["subPath"], mount["readOnly"]))
		}
	}
	assert.Equal(t, []string{"a uploads"}, claims, "a pod with the same claim in two volumes does not start")
	assert.Equal(t, []string{"/a<nil> false", "/bbtrue"}, paths)
	assert.Equal(t, "a", web.At(t, "spec.template.spec.initContainers[0].volumeMounts[1].name"))
	assert.NotContains(t, ran.Names(), "PersistentVolumeClaim blog-volume-media", "somebody else's claim")
}

func TestObjectsOfTheEnvironmentAreFoundByTheirNames(t *testing.T) {
	const canary = "hunter2canary"
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, strings.Replace(smallApp, `"name"`, `"imagePullSecrets": ["registry", "other"], "secretKeyRefs": {"KEY": {"name": "smtp", "key": "PASSWORD"}}, "name"`, 1)+`,
			"secrets": [{"name": "smtp", "entries": {"PASSWORD": "`+canary+`"}}, {"name": "registry", "type": "kubernetes.io/dockerconfigjson", "entries": {".dockerconfigjson": "{\"auths\": \"`+canary+`\"}"}}],
			"configMaps": [{"name": "files", "entries": {"LEVEL": "info"}}],
			"web": {"envFrom": [{"secret": "smtp"}, {"configMap": "files"}, {"secret": "existing"}], "secretKeyRefs": {"WEB_KEY": {"name": "smtp", "key": "PASSWORD"}},
				"volumes": [{"name": "k", "source": "secret", "from": "smtp", "mountPath": "/k", "defaultMode": "0400"}]}`)
		secret := ran.Find(t, "Secret", "blog-secret-smtp")
		assert.Equal(t, canary, secret.At(t, "stringData.PASSWORD"))
		assert.Equal(t, true, secret.At(t, "immutable"), "so that a change makes another one, and restarts what uses it")
		assert.Equal(t, "kubernetes.io/dockerconfigjson", ran.Find(t, "Secret", "blog-secret-registry").At(t, "type"))
		web := ran.Find(t, "Deployment", "blog-web")
		name := func(object string) string {
			if outputs == mocks.Unknown {
				return "[unknown]"
			}
			return object + "-"
		}
		from := fmt.Sprint(web.At(t, first+".envFrom"))
		assert.Contains(t, from, name("blog-secret-smtp"), "the object's name, which has a suffix")
		assert.Contains(t, from, name("blog-config-map-files"))
		assert.Contains(t, from, "name:existing")
		assert.Contains(t, fmt.Sprint(web.At(t, first+".env")), "key:PASSWORD name:"+name("blog-secret-smtp"))
		assert.Contains(t, fmt.Sprint(web.At(t, "spec.template.spec.imagePullSecrets[0].name")), name("blog-secret-registry"))
		assert.Equal(t, "other", web.At(t, "spec.template.spec.imagePullSecrets[1].name"))
		volumes := web.At(t, "spec.template.spec.volumes").([]any)
		at := slices.IndexFunc(volumes, func(v any) bool { return v.(map[string]any)["name"] == "k" })
		assert.Equal(t, float64(0o400), volumes[at].(map[string]any)["secret"].(map[string]any)["defaultMode"])
		for _, object := range ran.Resources {
			if !strings.HasSuffix(object.Type, ":Secret") {
				assert.NotContains(t, fmt.Sprint(object.Inputs), canary, object.Name)
			}
		}
	}
}

func TestDataServicesHaveTheirParameters(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "beat": {"enabled": true}, "database": {"parameters": {"work_mem": "16MB", "max_wal_size": "512MB"}}, "cache": {"parameters": {"timeout": "300"}}, "broker": {"parameters": {"appendfsync": "always"}}`)
	args := fmt.Sprint(ran.Find(t, "StatefulSet", "blog-postgres").At(t, first+".args"))
	for _, parameter := range []string{"-c max_wal_size=512MB", "-c work_mem=16MB"} {
		assert.Contains(t, args, parameter)
	}
	assert.Contains(t, ran.Find(t, "Secret", "blog-redis-cache").At(t, `stringData["redis.conf"]`), "\ntimeout 300\n")
	broker := ran.Find(t, "Secret", "blog-redis-broker").At(t, `stringData["redis.conf"]`).(string)
	assert.Greater(t, strings.Index(broker, "appendfsync always"), strings.Index(broker, "appendfsync everysec"), "the last one counts")
}

func TestPodsHaveTheFreedomThatTheyAskFor(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "web": {"resources": {"memoryLimit": "none"}, "autoscaling": {"by": "memory", "maxReplicas": 4},
		"nodeAffinity": [{"key": "arch", "values": ["arm64"]}, {"key": "spot", "operator": "DoesNotExist"}, {"key": "zone", "values": ["a"], "weight": 5}],
		"podAffinity": [{"labels": {"app": "proxy"}, "weight": 10}], "podAntiAffinity": [{"labels": {"app": "noise"}, "topologyKey": "topology.kubernetes.io/zone"}]}`)
	web := ran.Find(t, "Deployment", "blog-web")
	assert.Equal(t, map[string]any{"ephemeral-storage": "1Gi"}, web.At(t, first+".resources.limits"))
	const affinity = "spec.template.spec.affinity."
	assert.Equal(t, []any{map[string]any{"matchExpressions": []any{
		map[string]any{"key": "arch", "operator": "In", "values": []any{"arm64"}}, map[string]any{"key": "spot", "operator": "DoesNotExist"},
	}}}, web.At(t, affinity+"nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"), "both conditions, not one of them")
	assert.Equal(t, 5.0, web.At(t, affinity+"nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight"))
	assert.Equal(t, "kubernetes.io/hostname", web.At(t, affinity+"podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.topologyKey"))
	assert.Equal(t, "topology.kubernetes.io/zone", web.At(t, affinity+"podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey"))
	metric := ran.Find(t, "HorizontalPodAutoscaler", "blog-web").At(t, "spec.metrics[0].resource")
	assert.Equal(t, map[string]any{"name": "memory", "target": map[string]any{"type": "Utilization", "averageUtilization": 80.0}}, metric)
}

// The scheduler's rules, which are those of another module, are tried on these manifests there.
func TestTheManifestsOfASharedVolume(t *testing.T) {
	environment, err := spec.Parse([]byte(`{"cloud": "none", "tier": "staging", "cluster": {"context": "kind-kind"}, `+sharing+`}`), "dev")
	require.NoError(t, err)
	all, err := render.Objects(render.Options{
		Project: "djangostack", Stack: "dev",
		Program: func(ctx *pulumi.Context) error { return existing.Deploy(ctx, environment) },
	})
	require.NoError(t, err)
	names := []string{"blog-web", "blog-worker-mail", "blog-cron-clean"}
	objects := slices.DeleteFunc(all, func(o render.Object) bool {
		workload := slices.Contains([]string{"Deployment", "CronJob", "PodDisruptionBudget"}, o.Kind()) || strings.HasPrefix(o.Name(), "blog-migrate-")
		return !workload || !slices.Contains(names, o.Name()) && o.Kind() != "Job"
	})
	require.Len(t, objects, 4, "none of them has a disruption budget, which would block a drain")
	var text bytes.Buffer
	require.NoError(t, render.Write(&text, objects))
	golden.Equal(t, "../../local/scheduling/testdata/volume.yaml", text.String())
}
