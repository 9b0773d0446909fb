package aws

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

// kubernetesVersions are the versions that EKS offers for new clusters, newest last.
// https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
func kubernetesVersions() []string {
	return []string{"1.32", "1.33", "1.34", "1.35", "1.36"}
}

const clusterPolicy = "AmazonEKSClusterPolicy"

func clusters(real *Cluster) kinds {
	return kinds{
		"eks/cluster": {
			DisplayName: "EKS Cluster", ID: "{name}", Name: &cloud.Name{Property: "name", Max: maxName, Separator: "-"},
			Defaults: vals{
				"bootstrapSelfManagedAddons": true, "accessConfig.bootstrapClusterCreatorAdminPermissions": true,
				"vpcConfig.endpointPrivateAccess": false, "vpcConfig.endpointPublicAccess": true,
			},
			ReplaceOn: []string{
				"name", "roleArn", "bootstrapSelfManagedAddons", "accessConfig.bootstrapClusterCreatorAdminPermissions",
				"kubernetesNetworkConfig.ipFamily", "kubernetesNetworkConfig.serviceIpv4Cidr", "remoteNetworkConfig",
				"outpostConfig.controlPlaneInstanceType",
			},
			ReplaceWhen:  clusterReplaces,
			RefuseChange: leavesAutoMode,
			Rules:        clusterRules(),
			References: []ref{
				role("roleArn"), role("computeConfig.nodeRoleArn"), points("vpcConfig.subnetIds", "ec2/subnet"),
				points("vpcConfig.securityGroupIds", "ec2/securityGroup"), key("encryptionConfig.provider.keyArn"),
			},
			Unique:   []string{"name"},
			Conflict: code{Code: "ResourceInUseException", Message: "Cluster already exists with name: %s"},
			Outputs: vals{
				"arn": "arn:{partition}:eks:{region}:{account}:cluster/{name}", "createdAt": "{now}", "platformVersion": "eks.4",
				"status": "ACTIVE", "version": "1.35", "endpoint": "https://{upper:32}.gr7.{region}.eks.amazonaws.com",
				"vpcConfig.clusterSecurityGroupId": "sg-{hex:17}", "vpcConfig.vpcId": "",
				"vpcConfig.publicAccessCidrs": list("0.0.0.0/0"), "kubernetesNetworkConfig.ipFamily": "ipv4",
				"kubernetesNetworkConfig.serviceIpv4Cidr": "172.20.0.0/16", "accessConfig.authenticationMode": "CONFIG_MAP",
			},
			Missing:     code{Code: "ResourceNotFoundException", Message: "No cluster found for name: %s."},
			InUse:       code{Code: "ResourceInUseException", Message: "Cluster %s has nodegroups attached"},
			Apply:       func(m *cloud.Operation) error { return makeCluster(m, real) },
			AfterDelete: clusterGone,
		},
	}
}

func clusterRules() rules {
	return rules{
		cloud.Length("name", 1, 100), cloud.Match("name", `^[0-9A-Za-z][0-9A-Za-z_-]*$`,
			"must begin with a letter or digit and have only letters, digits, hyphens and underscores"),
		arn("roleArn"), cloud.OneOf("accessConfig.authenticationMode", "API", "API_AND_CONFIG_MAP", "CONFIG_MAP"),
		cloud.OneOf("enabledClusterLogTypes", "api", "audit", "authenticator", "controllerManager", "scheduler"),
		cloud.OneOf("encryptionConfig.resources", "secrets"), arn("encryptionConfig.provider.keyArn"),
		cloud.OneOf("computeConfig.nodePools", "general-purpose", "system"), arn("computeConfig.nodeRoleArn"),
		cloud.OneOf("upgradePolicy.supportType", "STANDARD", "EXTENDED"), cloud.Network("vpcConfig.publicAccessCidrs", 0, 32),
		cloud.OneOf("kubernetesNetworkConfig.ipFamily", "ipv4", "ipv6"),
		cloud.Network("kubernetesNetworkConfig.serviceIpv4Cidr", 12, 24), autoModeAgrees,
	}
}

// autoModeAgrees requires the three switches of Auto Mode to be equal.
func autoModeAgrees(j *cloud.Validation) {
	switches := []string{
		"computeConfig.enabled", "kubernetesNetworkConfig.elasticLoadBalancing.enabled", "storageConfig.blockStorage.enabled",
	}
	on := 0
	for _, path := range switches {
		if !j.Known(path) {
			return
		}
		if j.True(path) {
			on++
		}
	}
	if on != 0 && on != len(switches) {
		j.Fail("computeConfig", "For EKS Auto Mode, please ensure that all required configs, including computeConfig, "+
			"kubernetesNetworkConfig, and blockStorage are all either fully enabled or fully disabled.")
	}
}

