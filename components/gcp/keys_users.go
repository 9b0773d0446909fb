package gcp

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/kms"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// KeyUser is a service of Google that encrypts with a key.
type KeyUser string

// The services that the rooms of an environment use.
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

// api is the service by its API's name.
func (u KeyUser) api() string {
	return map[KeyUser]string{
		UserGKE:      "container" + apiDomain,
		UserSQL:      "sqladmin" + apiDomain,
		UserRedis:    "redis" + apiDomain,
		UserRegistry: "artifactregistry" + apiDomain,
	}[u]
}

// letUse lets a service encrypt and decrypt with the key, and do nothing else with it.
func (k *Key) grant(ctx *pulumi.Context, name, project string, user KeyUser, key *kms.CryptoKey) error {
	name += "-" + string(user)
	agent, err := k.serviceAgent(ctx, name, project, user, key)
	if err != nil {
		return err
	}
	granted, err := kms.NewCryptoKeyIAMMember(ctx, name, &kms.CryptoKeyIAMMemberArgs{
		CryptoKeyId: key.ID(),
		Role:        pulumi.String("roles/cloudkms.cryptoKeyEncrypterDecrypter"),
		Member:      agent,
	}, pulumi.Parent(k))
	if err != nil {
		return fmt.Errorf("letting %s use the key: %w", user, err)
	}
	k.Bindings = append(k.Bindings, granted)
	return nil
}

// domain is where Google keeps the service accounts that a service acts as in projects
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

// agentOf is whom a service acts as in the project. Most services make theirs when they
// are first used, which is too late for a key they are to use; so it is asked for. The
// answer does not always say who it is (resourceProjectServiceIdentityCreate), which is
// known without it. Storage has a call of its own for it, and the one of disks comes with
// the API.
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
	made, err := projects.NewServiceIdentity(ctx, name+"-agent", &projects.ServiceIdentityArgs{
		Project: pulumi.String(project),
		Service: pulumi.String(user.api()),
	}, pulumi.Parent(k))
	if err != nil {
		return nil, fmt.Errorf("asking for the service account of %s: %w", user, err)
	}
	return after(ctx, agent, made), nil
}
