package aws

import (
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func access() kinds {
	inCluster := points("clusterName", "eks/cluster", "name")
	return kinds{
		"eks/accessEntry": {
			DisplayName: "EKS Access Entry", ID: "{clusterName}:{principalArn}",
			Defaults:  vals{"type": "STANDARD"},
			ReplaceOn: []string{"clusterName", "principalArn", "type"}, Computed: []string{"kubernetesGroups"},
			Rules: rules{
				arn("principalArn"),
				cloud.OneOf("type", "STANDARD", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "EC2", "HYBRID_LINUX", "HYPERPOD_LINUX"),
			},
			References: []ref{inCluster},
			Unique:     []string{"clusterName", "principalArn"},
			Conflict:   code{Code: "ResourceInUseException", Message: "The specified access entry resource is already in use on this cluster: %s"},
			Outputs: vals{
				"accessEntryArn": "arn:{partition}:eks:{region}:{account}:access-entry/{clusterName}/{uuid}", "createdAt": "{now}",
				"modifiedAt": "{now}", "userName": "{principalArn}",
			},
			Apply: func(m *cloud.Operation) error {
				mode := m.First(Token("eks/cluster"), "name", m.Text("clusterName")).Text("accessConfig.authenticationMode")
				if !strings.HasPrefix(mode, "API") {
					return cloud.Refuse("InvalidRequestException", "The cluster's authentication mode must be set to one of "+
						"[API, API_AND_CONFIG_MAP] to perform this operation.")
				}
				return nil
			},
			AfterDelete: func(m *cloud.Operation) {
				for _, one := range m.Find(Token("eks/accessPolicyAssociation"), "clusterName", m.Text("clusterName")) {
					if one.Text("principalArn") == m.Text("principalArn") {
						m.DeleteWhere(Token("eks/accessPolicyAssociation"), "id", one.Text("id"))
					}
				}
			},
		},
		"eks/accessPolicyAssociation": {
			DisplayName: "EKS Access Policy Association", ID: "{clusterName}#{principalArn}#{policyArn}",
			ReplaceOn: []string{"clusterName", "policyArn", "principalArn", "accessScope"},
			Rules: rules{
				arn("principalArn"), cloud.OneOf("accessScope.type", "cluster", "namespace"),
				cloud.Match("policyArn", `^arn:[a-z-]+:eks::aws:cluster-access-policy/AmazonEKS\w+Policy$`, "is no access policy of EKS"),
				func(j *cloud.Validation) {
					if j.Known("accessScope") && (j.Text("accessScope.type") == "namespace") != j.Has("accessScope.namespaces") {
						j.Fail("accessScope.namespaces", "goes with type namespace, and with it only")
					}
				},
			},
			References: []ref{inCluster},
			Outputs:    vals{"associatedAt": "{now}", "modifiedAt": "{now}"},
			Apply: func(m *cloud.Operation) error {
				for _, entry := range m.Find(Token("eks/accessEntry"), "clusterName", m.Text("clusterName")) {
					if entry.Text("principalArn") == m.Text("principalArn") {
						return nil
					}
				}
				return cloud.Refuse("ResourceNotFoundException", "The specified principalArn could not be found: %s", m.Text("principalArn"))
			},
		},
		"eks/podIdentityAssociation": {
			DisplayName: "EKS Pod Identity Association", ID: "a-{letters:17}",
			ReplaceOn:  []string{"clusterName", "namespace", "serviceAccount"},
			Rules:      rules{arn("roleArn")},
			References: []ref{inCluster, role("roleArn")},
			Unique:     []string{"clusterName", "namespace", "serviceAccount"},
			Conflict:   code{Code: "ResourceInUseException", Message: "Association already exists: %s"},
			Outputs: vals{
				"associationId": "{id}", "associationArn": "arn:{partition}:eks:{region}:{account}:podidentityassociation/{clusterName}/{id}",
			},
			Apply: func(m *cloud.Operation) error {
				trust := m.First(Token("iam/role"), "arn", m.Text("roleArn")).Text("assumeRolePolicy")
				for _, needed := range []string{"pods.eks.amazonaws.com", "sts:AssumeRole", "sts:TagSession"} {
					if !strings.Contains(trust, `"`+needed+`"`) {
						return cloud.Refuse("InvalidParameterException", "Trust policy of role %s is missing %s", m.Text("roleArn"), needed)
					}
				}
				return nil
			},
		},
	}
}
