package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/djangostack/djangostack/stacks/spec"
)

// credentialSource is where the SDK of a cloud looks for credentials: a variable, or a file.
type credentialSource struct {
	variable string
	// file is a path, or empty if the variable itself is the source.
	file string
}

// credentialsFindings say whether credentials of the environment's cloud are found, without reading any.
func credentialsFindings(environment *spec.Environment) []finding {
	if !environment.HasCloud() {
		return nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return []finding{failed("credentials", fmt.Errorf("finding the home directory: %w", err), "set HOME")}
	}
	switch environment.Cloud {
	case spec.AWSCloud:
		return []finding{credentialsFinding("AWS", awsSources(home), "run: aws configure sso, or set AWS_PROFILE")}
	case spec.GCPCloud:
		return []finding{credentialsFinding("Google Cloud", gcpSources(home), "run: gcloud auth application-default login")}
	default:
		return nil
	}
}

// awsSources are those of https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html, in order.
func awsSources(home string) []credentialSource {
	return []credentialSource{
		{variable: "AWS_ACCESS_KEY_ID"},
		{variable: "AWS_WEB_IDENTITY_TOKEN_FILE", file: os.Getenv("AWS_WEB_IDENTITY_TOKEN_FILE")},
		{variable: "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"},
		{variable: "AWS_CONTAINER_CREDENTIALS_FULL_URI"},
		{variable: "AWS_SHARED_CREDENTIALS_FILE", file: cmp.Or(os.Getenv("AWS_SHARED_CREDENTIALS_FILE"), filepath.Join(home, ".aws", "credentials"))},
		{variable: "AWS_CONFIG_FILE", file: cmp.Or(os.Getenv("AWS_CONFIG_FILE"), filepath.Join(home, ".aws", "config"))},
	}
}

// gcpSources are those of https://cloud.google.com/docs/authentication/application-default-credentials, and the
// variables of Pulumi's provider.
func gcpSources(home string) []credentialSource {
	return []credentialSource{
		{variable: "GOOGLE_CREDENTIALS"},
		{variable: "GOOGLE_OAUTH_ACCESS_TOKEN"},
		{variable: "GOOGLE_APPLICATION_CREDENTIALS", file: os.Getenv("GOOGLE_APPLICATION_CREDENTIALS")},
		{file: filepath.Join(cmp.Or(os.Getenv("CLOUDSDK_CONFIG"), filepath.Join(home, ".config", "gcloud")), "application_default_credentials.json")},
	}
}

func credentialsFinding(cloud string, sources []credentialSource, next string) finding {
	for _, source := range sources {
		set := source.variable != "" && os.Getenv(source.variable) != ""
		switch {
		case source.file == "" && set:
			return passed("credentials", "%s: from %s", cloud, source.variable)
		case source.file == "":
			continue
		case fileExists(source.file):
			return passed("credentials", "%s: from %s", cloud, source.file)
		case set:
			return failed("credentials", fmt.Errorf("%s: %s names %s, which does not exist", cloud, source.variable, source.file), "correct "+source.variable)
		}
	}
	return failed("credentials", errors.New(cloud+": found neither in variables nor in files"), next+"; a machine of the cloud that has an identity needs none")
}

func fileExists(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
