package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// withoutCredentials unsets the variables of both clouds and returns an empty home directory.
func withoutCredentials(t *testing.T) string {
	t.Helper()
	for _, name := range []string{
		"AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
		"AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE", "AWS_PROFILE", "AWS_EC2_METADATA_DISABLED",
		"GOOGLE_CREDENTIALS", "GOOGLE_OAUTH_ACCESS_TOKEN", "GOOGLE_APPLICATION_CREDENTIALS", "CLOUDSDK_CONFIG",
	} {
		t.Setenv(name, "")
	}
	return t.TempDir()
}

// writeAWS writes a file of the AWS CLI.
func writeAWS(t *testing.T, home, name, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Join(home, ".aws"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(home, ".aws", name), []byte(text), 0o600))
}

func TestCredentialsOfAWSAreFoundByProfile(t *testing.T) {
	home := withoutCredentials(t)
	found := awsCredentials(home, "")
	assert.False(t, found.OK)
	assert.Contains(t, found.Next, "aws configure sso")

	writeAWS(t, home, "config", "[profile shop]\nregion = eu-central-1\n[sso-session main]\n")
	assert.False(t, awsCredentials(home, "").OK, "there is no profile default")
	t.Setenv("AWS_PROFILE", "shop")
	found = awsCredentials(home, "")
	assert.True(t, found.OK)
	assert.Contains(t, found.Detail, "from the profile shop of ")
	t.Setenv("AWS_PROFILE", "shopp")
	found = awsCredentials(home, "Amazon EC2")
	assert.False(t, found.OK)
	assert.Contains(t, found.Detail, "AWS_PROFILE is shopp, which is no profile of")

	t.Setenv("AWS_PROFILE", "")
	writeAWS(t, home, "credentials", "[default]\naws_secret_access_key = hunter2canary\n")
	found = awsCredentials(home, "")
	assert.True(t, found.OK)
	assert.NotContains(t, found.Detail+found.Next, "hunter2canary")
}

func TestAMachineOfACloudNeedsNoFile(t *testing.T) {
	home := withoutCredentials(t)
	assert.True(t, awsCredentials(home, "Amazon EC2").OK)
	assert.False(t, awsCredentials(home, "Google").OK)
	assert.True(t, gcpCredentials(home, "Google").OK)
	assert.False(t, gcpCredentials(home, "Amazon EC2").OK)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	found := awsCredentials(home, "Amazon EC2")
	assert.False(t, found.OK)
	assert.Contains(t, found.Next, "unset AWS_EC2_METADATA_DISABLED")
}

func TestCredentialsOfGoogleCloudAreFound(t *testing.T) {
	home := withoutCredentials(t)
	found := gcpCredentials(home, "")
	assert.False(t, found.OK)
	assert.Contains(t, found.Next, "gcloud auth application-default login")

	file := filepath.Join(home, ".config", "gcloud", "application_default_credentials.json")
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
	require.NoError(t, os.WriteFile(file, []byte(`{"refresh_token": "hunter2canary"}`), 0o600))
	found = gcpCredentials(home, "")
	assert.Equal(t, passed("credentials", "Google Cloud: from %s", file), found)

	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", filepath.Join(home, "none.json"))
	found = gcpCredentials(home, "")
	assert.False(t, found.OK, "the SDK looks no further than the variable")
	assert.Contains(t, found.Detail, "which does not exist")
}
