package gcp

import (
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/gcp/limits"
)

// allScopes leaves the restriction of nodes to their IAM roles.
const allScopes = "https://www.googleapis.com/auth/cloud-platform"

// podsPerNode gives a node a /25 of the pods' range.
const podsPerNode = limits.PodsPerNode

// enableAutopilot turns Autopilot on. Autopilot manages network policies, workload
// identity, shielded nodes and repairs, and the provider refuses these settings. The
// service account of Autopilot's nodes is set here only.
func (c *Cluster) enableAutopilot(wanted *container.ClusterArgs) {
	wanted.EnableAutopilot = pulumi.Bool(true)
	wanted.AddonsConfig = addons()
	nodes := container.ClusterClusterAutoscalingAutoProvisioningDefaultsArgs{
		ServiceAccount: c.nodes.Email,
		OauthScopes:    pulumi.ToStringArray([]string{allScopes}),
	}
	if c.args.Volumes.KeyID != nil {
		nodes.BootDiskKmsKey = c.args.Volumes.KeyID.ToStringOutput().ToStringPtrOutput()
	}
	wanted.ClusterAutoscaling = container.ClusterClusterAutoscalingArgs{AutoProvisioningDefaults: nodes}
}

// setStandardMode sets what Autopilot would manage. GKE creates every cluster with a
// default pool, which the provider deletes at once. Until then it has the same security
// settings as the other nodes.
func (c *Cluster) setStandardMode(wanted *container.ClusterArgs) {
	wanted.NodeLocations = c.args.locations()
	wanted.RemoveDefaultNodePool = pulumi.Bool(true)
	wanted.InitialNodeCount = pulumi.Int(1)
	wanted.NodeConfig = container.ClusterNodeConfigArgs{
		ServiceAccount:         c.nodes.Email,
		OauthScopes:            pulumi.ToStringArray([]string{allScopes}),
		WorkloadMetadataConfig: container.ClusterNodeConfigWorkloadMetadataConfigArgs{Mode: pulumi.String("GKE_METADATA")},
		ShieldedInstanceConfig: container.ClusterNodeConfigShieldedInstanceConfigArgs{
			EnableSecureBoot:          pulumi.Bool(true),
			EnableIntegrityMonitoring: pulumi.Bool(true),
		},
	}
	wanted.DefaultMaxPodsPerNode = pulumi.Int(podsPerNode)
	// CKV_GCP_12: it enforces NetworkPolicies and logs what they deny.
	wanted.DatapathProvider = pulumi.String("ADVANCED_DATAPATH")
	// CKV_GCP_61: flow logs include traffic between pods of one node.
	wanted.EnableIntranodeVisibility = pulumi.Bool(true)
	wanted.EnableShieldedNodes = pulumi.Bool(true)
	wanted.WorkloadIdentityConfig = container.ClusterWorkloadIdentityConfigArgs{WorkloadPool: pulumi.String(c.args.workloadPool())}
	wanted.ServiceExternalIpsConfig = container.ClusterServiceExternalIpsConfigArgs{Enabled: pulumi.Bool(false)}
	enabled := addons()
	enabled.GcePersistentDiskCsiDriverConfig = container.ClusterAddonsConfigGcePersistentDiskCsiDriverConfigArgs{Enabled: pulumi.Bool(true)}
	enabled.DnsCacheConfig = container.ClusterAddonsConfigDnsCacheConfigArgs{Enabled: pulumi.Bool(true)}
	wanted.AddonsConfig = enabled
}

// locations are the zones of nodes, or nil to let Google pick them.
func (a *ClusterArgs) locations() pulumi.StringArrayInput {
	if len(a.Zones) == 0 {
		return nil
	}
	return pulumi.ToStringArray(a.Zones)
}

// addons are the add-ons that the Gateway and autoscaling need.
func addons() container.ClusterAddonsConfigArgs {
	return container.ClusterAddonsConfigArgs{
		HttpLoadBalancing:        container.ClusterAddonsConfigHttpLoadBalancingArgs{Disabled: pulumi.Bool(false)},
		HorizontalPodAutoscaling: container.ClusterAddonsConfigHorizontalPodAutoscalingArgs{Disabled: pulumi.Bool(false)},
	}
}
