package gcp_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/mocks"
)

// armed is a production of arm64 with data services in the cluster, a worker in a pool of amd64, and everything that has pods.
func armed(t *testing.T, mode string) string {
	t.Helper()
	text := fmt.Sprintf(whole, spec.Production)
	pools, pool := "", ""
	if mode == "nodes" {
		pools, pool = `, "nodePools": [{"name": "legacy", "architecture": "amd64"}]`, `, "nodePool": "legacy"`
	}
	for before, after := range map[string]string{
		`"region": "europe-west1"`: `"region": "europe-west4"`,
		`"cluster": {`:             `"cluster": {"mode": "` + mode + `", "architecture": "arm64", "charts": {"keda": {}, "certManager": {}, "prometheusOperator": {}, "externalSecrets": {}}` + pools + `, `,
		`"database": {"kind": "managed"}, "cache": {"kind": "managed"}, "broker": {"kind": "managed"}`: `"database": {"kind": "in-cluster", "pooler": {"kind": "pgbouncer"}}, "cache": {"kind": "in-cluster", "replicas": 1}, "broker": {"kind": "in-cluster"}, "search": {"kind": "in-cluster"}`,
		`"workers": [{"name": "default"}]`: `"workers": [{"name": "default"}, {"name": "old"` + pool + `}], "shell": {"enabled": true, "reason": "tests"},
			"cron": [{"name": "clean", "schedule": "0 3 * * *", "command": ["python", "manage.py", "clearsessions"]}], "release": {"superuser": {"username": "admin", "email": "admin@example.com"}}`,
	} {
		require.Contains(t, text, before)
		text = strings.Replace(text, before, after, 1)
	}
	return text
}

// selectors are the node selectors of all pods, by the name of their workload.
func selectors(t *testing.T, ran mocks.Program) map[string]any {
	t.Helper()
	found := map[string]any{}
	for _, kind := range []string{"Deployment", "StatefulSet", "Job", "CronJob"} {
		for _, workload := range ran.OfKind(kind) {
			if !strings.HasPrefix(workload.Type, "kubernetes:") {
				continue
			}
			path := "spec.template.spec.nodeSelector"
			if kind == "CronJob" {
				path = "spec.jobTemplate." + path
			}
			found[kind+" "+workload.Name] = workload.At(t, path)
		}
	}
	return found
}

// GKE lets only pods that select arm64 run on such nodes.
func TestEveryPodSelectsTheArchitectureOfTheCluster(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := run(t, outputs, armed(t, "nodes"))
		found := selectors(t, ran)
		for name, selector := range found {
			want := map[string]any{"kubernetes.io/arch": "arm64"}
			if name == "Deployment blog-worker-old" {
				want = map[string]any{"kubernetes.io/arch": "amd64", "djangostack/pool": "legacy"}
			}
			assert.Equal(t, want, selector, name)
		}
		assert.Greater(t, len(found), 15, "%v", found)
		for _, kind := range []string{"Deployment", "StatefulSet", "Job", "CronJob"} {
			assert.NotEmpty(t, ran.OfKind(kind), kind)
		}
		legacy := ran.Find(t, "NodePool", "blog-pool-legacy")
		assert.Equal(t, "e2-standard-2", legacy.At(t, "nodeConfig.machineType"))
		assert.Equal(t, "t2a-standard-2", ran.Find(t, "NodePool", "blog-nodes-arm64").At(t, "nodeConfig.machineType"))
	}
	known := run(t, mocks.Known, armed(t, "nodes"))
	for chart, paths := range map[string][]string{
		"blog-keda":         {""},
		"blog-cert-manager": {"", "webhook.", "cainjector.", "startupapicheck."},
		"blog-kube-prometheus-stack": {
			"prometheusOperator.", "prometheus.prometheusSpec.", "alertmanager.alertmanagerSpec.", "kube-state-metrics.", "crds.upgradeJob.",
		},
	} {
		release := known.Find(t, "Release", chart)
		for _, path := range paths {
			assert.Equal(t, map[string]any{"kubernetes.io/arch": "arm64"}, release.At(t, "values."+path+"nodeSelector"), "%s %s", chart, path)
		}
	}
}

// On Autopilot the images of the app decide, and the program's own are for both architectures.
func TestAutopilotRunsTheAppOnArm(t *testing.T) {
	ran := run(t, mocks.Known, armed(t, "auto"))
	app := 0
	for name, selector := range selectors(t, ran) {
		if regexp.MustCompile("postgres|redis|pgbouncer|opensearch|backup|restore").MatchString(name) {
			assert.Nil(t, selector, name)
			continue
		}
		app++
		assert.Equal(t, map[string]any{"kubernetes.io/arch": "arm64", "cloud.google.com/compute-class": "Scale-Out"}, selector, name)
	}
	assert.GreaterOrEqual(t, app, 7, "web, workers, beat, cron, shell and the release")
	assert.NotContains(t, fmt.Sprint(ran.Find(t, "Release", "blog-keda")), "arm64")
}
