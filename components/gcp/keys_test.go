package gcp_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/tests/mocks"
)

func keyArgs() *gcp.KeyArgs {
	return &gcp.KeyArgs{
		Project:  mocks.Project,
		Region:   region,
		Rotation: arguments.RotateQuarterly,
		Users:    []gcp.KeyUser{gcp.UserGKE, gcp.UserDisks, gcp.UserSQL, gcp.UserRedis, gcp.UserStorage, gcp.UserRegistry},
		Data:     data.Held{Protected: true},
		Labels:   environment,
	}
}

func withKey(args *gcp.KeyArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := gcp.NewKey(ctx, "blog", args)
		return err
	}
}

func TestAKeyRotatesAndIsKept(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withKey(keyArgs()))
		key := ran.Find(t, "CryptoKey", "blog-key")
		assert.Equal(t, "7776000s", key.At(t, "rotationPeriod"), "CKV_GCP_43, CIS 1.10")
		assert.Equal(t, "ENCRYPT_DECRYPT", key.At(t, "purpose"))
		assert.Equal(t, "2592000s", key.At(t, "destroyScheduledDuration"))
		assert.Equal(t, "GOOGLE_SYMMETRIC_ENCRYPTION", key.At(t, "versionTemplate.algorithm"))
		assert.True(t, key.Protect, "CKV_GCP_82")
		assert.True(t, ran.Find(t, "KeyRing", "blog-ring").Protect)
		everythingIsLabelled(t, ran, "KeyRing", "CryptoKeyIAMMember", "ServiceIdentity")
		descendsFrom(t, ran, "Key", "blog")
	}
	assert.Equal(t, "blog-1a2b3c", mocks.Run(t, mocks.Known, withKey(keyArgs())).Find(t, "KeyRing", "blog-ring").At(t, "name"), "Google never deletes a ring")
}

func TestRotationIsAChoice(t *testing.T) {
	for rotation, want := range map[arguments.KeyRotation]any{arguments.RotateYearly: "31536000s", arguments.RotateNever: nil} {
		args := keyArgs()
		args.Rotation = rotation
		assert.Equal(t, want, mocks.Run(t, mocks.Known, withKey(args)).Find(t, "CryptoKey", "blog-key").At(t, "rotationPeriod"), rotation)
	}
}

func TestServicesOfGoogleUseAKeyAsThemselves(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withKey(keyArgs()))
	for user, want := range map[string]string{
		"gke":      "serviceAccount:service-314159265358@container-engine-robot.iam.gserviceaccount.com",
		"disks":    "serviceAccount:service-314159265358@compute-system.iam.gserviceaccount.com",
		"sql":      "serviceAccount:service-314159265358@gcp-sa-cloud-sql.iam.gserviceaccount.com",
		"redis":    "serviceAccount:service-314159265358@cloud-redis.iam.gserviceaccount.com",
		"storage":  "serviceAccount:service-314159265358@gs-project-accounts.iam.gserviceaccount.com",
		"registry": "serviceAccount:service-314159265358@gcp-sa-artifactregistry.iam.gserviceaccount.com",
	} {
		granted := ran.Find(t, "CryptoKeyIAMMember", "blog-"+user)
		assert.Equal(t, want, granted.At(t, "member"))
		assert.Equal(t, "roles/cloudkms.cryptoKeyEncrypterDecrypter", granted.At(t, "role"))
		assert.Equal(t, "blog-key-id", granted.At(t, "cryptoKeyId"))
	}
	assert.Len(t, ran.OfKind("ServiceIdentity"), 4, "the others have no such call")
	for _, user := range []string{"gke", "sql", "redis", "registry"} {
		granted, agent := ran.Find(t, "CryptoKeyIAMMember", "blog-"+user), ran.Find(t, "ServiceIdentity", "blog-"+user+"-agent")
		assert.True(t, ran.Waits(granted, agent), "%s has no service agent to grant a role to before", user)
	}
}

func TestWhatTakesAKeyWaitsForTheRightsOfItsUsers(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, func(ctx *pulumi.Context) error {
			key, err := gcp.NewKey(ctx, "blog", keyArgs())
			if err != nil {
				return err
			}
			args := registryArgs()
			args.KeyID = key.ID
			_, err = gcp.NewRegistry(ctx, "blog", args)
			return err
		})
		repository := ran.Find(t, "Repository", "blog-images")
		require.Len(t, ran.OfKind("CryptoKeyIAMMember"), 6)
		for _, granted := range ran.OfKind("CryptoKeyIAMMember") {
			assert.True(t, ran.Waits(repository, granted), granted.Name)
		}
	}
}

func TestAKeyCanEncryptTheSecretsOfAStack(t *testing.T) {
	mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
		key, err := gcp.NewKey(ctx, "blog", keyArgs())
		if err != nil {
			return err
		}
		read := make(chan string, 1)
		key.SecretsProvider.ApplyT(func(url string) string {
			read <- url
			return url
		})
		assert.Equal(t, "gcpkms://blog-key-id", <-read)
		return nil
	})
}

func TestWrongKeysAreNamed(t *testing.T) {
	refusedWith(t, withKey(&gcp.KeyArgs{}), "Key: Project is required", "Key: Region is required", `Key: Rotation is ""`)
	args := keyArgs()
	args.Users = []gcp.KeyUser{gcp.UserSQL, gcp.UserSQL, "mail"}
	refusedWith(t, withKey(args), "Key: Users has sql twice", `Key: Users is "mail"; allowed are gke, disks, sql, redis, storage, registry`)
}
