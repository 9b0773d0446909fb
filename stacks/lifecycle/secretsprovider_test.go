package lifecycle

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSecretsProviderIsOneThatPulumiHas(t *testing.T) {
	for _, allowed := range []string{
		"", "default", "passphrase",
		"awskms://alias/shop?region=eu-central-1",
		"awskms://1234abcd-12ab-34cd-56ef-1234567890ab?region=eu-central-1",
		"awskms://mrk-1234abcd12ab34cd56ef1234567890ab?region=eu-central-1",
		"awskms:///arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab?region=eu-central-1",
		"gcpkms://projects/shop/locations/europe-west1/keyRings/shop/cryptoKeys/secrets",
		"azurekeyvault://shop.vault.azure.net/keys/secrets",
		"hashivault://secrets",
	} {
		_, err := Open(providerOptions(t, allowed))
		assert.NoError(t, err, allowed)
	}
	for _, wrong := range []string{
		"awskm://alias/shop", "awskms://", "awskms://shop", "awskms://alias/", "alias/shop",
		"gcpkms://projects/shop/keyRings/shop", "azurekeyvault://shop.vault.azure.net", "hashivault://", "password", "%",
	} {
		_, err := Open(providerOptions(t, wrong))
		var invalid *ConfigInvalidError
		require.ErrorAs(t, err, &invalid, wrong)
		assert.ErrorContains(t, err, "gcpkms://projects/PROJECT/", "the error lists the allowed forms")
	}
}

func providerOptions(t *testing.T, provider string) ProjectOptions {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, replaceFile(dir+"/Pulumi.yaml", []byte(plainProject)))
	return ProjectOptions{Dir: dir, StateDir: dir + "/state", SecretsProvider: provider}
}
