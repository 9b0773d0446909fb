package gcp

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/kms"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// KeyUser is a Google service that encrypts with a key.
type KeyUser string

// The services that the components of this package use.
const (
	UserGKE      KeyUser = "gke"
	UserDisks    KeyUser = "disks"
	UserSQL      KeyUser = "sql"
	UserRedis    KeyUser = "redis"
	UserStorage  KeyUser = "storage"
	UserRegistry KeyUser = "registry"
)

func keyUsers() []KeyUser {
	return []KeyUser{UserGKE, UserDisks, UserSQL, UserRedis, UserStorage, UserRegistry}
}

// api is the name of the service's API.
func (u KeyUser) api() string {
	return map[KeyUser]string{
		UserGKE:      "container" + apiDomain,
		UserSQL:      "sqladmin" + apiDomain,
		UserRedis:    "redis" + apiDomain,
		UserRegistry: "artifactregistry" + apiDomain,
	}[u]
}

// grant lets a service encrypt and decrypt with the key, and nothing else.
func (k *Key) grant(ctx *pulumi.Context, name, project string, user KeyUser, key *kms.CryptoKey) error {
	name += "-" + string(user)
	agent, err := k.serviceAgent(ctx, name, project, user, key)
	if err != nil {
		return err
	}
	binding, err := kms.NewCryptoKeyIAMMember(ctx, name, &kms.CryptoKeyIAMMemberArgs{
		CryptoKeyId: key.ID(),
		Role:        pulumi.String("roles/cloudkms.cryptoKeyEncrypterDecrypter"),
		Member:      agent,
	}, pulumi.Parent(k))
	if err != nil {
		return fmt.Errorf("granting %s the use of the key: %w", user, err)
	}
	k.Bindings = append(k.Bindings, binding)
	return nil
}

// domain is the domain of the service's agents
// (https://cloud.google.com/iam/docs/service-agents).
func (u KeyUser) domain() string {
	return map[KeyUser]string{
		UserGKE:      "container-engine-robot",
		UserDisks:    "compute-system",
		UserSQL:      "gcp-sa-cloud-sql",
		UserRedis:    "cloud-redis",
		UserRegistry: "gcp-sa-artifactregistry",
	}[u]
}

// serviceAgent is the service account that a service acts as in the project. Most services
// create it when they are first used, which is too late for a key, so this requests it. The
// response does not always have its address (resourceProjectServiceIdentityCreate), which
// is known without it. Cloud Storage has its own call for that, and the agent of disks
// exists with the API.
func (k *Key) serviceAgent(ctx *pulumi.Context, name, project string, user KeyUser, key *kms.CryptoKey) (pulumi.StringInput, error) {
	if user == UserStorage {
		found := storage.GetProjectServiceAccountOutput(ctx, storage.GetProjectServiceAccountOutputArgs{
			Project: projectAfter(project, key),
		}, pulumi.Parent(k))
		return pulumi.Sprintf("serviceAccount:%s", found.EmailAddress()), nil
	}
	agent := pulumi.Sprintf("serviceAccount:service-%s@%s.iam.gserviceaccount.com", k.number, user.domain())
	if user == UserDisks {
		return agent, nil
	}
	identity, err := projects.NewServiceIdentity(ctx, name+"-agent", &projects.ServiceIdentityArgs{
		Project: pulumi.String(project),
		Service: pulumi.String(user.api()),
	}, pulumi.Parent(k))
	if err != nil {
		return nil, fmt.Errorf("requesting the service agent of %s: %w", user, err)
	}
	return after(ctx, agent, identity), nil
}
