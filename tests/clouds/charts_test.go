package clouds_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/clusters"
	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/environments"
)

// charts installs every chart and uses the kinds of each. The worker mail uses none.
func charts() []string {
	return []string{
		"cluster.charts={keda: {}, certManager: {}, prometheusOperator: {}, externalSecrets: {}}",
		"workers=[{name: default, autoscaling: {by: queue, maxReplicas: 5}}, {name: mail, queues: [mail]}]",
		"monitoring={alerts: {}, prometheus: {scrape: serviceMonitor}}",
		`objects=[{name: mail, manifest: "{apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: mail}, spec: {secretName: mail-tls, dnsNames: [mail.example.com], issuerRef: {name: own}}}"}, {name: smtp, manifest: "{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: smtp}, spec: {secretStoreRef: {name: own}, target: {name: smtp}, data: [{secretKey: password, remoteRef: {key: smtp}}]}}"}]`,
	}
}

// withoutObjects leaves out the objects, for which all pods wait, since they may use what a controller writes for them.
func withoutObjects(charts []string) []string { return charts[:len(charts)-1] }

// usersOfCharts are the kinds of such an environment that a chart defines, with the Release of the chart.
func usersOfCharts() map[string]string {
	return map[string]string{
		"kubernetes:keda.sh/v1alpha1:ScaledObject":           "blog-keda",
		"kubernetes:monitoring.coreos.com/v1:PrometheusRule": "blog-kube-prometheus-stack",
		"kubernetes:monitoring.coreos.com/v1:ServiceMonitor": "blog-kube-prometheus-stack",
	}
}

// The first update creates a cluster without any custom kind, so the emulator refuses an object whose chart is not there
// yet; and the end of a chart, while objects of its kinds are there.
func TestChartsComeBeforeAndGoAfterWhatUsesThem(t *testing.T) {
	for _, cloud := range []spec.Cloud{spec.AWSCloud, spec.GCPCloud} {
		t.Run(string(cloud), func(t *testing.T) {
			deployed := enginetest.NewEnvironment(t, environments.Small(cloud).Set(t, charts()...), stacks.Program)
			upWithoutDrift(t, deployed)
			left := strings.Join(deployed.Cluster.Left(), "\n")
			for _, object := range []string{"ScaledObject", "PrometheusRule", "ServiceMonitor", "Certificate", "ExternalSecret", "Namespace external-secrets", "Namespace keda", "Namespace cert-manager", "Namespace monitoring"} {
				assert.Contains(t, left, object)
			}

			upgraded, err := deployed.Preview(t, override(t, "cluster.charts.keda.version=2.22.0"))
			require.NoError(t, err)
			assert.Equal(t, []string{"update kubernetes:helm.sh/v3:Release blog-keda"}, steps(upgraded))

			deployed.Destroy(t)
			assert.Empty(t, deployed.Leaks())
		})
	}
}

// slowCharts holds every chart back until a worker that needs none of them is there, and a while longer: until something
// comes before its chart, or as long as a missing dependency takes to show.
type slowCharts struct {
	others    chan struct{}
	tooEarly  chan struct{}
	lock      sync.Mutex
	installed map[string]bool
	// early are the kinds that came before their chart, and alone tells that the worker did not come.
	early []string
	alone bool
}

func newSlowCharts() *slowCharts {
	return &slowCharts{others: make(chan struct{}), tooEarly: make(chan struct{}, len(usersOfCharts())), installed: map[string]bool{}}
}

func (s *slowCharts) hook(call enginetest.Call) enginetest.Verdict {
	at := urn.URN(call.URN)
	kind, name := string(at.Type()), at.Name()
	user := usersOfCharts()[kind]
	switch {
	case call.Operation != "create":
	case kind == "kubernetes:helm.sh/v3:Release":
		s.wait()
		s.lock.Lock()
		defer s.lock.Unlock()
		s.installed[name] = true
	case kind == "kubernetes:apps/v1:Deployment" && name == "blog-worker-mail":
		close(s.others)
	case user != "":
		s.lock.Lock()
		defer s.lock.Unlock()
		if !s.installed[user] {
			s.early = append(s.early, kind)
			s.tooEarly <- struct{}{}
		}
	}
	return enginetest.Pass
}

// wait ends in any case: a worker that waits for a chart would never come.
func (s *slowCharts) wait() {
	select {
	case <-s.others:
		s.waitLonger()
	case <-time.After(time.Minute):
		s.lock.Lock()
		defer s.lock.Unlock()
		s.alone = true
	}
}

func (s *slowCharts) waitLonger() {
	select {
	case <-s.tooEarly:
	case <-time.After(5 * time.Second):
	}
}

// What uses the kinds of a chart is not tried before the chart is there, however long that takes; everything else is.
func TestWhatUsesAChartWaitsForIt(t *testing.T) {
	slow := newSlowCharts()
	deployed := enginetest.NewInterceptedEnvironment(t, environments.Small(spec.AWSCloud).Set(t, withoutObjects(charts())...), stacks.Program, slow.hook)
	deployed.Up(t)
	assert.Empty(t, slow.early)
	assert.False(t, slow.alone, "the worker mail waits for a chart")
}

// This test changes the program: it installs KEDA, and nothing waits for it.
func TestWhatDoesNotWaitForItsChartIsNoticed(t *testing.T) {
	slow := newSlowCharts()
	environment := environments.Small(spec.AWSCloud).Set(t, "prepared=on", charts()[1])
	deployed := enginetest.NewInterceptedEnvironment(t, environment, withKEDABeside, slow.hook)
	// The provider tries for a while, and here the chart comes in time.
	deployed.Up(t)
	assert.Equal(t, []string{"kubernetes:keda.sh/v1alpha1:ScaledObject"}, slow.early)
	assert.False(t, slow.alone)
}

// withKEDABeside is the program with a Release of KEDA that no other resource knows.
func withKEDABeside(ctx *pulumi.Context) error {
	var cluster pulumi.ProviderResource
	err := ctx.RegisterStackTransformation(func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
		if provider, ok := args.Resource.(pulumi.ProviderResource); ok && args.Type == "pulumi:providers:kubernetes" {
			cluster = provider
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := stacks.Program(ctx); err != nil {
		return err
	}
	_, err = clusters.NewRelease(ctx, "blog-keda", pulumi.Map{"name": pulumi.String("keda"), "namespace": pulumi.String("default"), "chart": pulumi.String("keda")}, pulumi.Provider(cluster))
	return err
}

func override(t *testing.T, text string) stackfile.Override {
	t.Helper()
	parsed, err := stackfile.ParseOverride(text)
	require.NoError(t, err)
	return parsed
}

// steps are what a plan does to resources.
func steps(plan lifecycle.PreviewResult) []string {
	var all []string
	for _, step := range plan.Plan {
		all = append(all, step.Op+" "+step.ResourceType+" "+step.Name)
	}
	return all
}
