package cloudpods_test

import (
	"maps"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/djangostack/djangostack/emulators/kubernetes"
	"github.com/djangostack/djangostack/emulators/random"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/environments"
)

// newEnvironment returns an environment whose Kubernetes providers reach the cluster.
func newEnvironment(t *testing.T, c *cluster, further map[string]pulumirpc.ResourceProviderServer, configuration environments.Environment, program pulumi.RunFunc) *enginetest.Environment {
	t.Helper()
	providers := map[string]pulumirpc.ResourceProviderServer{
		"kubernetes": kubernetes.New(kubernetes.Options{PollInterval: time.Second / 2, Connect: c.reached}),
		"random":     random.New(),
	}
	maps.Copy(providers, further)
	return enginetest.NewEnvironmentOn(t, providers, configuration, program)
}

// text returns a text of an object, or "".
func text(object unstructured.Unstructured, path ...string) string {
	value, _, err := unstructured.NestedString(object.Object, path...)
	if err != nil {
		return ""
	}
	return value
}
