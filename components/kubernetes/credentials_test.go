package kubernetes_test

import (
	"os"
	"os/exec"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/tests/mocks"
)

// checked runs the script with one entry, and returns its exit code and its output.
func checked(t *testing.T, form, value string) (code int, output string) {
	t.Helper()
	script, err := os.ReadFile("credentials.sh")
	require.NoError(t, err)
	command := exec.Command("sh", "-c", string(script))
	command.Env = append(os.Environ(), "ENTRIES=2", "ENTRY_0=fine", "FORM_0=unreserved", "WRONG_0=never", "ENTRY_1="+value, "FORM_1="+form, "WRONG_1=the entry is wrong: 'cure' it")
	raw, err := command.CombinedOutput()
	if err != nil {
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
		return exit.ExitCode(), string(raw)
	}
	return 0, string(raw)
}

func TestAnEntryThatNoURLCanHaveIsNamedAndNotShown(t *testing.T) {
	fits := map[string][]string{
		"unreserved":      {"hunter2", "aZ0-._~", "-n"},
		"percent-encoded": {"hunter2", "aZ0-._~", "-n", "hunter2%2F", "%C3%BC", "%2F"},
	}
	all := append([]string{
		"hunter2%2", "hunter2%", "hunter2%%2F", "hunter2%zz", "hunter2+", "hunter2/", "hunter2\n", "\nhunter2",
		"hunter2%2F\n", "hunter 2", "hünter2", "", "*", "hunter2$(id)", "`hunter2`", `hunter2"`,
	}, fits["percent-encoded"]...)
	for form, good := range fits {
		for _, value := range all {
			code, output := checked(t, form, value)
			if slices.Contains(good, value) {
				assert.Equal(t, 0, code, "%s: %q: %s", form, value, output)
				assert.Empty(t, output)
				continue
			}
			assert.Equal(t, 65, code, "%s: %q", form, value)
			assert.Equal(t, "the entry is wrong: 'cure' it\n", output, "%s: %q", form, value)
		}
	}
}

func TestEntriesAreCheckedAgainWithEachRelease(t *testing.T) {
	args := &kubernetes.CredentialsArgs{
		Namespace: pulumi.String("blog-dev"), Labels: testLabels(), Image: "postgres:17", Release: "blog:1",
		Entries: []kubernetes.CredentialsEntry{{SecretKey: connection.SecretKey{Name: pulumi.String("mq"), Key: "password"}, Form: "unreserved", Wrong: "wrong"}},
	}
	ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
		_, err := kubernetes.NewCredentials(ctx, "blog", args)
		return err
	})
	job := ran.Find(t, "Job", "blog-credentials")
	env := job.At(t, "spec.template.spec.containers[0].env")
	assert.Contains(t, env, map[string]any{"name": "RELEASE", "value": "blog:1"}, "another pod template is another Job")
	assert.Contains(t, env, map[string]any{"name": "ENTRY_0", "valueFrom": map[string]any{"secretKeyRef": map[string]any{"name": "mq", "key": "password"}}})

	mocks.Refused(t, func(ctx *pulumi.Context) error {
		_, err := kubernetes.NewCredentials(ctx, "blog", &kubernetes.CredentialsArgs{})
		return err
	}, "Namespace is required", "Image is required", "Entries is required")
}
