package kubernetes_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/tests/mocks"
)

// A program registers a namespace and a Redis server in it. The mocks replace a
// cluster.
func Example() {
	program := func(ctx *pulumi.Context) error {
		app := labels.Labels{labels.NameLabel: "blog", labels.InstanceLabel: "blog"}
		namespace, err := kubernetes.NewNamespace(ctx, "blog", &kubernetes.NamespaceArgs{
			Name: "blog-staging", Source: arguments.Create, PodSecurity: "restricted", Labels: app,
		})
		if err != nil {
			return err
		}
		_, err = kubernetes.NewRedis(ctx, "blog", &kubernetes.RedisArgs{
			Component: "redis-cache", Namespace: namespace.Name, Labels: app, Image: "docker.io/library/redis:8",
			Memory: "64Mi", CPU: "25m", EvictionPolicy: arguments.AllKeysLRU,
		})
		return err
	}
	ran, err := mocks.Try(mocks.Known, nil, program)
	fmt.Println(len(ran.OfKind("StatefulSet")), "StatefulSet,", len(ran.OfKind("Service")), "Service,", err)
	// Output: 1 StatefulSet, 1 Service, <nil>
}
