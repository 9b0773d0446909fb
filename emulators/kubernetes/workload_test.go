package kubernetes_test

import (
	"context"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The image of the Redis replacement that the local cluster has loaded.
const image = "docker.io/library/redis:8"

func container(image, script string, more pulumi.Map) pulumi.Map {
	c := pulumi.Map{
		"name": pulumi.String("main"), "image": pulumi.String(image),
		"imagePullPolicy": pulumi.String("IfNotPresent"),
		"command":         pulumi.ToStringArray([]string{"sh", "-c", script}),
	}
	for key, value := range more {
		c[key] = value
	}
	return c
}

func deployment(image, script string, annotations map[string]string, more pulumi.Map) func(*registrar) error {
	labels := pulumi.StringMap{"app": pulumi.String("web")}
	return func(r *registrar) error {
		_, err := r.add("apps/v1:Deployment", "web", pulumi.Map{
			"metadata": pulumi.Map{"name": pulumi.String("web"), "annotations": pulumi.ToStringMap(annotations)},
			"spec": pulumi.Map{
				"replicas": pulumi.Int(2),
				// A container that crashes at once is ready for a moment, and the Deployment with it.
				"minReadySeconds": pulumi.Int(2),
				"selector":        pulumi.Map{"matchLabels": labels},
				"template": pulumi.Map{
					"metadata": pulumi.Map{"labels": labels},
					"spec": pulumi.Map{
						"terminationGracePeriodSeconds": pulumi.Int(0),
						"containers":                    pulumi.Array{container(image, script, more)},
					},
				},
			},
		})
		return err
	}
}

func TestDeploymentWithAMissingImageIsReportedAndRepaired(t *testing.T) {
	e := newEngine(t)
	short := map[string]string{"pulumi.com/timeoutSeconds": "10"}
	e.register = deployment("registry.invalid/missing:1", "sleep 3600", short, nil)
	err := e.Up()
	require.Error(t, err)
	said := e.Output.String() + err.Error()
	assert.Contains(t, said, "0 of 2 pods ready")
	assert.Contains(t, said, "the image registry.invalid/missing:1 cannot be pulled")
	assert.Contains(t, e.Output.String(), "is not ready after 10s")

	// The object is in the state, so the next update repairs it in place.
	changes := e.mustUp(deployment(image, "sleep 3600", map[string]string{"pulumi.com/timeoutSeconds": "60"}, nil))
	assert.Equal(t, 1, changes["update"], "%v", changes)
	err = e.Up(optup.ExpectNoChanges())
	require.NoError(t, err, e.Output.String())
}

func TestCrashingContainerShowsItsLastLinesWithoutSecrets(t *testing.T) {
	e := newEngine(t)
	e.register = func(r *registrar) error {
		_, err := r.add("core/v1:Secret", "key", pulumi.Map{
			"metadata":   pulumi.Map{"name": pulumi.String("key")},
			"stringData": pulumi.StringMap{"KEY": pulumi.String("hush-hush-value")},
		})
		if err != nil {
			return err
		}
		return deployment(image, "echo the key is $KEY; echo no such table; exit 3",
			map[string]string{"pulumi.com/timeoutSeconds": "25"}, pulumi.Map{"envFrom": pulumi.Array{
				pulumi.Map{"secretRef": pulumi.Map{"name": pulumi.String("key")}},
			}})(r)
	}
	err := e.Up()
	require.Error(t, err)
	assert.Contains(t, err.Error(), "exit code 3")
	assert.Contains(t, err.Error(), "no such table")
	assert.Contains(t, err.Error(), "the key is [secret]")
	assert.NotContains(t, e.Output.String()+err.Error(), "hush-hush-value")
}

func TestAProgramThatTheImageLacksEndsTheWaitEarly(t *testing.T) {
	e := newEngine(t)
	e.register = deployment(image, "", nil, pulumi.Map{"command": pulumi.ToStringArray([]string{"no-such-program"})})
	started := time.Now()
	err := e.Up()
	require.Error(t, err)
	assert.Contains(t, err.Error(), `exec: "no-such-program": executable file not found in $PATH`)
	assert.Less(t, time.Since(started), 5*time.Minute, "the provider's limit is ten minutes")

	e.mustUp(deployment(image, "sleep 3600", nil, nil))
}

func TestProbeAndSchedulingAndQuotaAreNamed(t *testing.T) {
	short := map[string]string{"pulumi.com/timeoutSeconds": "12"}
	for name, test := range map[string]struct {
		register func(*registrar) error
		says     string
	}{
		"probe": {deployment(image, "sleep 3600", short, pulumi.Map{"readinessProbe": pulumi.Map{
			"exec": pulumi.Map{"command": pulumi.ToStringArray([]string{"sh", "-c", "echo not warm yet; exit 1"})}, "periodSeconds": pulumi.Int(1),
		}}), "not warm yet"},
		"scheduling": {deployment(image, "sleep 3600", short, pulumi.Map{"resources": pulumi.Map{
			"requests": pulumi.StringMap{"memory": pulumi.String("100Ti")},
		}}), "cannot be scheduled"},
		"quota": {func(r *registrar) error {
			quota, err := r.add("core/v1:ResourceQuota", "none", pulumi.Map{
				"spec": pulumi.Map{"hard": pulumi.StringMap{"pods": pulumi.String("0")}},
			})
			if err != nil {
				return err
			}
			r.options = append(r.options, pulumi.DependsOn([]pulumi.Resource{quota}))
			return deployment(image, "sleep 3600", short, nil)(r)
		}, "exceeded quota"},
		"missing secret": {deployment(image, "sleep 3600", short, pulumi.Map{"envFrom": pulumi.Array{
			pulumi.Map{"secretRef": pulumi.Map{"name": pulumi.String("nowhere")}},
		}}), `secret "nowhere" not found`},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEngine(t)
			e.register = test.register
			err := e.Up()
			require.Error(t, err)
			assert.Contains(t, err.Error(), test.says)
		})
	}
}

