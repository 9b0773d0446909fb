package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/stacks/spec"
)

// credentialSource is where the SDK of a cloud looks for credentials: a variable, or a file.
type credentialSource struct {
	variable string
	// file is a path, or empty if the variable itself is the source.
	file string
}

// machineVendorFile names the vendor of a virtual machine on Linux: Amazon EC2, Google.
const machineVendorFile = "/sys/class/dmi/id/sys_vendor"

// credentialsFindings say whether credentials of the environment's cloud are found. They read no credential and send
// no request: a metadata service of another network may never answer.
func credentialsFindings(environment *spec.Environment) []finding {
	if !environment.HasCloud() {
		return nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return []finding{failed("credentials", fmt.Errorf("finding the home directory: %w", err), "set HOME")}
	}
	vendor, _ := os.ReadFile(machineVendorFile) // exists on Linux only
	switch environment.Cloud {
	case spec.AWSCloud:
		found := awsCredentials(home, strings.TrimSpace(string(vendor)))
		if environment.AWS != nil && environment.AWS.AssumeRole != nil {
			found = found.thenAs("the role " + environment.AWS.AssumeRole.RoleARN)
		}
		return []finding{found}
	case spec.GCPCloud:
		found := gcpCredentials(home, strings.TrimSpace(string(vendor)))
		if environment.GCP != nil && environment.GCP.ImpersonateServiceAccount != "" {
			found = found.thenAs("the service account " + environment.GCP.ImpersonateServiceAccount)
		}
		return []finding{found}
	default:
		return nil
	}
}

// thenAs adds whom the program becomes with credentials that were found. Only a request could tell whether it may.
func (f finding) thenAs(identity string) finding {
	if f.OK {
		f.Detail += "; the program then becomes " + identity
	}
	return f
}

// awsCredentials looks where https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html says, in
// that order.
func awsCredentials(home, vendor string) finding {
	const cloud, next = "AWS", "run aws configure sso, or set AWS_PROFILE to a profile of ~/.aws/config"
	if found, isFound := firstSource(cloud, []credentialSource{
		{variable: "AWS_ACCESS_KEY_ID"},
		{variable: "AWS_WEB_IDENTITY_TOKEN_FILE", file: os.Getenv("AWS_WEB_IDENTITY_TOKEN_FILE")},
	}); isFound {
		return found
	}
	files := []string{
		cmp.Or(os.Getenv("AWS_SHARED_CREDENTIALS_FILE"), filepath.Join(home, ".aws", "credentials")),
		cmp.Or(os.Getenv("AWS_CONFIG_FILE"), filepath.Join(home, ".aws", "config")),
	}
	profile := cmp.Or(os.Getenv("AWS_PROFILE"), "default")
	for _, file := range files {
		if slices.Contains(profilesOf(file), profile) {
			return passed("credentials", "%s: from the profile %s of %s", cloud, profile, file)
		}
	}
	if os.Getenv("AWS_PROFILE") != "" {
		return failed("credentials", fmt.Errorf("%s: AWS_PROFILE is %s, which is no profile of %s", cloud, profile, strings.Join(files, " or ")), "run aws configure sso, or correct AWS_PROFILE")
	}
	if found, isFound := firstSource(cloud, []credentialSource{{variable: "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"}, {variable: "AWS_CONTAINER_CREDENTIALS_FULL_URI"}}); isFound {
		return found
	}
	isEC2 := strings.HasPrefix(vendor, "Amazon")
	if isEC2 && !strings.EqualFold(os.Getenv("AWS_EC2_METADATA_DISABLED"), "true") {
		return passed("credentials", "%s: from the instance profile of this machine, if it has one", cloud)
	}
	if isEC2 {
		return failed("credentials", errors.New(cloud+": AWS_EC2_METADATA_DISABLED is true, and there are no others"), "unset AWS_EC2_METADATA_DISABLED; or "+next)
	}
	return failed("credentials", errors.New(cloud+": found neither in variables nor a profile in "+strings.Join(files, " or ")), next)
}

// gcpCredentials looks where https://cloud.google.com/docs/authentication/application-default-credentials says, after
// the variables of Pulumi's provider.
func gcpCredentials(home, vendor string) finding {
	const cloud = "Google Cloud"
	user := filepath.Join(cmp.Or(os.Getenv("CLOUDSDK_CONFIG"), filepath.Join(home, ".config", "gcloud")), "application_default_credentials.json")
	if found, isFound := firstSource(cloud, []credentialSource{
		{variable: "GOOGLE_CREDENTIALS"},
		{variable: "GOOGLE_OAUTH_ACCESS_TOKEN"},
		{variable: "GOOGLE_APPLICATION_CREDENTIALS", file: os.Getenv("GOOGLE_APPLICATION_CREDENTIALS")},
		{file: user},
	}); isFound {
		return found
	}
	if strings.HasPrefix(vendor, "Google") {
		return passed("credentials", "%s: from the service account of this machine, if it has one", cloud)
	}
	return failed("credentials", fmt.Errorf("%s: found neither in variables nor in %s", cloud, user), "run gcloud auth application-default login")
}

// firstSource returns the finding of the first source that is set. A variable that names a missing file is a failure,
// because the SDK looks no further.
func firstSource(cloud string, sources []credentialSource) (found finding, isFound bool) {
	for _, source := range sources {
		set := source.variable != "" && os.Getenv(source.variable) != ""
		switch {
		case source.file == "" && set:
			return passed("credentials", "%s: from %s", cloud, source.variable), true
		case source.file == "":
			continue
		case isRegularFile(source.file):
			return passed("credentials", "%s: from %s", cloud, source.file), true
		case set:
			return failed("credentials", fmt.Errorf("%s: %s names %s, which does not exist", cloud, source.variable, source.file), "correct "+source.variable), true
		}
	}
	return finding{}, false
}

func isRegularFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// profilesOf returns the names of the profiles in a file of the AWS CLI: [default], [profile name], or [name]. It is
// empty if the file cannot be read.
func profilesOf(path string) []string {
	if !isRegularFile(path) {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	var profiles []string
	for line := range strings.Lines(string(text)) {
		section, isSection := strings.CutPrefix(strings.TrimSpace(line), "[")
		name, _, isClosed := strings.Cut(section, "]")
		if isSection && isClosed {
			profiles = append(profiles, strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(name), "profile ")))
		}
	}
	return profiles
}
