package aws

import (
	"fmt"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

const defaultKeyPolicy = `{"Id":"key-default-1","Statement":[{"Action":"kms:*","Effect":"Allow","Principal":{"AWS":` +
	`"arn:{partition}:iam::{account}:root"},"Resource":"*","Sid":"Enable IAM User Permissions"}],"Version":"2012-10-17"}`

func keys() kinds {
	return kinds{
		"kms/key": {
			DisplayName: "KMS Key", ID: "{uuid}",
			Defaults: vals{
				"customerMasterKeySpec": "SYMMETRIC_DEFAULT", "keyUsage": "ENCRYPT_DECRYPT", "isEnabled": true,
				"bypassPolicyLockoutSafetyCheck": false, "enableKeyRotation": false,
			},
			ReplaceOn: []string{"customerMasterKeySpec", "keyUsage", "customKeyStoreId", "multiRegion", "xksKeyId"},
			JSON:      []string{"policy"},
			Rules: rules{
				cloud.Between("deletionWindowInDays", 7, 30), cloud.Between("rotationPeriodInDays", 90, 2560), policyAt("policy", true),
				cloud.Length("description", 0, 8192), cloud.Length("policy", 0, 32768),
				func(j *cloud.Validation) {
					if j.Has("rotationPeriodInDays") && j.Known("enableKeyRotation") && !j.True("enableKeyRotation") {
						j.Fail("rotationPeriodInDays", "all of `enableKeyRotation,rotationPeriodInDays` must be specified")
					}
				},
			},
			Outputs: vals{
				"arn": "arn:{partition}:kms:{region}:{account}:key/{id}", "keyId": "{id}", "policy": defaultKeyPolicy,
			},
			Missing: code{Code: "NotFoundException", Message: "Key '%s' does not exist"},
			Apply: func(m *cloud.Operation) error {
				m.Values["policy"] = m.Template(m.Text("policy"))
				return lockout(m, m.Text("policy"), m.True("bypassPolicyLockoutSafetyCheck"))
			},
			AfterDelete: func(m *cloud.Operation) {
				days := 30
				if m.Has("deletionWindowInDays") {
					days = int(m.Number("deletionWindowInDays"))
				}
				m.LeaveBehind(Token("kms/key")+"#deleted", m.ID, fmt.Sprintf("its deletion is scheduled in %d days", days), vals{"arn": m.Text("arn")})
				m.DeleteWhere(Token("kms/alias"), "targetKeyId", m.ID)
			},
		},
		"kms/keyPolicy": {
			DisplayName: "KMS Key Policy", ID: "{keyId}", Adopted: true,
			Defaults:  vals{"bypassPolicyLockoutSafetyCheck": false},
			ReplaceOn: []string{"keyId"}, JSON: []string{"policy"},
			Rules:      rules{policyAt("policy", true)},
			References: []ref{key("keyId")},
			Apply: func(m *cloud.Operation) error {
				return lockout(m, m.Text("policy"), m.True("bypassPolicyLockoutSafetyCheck"))
			},
		},
		"kms/alias": {
			DisplayName: "KMS Alias", ID: "{name}",
			Name:      &cloud.Name{Property: "name", Max: 238, Separator: "-", Prefix: "alias/", ReplacedBy: "namePrefix"},
			ReplaceOn: []string{"name", "namePrefix"},
			Rules: rules{
				cloud.Match("name", `^alias/[0-9A-Za-z_/-]+$`, "must begin with 'alias/' and be comprised of only [a-zA-Z0-9/_-]"),
				cloud.Match("name", `^alias/(?:[^a]|a[^w]|aw[^s]|aws[^/])`, "cannot begin with reserved AWS CMK prefix 'alias/aws/'"),
				cloud.Length("name", 7, 256),
			},
			References: []ref{key("targetKeyId")},
			Unique:     []string{"name"},
			Conflict:   code{Code: "AlreadyExistsException", Message: "An alias with the name %s already exists"},
			Outputs:    vals{"arn": "arn:{partition}:kms:{region}:{account}:{name}"},
			Apply: func(m *cloud.Operation) error {
				target := m.Text("targetKeyId")
				if !strings.HasPrefix(target, "arn:") {
					target = m.Template("arn:{partition}:kms:{region}:{account}:key/") + target
				}
				m.Values["targetKeyArn"] = target
				return nil
			},
		},
	}
}

// lockout refuses a key policy that no principal could ever change.
func lockout(m *cloud.Operation, policy string, bypassed bool) error {
	all, err := statements(policy)
	if err != nil {
		return cloud.Refuse("MalformedPolicyDocumentException", "%v", err)
	}
	for _, one := range all {
		if one.Effect != "Allow" || bypassed {
			continue
		}
		changes := slices.ContainsFunc(texts(one.Action), func(action string) bool {
			return action == "*" || action == "kms:*" || action == "kms:Put*" || action == "kms:PutKeyPolicy"
		})
		ours := slices.ContainsFunc(texts(one.Principal), func(principal string) bool {
			return principal == "*" || strings.Contains(principal, m.Scope.Account)
		})
		if changes && ours {
			return nil
		}
	}
	if bypassed {
		return nil
	}
	return cloud.Refuse("MalformedPolicyDocumentException",
		"The new key policy will not allow you to update the key policy in the future.")
}

// defaultKey returns the key that AWS manages in the account for a service.
func defaultKey(m *cloud.Operation, service string) string {
	id := "00000000-0000-4000-8000-" + (service + "000000000000")[:12]
	arn := m.Template("arn:{partition}:kms:{region}:{account}:key/") + id
	m.Adopt(Token("kms/key"), id, vals{"arn": arn, "keyId": id})
	return arn
}

// keyAllows tells whether the policy of a key of the account names a service. A policy that names the service's
// principal counts, whatever its conditions.
func keyAllows(m *cloud.Operation, arn string, services ...string) bool {
	found := m.Find(Token("kms/key"), "arn", arn)
	if len(found) == 0 {
		return true
	}
	all, err := statements(found[0].Text("policy"))
	if err != nil {
		return false
	}
	for _, one := range all {
		for _, principal := range texts(one.Principal) {
			if one.Effect == "Allow" && slices.Contains(services, principal) {
				return true
			}
		}
	}
	return false
}
