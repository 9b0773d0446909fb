package main

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/cert-manager/cert-manager/pkg/controller"
	// Each package registers its controller or its issuer.
	_ "github.com/cert-manager/cert-manager/pkg/controller/acmechallenges"
	_ "github.com/cert-manager/cert-manager/pkg/controller/acmeorders"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificate-shim/gateways"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificate-shim/ingresses"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/acme"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/approver"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/issuing"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/keymanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/metrics"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/readiness"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/requestmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/revisionmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/trigger"
	_ "github.com/cert-manager/cert-manager/pkg/controller/clusterissuers"
	_ "github.com/cert-manager/cert-manager/pkg/controller/issuers"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/acme"
	"github.com/cert-manager/cert-manager/pkg/issuer/acme/dns/util"
)

// controllers runs all controllers with the defaults of the published program
// (https://cert-manager.io/docs/cli/controller/), without an election: there is one pod.
func controllers(ctx context.Context, arguments []string) error {
	flags := flag.NewFlagSet("controller", flag.ContinueOnError)
	namespace := flags.String("cluster-resource-namespace", "cert-manager", "namespace of the Secrets of ClusterIssuers")
	solver := flags.String("acme-http01-solver-image", "", "image that answers HTTP challenges")
	nameservers := flags.String("dns01-recursive-nameservers", "", "name servers, with commas, that tell which one has a zone; those of the pod if empty")
	gateways := flags.Bool("enable-gateway-api", false, "serve Gateways too")
	if err := flags.Parse(arguments); err != nil {
		return fmt.Errorf("reading the options: %w", err)
	}
	asked := util.RecursiveNameservers
	if *nameservers != "" {
		asked = strings.Split(*nameservers, ",")
	}
	const burst, most, workers = 50, 60, 5
	factory, err := controller.NewContextFactory(ctx, controller.ContextOptions{
		KubernetesAPIQPS: burst, KubernetesAPIBurst: burst,
		IssuerOptions: controller.IssuerOptions{ClusterResourceNamespace: *namespace, ClusterIssuerAmbientCredentials: true},
		ACMEOptions: controller.ACMEOptions{
			HTTP01SolverImage:                 *solver,
			HTTP01SolverResourceRequestCPU:    resource.MustParse("10m"),
			HTTP01SolverResourceRequestMemory: resource.MustParse("64Mi"),
			HTTP01SolverResourceLimitsCPU:     resource.MustParse("100m"),
			HTTP01SolverResourceLimitsMemory:  resource.MustParse("64Mi"),
			ACMEHTTP01SolverRunAsNonRoot:      true,
			DNS01CheckRetryPeriod:             10 * time.Second,
			DNS01Nameservers:                  asked,
			DNS01CheckAuthoritative:           true,
		},
		IngressShimOptions: controller.IngressShimOptions{DefaultIssuerKind: "Issuer", DefaultIssuerGroup: "cert-manager.io", DefaultAutoCertificateAnnotations: []string{"kubernetes.io/tls-acme"}},
		CertificateOptions: controller.CertificateOptions{CertificateRequestMinimumBackoffDuration: time.Hour, CertificateRequestMaximumBackoffDuration: 32 * time.Hour},
		SchedulerOptions:   controller.SchedulerOptions{MaxConcurrentChallenges: most},
		ConfigOptions:      controller.ConfigOptions{EnableGatewayAPI: *gateways},
	})
	if err != nil {
		return fmt.Errorf("reaching the API server: %w", err)
	}
	shared, err := factory.Build()
	if err != nil {
		return fmt.Errorf("building the clients: %w", err)
	}
	var all []controller.Interface
	for name, build := range controller.Known() {
		if name == "gateway-shim" && !*gateways {
			continue
		}
		one, err := build(factory)
		if err != nil {
			return fmt.Errorf("building the controller %s: %w", name, err)
		}
		all = append(all, one)
	}
	shared.SharedInformerFactory.Start(ctx.Done())
	shared.KubeSharedInformerFactory.Start(ctx.Done())
	shared.HTTP01ResourceMetadataInformersFactory.Start(ctx.Done())
	if *gateways {
		shared.GWShared.Start(ctx.Done())
	}
	return runAll(ctx, all, workers)
}

// runAll runs controllers until the first one fails, or until ctx ends.
func runAll(ctx context.Context, all []controller.Interface, workers int) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var running sync.WaitGroup
	for _, one := range all {
		running.Go(func() {
			if err := one.Run(workers, ctx); err != nil {
				cancel(fmt.Errorf("running a controller: %w", err))
			}
		})
	}
	running.Wait()
	if err := context.Cause(ctx); err != nil && ctx.Err() != err {
		return err
	}
	return nil
}
