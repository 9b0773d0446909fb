package gcp

import (
	"github.com/djangostack/djangostack/emulators/cloud"
)

func services() kinds {
	return kinds{
		"projects/service": {
			DisplayName: "Project Service", ID: "{project}/{service}",
			Defaults:  vals{"disableOnDestroy": true, "checkIfServiceHasUsageOnDestroy": false},
			ReplaceOn: []string{"service"},
			Rules: rules{
				cloud.Match("service", `^[a-z][a-z0-9.-]*\.[a-z]+$`, "is no name of a service (NAME.googleapis.com)"),
			},
			Unique: []string{"project", "service"}, Overwrites: true,
			Conflict: code{Code: "409 sharedService", Message: "{service} is enabled by another resource already, and one would disable it for the other"},
			Shared:   func(mine, existing cloud.Values) bool { return staysEnabled(mine) && staysEnabled(existing) },
			Apply: func(m *cloud.Operation) error {
				m.Adopt(enabledAPI, m.ID, vals{"service": m.Text("service")})
				return nil
			},
			RefuseDelete: disabling,
			AfterDelete: func(m *cloud.Operation) {
				if !staysEnabled(m.Values) {
					m.DeleteWhere(enabledAPI, "id", m.ID)
					return
				}
				m.LeaveBehind(enabledAPI, m.ID, "it is not disabled on destroy", vals{"service": m.Text("service")})
			},
		},
		"projects/serviceIdentity": {
			DisplayName: "Service Identity", ID: "projects/{project}/services/{service}",
			ReplaceOn: []string{"service"},
			Outputs:   vals{"email": "", "member": ""},
			// A service has one agent in a project, which no program deletes.
			Shared: func(cloud.Values, cloud.Values) bool { return true },
			Apply: func(m *cloud.Operation) error {
				if !isOn(m, m.Text("service")) {
					return cloud.Refuse("400 failedPrecondition", "Service %s is not enabled in project %s", m.Text("service"), m.Text("project"))
				}
				email := agentOf(m.Text("service")).email(m)
				m.Adopt(serviceAgent, email, vals{"email": email})
				if agentOf(m.Text("service")).byItself {
					// The API does not always return the agent (resourceProjectServiceIdentityCreate).
					return nil
				}
				m.Values["email"], m.Values["member"] = email, "serviceAccount:"+email
				return nil
			},
		},
	}
}

// staysEnabled tells whether an API stays enabled when the resource is deleted.
func staysEnabled(service cloud.Values) bool {
	return service.Has("disableOnDestroy") && !service.True("disableOnDestroy")
}

// disabling refuses to disable an API that has resources.
func disabling(m *cloud.Operation) error {
	if staysEnabled(m.Values) {
		return nil
	}
	for _, token := range m.Types() {
		if apiOf(short(token)) != m.Text("service") {
			continue
		}
		if found := m.Find(token, "", ""); len(found) > 0 {
			return cloud.Refuse("400 failedPrecondition", "The service %s has resources and cannot be disabled: %s", m.Text("service"), found[0].Text("id"))
		}
	}
	return nil
}

func projectAccess() kinds {
	return kinds{
		"projects/iAMMember": member("Project", "project", nil, func(m *cloud.Operation) (string, error) { return m.Text("project"), nil }),
		"projects/iAMAuditConfig": {
			DisplayName: "Project IAM Audit Config", ID: "{project}/audit_config/{service}", ReplaceOn: []string{"service"},
			Sets:   []string{"auditLogConfigs"},
			Rules:  rules{cloud.OneOf("auditLogConfigs.logType", "ADMIN_READ", "DATA_READ", "DATA_WRITE")},
			Unique: []string{"project", "service"}, Outputs: vals{"etag": "BwX{letters:8}="},
		},
		"projects/iAMCustomRole": {
			DisplayName: "Project IAM Custom Role", ID: "projects/{project}/roles/{roleId}",
			Defaults: vals{"stage": "GA"}, ReplaceOn: []string{"roleId"},
			Rules: rules{
				cloud.Match("roleId", `^[a-zA-Z0-9_.]{3,64}$`, "must be 3 to 64 letters, digits, underscores and periods"),
				cloud.OneOf("stage", "ALPHA", "BETA", "GA", "DEPRECATED", "DISABLED", "EAP"),
				cloud.Match("permissions", `^[a-zA-Z0-9]+\.[a-zA-Z0-9]+\.[a-zA-Z0-9]+$`, "is no permission (SERVICE.RESOURCE.VERB)"),
			},
			Unique:  []string{"project", "roleId"},
			Outputs: vals{"name": "{id}"},
			// A deleted role can be restored for a week, and its name is free after 37 days.
			AfterDelete: func(m *cloud.Operation) {
				m.LeaveBehind(Token("projects/iAMCustomRole")+"#deleted", m.ID, "roles are kept for a week after they are deleted", vals{"roleId": m.Text("roleId")})
			},
		},
	}
}
