package gcp

import (
	"strconv"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func secrets() kinds {
	return kinds{
		"secretmanager/secret": {
			DisplayName: "Secret", ID: "projects/{project}/secrets/{secretId}",
			ReplaceOn: []string{"replication", "secretId"},
			Rules: rules{
				cloud.Match("secretId", `^[A-Za-z0-9_-]{1,255}$`, "must be 1 to 255 letters, digits, underscores and hyphens"),
				cloud.OneNeeded("replication.auto", "replication.userManaged"), cloud.Exclusive("ttl", "expireTime"),
			},
			References: []ref{
				refersTo("replication.auto.customerManagedEncryption.kmsKeyName", "kms/cryptoKey"),
				refersTo("replication.userManaged.replicas.customerManagedEncryption.kmsKeyName", "kms/cryptoKey"),
			},
			Unique:      []string{"project", "secretId"},
			Conflict:    code{Code: "409 alreadyExists", Message: "Secret [projects/{number}/secrets/{secretId}] already exists."},
			Missing:     code{Code: "404 notFound", Message: "Secret [%s] not found or has no versions."},
			Outputs:     vals{"createTime": "{now}", "name": "projects/{number}/secrets/{secretId}"},
			AfterDelete: func(m *cloud.Operation) { m.DeleteWhere(Token("secretmanager/secretVersion"), "secret", m.ID) },
		},
		"secretmanager/secretVersion": {
			DisplayName: "Secret Version", ID: "{secret}/versions/{digits:1}",
			Defaults:   vals{"deletionPolicy": "DELETE", "enabled": true, "isSecretDataBase64": false},
			ReplaceOn:  []string{"secret", "secretData"},
			Rules:      rules{cloud.OneOf("deletionPolicy", "DELETE", "DISABLE", "ABANDON"), cloud.Length("secretData", 1, 65536)},
			References: []ref{refersTo("secret", "secretmanager/secret")},
			Outputs:    vals{"createTime": "{now}"},
			Apply: func(m *cloud.Operation) error {
				if !m.New() {
					return nil
				}
				version := strconv.Itoa(len(m.Find(versionCount, "secret", m.Text("secret"))) + 1)
				secret := m.First(Token("secretmanager/secret"), "id", m.Text("secret"))
				m.AddPartOf(versionCount, m.Text("secret")+"#"+version, Token("secretmanager/secret"), secret.Text("id"), vals{"secret": m.Text("secret")})
				m.Values["version"], m.Values["name"] = version, secret.Text("name")+"/versions/"+version
				m.ID = m.Text("name")
				return nil
			},
			AfterDelete: func(m *cloud.Operation) {
				if policy := m.Text("deletionPolicy"); policy == "ABANDON" || policy == "DISABLE" {
					m.AddPartOf(m.Type(), m.ID, Token("secretmanager/secret"), m.Text("secret"), m.Live())
				}
			},
		},
		"secretmanager/secretIamMember": member("Secret", "secretId", []ref{refersTo("secretId", "secretmanager/secret")},
			func(m *cloud.Operation) (string, error) {
				return m.Template("projects/{project}/secrets/") + last(m.Text("secretId")), nil
			}),
	}
}

// versionCount is the number of versions that a secret ever had.
const versionCount = "gcp:secretmanager/secretVersion#number"
