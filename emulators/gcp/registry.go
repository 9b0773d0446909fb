package gcp

import "github.com/djangostack/djangostack/emulators/cloud"

func registries() kinds {
	place := []string{"project", "location", "repositoryId"}
	return kinds{
		"artifactregistry/repository": {
			DisplayName: "Artifact Registry Repository", ID: "projects/{project}/locations/{location}/repositories/{repositoryId}",
			Defaults:  vals{"mode": "STANDARD_REPOSITORY", "cleanupPolicies.condition.tagState": "ANY"},
			ReplaceOn: []string{"format", "kmsKeyName", "mode", "repositoryId"}, Sets: []string{"cleanupPolicies"},
			Rules: rules{
				cloud.Match("repositoryId", `^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`, "must be 1 to 63 lower-case letters, digits and hyphens, beginning with a letter"),
				cloud.OneOf("format", "DOCKER", "MAVEN", "NPM", "PYTHON", "APT", "YUM", "KFP", "GO", "GENERIC"),
				cloud.OneOf("mode", "STANDARD_REPOSITORY", "VIRTUAL_REPOSITORY", "REMOTE_REPOSITORY"), cloud.OneOf("cleanupPolicies.action", "DELETE", "KEEP"),
				cloud.OneOf("cleanupPolicies.condition.tagState", "TAGGED", "UNTAGGED", "ANY"),
				cloud.Match("cleanupPolicies.condition.olderThan", `^\d+(\.\d+)?[smhd]$`, "is no duration"),
				cloud.Match("cleanupPolicies.condition.newerThan", `^\d+(\.\d+)?[smhd]$`, "is no duration"), cleanup,
			},
			References: []ref{refersTo("kmsKeyName", "kms/cryptoKey")},
			Unique:     place,
			Conflict:   code{Code: "409 alreadyExists", Message: "the repository already exists: {repositoryId}"},
			Missing:    code{Code: "404 notFound", Message: "Requested entity was not found: %s"},
			Outputs:    vals{"name": "{repositoryId}", "createTime": "{now}", "updateTime": "{now}"},
			Apply: func(m *cloud.Operation) error {
				location := m.Text("location")
				if zonesOf(location) == nil && location != "us" && location != "europe" && location != "asia" {
					return cloud.Refuse("400 invalidArgument", "the location %q is not one of Artifact Registry", location)
				}
				return keyIsUsable(m, "kmsKeyName", "artifactregistry.googleapis.com", location)
			},
		},
		"artifactregistry/repositoryIamMember": member("Artifact Registry Repository", "repository", []ref{
			refersTo("repository", "artifactregistry/repository"),
		}, func(m *cloud.Operation) (string, error) {
			return m.Template("projects/{project}/locations/{location}/repositories/") + last(m.Text("repository")), nil
		}),
	}
}

// cleanup requires one sort of condition of every policy, and the action KEEP of policies with mostRecentVersions.
func cleanup(j *cloud.Validation) {
	for _, one := range j.Objects("cleanupPolicies") {
		recent, condition := one.Has("mostRecentVersions"), one.Has("condition")
		switch {
		case recent == condition:
			j.Fail("cleanupPolicies", "the policy %q needs a condition or most recent versions, and only one of them", one.Text("id"))
		case recent && one.Text("action") == "DELETE":
			j.Fail("cleanupPolicies", "the policy %q has most recent versions, and can only KEEP them", one.Text("id"))
		}
	}
}
