package security

import "strings"

const (
	launchTemplate = "aws:ec2/launchTemplate:LaunchTemplate"
	iamRole        = "aws:iam/role:Role"
	rolePolicy     = "aws:iam/rolePolicy:RolePolicy"
	roleAttachment = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
)

func nodesOnAWS() []Line {
	return []Line{
		{
			IDs: []string{"CIS AWS 5.6", "CKV_AWS_79"}, Asks: "A node's metadata is read with a token only, which a forged request does not have",
			Of: []string{launchTemplate}, In: Other,
			Needs: []Need{arg("metadataOptions.httpTokens", is("required"))},
		},
		{
			IDs: []string{"CKV_AWS_341"}, Asks: "A node's metadata does not reach into its pods",
			Of: []string{launchTemplate}, In: Other,
			Needs: []Need{arg("metadataOptions.httpPutResponseHopLimit", is(1.0))},
		},
		{
			IDs: []string{"CKV_AWS_88"}, Asks: "Nodes have no address in the world",
			Of: []string{launchTemplate}, In: Other,
			Needs: []Need{arg("networkInterfaces", isNotGiven([]any{map[string]any{"associatePublicIpAddress": "true"}}))},
		},
		{
			IDs: []string{"CKV_AWS_46"}, Asks: "A node's user data contains no secret",
			Of: []string{launchTemplate}, In: Other,
			Needs: []Need{arg("userData", isNotGiven("export TOKEN=word"))},
		},
		{
			IDs: []string{"CKV_AWS_100"}, Asks: "Nodes allow no SSH",
			Of: []string{"aws:eks/nodeGroup:NodeGroup"}, In: Other,
			Needs: []Need{arg("remoteAccess", isNotGiven(map[string]any{"ec2SshKey": "key"}))},
		},
		{
			IDs: []string{"CIS AWS 2.2.1"}, Asks: "The disks of nodes are encrypted",
			Of: []string{launchTemplate}, In: Other,
			Needs: []Need{arg("blockDeviceMappings[*].ebs.encrypted", is("true"))},
		},
		{
			IDs: []string{"CIS AWS 2.2.1"}, Asks: "The disks of pods are encrypted",
			Of:    []string{"kubernetes:storage.k8s.io/v1:StorageClass"},
			Needs: []Need{arg("parameters.encrypted", is("true"))},
		},
	}
}

func rightsOnAWS() []Line {
	return []Line{
		{
			IDs: []string{"CIS EKS 5.2.1"}, Asks: "Pods get their permissions on AWS from a dedicated service account, not from the node",
			Of:    []string{"aws:eks/podIdentityAssociation:PodIdentityAssociation"},
			Needs: []Need{arg("serviceAccount", isNo("default")), arg("serviceAccount", isGiven()), arg("roleArn", isGiven())},
		},
		{
			IDs: []string{"CIS EKS 5.1.3"}, Asks: "Nodes only pull images",
			Of: []string{roleAttachment}, Where: &Where{Text: "about a registry", holds: func(r Resource) bool {
				policy, _ := r.Inputs["policyArn"].(string)
				return strings.Contains(policy, "ContainerRegistry")
			}},
			Needs: []Need{arg("policyArn", that("ends in AmazonEC2ContainerRegistryPullOnly", func(got any) bool {
				policy, _ := got.(string)
				return strings.HasSuffix(policy, "/AmazonEC2ContainerRegistryPullOnly")
			}, "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPowerUser"))},
		},
		{
			IDs: []string{"CKV_AWS_60", "CKV_AWS_61"}, Asks: "Only the services that need a role can assume it",
			Of: []string{iamRole},
			Needs: []Need{arg("assumeRolePolicy>Statement[*].Principal", that("names AWS services only", func(got any) bool {
				principal, _ := got.(map[string]any)
				return len(principal) == 1 && !empty(principal["Service"])
			}, map[string]any{"AWS": "*"}, "*"))},
		},
		{
			IDs: []string{"CKV_AWS_62", "CKV_AWS_63", "CKV_AWS_286", "CKV_AWS_287", "CKV2_AWS_40"}, Asks: "No role may do everything, or hand rights out",
			Of:    []string{rolePolicy},
			Needs: []Need{arg("policy>Statement[*].Action", fewActions())},
		},
		{
			IDs: []string{"CKV_AWS_288", "CKV_AWS_289", "CKV_AWS_290", "CKV_AWS_355"}, Asks: "What a role may read, write and share is named, never every resource",
			Note: "Looking up what there is is the exception: AWS knows no narrower resource for most of it",
			Of:   []string{rolePolicy},
			Needs: []Need{arg("policy>Statement[*]", that("names its resources", func(got any) bool {
				statement, _ := got.(map[string]any)
				list, _ := statement["Resource"].([]any)
				return len(list) > 0 && (lookingUp(statement["Action"]) || holdsNone("*").holds(list))
			}, map[string]any{"Effect": "Allow", "Action": []any{"s3:GetObject"}, "Resource": []any{"*"}}))},
		},
		{
			IDs: []string{"CKV_AWS_274", "CKV2_AWS_56"}, Asks: "No role has AWS's policies for administrators",
			Of:    []string{roleAttachment},
			Needs: []Need{arg("policyArn", endsOtherThan("AdministratorAccess")), arg("policyArn", endsOtherThan("IAMFullAccess"))},
		},
	}
}

