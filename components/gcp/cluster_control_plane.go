package gcp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
)

// newNodeAccount registers whom the nodes act as. The default is an editor of the
// whole project (CIS 5.2.1).
func (c *Cluster) newNodeAccount(ctx *pulumi.Context, name string) error {
	nodes, err := newAccount(ctx, name+"-nodes", accountArgs{
		project:     c.args.Project,
		description: "Nodes of the cluster " + c.args.name(),
		roles: []string{
			// Logs, metrics and no more
			// (https://cloud.google.com/kubernetes-engine/docs/how-to/service-accounts).
			"roles/container.defaultNodeServiceAccount",
			// CIS 5.1.3: images are read.
			"roles/artifactregistry.reader",
		},
	}, c)
	if err != nil {
		return err
	}
	c.nodes, c.NodeServiceAccount = nodes, nodes.Email
	return nil
}

// newControlPlane registers the cluster itself, after the ways out and the rights that
// its nodes need. It gives way to another one of the same name only when it is gone.
func (c *Cluster) newControlPlane(ctx *pulumi.Context, name string) error {
	wanted := c.args.controlPlane()
	if c.args.Mode == arguments.ModeAuto {
		c.enableAutopilot(wanted)
	} else {
		c.setStandardMode(wanted)
	}
	healthChecks, err := c.newHealthChecks(ctx, name)
	if err != nil {
		return err
	}
	needs := slices.Concat([]pulumi.Resource{healthChecks}, c.nodes.roles, c.args.Egress)
	c.gke, err = container.NewCluster(ctx, name+"-cluster", wanted, pulumi.Parent(c), pulumi.DependsOn(needs),
		pulumi.Protect(c.args.Protect), pulumi.DeleteBeforeReplace(true), pulumi.IgnoreChanges(c.args.ignoredChanges()))
	if err != nil {
		return fmt.Errorf("registering the cluster %s: %w", name, err)
	}
	c.Name = c.gke.Name
	c.Endpoint = pulumi.Sprintf("https://%s", c.gke.Endpoint)
	c.CertificateAuthority = c.gke.MasterAuth.ClusterCaCertificate().Elem()
	c.WorkloadPool = after(ctx, pulumi.String(c.args.workloadPool()), c.gke)
	c.Ready = []pulumi.Resource{c.gke}
	return nil
}

// saidByGoogle is what GKE says of a cluster otherwise than it was told, so that every
// update would change it back.
func (a *ClusterArgs) ignoredChanges() []string {
	ignored := []string{
		// What the cluster says of its nodes is what its pools say, once the first one
		// is gone; a change would replace the cluster (pulumi-gcp issue 744).
		"nodeConfig",
		// It is on in new clusters that never asked for it, and to turn it off the provider
		// would replace the cluster (terraform-provider-google issue 24718).
		"enableL4IlbSubsetting",
	}
	if a.SecretsKeyID != nil {
		// ENCRYPTED has become ALL_OBJECTS_ENCRYPTION_ENABLED, which this version of the
		// provider neither takes nor understands (terraform-provider-google issue 27091).
		ignored = append(ignored, "databaseEncryption.state")
	}
	return ignored
}

func (a *ClusterArgs) workloadPool() string {
	return a.Project + ".svc.id.goog"
}

// plane is what a cluster of either mode is.
func (a *ClusterArgs) controlPlane() *container.ClusterArgs {
	return &container.ClusterArgs{
		Name:             pulumi.String(a.name()),
		Project:          pulumi.String(a.Project),
		Location:         pulumi.String(a.Region),
		MinMasterVersion: pulumi.String(a.Version),
		ReleaseChannel:   container.ClusterReleaseChannelArgs{Channel: pulumi.String(strings.ToUpper(string(a.ReleaseChannel)))},
		Network:          a.NetworkID.ToStringOutput().ToStringPtrOutput(),
		Subnetwork:       a.SubnetID.ToStringOutput().ToStringPtrOutput(),
		NetworkingMode:   pulumi.String("VPC_NATIVE"),
		IpAllocationPolicy: container.ClusterIpAllocationPolicyArgs{
			ClusterSecondaryRangeName:  a.PodsRange.ToStringOutput().ToStringPtrOutput(),
			ServicesSecondaryRangeName: a.ServicesRange.ToStringOutput().ToStringPtrOutput(),
			StackType:                  pulumi.String("IPV4"),
		},
		PrivateClusterConfig:           a.privateClusterConfig(),
		MasterAuthorizedNetworksConfig: a.authorizedNetworks(),
		// CKV_GCP_13 and CKV_GCP_7: who enters is a matter of Google's identities alone.
		MasterAuth: container.ClusterMasterAuthArgs{
			ClientCertificateConfig: container.ClusterMasterAuthClientCertificateConfigArgs{IssueClientCertificate: pulumi.Bool(false)},
		},
		EnableLegacyAbac:          pulumi.Bool(false),
		EnableKubernetesAlpha:     pulumi.Bool(false),
		AuthenticatorGroupsConfig: a.groups(),
		DatabaseEncryption:        a.encryption(),
		BinaryAuthorization: container.ClusterBinaryAuthorizationArgs{
			// CKV_GCP_66: the project's policy counts; it allows every image until
			// someone changes it.
			EvaluationMode: pulumi.String("PROJECT_SINGLETON_POLICY_ENFORCE"),
		},
		SecurityPostureConfig: container.ClusterSecurityPostureConfigArgs{
			Mode: pulumi.String("BASIC"),
			// GKE's own scanner has ended; the registry scans images
			// (https://cloud.google.com/kubernetes-engine/docs/deprecations/posture-management-deprecation).
			VulnerabilityMode: pulumi.String("VULNERABILITY_DISABLED"),
		},
		GatewayApiConfig:       container.ClusterGatewayApiConfigArgs{Channel: pulumi.String("CHANNEL_STANDARD")},
		LoggingConfig:          container.ClusterLoggingConfigArgs{EnableComponents: a.logs()},
		MonitoringConfig:       monitoringConfig(),
		MaintenancePolicy:      a.Maintenance.window(),
		VerticalPodAutoscaling: container.ClusterVerticalPodAutoscalingArgs{Enabled: pulumi.Bool(true)},
		CostManagementConfig:   container.ClusterCostManagementConfigArgs{Enabled: pulumi.Bool(true)},
		DeletionProtection:     pulumi.Bool(a.Protect),
		ResourceLabels:         a.Labels.All(),
	}
}

