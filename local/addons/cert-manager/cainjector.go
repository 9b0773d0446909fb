package main

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/install"
	"k8s.io/apimachinery/pkg/runtime"
	clientscheme "k8s.io/client-go/kubernetes/scheme"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/install"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	metrics "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	certmanager "github.com/cert-manager/cert-manager/pkg/api"
	"github.com/cert-manager/cert-manager/pkg/controller/cainjector"
	"github.com/cert-manager/cert-manager/pkg/util"
)

// injectors writes the webhook's authority into its configuration
// (https://cert-manager.io/docs/concepts/ca-injector/).
func injectors(ctx context.Context) error {
	scheme := runtime.NewScheme()
	apiextensions.Install(scheme)
	apiregistration.Install(scheme)
	for _, add := range []func(*runtime.Scheme) error{clientscheme.AddToScheme, certmanager.AddToScheme} {
		if err := add(scheme); err != nil {
			return fmt.Errorf("naming the kinds: %w", err)
		}
	}
	kubeconfig, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("finding the API server: %w", err)
	}
	manager, err := ctrl.NewManager(util.RestConfigWithUserAgent(kubeconfig, "cainjector"), ctrl.Options{
		Scheme: scheme, Metrics: metrics.Options{BindAddress: "0"},
		// The injectors watch the metadata of Secrets only, and read one when they need it.
		Client: client.Options{Cache: &client.CacheOptions{DisableFor: []client.Object{&corev1.Secret{}}}},
	})
	if err != nil {
		return fmt.Errorf("reaching the API server: %w", err)
	}
	err = cainjector.RegisterAllInjectors(ctx, manager, cainjector.SetupOptions{
		EnabledReconcilersFor: map[string]bool{cainjector.ValidatingWebhookConfigurationName: true, cainjector.MutatingWebhookConfigurationName: true},
	})
	if err != nil {
		return fmt.Errorf("building the injectors: %w", err)
	}
	return manager.Start(ctx)
}
