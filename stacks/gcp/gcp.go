// Package gcp wires an environment on Google Cloud: it registers the components of
// components/gcp in their order, with a network and a cluster for this environment alone,
// and the app on top. Deploy reads top to bottom, step by step as its sibling in
// stacks/aws.
//
// The package imports the SDK of Google Cloud and knows nothing of AWS.
package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/stacks/app"
	"github.com/djangostack/djangostack/stacks/spec"
)

// foundation is what all later steps build on.
type foundation struct {
	key     *components.Key
	network *components.Network
	cluster *components.Cluster
}

// Deploy registers a whole environment: key, network, cluster, data services, DNS zone,
// buckets, image registry, charts in the cluster, the app, and last the load balancer.
func Deploy(ctx *pulumi.Context, environment *spec.Environment) error {
	root, err := app.NewEnvironment(ctx, environment, "gcp")
	if err != nil {
		return err
	}
	w, err := newWiring(ctx, environment, root)
	if err != nil {
		return err
	}
	base, err := w.foundation()
	if err != nil {
		return err
	}
	data, err := w.dataServices(base)
	if err != nil {
		return err
	}
	zone, err := w.zone()
	if err != nil {
		return err
	}
	files, err := w.files(base.key, zone)
	if err != nil {
		return err
	}
	registry, err := w.registry(base.key)
	if err != nil {
		return err
	}
	dump := w.dump()
	identity, err := w.identity(base.cluster, files, dump)
	if err != nil {
		return err
	}
	backups, err := w.backups(base)
	if err != nil {
		return err
	}
	platform := w.platform(base, data, files, dump, identity)
	platform.Backups = backups
	if platform.Charts, err = app.NewCharts(ctx, environment, platform.Options); err != nil {
		return err
	}
	deployed, err := app.Deploy(ctx, environment, platform)
	if err != nil {
		return err
	}
	front, err := w.loadBalancer(base, zone, platform, deployed)
	if err != nil {
		return err
	}
	if err := w.alarms(data, front.balancer); err != nil {
		return err
	}
	if err := w.budget(); err != nil {
		return err
	}
	outputs := deployed.Outputs(ctx, environment)
	outputs["clusterName"] = base.cluster.Name
	outputs["kubeconfig"] = base.cluster.Kubeconfig
	outputs["nameServers"] = zone.NameServers
	outputs["addresses"] = pulumi.StringArray{front.address.IP}
	if outside := app.HostsOutside(environment, front.address.IP); outside != nil {
		outputs["hostsOutside"] = outside
	}
	if registry != nil {
		outputs["registry"] = registry.URL
	}
	return app.Export(ctx, root, outputs)
}

func (w wiring) foundation() (foundation, error) {
	key, err := w.key()
	if err != nil {
		return foundation{}, err
	}
	network, err := w.network()
	if err != nil {
		return foundation{}, err
	}
	cluster, err := w.cluster(key, network)
	if err != nil {
		return foundation{}, err
	}
	return foundation{key: key, network: network, cluster: cluster}, nil
}
