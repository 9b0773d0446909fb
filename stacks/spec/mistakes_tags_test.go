package spec_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFurtherTagsThatACloudRefusesAreReported(t *testing.T) {
	one := func(key, value string) map[string]any { return map[string]any{key: value} }
	many := func(count int) map[string]any {
		all := map[string]any{}
		for i := range count {
			all[fmt.Sprintf("tag-%d", i)] = "x"
		}
		return all
	}
	long := strings.Repeat("a", 300)
	const reserved = "is a key that the program, AWS or Kubernetes sets; name another"
	for _, row := range []wrong{
		{"a key of AWS", onAWS, "aws.tags", one("aws:createdBy", "x"), "aws.tags.aws:createdBy: " + reserved},
		{"a key of AWS in capitals", onAWS, "aws.tags", one("AWS:createdBy", "x"), "aws.tags.AWS:createdBy: " + reserved},
		{"a key of the program", onAWS, "aws.tags", one("djangostack:app", "x"), "aws.tags.djangostack:app: " + reserved},
		{"the name", onAWS, "aws.tags", one("Name", "x"), "aws.tags.Name: " + reserved},
		{"a key of Kubernetes", onAWS, "aws.tags", one("kubernetes.io/cluster/blog", "owned"), "aws.tags.kubernetes.io/cluster/blog: " + reserved},
		{"a key with =", onAWS, "aws.tags", one("a=b", "x"), "aws.tags.a=b: must be a key of 1 to 128 letters, digits, inner spaces and _ . : / + @ -"},
		{"a key with a space at its end", onAWS, "aws.tags", one("team ", "x"), "aws.tags.team : must be a key of"},
		{"a long key", onAWS, "aws.tags", one(long, "x"), "must be a key of 1 to 128"},
		{"two keys for IAM", onAWS, "aws.tags", map[string]any{"Team": "a", "team": "b"}, "aws.tags.team: is Team in other letters, which are one key for IAM"},
		{"a value of other characters", onAWS, "aws.tags", one("team", "a;b"), `aws.tags.team: "a;b": must be at most 256 letters`},
		{"a long value", onAWS, "aws.tags", one("team", long), "must be at most 256 letters"},
		{"too many tags", onAWS, "aws.tags", many(31), "aws.tags: may be at most 30: a resource has 50, and the program, EKS and its volumes need the others; has 31"},
		{"a number", onAWS, "aws.tags", map[string]any{"cost-center": 4711}, `aws.tags.cost-center: 4711: must be of type string, is number: put it into quotes`},
		{"a key of Google", onGCP, "gcp.labels", one("goog-x", "x"), "gcp.labels.goog-x: is a key that the program, Google or Kubernetes sets; name another"},
		{"a label of the program", onGCP, "gcp.labels", one("djangostack-app", "x"), "gcp.labels.djangostack-app: is a key that the program"},
		{"a label's key in capitals", onGCP, "gcp.labels", one("Team", "x"), "gcp.labels.Team: must be a key of a lower-case letter and up to 62 more, digits, _ and -"},
		{"a label's value in capitals", onGCP, "gcp.labels", one("team", "Web"), `gcp.labels.team: "Web": must be at most 63 lower-case letters, digits, _ and -`},
		{"too many labels", onGCP, "gcp.labels", many(41), "gcp.labels: may be at most 40: a resource has 64, and the program and GKE need the others; has 41"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := parse(t, row.text(t))
			assert.ErrorContains(t, err, row.want)
		})
	}
}

func TestRolesToAssumeThatCannotWorkAreReported(t *testing.T) {
	role := func(values ...string) map[string]any {
		all := map[string]any{"roleArn": "arn:aws:iam::123456789012:role/deployer"}
		for i := 0; i+1 < len(values); i += 2 {
			all[values[i]] = values[i+1]
		}
		return all
	}
	for _, row := range []wrong{
		{"no role", onAWS, "aws.assumeRole", map[string]any{"sessionName": "ci"}, "aws.assumeRole.roleArn: is required"},
		{"a user", onAWS, "aws.assumeRole", role("roleArn", "arn:aws:iam::123456789012:user/ada"), `aws.assumeRole.roleArn: "arn:aws:iam::123456789012:user/ada": must be the ARN of a role, for instance arn:aws:iam::123456789012:role/deployer`},
		{"a session", onAWS, "aws.assumeRole", role("roleArn", "arn:aws:sts::123456789012:assumed-role/deployer/me"), "aws.assumeRole.roleArn: "},
		{"a role that does not administer the cluster", onAWS, "aws.assumeRole", role("roleArn", "arn:aws:iam::123456789012:role/other"), `must be one of aws.admins: it creates what is in the cluster`},
		{"a role of another account", onAWS, "", map[string]any{"aws.assumeRole": role(), "aws.accountId": "210987654321"}, `is a role of the account 123456789012, but aws.accountId is 210987654321`},
		{"a session's name with a space", onAWS, "aws.assumeRole", role("sessionName", "my session"), `aws.assumeRole.sessionName: "my session": must be 2 to 64 letters, digits and + = , . @ _ -`},
		{"a short external ID", onAWS, "aws.assumeRole", role("externalId", "x"), "aws.assumeRole.externalId: "},
		{"a short session", onAWS, "aws.assumeRole", map[string]any{"roleArn": role()["roleArn"], "durationSeconds": 60}, "aws.assumeRole.durationSeconds: 60: must be at least 900"},
		{"a person", onGCP, "gcp.impersonateServiceAccount", "ops@example.com", `gcp.impersonateServiceAccount: "ops@example.com": must be the email of a service account`},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := parse(t, row.text(t))
			assert.ErrorContains(t, err, row.want)
		})
	}
}

func TestFurtherTagsAreTaken(t *testing.T) {
	for path, tags := range map[string]map[string]any{
		"aws.tags":   {"Cost Center": "4711 = Überlingen", "team/web": "", "a:b+c@d-e_f.g": "x"},
		"gcp.labels": {"cost-center": "4711", "team_web": ""},
	} {
		base := map[string]string{"aws.tags": onAWS, "gcp.labels": onGCP}[path]
		_, err := parse(t, changed(t, base, path, tags))
		require.NoError(t, err)
	}
}