// fewActions requires actions that neither cover a whole service nor grant permissions.
func fewActions() Want {
	return that("has no `*` of a whole service and nothing of IAM's", func(got any) bool {
		actions, ok := got.([]any)
		for _, action := range actions {
			text, _ := action.(string)
			if strings.HasSuffix(text, ":*") || text == "*" || strings.HasPrefix(text, "iam:") {
				return false
			}
		}
		return ok && len(actions) > 0
	}, []any{"*"}, []any{"iam:*"}, []any{"s3:*"}, "*")
}

// lookingUp tells whether all actions only read.
func lookingUp(got any) bool {
	actions, _ := got.([]any)
	for _, action := range actions {
		text, _ := action.(string)
		_, verb, _ := strings.Cut(text, ":")
		if !strings.HasPrefix(verb, "Describe") && verb != "GetInstanceTypesFromInstanceRequirements" {
			return false
		}
	}
	return len(actions) > 0
}

// rolesOnAWS is about the cluster's own controllers in Kubernetes. GKE has them built in.
func rolesOnAWS() []Line {
	roles := []string{"kubernetes:rbac.authorization.k8s.io/v1:Role", "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"}
	return []Line{
		{
			IDs: []string{"CIS EKS 4.1.3", "CIS EKS 4.1.8", "CKV_K8S_49", "CKV_K8S_157", "CKV_K8S_158"}, Asks: "Roles name what may be done, and nothing that gives more rights",
			Of: roles, In: Other,
			Needs: []Need{arg("rules[*].verbs", holdsNone("*", "bind", "escalate", "impersonate")), arg("rules[*].resources", holdsNone("*"))},
		},
		{
			IDs: []string{"CIS EKS 4.1.2", "CIS EKS 4.1.4"}, Asks: "No role reads Secrets or makes pods",
			Of: roles, In: Other,
			Needs: []Need{arg("rules[*]", that("has no secrets, and nothing that makes pods", modest,
				map[string]any{"resources": []any{"secrets"}, "verbs": []any{"get"}},
				map[string]any{"resources": []any{"pods"}, "verbs": []any{"create"}}))},
		},
	}
}

func modest(got any) bool {
	rule, ok := got.(map[string]any)
	if !ok || !holdsNone("secrets").holds(rule["resources"]) {
		return false
	}
	return holdsNone("pods").holds(rule["resources"]) || holdsNone("create", "*").holds(rule["verbs"])
}