// privacy gives nodes no address outside (CKV_GCP_64), and the control plane one or
// none (CKV_GCP_18).
func (a *ClusterArgs) privateClusterConfig() container.ClusterPrivateClusterConfigArgs {
	return container.ClusterPrivateClusterConfigArgs{
		EnablePrivateNodes:        pulumi.Bool(true),
		EnablePrivateEndpoint:     pulumi.Bool(a.Endpoint.Access == arguments.EndpointPrivate),
		PrivateEndpointSubnetwork: a.EndpointSubnetID.ToStringOutput().ToStringPtrOutput(),
		MasterGlobalAccessConfig:  container.ClusterPrivateClusterConfigMasterGlobalAccessConfigArgs{Enabled: pulumi.Bool(false)},
	}
}

// authorised is never left out, which would let everyone in (CKV_GCP_20); without
// ranges nobody outside the network enters.
func (a *ClusterArgs) authorizedNetworks() container.ClusterMasterAuthorizedNetworksConfigArgs {
	allowed := container.ClusterMasterAuthorizedNetworksConfigArgs{
		// The machines of all of Google's customers are no friends.
		GcpPublicCidrsAccessEnabled: pulumi.Bool(false),
	}
	if len(a.Endpoint.AllowedCIDRs) == 0 {
		return allowed
	}
	blocks := container.ClusterMasterAuthorizedNetworksConfigCidrBlockArray{}
	for _, block := range a.Endpoint.AllowedCIDRs {
		blocks = append(blocks, container.ClusterMasterAuthorizedNetworksConfigCidrBlockArgs{CidrBlock: pulumi.String(block)})
	}
	allowed.CidrBlocks = blocks
	return allowed
}

// encryption is stated without a key too, so that a key which goes is seen.
func (a *ClusterArgs) encryption() container.ClusterDatabaseEncryptionArgs {
	if a.SecretsKeyID == nil {
		return container.ClusterDatabaseEncryptionArgs{State: pulumi.String("DECRYPTED")}
	}
	return container.ClusterDatabaseEncryptionArgs{
		State:   pulumi.String("ENCRYPTED"),
		KeyName: a.SecretsKeyID.ToStringOutput().ToStringPtrOutput(),
	}
}

// logTypes are the control plane's logs by the words of Google's API, in its order.
func logTypes() []string { return []string{"api-server", "scheduler", "controller-manager"} }

// logs are what is kept besides what the nodes themselves and pods write.
func (a *ClusterArgs) logs() pulumi.StringArray {
	kept := pulumi.StringArray{pulumi.String("SYSTEM_COMPONENTS"), pulumi.String("WORKLOADS")}
	words := map[string]string{"api-server": "APISERVER", "scheduler": "SCHEDULER", "controller-manager": "CONTROLLER_MANAGER"}
	for _, log := range logTypes() {
		if slices.Contains(a.LogTypes, log) {
			kept = append(kept, pulumi.String(words[log]))
		}
	}
	return kept
}

func monitoringConfig() container.ClusterMonitoringConfigArgs {
	return container.ClusterMonitoringConfigArgs{
		EnableComponents:  pulumi.ToStringArray([]string{"SYSTEM_COMPONENTS"}),
		ManagedPrometheus: container.ClusterMonitoringConfigManagedPrometheusArgs{Enabled: pulumi.Bool(true)},
	}
}

// newHealthChecks lets Google's load balancers reach pods, which they do from these
// addresses (https://cloud.google.com/load-balancing/docs/health-check-concepts).
func (c *Cluster) newHealthChecks(ctx *pulumi.Context, name string) (*compute.Firewall, error) {
	rule, err := compute.NewFirewall(ctx, child(name, "health-checks"), &compute.FirewallArgs{
		Project:               pulumi.String(c.args.Project),
		Network:               c.args.NetworkID,
		Description:           pulumi.String("Load balancers of Google reach the pods of " + c.args.name()),
		Direction:             pulumi.String("INGRESS"),
		SourceRanges:          pulumi.ToStringArray([]string{"35.191.0.0/16", "130.211.0.0/22"}),
		TargetServiceAccounts: pulumi.StringArray{c.nodes.Email},
		Allows: compute.FirewallAllowArray{compute.FirewallAllowArgs{
			Protocol: pulumi.String("tcp"),
			// Pods are nobody special, and so have no port below.
			Ports: pulumi.ToStringArray([]string{"1024-65535"}),
		}},
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("letting load balancers reach the pods of %s: %w", name, err)
	}
	return rule, nil
}
