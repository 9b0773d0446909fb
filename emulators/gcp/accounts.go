package gcp

import (
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func serviceAccounts() kinds {
	return kinds{
		"serviceaccount/account": {
			DisplayName: "Service Account", ID: "projects/{project}/serviceAccounts/{accountId}@{project}.iam.gserviceaccount.com",
			Defaults:  vals{"createIgnoreAlreadyExists": false, "disabled": false},
			ReplaceOn: []string{"accountId"},
			Rules: rules{
				cloud.Match("accountId", `^[a-z](?:[-a-z0-9]{4,28}[a-z0-9])$`,
					"must be 6 to 30 characters: a lower-case letter first, then lower-case letters, digits and hyphens, with no hyphen at the end"),
				cloud.Length("description", 0, 256), cloud.Length("displayName", 0, 100),
			},
			Unique:   []string{"project", "accountId"},
			Conflict: code{Code: "409 alreadyExists", Message: "Service account {accountId} already exists within project projects/{project}."},
			Missing:  code{Code: "404 notFound", Message: "Unknown service account: %s"},
			Outputs: vals{
				"email": "{accountId}@{project}.iam.gserviceaccount.com", "member": "serviceAccount:{accountId}@{project}.iam.gserviceaccount.com",
				"name": "{id}", "uniqueId": "1{digits:20}",
			},
			AfterDelete: func(m *cloud.Operation) { m.DeleteWhere(Token("serviceaccount/iAMMember"), "serviceAccountId", m.ID) },
		},
		"storage/hmacKey": {
			DisplayName: "HMAC Key", ID: "projects/{project}/hmacKeys/GOOG1E{digits:20}",
			Defaults:  vals{"state": "ACTIVE"},
			ReplaceOn: []string{"serviceAccountEmail"},
			Rules:     rules{cloud.OneOf("state", "ACTIVE", "INACTIVE")},
			References: []ref{
				{Path: "serviceAccountEmail", To: "serviceaccount/account", By: []string{"email"}},
			},
			Outputs: vals{"secret": "{digits:40}", "timeCreated": "{now}", "updated": "{now}"},
			Apply: func(m *cloud.Operation) error {
				m.Values["accessId"] = m.ID[strings.LastIndex(m.ID, "/")+1:]
				return nil
			},
		},
		"serviceaccount/iAMMember": member("Service Account", "serviceAccountId", []ref{
			{Path: "serviceAccountId", To: "serviceaccount/account", By: []string{"id", "name"}},
		}, func(m *cloud.Operation) (string, error) { return m.Text("serviceAccountId"), nil }),
	}
}

// keyUse is the role that lets a service use a key.
const keyUse = "roles/cloudkms.cryptoKeyEncrypterDecrypter"

// keyIsUsable refuses a key that does not exist, is in another location, or that the service agent may not use.
func keyIsUsable(m *cloud.Operation, path, service, location string) error {
	name := m.Text(path)
	if name == "" || !m.New() && !m.Changed(path) {
		return nil
	}
	name, _, _ = strings.Cut(name, "/cryptoKeyVersions/")
	key := m.First(Token("kms/cryptoKey"), "id", name)
	if key.True("destroyed") {
		return cloud.Refuse("400 badRequest", "The versions of the key %s are destroyed or scheduled to be.", name)
	}
	parts := strings.Split(name, "/")
	if len(parts) < 8 {
		return cloud.Refuse("400 badRequest", "%q is no name of a key (projects/P/locations/L/keyRings/R/cryptoKeys/K).", name)
	}
	if at := parts[3]; at != "global" && at != location || at == "global" && service != "storage.googleapis.com" {
		return cloud.Refuse("400 badRequest", "The key %s is in %s, and must be in %s.", name, at, location)
	}
	agent := "serviceAccount:" + agentOf(service).email(m)
	for _, one := range m.Find(Token("kms/cryptoKeyIAMMember"), "cryptoKeyId", name) {
		if one.Text("role") == keyUse && one.Text("member") == agent {
			return nil
		}
	}
	return cloud.Refuse("403 permissionDenied", "Permission 'cloudkms.cryptoKeyVersions.useToEncrypt' denied on resource '%s' (or it may not exist): "+
		"%s needs %s on it.", name, agent, keyUse)
}
