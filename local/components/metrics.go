package components

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/spf13/pflag"
	v1 "k8s.io/api/core/v1"
	openapi "k8s.io/apiserver/pkg/endpoints/openapi"
	genericserver "k8s.io/apiserver/pkg/server"
	"k8s.io/apiserver/pkg/server/options"
	"k8s.io/apiserver/pkg/util/compatibility"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/kubernetes/pkg/cluster/ports"
	"sigs.k8s.io/metrics-server/pkg/api"
	schemas "sigs.k8s.io/metrics-server/pkg/api/generated/openapi"
	"sigs.k8s.io/metrics-server/pkg/scraper/client"
	"sigs.k8s.io/metrics-server/pkg/server"

	"github.com/djangostack/djangostack/local/cluster"
)

// The shortest resolution metrics-server supports is 10 s; the kubelet itself measures every 10 to 15 s.
const metricsResolution = 15 * time.Second

// runMetrics runs metrics-server. Its own command does not build against the API machinery of Kubernetes 1.34, its server does.
func runMetrics(ctx context.Context, args []string) error {
	flags := pflag.NewFlagSet("metrics-server", pflag.ContinueOnError)
	kubeconfig := flags.String("kubeconfig", "", "kubeconfig to reach the API server and the kubelet")
	serving := options.NewSecureServingOptions().WithLoopback()
	serving.BindAddress, serving.BindPort = net.ParseIP(cluster.NodeAddress), cluster.MetricsPort
	serving.AddFlags(flags)
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("reading the flags of metrics-server: %w", err)
	}
	rest, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		return fmt.Errorf("reading the kubeconfig: %w", err)
	}
	generic, err := metricsAPI(*kubeconfig, serving)
	if err != nil {
		return err
	}
	metrics, err := server.Config{
		Apiserver:        generic,
		Rest:             rest,
		MetricResolution: metricsResolution,
		ScrapeTimeout:    10 * time.Second,
		// The kubelet's certificate is signed by the same authority as the API server's, which the kubeconfig holds.
		Kubelet: &client.KubeletClientConfig{
			Client:              *rest,
			AddressTypePriority: []v1.NodeAddressType{v1.NodeInternalIP},
			Scheme:              "https",
			DefaultPort:         ports.KubeletPort,
		},
	}.Complete()
	if err != nil {
		return fmt.Errorf("setting metrics-server up: %w", err)
	}
	return metrics.RunUntil(ctx.Done())
}

func metricsAPI(kubeconfig string, serving *options.SecureServingOptionsWithLoopback) (*genericserver.Config, error) {
	config := genericserver.NewConfig(api.Codecs)
	config.EffectiveVersion = compatibility.DefaultBuildEffectiveVersion()
	names := openapi.NewDefinitionNamer(api.Scheme)
	config.OpenAPIConfig = genericserver.DefaultOpenAPIConfig(schemas.GetOpenAPIDefinitions, names)
	config.OpenAPIV3Config = genericserver.DefaultOpenAPIV3Config(schemas.GetOpenAPIDefinitions, names)
	if err := serving.ApplyTo(&config.SecureServing, &config.LoopbackClientConfig); err != nil {
		return nil, fmt.Errorf("preparing to serve metrics: %w", err)
	}
	authentication := options.NewDelegatingAuthenticationOptions()
	authentication.RemoteKubeConfigFile = kubeconfig
	if err := authentication.ApplyTo(&config.Authentication, config.SecureServing, config.OpenAPIConfig); err != nil {
		return nil, fmt.Errorf("preparing the authentication of metrics requests: %w", err)
	}
	authorization := options.NewDelegatingAuthorizationOptions()
	authorization.RemoteKubeConfigFile = kubeconfig
	if err := authorization.ApplyTo(&config.Authorization); err != nil {
		return nil, fmt.Errorf("preparing the authorization of metrics requests: %w", err)
	}
	return config, nil
}
