package aws

import (
	"encoding/json"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

const awsPolicies = "arn:aws:iam::aws:policy/"

func identity() kinds {
	outside := []string{awsPolicies, "arn:aws-cn:iam::aws:policy/", "arn:aws-us-gov:iam::aws:policy/"}
	noRole := code{Code: "NoSuchEntity", Message: "The role with name %s cannot be found."}
	onRole := func(path string) ref { return holds(path, "iam/role", "name") }
	return kinds{
		"iam/role": {
			DisplayName: "IAM Role", ID: "{name}", Name: autoname(64), Global: true,
			Defaults:  vals{"path": "/", "maxSessionDuration": 3600.0, "forceDetachPolicies": false},
			ReplaceOn: []string{"name", "namePrefix", "path"},
			JSON:      []string{"assumeRolePolicy", "inlinePolicies.policy"}, Computed: []string{"managedPolicyArns", "inlinePolicies"},
			Sets: []string{"inlinePolicies"},
			Rules: rules{
				cloud.Length("name", 1, 64), cloud.Match("name", `^[0-9A-Za-z+=,.@_-]+$`, "must match [\\w+=,.@-]"),
				cloud.Length("description", 0, 1000), cloud.Between("maxSessionDuration", 3600, 43200), policyAt("assumeRolePolicy", true),
				cloud.Match("description", `^[\x{0009}\x{000A}\x{000D}\x{0020}-\x{007E}\x{00A1}-\x{00FF}]*$`, "has characters that AWS does not allow"),
			},
			References: []ref{{Path: "permissionsBoundary", To: "iam/policy", By: []string{"arn"}, ExternalPrefixes: outside, BlocksDelete: true}},
			Unique:     []string{"name"},
			Conflict:   code{Code: "EntityAlreadyExists", Message: "Role with name %s already exists."},
			Outputs:    vals{"arn": "arn:{partition}:iam::{account}:role{path}{name}", "createDate": "{now}", "uniqueId": "AROA{upper:17}"},
			Missing:    noRole,
			InUse:      code{Code: "DeleteConflict", Message: "Cannot delete entity %s, must detach all policies first."},
			RefuseDelete: func(m *cloud.Operation) error {
				if m.True("forceDetachPolicies") {
					m.DeleteWhere(Token("iam/rolePolicyAttachment"), "role", m.ID)
					m.DeleteWhere(Token("iam/rolePolicy"), "role", m.ID)
				}
				return nil
			},
		},
		"iam/rolePolicy": {
			DisplayName: "IAM Role Policy", ID: "{role}:{name}", Name: autoname(maxName), Global: true,
			ReplaceOn: []string{"name", "namePrefix", "role"}, JSON: []string{"policy"},
			Rules: rules{
				cloud.Length("name", 1, 128), cloud.Match("name", `^[0-9A-Za-z+=,.@_-]+$`, "must match [\\w+=,.@-]"), policyAt("policy", false),
				cloud.Length("policy", 1, 10240),
			},
			References: []ref{onRole("role")},
		},
		"iam/rolePolicyAttachment": {
			DisplayName: "IAM Role Policy Attachment", ID: "{role}-{digits:26}", Global: true, DeleteFirst: true,
			ReplaceOn:  []string{"role", "policyArn"},
			Rules:      rules{arn("policyArn")},
			References: []ref{onRole("role"), {Path: "policyArn", To: "iam/policy", By: []string{"arn"}, ExternalPrefixes: outside, BlocksDelete: true}},
		},
		"iam/policy": {
			DisplayName: "IAM Policy", ID: "arn:{partition}:iam::{account}:policy{path}{name}", Name: autoname(maxName), Global: true,
			Defaults:  vals{"path": "/"},
			ReplaceOn: []string{"name", "namePrefix", "path", "description"}, JSON: []string{"policy"},
			Rules: rules{
				cloud.Length("name", 1, 128), cloud.Match("name", `^[0-9A-Za-z+=,.@_-]+$`, "must match [\\w+=,.@-]"),
				policyAt("policy", false), cloud.Length("policy", 1, 6144), cloud.Length("description", 0, 1000),
			},
			Unique:   []string{"name"},
			Conflict: code{Code: "EntityAlreadyExists", Message: "A policy called %s already exists. Duplicate names are not allowed."},
			Outputs:  vals{"arn": "{id}", "policyId": "ANPA{upper:17}", "attachmentCount": 0.0},
			Missing:  code{Code: "NoSuchEntity", Message: "Policy %s does not exist or is not attachable."},
			InUse:    code{Code: "DeleteConflict", Message: "Cannot delete a policy attached to entities: %s"},
		},
		"iam/instanceProfile": {
			DisplayName: "IAM Instance Profile", ID: "{name}", Name: autoname(maxName), Global: true,
			Defaults: vals{"path": "/"}, ReplaceOn: []string{"name", "namePrefix", "path"},
			Rules:      rules{cloud.Length("name", 1, 128)},
			References: []ref{onRole("role")},
			Unique:     []string{"name"},
			Conflict:   code{Code: "EntityAlreadyExists", Message: "Instance Profile %s already exists."},
			Outputs: vals{
				"arn": "arn:{partition}:iam::{account}:instance-profile{path}{name}", "createDate": "{now}", "uniqueId": "AIPA{upper:17}",
			},
		},
		"iam/openIdConnectProvider": {
			DisplayName: "IAM OIDC Provider", ID: "arn:{partition}:iam::{account}:oidc-provider/{url}", Global: true,
			ReplaceOn: []string{"url"}, Computed: []string{"thumbprintLists"},
			Unique:   []string{"url"},
			Conflict: code{Code: "EntityAlreadyExists", Message: "Provider with url %s already exists."},
			Outputs:  vals{"arn": "{id}"},
		},
		"iam/serviceLinkedRole": {
			DisplayName: "IAM Service Linked Role",
			// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html#delete-service-linked-role
			RefuseDelete: func(m *cloud.Operation) error {
				if domains := m.Find(Token("opensearch/domain"), "", ""); len(domains) > 0 && m.Text("awsServiceName") == "opensearchservice.amazonaws.com" {
					return cloud.Refuse("DeletionTaskFailed", "The role %s is in use by %s", m.Text("name"), domains[0].Text("arn"))
				}
				return nil
			}, ID: "arn:{partition}:iam::{account}:role/aws-service-role/{awsServiceName}/AWSServiceRole-{awsServiceName}",
			Global: true, ReplaceOn: []string{"awsServiceName", "customSuffix"},
			Rules:    rules{cloud.Match("awsServiceName", `\.`, "must be a full service hostname e.g. elasticbeanstalk.amazonaws.com")},
			Unique:   []string{"awsServiceName", "customSuffix"},
			Conflict: code{Code: "InvalidInput", Message: "Service role name for %s has been taken in this account, please try a different suffix."},
			Outputs: vals{
				"arn": "{id}", "createDate": "{now}", "name": "AWSServiceRole-{awsServiceName}", "path": "/aws-service-role/{awsServiceName}/",
				"uniqueId": "AROA{upper:17}",
			},
		},
	}
}

// arn requires that every text at a path is an ARN.
func arn(path string) cloud.Rule {
	return cloud.Match(path, `^arn:[\w-]+:[a-zA-Z0-9-]+:[a-z0-9-]*:(\d{12}|aws|cloudfront|)?:.+$`, "is an invalid ARN")
}

// policyAt requires that the text at a path is an IAM policy. The policy of a resource, or the trust policy of a role,
// names a principal; an identity's policy names the resources.
func policyAt(path string, principal bool) cloud.Rule {
	return func(j *cloud.Validation) {
		for _, text := range j.Texts(path) {
			if problem := policyProblem(text, principal); problem != "" {
				j.Fail(path, "contains an invalid JSON policy: %s", problem)
			}
		}
	}
}

type statement struct {
	Effect                  string
	Principal, NotPrincipal any
	Action, NotAction       any
	Resource, NotResource   any
	Condition               map[string]map[string]any
	Sid                     string
}

func statements(text string) ([]statement, error) {
	var several struct {
		Statement []statement
	}
	if err := json.Unmarshal([]byte(text), &several); err == nil {
		return several.Statement, nil
	}
	var one struct {
		Statement statement
	}
	err := json.Unmarshal([]byte(text), &one)
	return []statement{one.Statement}, err
}

func policyProblem(text string, principal bool) string {
	if text == "" {
		return "is an empty string, which is not a valid JSON value"
	}
	if !strings.HasPrefix(text, "{") {
		return "leading space characters are not allowed, and it is an object"
	}
	all, err := statements(text)
	if err != nil {
		return err.Error()
	}
	if len(all) == 0 {
		return "MalformedPolicyDocument: Syntax errors in policy: there is no Statement"
	}
	for _, one := range all {
		switch {
		case one.Effect != "Allow" && one.Effect != "Deny":
			return "MalformedPolicyDocument: Effect is " + one.Effect + ", and is Allow or Deny"
		case one.Action == nil && one.NotAction == nil:
			return "MalformedPolicyDocument: Policy statement must contain actions."
		case principal && one.Principal == nil && one.NotPrincipal == nil:
			return "MalformedPolicyDocument: Policy document must specify a principal"
		case !principal && one.Resource == nil && one.NotResource == nil:
			return "MalformedPolicyDocument: Policy statement must contain resources."
		case !principal && (one.Principal != nil || one.NotPrincipal != nil):
			return "MalformedPolicyDocument: Policy document should not specify a principal."
		}
	}
	return ""
}

// texts returns the texts of a value that is one text or a list.
func texts(value any) []string {
	switch typed := value.(type) {
	case string:
		return []string{typed}
	case []any:
		var all []string
		for _, element := range typed {
			all = append(all, texts(element)...)
		}
		return all
	case map[string]any:
		var all []string
		for _, element := range typed {
			all = append(all, texts(element)...)
		}
		return all
	}
	return nil
}
