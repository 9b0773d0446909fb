package gcp

import (
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

// member is one member of a role in an IAM policy. The function returns what the policy belongs to, as it begins the
// resource's id, and refuses what cannot be granted there.
func member(called, property string, refs []ref, of func(*cloud.Operation) (string, error)) *kind {
	return &kind{
		DisplayName: called + " IAM Member", ID: "{" + property + "}/{role}/{member}",
		ReplaceOn:  []string{property, "condition", "member", "role"},
		References: refs,
		Rules: rules{
			cloud.Match("role", `^(roles/[a-zA-Z0-9_.]+|projects/[^/]+/roles/[a-zA-Z0-9_.]+|organizations/[0-9]+/roles/[a-zA-Z0-9_.]+)$`,
				"is no role (roles/NAME, projects/PROJECT/roles/NAME)"),
			memberForm, cloud.Length("condition.title", 1, 100),
		},
		// IAM merges two equal grants, so deleting one resource would remove the other's grant.
		Unique: []string{property, "role", "member", "condition.title"}, Overwrites: true,
		Conflict: code{Code: "409 sharedGrant", Message: "{member} has {role} by another resource already, and one would delete the grant of the other"},
		Outputs:  vals{"etag": "BwX{letters:8}="},
		Apply: func(m *cloud.Operation) error {
			if err := memberIsThere(m, m.Text("member")); err != nil {
				return err
			}
			if role := m.Text("role"); strings.HasPrefix(role, "projects/") && len(m.Find(Token("projects/iAMCustomRole"), "name", role)) == 0 {
				return cloud.Refuse("400 badRequest", "Role (%s) does not exist in the resource's hierarchy.", role)
			}
			start, err := of(m)
			if err != nil {
				return err
			}
			if m.New() {
				m.ID = start + "/" + m.Text("role") + "/" + m.Text("member")
				if title := m.Text("condition.title"); title != "" {
					m.ID += "/" + title
				}
			}
			return nil
		},
	}
}

// memberForm checks a principal. https://cloud.google.com/iam/docs/principal-identifiers
func memberForm(j *cloud.Validation) {
	kinds := []string{"user", "serviceAccount", "group", "domain", "principal", "principalSet", "projectOwner", "projectEditor", "projectViewer"}
	for _, text := range j.Texts("member") {
		sort, name, has := strings.Cut(text, ":")
		everybody := text == "allUsers" || text == "allAuthenticatedUsers"
		if !everybody && (!has || name == "" || !slices.Contains(kinds, sort)) {
			j.Fail("member", "invalid value for member (IAM members must have one of the values outlined here: "+
				"https://cloud.google.com/billing/docs/reference/rest/v1/Policy#Binding): %q", text)
		}
	}
}

// memberIsThere refuses service accounts and workload identity pools that do not exist.
func memberIsThere(m *cloud.Operation, text string) error {
	email, isAccount := strings.CutPrefix(text, "serviceAccount:")
	if !isAccount {
		return nil
	}
	if pool, rest, is := strings.Cut(email, "["); is {
		if namespace, account, both := strings.Cut(strings.TrimSuffix(rest, "]"), "/"); !both || namespace == "" || account == "" {
			return cloud.Refuse("400 badRequest", "Invalid service account (%s).", email)
		}
		if len(m.Find(identityPool, "name", pool)) == 0 {
			return cloud.Refuse("400 badRequest", "Identity Pool does not exist (%s). Please check that you specified a valid resource name as "+
				"returned in the `name` attribute in the configuration API.", pool)
		}
		return nil
	}
	return accountIsThere(m, email)
}

// accountIsThere refuses a service account of the project that does not exist, and a service agent that was not
// created.
func accountIsThere(m *cloud.Operation, email string) error {
	if email == "" || email == "default" || len(m.Find(Token("serviceaccount/account"), "email", email)) > 0 {
		return nil
	}
	missing := cloud.Refuse("400 badRequest", "Service account %s does not exist.", email)
	if strings.HasSuffix(email, "@"+m.Scope.Account+".iam.gserviceaccount.com") {
		return missing
	}
	for _, agent := range agents() {
		if email == agent.email(m) && !agent.exists(m) {
			return missing
		}
	}
	return nil
}
