package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	components "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/stacks/spec"
)

// wayIn reserves the address, proves the name, and has the cluster make the load
// balancer that sends on to the pods.
func (w *wiring) loadBalancer() error {
	host := w.e.Host()
	certificate, err := w.certificate(w.name, host)
	if err != nil {
		return err
	}
	address, err := w.address(w.name)
	if err != nil {
		return err
	}
	w.made.address = address
	before := append(append([]pulumi.Resource{}, w.made.cluster.Ready...), w.deployed.Web, address, certificate)
	before = append(before, w.made.network.Egress...)
	_, err = components.NewLoadBalancer(w.ctx, w.name, &components.LoadBalancerArgs{
		Project:            w.e.GCP.Project,
		Namespace:          w.deployed.Namespace,
		Labels:             w.deployed.Labels,
		Service:            w.e.WebServiceName(),
		ServicePort:        w.e.Web.Service.Port,
		PodPort:            w.e.Web.Port,
		Hosts:              []string{host},
		AddressName:        address.Name,
		CertificateMapName: certificate.MapName,
		AllowedCIDRs:       w.e.LoadBalancer.AllowedCIDRs,
		AccessLogs:         arguments.Switch(w.e.LoadBalancer.AccessLogs),
		DrainSeconds:       w.e.Web.LongestRequestSeconds,
		TimeoutSeconds:     w.e.Web.LongestRequestSeconds,
		CachedPath:         w.cachedPath(),
	}, with(w.platform.Options, pulumi.DependsOn(before))...)
	if err != nil {
		return err
	}
	return w.point(w.name, host, address.IP)
}

// cachedPath is where the pods serve static files, if a CDN is to keep them.
func (w *wiring) cachedPath() string {
	if w.e.Static.CDN == spec.Off || w.e.Static.Store == spec.StaticInBucket {
		return ""
	}
	return w.e.Static.URL
}

func (w *wiring) budget() error {
	wanted := w.e.Budget
	if wanted == nil {
		return nil
	}
	_, err := components.NewBudget(w.ctx, w.name, &components.BudgetArgs{
		Project:        w.e.GCP.Project,
		BillingAccount: w.e.GCP.BillingAccount,
		MonthlyAmount:  wanted.MonthlyUSD,
		Currency:       "USD",
		Emails:         wanted.Emails,
		LabelKey:       environmentLabel,
		LabelValue:     w.labels[environmentLabel],
		Labels:         w.labels,
	}, w.options...)
	return err
}
