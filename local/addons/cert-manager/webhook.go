package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"github.com/cert-manager/cert-manager/internal/apis/config/shared"
	config "github.com/cert-manager/cert-manager/internal/apis/config/webhook"
	"github.com/cert-manager/cert-manager/internal/webhook"
	logf "github.com/cert-manager/cert-manager/pkg/logs"
)

// webhooks checks cert-manager's objects for the API server, with a certificate of an
// authority that it creates (https://cert-manager.io/docs/cli/webhook/).
func webhooks(ctx context.Context, arguments []string) error {
	flags := flag.NewFlagSet("webhook", flag.ContinueOnError)
	namespace := flags.String("namespace", "cert-manager", "namespace of the Service cert-manager-webhook")
	if err := flags.Parse(arguments); err != nil {
		return fmt.Errorf("reading the options: %w", err)
	}
	const port, health, leaf = 10250, 6080, 7 * 24 * time.Hour
	service := "cert-manager-webhook." + *namespace
	server, err := webhook.NewCertManagerWebhookServer(logf.FromContext(ctx), config.WebhookConfiguration{
		SecurePort: port, HealthzPort: health, MetricsListenAddress: "0",
		TLSConfig: shared.TLSConfig{Dynamic: shared.DynamicServingConfig{
			SecretNamespace: *namespace, SecretName: "cert-manager-webhook-ca", LeafDuration: leaf,
			DNSNames: []string{"cert-manager-webhook", service, service + ".svc"},
		}},
	})
	if err != nil {
		return fmt.Errorf("building the webhook: %w", err)
	}
	return server.Run(ctx)
}
