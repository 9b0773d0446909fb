package aws

import "github.com/djangostack/djangostack/emulators/cloud"

// Image is the type of an image in a repository. Tests add some with cloud.Account.AddExisting and the property
// repository.
const Image = "aws:ecr/image"

func registries() kinds {
	return kinds{
		"ecr/repository": {
			DisplayName: "ECR Repository", ID: "{name}", Name: &cloud.Name{Property: "name", Max: maxName, Separator: "-", Lower: true},
			Defaults:  vals{"imageTagMutability": "MUTABLE", "encryptionConfigurations.encryptionType": "AES256"},
			ReplaceOn: []string{"name", "encryptionConfigurations"},
			Rules: rules{
				cloud.Length("name", 2, 256), cloud.Match("name", `^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$`,
					"must be lower-case, with single separators"),
				cloud.OneOf("imageTagMutability", "MUTABLE", "IMMUTABLE"),
				cloud.OneOf("encryptionConfigurations.encryptionType", "AES256", "KMS", "KMS_DSSE"),
			},
			References: []ref{key("encryptionConfigurations.kmsKey")},
			Unique:     []string{"name"},
			Conflict:   code{Code: "RepositoryAlreadyExistsException", Message: "The repository with name '%s' already exists in the registry"},
			Outputs: vals{
				"arn": "arn:{partition}:ecr:{region}:{account}:repository/{name}", "registryId": "{account}",
				"repositoryUrl": "{account}.dkr.ecr.{region}.amazonaws.com/{name}",
			},
			Missing: code{Code: "RepositoryNotFoundException", Message: "The repository with name '%s' does not exist in the registry"},
			RefuseDelete: func(m *cloud.Operation) error {
				if images := m.Find(Image, "repository", m.ID); len(images) > 0 && !m.True("forceDelete") {
					return cloud.Refuse("RepositoryNotEmptyException", "The repository with name '%s' cannot be deleted because it still contains images", m.ID)
				}
				m.DeleteWhere(Image, "repository", m.ID)
				return nil
			},
			AfterDelete: func(m *cloud.Operation) {
				m.DeleteWhere(Token("ecr/lifecyclePolicy"), "repository", m.ID)
				m.DeleteWhere(Token("ecr/repositoryPolicy"), "repository", m.ID)
			},
		},
		// A changed policy replaces the resource, because the provider cannot update it.
		"ecr/lifecyclePolicy":  ofRepository("ECR Lifecycle Policy", "repository", "policy"),
		"ecr/repositoryPolicy": ofRepository("ECR Repository Policy", "repository"),
	}
}

func ofRepository(called string, replaces ...string) *kind {
	return &kind{
		DisplayName: called, ID: "{repository}", ReplaceOn: replaces, JSON: []string{"policy"}, Rules: rules{cloud.Document("policy")},
		References: []ref{points("repository", "ecr/repository")}, Outputs: vals{"registryId": "{account}"},
	}
}
