package gcp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
)

// newNodeAccount registers the service account of the nodes. The default one is an editor
// of the whole project (CIS 5.2.1).
func (c *Cluster) newNodeAccount(ctx *pulumi.Context, name string) error {
	nodes, err := newAccount(ctx, name+"-nodes", accountArgs{
		project:     c.args.Project,
		description: "Nodes of the cluster " + c.args.name(),
		roles: []string{
			// Logs and metrics only
			// (https://cloud.google.com/kubernetes-engine/docs/how-to/service-accounts).
			"roles/container.defaultNodeServiceAccount",
			// CIS 5.1.3: read-only access to images.
			"roles/artifactregistry.reader",
		},
	}, c)
	if err != nil {
		return err
	}
	c.nodes, c.NodeServiceAccount = nodes, nodes.Email
	return nil
}

// newControlPlane registers the cluster, after the rights that its nodes need. Neither its
// start nor its end waits for Cloud NAT: nodes reach the control plane in the network, and
// Google's APIs and images by Private Google Access
// (https://cloud.google.com/kubernetes-engine/docs/concepts/private-cluster-concept). A
// replacement has the same name, so the old cluster is deleted first.
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
	needs := slices.Concat([]pulumi.Resource{healthChecks}, c.nodes.roles)
	c.gke, err = container.NewCluster(ctx, name+"-cluster", wanted, pulumi.Parent(c), pulumi.DependsOn(needs),
		component.Protect(c.args.Data), pulumi.DeleteBeforeReplace(true), pulumi.IgnoreChanges(c.args.ignoredChanges()))
	if err != nil {
		return fmt.Errorf("registering the cluster %s: %w", name, err)
	}
	c.Name = c.gke.Name
	c.Endpoint = pulumi.Sprintf("https://%s", c.gke.Endpoint)
	c.CertificateAuthority = c.gke.MasterAuth.ClusterCaCertificate().Elem()
	c.WorkloadPool = after(ctx, pulumi.String(c.args.workloadPool()), c.gke)
	c.Ready = slices.Concat([]pulumi.Resource{c.gke}, c.args.Egress)
	return nil
}

// ignoredChanges are properties that GKE reports differently from the arguments, so that
// every update would change them back.
func (a *ClusterArgs) ignoredChanges() []string {
	ignored := []string{
		// GKE reports the node configuration of the pools once the default pool is deleted,
		// and a change would replace the cluster (pulumi-gcp issue 744).
		"nodeConfig",
		// GKE turns it on in new clusters, and the provider would replace the cluster to
		// turn it off (terraform-provider-google issue 24718).
		"enableL4IlbSubsetting",
	}
	if a.SecretsKeyID != nil {
		// GKE reports ALL_OBJECTS_ENCRYPTION_ENABLED instead of ENCRYPTED, which this
		// version of the provider does not support (terraform-provider-google issue 27091).
		ignored = append(ignored, "databaseEncryption.state")
	}
	return ignored
}

func (a *ClusterArgs) workloadPool() string {
	return a.Project + ".svc.id.goog"
}

// controlPlane returns the arguments of a cluster in either mode.
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
		// CKV_GCP_13 and CKV_GCP_7: only Google identities can sign in.
		MasterAuth: container.ClusterMasterAuthArgs{
			ClientCertificateConfig: container.ClusterMasterAuthClientCertificateConfigArgs{IssueClientCertificate: pulumi.Bool(false)},
		},
		EnableLegacyAbac:          pulumi.Bool(false),
		EnableKubernetesAlpha:     pulumi.Bool(false),
		AuthenticatorGroupsConfig: a.groups(),
		DatabaseEncryption:        a.encryption(),
		BinaryAuthorization: container.ClusterBinaryAuthorizationArgs{
			// CKV_GCP_66: the project's policy applies. It allows every image until someone
			// changes it.
			EvaluationMode: pulumi.String("PROJECT_SINGLETON_POLICY_ENFORCE"),
		},
		SecurityPostureConfig: container.ClusterSecurityPostureConfigArgs{
			Mode: pulumi.String("BASIC"),
			// GKE no longer scans workloads; the registry scans images
			// (https://cloud.google.com/kubernetes-engine/docs/deprecations/posture-management-deprecation).
			VulnerabilityMode: pulumi.String("VULNERABILITY_DISABLED"),
		},
		GatewayApiConfig:       container.ClusterGatewayApiConfigArgs{Channel: pulumi.String("CHANNEL_STANDARD")},
		LoggingConfig:          container.ClusterLoggingConfigArgs{EnableComponents: a.logs()},
		MonitoringConfig:       monitoringConfig(),
		MaintenancePolicy:      a.Maintenance.window(),
		VerticalPodAutoscaling: container.ClusterVerticalPodAutoscalingArgs{Enabled: pulumi.Bool(true)},
		CostManagementConfig:   container.ClusterCostManagementConfigArgs{Enabled: pulumi.Bool(true)},
		DeletionProtection:     pulumi.Bool(a.Data.Protected),
		ResourceLabels:         a.Labels.All(),
	}
}

// privateClusterConfig gives nodes no public address (CKV_GCP_64), and the control plane
// one or none (CKV_GCP_18).
func (a *ClusterArgs) privateClusterConfig() container.ClusterPrivateClusterConfigArgs {
	return container.ClusterPrivateClusterConfigArgs{
		EnablePrivateNodes:        pulumi.Bool(true),
		EnablePrivateEndpoint:     pulumi.Bool(a.Endpoint.Access == arguments.EndpointPrivate),
		PrivateEndpointSubnetwork: a.EndpointSubnetID.ToStringOutput().ToStringPtrOutput(),
		MasterGlobalAccessConfig:  container.ClusterPrivateClusterConfigMasterGlobalAccessConfigArgs{Enabled: pulumi.Bool(false)},
	}
}

// authorizedNetworks is always set, because GKE would otherwise allow every address
// (CKV_GCP_20). Without ranges, only the network itself is allowed.
func (a *ClusterArgs) authorizedNetworks() container.ClusterMasterAuthorizedNetworksConfigArgs {
	allowed := container.ClusterMasterAuthorizedNetworksConfigArgs{
		// Do not allow the public addresses of all Google Cloud customers.
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

// encryption is set without a key too, so that removing the key is detected as a change.
func (a *ClusterArgs) encryption() container.ClusterDatabaseEncryptionArgs {
	if a.SecretsKeyID == nil {
		return container.ClusterDatabaseEncryptionArgs{State: pulumi.String("DECRYPTED")}
	}
	return container.ClusterDatabaseEncryptionArgs{
		State:   pulumi.String("ENCRYPTED"),
		KeyName: a.SecretsKeyID.ToStringOutput().ToStringPtrOutput(),
	}
}

// logTypes are the control plane logs, in the order of Google's API.
func logTypes() []string { return []string{"api-server", "scheduler", "controller-manager"} }

// logs are the components that GKE collects logs of.
func (a *ClusterArgs) logs() pulumi.StringArray {
	kept := pulumi.StringArray{pulumi.String("SYSTEM_COMPONENTS")}
	if a.WorkloadLogs == arguments.On {
		kept = append(kept, pulumi.String("WORKLOADS"))
	}
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

// newHealthChecks registers a firewall rule that lets Google's load balancers reach pods
// from these addresses
// (https://cloud.google.com/load-balancing/docs/health-check-concepts).
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
			// Pods run unprivileged, so they never listen below 1024.
			Ports: pulumi.ToStringArray([]string{"1024-65535"}),
		}},
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("registering the firewall rule for load balancers of %s: %w", name, err)
	}
	return rule, nil
}
