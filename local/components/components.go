// Package components runs the components of Kubernetes that are compiled into this program, each as a separate process.
package components

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
	metrics "sigs.k8s.io/metrics-server/cmd/metrics-server/app"
)

// Run runs the component name with the arguments of its upstream command until it ends or ctx is done.
// If the name is unknown, the error lists the known names.
func Run(ctx context.Context, name string, args []string) error {
	known := map[string]func(context.Context, []string) error{
		"etcd": func(_ context.Context, args []string) error {
			etcdmain.Main(append([]string{"etcd"}, args...))
			return nil
		},
		"kube-apiserver":          kubernetesProcess(func(context.Context) *cobra.Command { return apiserver.NewAPIServerCommand() }),
		"kube-controller-manager": kubernetesProcess(func(context.Context) *cobra.Command { return controllermanager.NewControllerManagerCommand() }),
		"kube-scheduler":          kubernetesProcess(func(context.Context) *cobra.Command { return scheduler.NewSchedulerCommand() }),
		"kube-proxy":              kubernetesProcess(func(context.Context) *cobra.Command { return proxy.NewProxyCommand() }),
		"kubelet":                 kubernetesProcess(kubelet.NewKubeletCommand),
		"coredns":                 runDNS,
		"metrics-server":          kubernetesProcess(metricsServer),
		"storage":                 runStorage,
		"network-policies":        runNetworkPolicies,
	}
	run, found := known[name]
	if !found {
		return fmt.Errorf("unknown component %q; known are %s", name, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
	}
	return run(ctx, args)
}

// metricsServer returns the command of metrics-server with a name for messages, because upstream sets none.
func metricsServer(ctx context.Context) *cobra.Command {
	c := metrics.NewMetricsServerCommand(ctx.Done())
	c.Use = "metrics-server"
	return c
}

func kubernetesProcess(command func(context.Context) *cobra.Command) func(context.Context, []string) error {
	return func(ctx context.Context, args []string) error {
		c := command(ctx)
		c.SetArgs(args)
		if code := cli.Run(c); code != 0 {
			return fmt.Errorf("%s ended with status %d", c.Name(), code)
		}
		return nil
	}
}