// leavesAutoMode refuses to remove Auto Mode from the arguments. The provider keeps the load balancers' switch when it
// is not set, and then finds that the three differ (validateAutoModeCustomizeDiff).
func leavesAutoMode(before, after cloud.Values) error {
	given := after
	if !after.Has("kubernetesNetworkConfig.elasticLoadBalancing") {
		given = before
	}
	compute, storage := after.True("computeConfig.enabled"), after.True("storageConfig.blockStorage.enabled")
	if balancing := given.True("kubernetesNetworkConfig.elasticLoadBalancing.enabled"); compute != balancing || compute != storage {
		return errors.New("compute_config.enabled, kubernetes_networking_config.elastic_load_balancing.enabled, and " +
			"storage_config.block_storage.enabled must all be set to either true or false")
	}
	return nil
}

func clusterReplaces(before, after cloud.Values) []string {
	var paths []string
	if before.Has("encryptionConfig") && !after.Has("encryptionConfig") {
		paths = append(paths, "encryptionConfig")
	}
	old, now := before.Text("computeConfig.nodeRoleArn"), after.Text("computeConfig.nodeRoleArn")
	if old != "" && after.Has("computeConfig") && old != now {
		paths = append(paths, "computeConfig.nodeRoleArn")
	}
	return paths
}

func makeCluster(m *cloud.Operation, real *Cluster) error {
	if err := checkCluster(m); err != nil {
		return err
	}
	subnets := m.Texts("vpcConfig.subnetIds")
	vpc, one := vpcOf(m, subnets)
	if !one {
		return cloud.Refuse("InvalidParameterException", "Subnets must be in one VPC")
	}
	authority := base64.StdEncoding.EncodeToString([]byte("certificate authority of " + m.ID))
	if real != nil {
		m.Values["endpoint"], authority = real.Endpoint, base64.StdEncoding.EncodeToString(real.CertificateAuthority)
	}
	_, id, _ := strings.Cut(m.Template("https://{upper:32}"), "//")
	m.Values["certificateAuthority"] = vals{"data": authority}
	m.Values["certificateAuthorities"] = []any{vals{"data": authority}}
	m.Values["identities"] = []any{vals{"oidcs": []any{vals{"issuer": fmt.Sprintf("https://oidc.eks.%s.amazonaws.com/id/%s", m.Scope.Region, id)}}}}
	m.Objects("vpcConfig")[0]["vpcId"] = vpc
	if !m.Has("kubernetesNetworkConfig") {
		m.Values["kubernetesNetworkConfig"] = vals{"ipFamily": "ipv4", "serviceIpv4Cidr": "172.20.0.0/16"}
	}
	if !m.Has("upgradePolicy") {
		m.Values["upgradePolicy"] = vals{"supportType": "EXTENDED"}
	}
	if !m.Has("accessConfig") {
		m.Values["accessConfig"] = vals{"authenticationMode": "CONFIG_MAP", "bootstrapClusterCreatorAdminPermissions": true}
	}
	group := m.Text("vpcConfig.clusterSecurityGroupId")
	if m.New() {
		m.AddPart(Token("ec2/securityGroup"), group, vals{"name": "eks-cluster-sg-" + m.ID, "vpcId": vpc})
	}
	interfaces(m, "Amazon EKS "+m.ID, false, subnets, append([]string{group}, m.Texts("vpcConfig.securityGroupIds")...))
	if m.Has("enabledClusterLogTypes") {
		writesLogs(m, "/aws/eks/"+m.ID+"/cluster", "")
	}
	return nil
}

func checkCluster(m *cloud.Operation) error {
	arn := m.Text("roleArn")
	if !trusts(m, arn, "eks.amazonaws.com") {
		return cloud.Refuse("InvalidParameterException", "Role could not be assumed because the trusted entity is not correct: %s", arn)
	}
	if m.New() && !attached(m, arn, clusterPolicy) {
		return cloud.Refuse("InvalidParameterException", "The provided role doesn't have the Amazon EKS Managed Policies associated "+
			"with it. Please ensure the following policies [arn:aws:iam::aws:policy/%s] are attached", clusterPolicy)
	}
	if err := checkZones(m); err != nil {
		return err
	}
	if err := checkEndpoint(m); err != nil {
		return err
	}
	if err := checkAutoMode(m); err != nil {
		return err
	}
	return checkVersion(m)
}

