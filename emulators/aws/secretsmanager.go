package aws

import (
	"fmt"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func secrets() kinds {
	return kinds{
		"secretsmanager/secret": {
			DisplayName: "Secrets Manager Secret", ID: "arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-{letters:6}",
			Name:      autoname(maxName),
			Defaults:  vals{"recoveryWindowInDays": 30.0, "forceOverwriteReplicaSecret": false},
			ReplaceOn: []string{"name", "namePrefix"}, JSON: []string{"policy"}, Computed: []string{"replicas"},
			Rules: rules{
				cloud.Length("name", 1, 512), cloud.Match("name", `^[0-9A-Za-z/_+=.@-]+$`, "has characters that AWS does not allow"),
				func(j *cloud.Validation) {
					if days := j.Number("recoveryWindowInDays"); j.Known("recoveryWindowInDays") && days != 0 && (days < 7 || days > 30) {
						j.Fail("recoveryWindowInDays", "is 0, or from 7 to 30 (got %v)", days)
					}
				},
			},
			References: []ref{key("kmsKeyId")},
			Outputs:    vals{"arn": "{id}"},
			Missing:    code{Code: "ResourceNotFoundException", Message: "Secrets Manager can't find the specified secret: %s"},
			Apply: func(m *cloud.Operation) error {
				deleted := m.Find(Token("secretsmanager/secret")+"#deleted", "name", m.Text("name"))
				if m.New() && len(deleted) > 0 {
					return cloud.Refuse("InvalidRequestException", "You can't create this secret because a secret with this name "+
						"is already scheduled for deletion.")
				}
				return nil
			},
			Unique:   []string{"name"},
			Conflict: code{Code: "ResourceExistsException", Message: "The operation failed because the secret %s already exists."},
			AfterDelete: func(m *cloud.Operation) {
				if days := m.Number("recoveryWindowInDays"); days > 0 {
					m.LeaveBehind(Token("secretsmanager/secret")+"#deleted", m.ID, fmt.Sprintf("its deletion is scheduled in %v days", days),
						vals{"name": m.Text("name")})
				}
				m.DeleteWhere(Token("secretsmanager/secretVersion"), "secretId", m.ID)
			},
		},
		"secretsmanager/secretVersion": {
			DisplayName: "Secrets Manager Secret Version", ID: "{secretId}|{uuid}",
			ReplaceOn: []string{"secretId", "secretString", "secretBinary"}, Computed: []string{"versionStages"},
			References: []ref{points("secretId", "secretsmanager/secret")},
			Outputs:    vals{"arn": "{secretId}", "versionId": "{uuid}"},
		},
	}
}
