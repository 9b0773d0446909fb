package gcp

import (
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// allScopes leaves what nodes may do to their roles.
const allScopes = "https://www.googleapis.com/auth/cloud-platform"

// podsPerNode gives a node a /25 of the pods' range.
const podsPerNode = 64

// automate turns Autopilot on. It sees to network policies, workload identity,
// shielded nodes and repairs itself, and the provider refuses to be told so. This is
// the one place where Autopilot is told whom its nodes act as.
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

// standardise says what Autopilot would see to. The first pool, which every cluster is
// made with, goes at once; while it is there it acts as the other nodes do.
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
	// CKV_GCP_12: it enforces NetworkPolicies, and records what they refuse.
	wanted.DatapathProvider = pulumi.String("ADVANCED_DATAPATH")
	// CKV_GCP_61: flow logs see what pods of one node send to each other.
	wanted.EnableIntranodeVisibility = pulumi.Bool(true)
	wanted.EnableShieldedNodes = pulumi.Bool(true)
	wanted.WorkloadIdentityConfig = container.ClusterWorkloadIdentityConfigArgs{WorkloadPool: pulumi.String(c.args.workloadPool())}
	wanted.ServiceExternalIpsConfig = container.ClusterServiceExternalIpsConfigArgs{Enabled: pulumi.Bool(false)}
	more := addons()
	more.GcePersistentDiskCsiDriverConfig = container.ClusterAddonsConfigGcePersistentDiskCsiDriverConfigArgs{Enabled: pulumi.Bool(true)}
	more.DnsCacheConfig = container.ClusterAddonsConfigDnsCacheConfigArgs{Enabled: pulumi.Bool(true)}
	wanted.AddonsConfig = more
}

// locations are the zones of nodes, or nil for those that Google takes.
func (a *ClusterArgs) locations() pulumi.StringArrayInput {
	if len(a.Zones) == 0 {
		return nil
	}
	return pulumi.ToStringArray(a.Zones)
}

// addons are what the Gateway and what scales pods need.
func addons() container.ClusterAddonsConfigArgs {
	return container.ClusterAddonsConfigArgs{
		HttpLoadBalancing:        container.ClusterAddonsConfigHttpLoadBalancingArgs{Disabled: pulumi.Bool(false)},
		HorizontalPodAutoscaling: container.ClusterAddonsConfigHorizontalPodAutoscalingArgs{Disabled: pulumi.Bool(false)},
	}
}
