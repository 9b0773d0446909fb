package aws

import (
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func logs() kinds {
	return kinds{
		"cloudwatch/logGroup": {
			DisplayName: "CloudWatch Logs Log Group", ID: "{name}", Name: autoname(maxName),
			Defaults:  vals{"retentionInDays": 0.0, "skipDestroy": false},
			ReplaceOn: []string{"name", "namePrefix", "logGroupClass"},
			Rules: rules{
				cloud.Length("name", 1, 512), cloud.Match("name", `^[0-9A-Za-z_./#-]+$`, "has characters that AWS does not allow"),
				cloud.NumberOf("retentionInDays", 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827,
					2192, 2557, 2922, 3288, 3653),
				cloud.OneOf("logGroupClass", "STANDARD", "INFREQUENT_ACCESS", "DELIVERY"), arn("kmsKeyId"),
			},
			References: []ref{key("kmsKeyId")},
			Unique:     []string{"name"},
			Conflict:   code{Code: "ResourceAlreadyExistsException", Message: "The specified log group already exists: %s"},
			Outputs: vals{
				"arn": "arn:{partition}:logs:{region}:{account}:log-group:{name}", "logGroupClass": "STANDARD",
			},
			Missing: code{Code: "ResourceNotFoundException", Message: "The specified log group does not exist: %s"},
			Apply: func(m *cloud.Operation) error {
				if arn := m.Text("kmsKeyId"); arn != "" && !keyAllows(m, arn, "logs."+m.Scope.Region+".amazonaws.com", "logs.amazonaws.com") {
					return cloud.Refuse("AccessDeniedException", "The specified KMS key does not exist or is not allowed to be used "+
						"with Arn '%s'", m.Text("arn"))
				}
				return nil
			},
			AfterDelete: logGroupGone,
		},
		"cloudwatch/logResourcePolicy": {
			DisplayName: "CloudWatch Logs Resource Policy", ID: "{policyName}",
			ReplaceOn: []string{"policyName"}, JSON: []string{"policyDocument"},
			Rules: rules{policyAt("policyDocument", true)},
		},
	}
}

// logGroupGone leaves the log group behind if a service that still exists writes to it again.
func logGroupGone(m *cloud.Operation) {
	if m.True("skipDestroy") {
		m.LeaveBehind(Token("cloudwatch/logGroup"), m.ID, "skipDestroy is set", m.Values)
		return
	}
	if writtenByCluster(m) || writtenByPods(m) {
		m.LeaveBehind(Token("cloudwatch/logGroup"), m.ID, "", m.Values)
	}
}

func writtenByCluster(m *cloud.Operation) bool {
	cluster, found := strings.CutPrefix(m.ID, "/aws/eks/")
	cluster = strings.TrimSuffix(cluster, "/cluster")
	return found && m.First(Token("eks/cluster"), "name", cluster).Has("enabledClusterLogTypes")
}

func writtenByPods(m *cloud.Operation) bool {
	name, found := strings.CutPrefix(m.ID, "/aws/containerinsights/")
	cluster, _, _ := strings.Cut(name, "/")
	return found && slices.ContainsFunc(m.Find(Token("eks/addon"), "clusterName", cluster), func(addon cloud.Values) bool {
		return createsLogGroups(m, addon)
	})
}

// writesLogs creates a log group as a service does when it finds none. Nothing deletes that group.
func writesLogs(m *cloud.Operation, name, reason string) {
	if len(m.Find(Token("cloudwatch/logGroup"), "name", name)) == 0 {
		m.LeaveBehind(Token("cloudwatch/logGroup"), name, reason, vals{
			"name": name, "arn": m.Template("arn:{partition}:logs:{region}:{account}:log-group:") + name,
		})
	}
}