func job(script string) func(*registrar) error {
	return func(r *registrar) error {
		_, err := r.add("batch/v1:Job", "migrate", pulumi.Map{
			"metadata": pulumi.Map{
				"name":        pulumi.String("migrate"),
				"annotations": pulumi.StringMap{"pulumi.com/replaceUnready": pulumi.String("true")},
			},
			"spec": pulumi.Map{
				"backoffLimit": pulumi.Int(0),
				"template": pulumi.Map{"spec": pulumi.Map{
					"restartPolicy": pulumi.String("Never"),
					"containers":    pulumi.Array{container(image, script, nil)},
				}},
			},
		})
		return err
	}
}

func TestFailedJobShowsItsLogAndIsReplaced(t *testing.T) {
	e := newEngine(t)
	e.register = job("echo applying blog.0002; echo relation exists >&2; exit 1")
	started := time.Now()
	err := e.Up()
	require.Error(t, err)
	assert.Contains(t, err.Error(), "relation exists")
	assert.Less(t, time.Since(started), 5*time.Minute, "a failed Job is not waited for, which would take ten minutes")

	changes := e.mustUp(job("echo fine"))
	assert.Equal(t, 1, changes["replace"], "%v", changes)
	err = e.Up(optup.ExpectNoChanges())
	require.NoError(t, err, e.Output.String())
}

func TestInterruptedUpdateContinues(t *testing.T) {
	e := newEngine(t)
	slow := pulumi.Map{"readinessProbe": pulumi.Map{
		"exec":          pulumi.Map{"command": pulumi.ToStringArray([]string{"sh", "-c", "test -e /tmp/warm"})},
		"periodSeconds": pulumi.Int(1),
	}}
	e.register = deployment(image, "sleep 20; touch /tmp/warm; sleep 3600", nil, slow)
	ctx, interrupt := context.WithCancel(context.Background())
	interrupted := make(chan time.Time, 1)
	go func() {
		for started := time.Now(); time.Since(started) < 5*time.Minute; time.Sleep(200 * time.Millisecond) {
			if list, err := e.resource("apps", "deployments").List(context.Background(), metav1.ListOptions{}); err == nil && len(list.Items) > 0 {
				break
			}
		}
		time.Sleep(time.Second)
		interrupted <- time.Now()
		interrupt()
	}()
	_, err := e.Stack.Up(ctx, optup.ProgressStreams(&e.Output))
	require.Error(t, err)
	assert.Less(t, time.Since(<-interrupted), time.Minute, "the wait ends with the interruption")

	exported, err := e.Stack.Export(context.Background())
	require.NoError(t, err)
	assert.Contains(t, string(exported.Deployment), "kubernetes:apps/v1:Deployment", "the object is not forgotten")
	assert.NotContains(t, string(exported.Deployment), `"pending_operations":[{`)

	changes := e.mustUp(e.register)
	assert.Equal(t, 1, changes["update"], "%v", changes)
	err = e.Up(optup.ExpectNoChanges())
	require.NoError(t, err, e.Output.String())
}
