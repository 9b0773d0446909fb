package security

import "strings"

const (
	eksCluster = "aws:eks/cluster:Cluster"
	eksAddon   = "aws:eks/addon:Addon"
	subnet     = "aws:ec2/subnet:Subnet"
)

func clusterOnAWS() []Line {
	return []Line{
		{
			IDs: []string{"CIS EKS 2.1.1", "CKV_AWS_37"}, Asks: "The control plane keeps all five logs, the audit log among them",
			Of:     []string{eksCluster},
			Needs:  []Need{arg("enabledClusterLogTypes", holdsAll("api", "audit", "authenticator", "controllerManager", "scheduler"))},
			NotMet: inStaging("what happens in a throwaway environment is not worth its logs, which are paid for by the gigabyte"),
		},
		{
			IDs: []string{"CIS EKS 5.3.1", "CKV_AWS_58"}, Asks: "Secrets are encrypted with a key of the account before they are stored",
			Of:    []string{eksCluster},
			Needs: []Need{arg("encryptionConfig.resources", holdsAll("secrets")), arg("encryptionConfig.provider.keyArn", isGiven())},
		},
		{
			IDs: []string{"CIS EKS 5.4.1", "CKV_AWS_38"}, Asks: "The API is reached inside the network, and from the world only by those who are named",
			Of: []string{eksCluster}, In: Usual,
			Needs:  []Need{arg("vpcConfig.endpointPrivateAccess", is(true)), arg("vpcConfig.publicAccessCidrs", addresses())},
			NotMet: inStaging("open to everyone who can sign in, until `cluster.endpoint.allowedCIDRs` says who; production must say"),
		},
		{
			IDs: []string{"CIS EKS 5.4.2", "CKV_AWS_39"}, Asks: "The API is not reached from the world at all",
			Of: []string{eksCluster}, In: Usual,
			Needs:  []Need{arg("vpcConfig.endpointPublicAccess", is(false))},
			NotMet: notMet("the program that makes what is inside must reach the API; `cluster.endpoint: {access: private}` meets it for those who run it inside the network, see the next line"),
		},
		{
			IDs: []string{"CIS EKS 5.4.2", "CKV_AWS_39"}, Asks: "The same, with `cluster.endpoint: {access: private}`",
			Of: []string{eksCluster}, In: Other,
			Needs: []Need{arg("vpcConfig.endpointPublicAccess", is(false)), arg("vpcConfig.endpointPrivateAccess", is(true))},
		},
		{
			IDs: []string{"CIS EKS 5.4.3"}, Asks: "Nodes are in private subnets",
			Of: []string{subnet}, Where: tagged("kubernetes.io/role/internal-elb", "that are private"),
			Needs: []Need{namedBy(eksCluster, "vpcConfig.subnetIds[*]"), arg("mapPublicIpOnLaunch", is(false))},
		},
		{
			IDs: []string{"CIS EKS 5.4.3"}, Asks: "No node is in a public subnet",
			Of: []string{subnet}, Where: tagged("kubernetes.io/role/elb", "that are public"),
			Needs: []Need{notNamedBy(eksCluster, "vpcConfig.subnetIds[*]")},
		},
		{
			IDs: []string{"CIS EKS 5.4.4", "CIS EKS 4.3.1"}, Asks: "The network enforces NetworkPolicies",
			Of: []string{"kubernetes:core/v1:ConfigMap"}, Where: named("amazon-vpc-cni"),
			Needs: []Need{arg("data.enable-network-policy-controller", is("true"))},
		},
		{
			IDs: []string{"CIS EKS 5.4.4", "CIS EKS 4.3.1"}, Asks: "The same, with node groups",
			Of: []string{eksAddon}, In: Other,
			Where: &Where{Text: "named vpc-cni", holds: func(r Resource) bool { return r.Inputs["addonName"] == "vpc-cni" }},
			Needs: []Need{arg("configurationValues>enableNetworkPolicy", is("true"))},
		},
		{
			IDs: []string{"CIS EKS 5.5.1", "CIS EKS 4.1.1"}, Asks: "People authenticate with IAM and are listed by name; the creator of the cluster has no special access",
			Of: []string{eksCluster},
			Needs: []Need{
				arg("accessConfig.authenticationMode", is("API")),
				arg("accessConfig.bootstrapClusterCreatorAdminPermissions", is(false)),
			},
		},
		{
			IDs: []string{"CIS EKS 4.1.7"}, Asks: "The group system:masters, which no rule can limit, has no members",
			Of:    []string{"aws:eks/accessEntry:AccessEntry"},
			Needs: []Need{arg("kubernetesGroups", holdsNone("system:masters"))},
		},
		{
			IDs: []string{"CKV_AWS_339"}, Asks: "The version of Kubernetes is one that AWS supports", Note: "checkov compares the version with its own list",
			Of:    []string{eksCluster},
			Needs: []Need{arg("version", isGiven()), arg("upgradePolicy.supportType", is("STANDARD"))},
		},
	}
}

// addresses requires a list of addresses that excludes 0.0.0.0/0.
func addresses() Want {
	return that("names addresses, and not everyone's", func(got any) bool {
		return !empty(got) && holdsNone("0.0.0.0/0", "::/0").holds(got)
	}, []any{"0.0.0.0/0"}, absent{})
}

// tagged selects resources with a tag.
func tagged(tag, text string) *Where {
	return &Where{Text: text, holds: func(r Resource) bool {
		tags, _ := r.Inputs["tags"].(map[string]any)
		return tags[tag] != nil
	}}
}

// named selects the Kubernetes object with a name.
func named(name string) *Where {
	return &Where{Text: "named " + name, holds: func(r Resource) bool { return first(r.Inputs, "metadata.name") == name }}
}

// called selects the resources whose names in the program have an ending.
func called(end, text string) *Where {
	return &Where{Text: text, holds: func(r Resource) bool { return strings.HasSuffix(r.Name, end) }}
}
