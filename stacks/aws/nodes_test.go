package aws_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/aws"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/mocks"
)

// armed is a production of arm64 with data services in the cluster, a worker in a pool of amd64, and everything that has pods.
func armed(t *testing.T, mode string) string {
	t.Helper()
	text := fmt.Sprintf(whole, spec.Production)
	const pools, pool = `, "nodePools": [{"name": "legacy", "architecture": "amd64"}]`, `, "nodePool": "legacy"`
	for before, after := range map[string]string{
		`"cluster": {`: `"cluster": {"mode": "` + mode + `", "architecture": "arm64", "charts": {"keda": {}, "certManager": {}, "prometheusOperator": {}, "externalSecrets": {}}` + pools + `, `,
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

func TestEveryPodSelectsTheArchitectureOfTheCluster(t *testing.T) {
	for _, mode := range []string{"auto", "nodes"} {
		environment, err := spec.Parse([]byte(armed(t, mode)), "dev")
		require.NoError(t, err)
		for _, outputs := range mocks.Both() {
			ran := mocks.Run(t, outputs, func(ctx *pulumi.Context) error { return aws.Deploy(ctx, environment) })
			for name, selector := range selectors(t, ran) {
				switch name {
				case "Deployment blog-autoscaler":
					assert.Nil(t, selector, "it may run on any node")
				case "Deployment blog-worker-old":
					assert.Equal(t, map[string]any{"kubernetes.io/arch": "amd64", "djangostack/pool": "legacy"}, selector)
				default:
					assert.Equal(t, map[string]any{"kubernetes.io/arch": "arm64"}, selector, name)
				}
			}
			if mode == "auto" {
				assert.Len(t, ran.OfKind("NodePool"), 2)
				continue
			}
			assert.Equal(t, []any{"t3.large"}, ran.Find(t, "NodeGroup", "blog-pool-legacy").At(t, "instanceTypes"))
			assert.Equal(t, []any{"t4g.large"}, ran.Find(t, "NodeGroup", "blog-nodes").At(t, "instanceTypes"))
		}
	}
}

func TestAWorkerToleratesTheTaintsOfItsPool(t *testing.T) {
	environment, err := spec.Parse([]byte(armed(t, "auto")), "dev")
	require.NoError(t, err)
	ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error { return aws.Deploy(ctx, environment) })
	assert.Equal(t, []any{map[string]any{"key": "djangostack/pool", "operator": "Equal", "value": "legacy", "effect": "NoSchedule"}},
		ran.Find(t, "Deployment", "blog-worker-old").At(t, "spec.template.spec.tolerations"))
	assert.Nil(t, ran.Find(t, "Deployment", "blog-worker-default").At(t, "spec.template.spec.tolerations"))
}
