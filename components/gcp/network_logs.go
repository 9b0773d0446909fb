package gcp

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/dns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
)

// flowLogs records every connection, as CIS 3.8 wants it.
func flowLogs() compute.SubnetworkLogConfigArgs {
	return compute.SubnetworkLogConfigArgs{
		AggregationInterval: pulumi.String("INTERVAL_5_SEC"),
		FlowSampling:        pulumi.Float64(1),
		Metadata:            pulumi.String("INCLUDE_ALL_METADATA"),
		FilterExpr:          pulumi.String("true"),
	}
}

// newLogs records which names are looked up, as CIS 2.12 wants it.
func (n *Network) newDNSLogs(ctx *pulumi.Context, name string, args *NetworkArgs) error {
	if args.FlowLogs == arguments.Off {
		return nil
	}
	_, err := dns.NewPolicy(ctx, child(name, "names"), &dns.PolicyArgs{
		Project:                 pulumi.String(args.Project),
		Description:             pulumi.String("Records which names are looked up"),
		EnableLogging:           pulumi.Bool(true),
		EnableInboundForwarding: pulumi.Bool(false),
		Networks:                dns.PolicyNetworkArray{dns.PolicyNetworkArgs{NetworkUrl: n.NetworkID}},
	}, pulumi.Parent(n))
	if err != nil {
		return fmt.Errorf("registering the record of names of %s: %w", name, err)
	}
	return nil
}