// checkZones keeps a cluster in the zones that it was created in.
// https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
func checkZones(m *cloud.Operation) error {
	zones := zonesIn(m, m.Texts("vpcConfig.subnetIds"))
	if len(zones) < 2 {
		return cloud.Refuse("InvalidParameterException", "Subnets specified must be in at least two different AZs")
	}
	if m.New() || !m.Changed("vpcConfig.subnetIds") {
		return nil
	}
	existing := zonesIn(m, m.Old.Texts("vpcConfig.subnetIds"))
	slices.Sort(zones)
	slices.Sort(existing)
	if !slices.Equal(zones, existing) {
		return cloud.Refuse("InvalidParameterException", "Provided subnets belong to the AZs '%s'. But they should belong to the exact "+
			"set of AZs '%s' in which subnets were provided during cluster creation.", strings.Join(zones, ","), strings.Join(existing, ","))
	}
	return nil
}

// checkEndpoint refuses invalid CIDRs of a public endpoint.
// https://docs.aws.amazon.com/eks/latest/userguide/config-cluster-endpoint.html
func checkEndpoint(m *cloud.Operation) error {
	const most = 40
	allowed := m.Texts("vpcConfig.publicAccessCidrs")
	if len(allowed) > most {
		return cloud.Refuse("InvalidParameterException", "The maximum number of publicAccessCidrs is %d", most)
	}
	for _, block := range allowed {
		if prefix, err := netip.ParsePrefix(block); err == nil && prefix.Addr().IsPrivate() {
			return cloud.Refuse("InvalidParameterException", "The following CIDRs are invalid in publicAccessCidrs: [%s]", block)
		}
	}
	return nil
}

func checkAutoMode(m *cloud.Operation) error {
	if m.True("computeConfig.enabled") {
		if m.New() && m.True("bootstrapSelfManagedAddons") {
			return cloud.Refuse("InvalidParameterException", "When Auto Mode is enabled, bootstrapSelfManagedAddons must be set to false")
		}
		if !strings.HasPrefix(m.Text("accessConfig.authenticationMode"), "API") {
			return cloud.Refuse("InvalidParameterException", "When Auto Mode is enabled, authenticationMode must be API or API_AND_CONFIG_MAP")
		}
	}
	if m.Has("computeConfig.nodePools") != m.Has("computeConfig.nodeRoleArn") {
		return cloud.Refuse("InvalidParameterException", "When Compute Config nodeRoleArn is not null or empty, nodePool value(s) must be provided.")
	}
	if arn := m.Text("computeConfig.nodeRoleArn"); arn != "" && !trusts(m, arn, "ec2.amazonaws.com") {
		return cloud.Refuse("InvalidParameterException", "The node role %s cannot be assumed by ec2.amazonaws.com", arn)
	}
	return nil
}

func checkVersion(m *cloud.Operation) error {
	version := m.Text("version")
	if !slices.Contains(kubernetesVersions(), version) {
		return cloud.Refuse("InvalidParameterException", "unsupported Kubernetes version %s", version)
	}
	if !m.Changed("version") {
		return nil
	}
	if old, now := minor(m.Old.Text("version")), minor(version); now != old+1 {
		return cloud.Refuse("InvalidParameterException", "Unsupported Kubernetes minor version update from %s to %s",
			m.Old.Text("version"), version)
	}
	return nil
}

func minor(version string) int {
	_, text, _ := strings.Cut(version, ".")
	number, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return number
}

// clusterGone removes what is inside the cluster. Without its policies the cluster cannot remove its network
// interfaces.
func clusterGone(m *cloud.Operation) {
	for _, inside := range []string{"eks/accessEntry", "eks/accessPolicyAssociation", "eks/addon", "eks/podIdentityAssociation"} {
		m.DeleteWhere(Token(inside), "clusterName", m.ID)
	}
	if attached(m, m.Text("roleArn"), clusterPolicy) {
		return
	}
	for i, subnet := range m.Texts("vpcConfig.subnetIds") {
		m.LeaveBehind(networkInterface, fmt.Sprintf("%s%d", m.Template("eni-left{hex:12}"), i), "", vals{
			"subnetId": subnet, "description": "Amazon EKS " + m.ID,
		})
	}
}
