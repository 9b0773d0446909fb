package spec_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
)

func TestValuesThatAWSRefusesAreReported(t *testing.T) {
	cors := func(field string, values ...any) map[string]any {
		rule := map[string]any{"origins": []any{"https://*.example.com"}, "headers": []any{"*"}, field: values}
		return map[string]any{"store": "bucket", "cors": []any{rule}}
	}
	long := strings.Repeat("a", 60)
	for _, row := range []wrong{
		{"disk too small for RDS", onAWS, "database.managed", map[string]any{"storage": "10Gi"}, `database.managed.storage: "10Gi": must be from 20Gi to 65536Gi on AWS`},
		{"disk too large for RDS", onAWS, "database.managed", map[string]any{"storage": "70Ti", "maxStorage": "80Ti"}, `database.managed.maxStorage: "80Ti": may be at most 65536Gi on AWS`},
		{"growth below RDS' step", onAWS, "database.managed", map[string]any{"storage": "100Gi", "maxStorage": "105Gi"}, `database.managed.maxStorage: "105Gi": must be a tenth above database.managed.storage at least, which is 100Gi, or the same`},
		{"database with a word of SQL for a name", onAWS, "database.name", "order", `database.name: "order": is a reserved word of PostgreSQL, which RDS does not take for a name`},
		{"app with a word of SQL for a name", onAWS, "app.name", "user", `database.name: "user": is a reserved word of PostgreSQL`},
		{"role of RDS", onAWS, "database.user", "rds_superuser", `database.user: "rds_superuser": is a role that RDS has already`},
		{"role of the administrator", onAWS, "database.user", "djangostack_admin", `database.user: "djangostack_admin": is the administrator of the server, which creates the app's user; name another`},
		{"two hyphens in a row", onAWS, "app.name", "my--blog", `app.name: "my--blog": may not have two hyphens in a row on AWS`},
		{"name that S3 keeps for itself", onAWS, "app.name", "sthree", `app.name: "sthree": may not begin with sthree on AWS`},
		{"memory that RDS does not have", onAWS, "database.managed", map[string]any{"cpu": 64, "memory": "2Ti"}, `database.managed.memory: "2Ti": no database has 64 CPUs and 2Ti of memory; there are db.t4g.micro`},
		{"memory that ElastiCache does not have", onAWS, "cache.memory", "1Ti", `cache.memory: "1Ti": no cache has 0 CPUs and 1Ti of memory`},
		{"memory of a broker that ElastiCache does not have", onAWS, "broker.memory", "1Ti", `broker.memory: "1Ti": no cache has`},
		{"memory that Amazon MQ does not have", onAWS, "", map[string]any{"broker.engine": "rabbitmq", "broker.memory": "1Ti"}, `broker.memory: "1Ti": no broker has 2 CPUs and 1Ti of memory`},
		{"memory that OpenSearch Service does not have", onAWS, "search", map[string]any{"kind": "managed", "memory": "1Ti"}, `search.memory: "1Ti": no search has 0 CPUs and 1Ti of memory`},
		{"disk that OpenSearch Service does not have", onAWS, "search", map[string]any{"kind": "managed", "memory": "2Gi", "storage": "200Gi"}, `search.storage: "200Gi": must be from 10Gi to 100Gi with t3.small.search`},
		{"snapshot of the other cloud", onAWS, "database.managed", map[string]any{"restoreFrom": "blog-1a2b3c/1700000000000"}, `database.managed.restoreFrom: "blog-1a2b3c/1700000000000": must be the identifier or ARN of a snapshot on RDS`},
		{"two wildcards in an origin", onAWS, "static", cors("origins", "https://*.*.example.com"), `static.cors[0].origins[0]: "https://*.*.example.com": may have one * on AWS`},
		{"two wildcards in a header", onAWS, "media", cors("headers", "x-a", "x-*-*"), `media.cors[0].headers[1]: "x-*-*": may have one * on AWS`},
		{"wildcard in an exposed header", onAWS, "static", cors("expose", "x-*"), `static.cors[0].expose[0]: "x-*": may have no * on AWS`},
		{"host too long for a certificate", onAWS, "app.url", "https://" + long + ".example.com", `may have a host of at most 64 characters on AWS, which has no certificate for a longer one; has 72`},
		{"zone too long for the static files' certificate", onAWS, "", map[string]any{"dns.zone": long + ".example.com", "app.url": "https://" + long + ".example.com", "static": map[string]any{"store": "bucket"}}, `static.host: "static.` + long + `.example.com": may have at most 64 characters on AWS, which has no certificate for a longer one; has 79`},
	} {
		t.Run(row.name, func(t *testing.T) { refusedFor(t, row) })
	}
}

func TestTheHostFitsTheCertificate(t *testing.T) {
	for _, base := range []string{onAWS, onGCP} {
		for _, row := range []wrong{
			{"capitals", base, "app.url", "https://Blog.example.com", `app.url: "https://Blog.example.com": must have its host in lower case and no port on a cloud: https://blog.example.com`},
			{"port", base, "app.url", "https://blog.example.com:8443", `app.url: "https://blog.example.com:8443": must have its host in lower case and no port`},
			{"empty label", base, "app.url", "https://blog..example.com", `app.url: "https://blog..example.com": must name a host of the DNS on a cloud`},
			{"label that ends in a hyphen", base, "app.url", "https://blog-.example.com", `app.url: "https://blog-.example.com": must name a host of the DNS`},
			{"the static files' own", base, "", map[string]any{"app.url": "https://static.example.com", "static": map[string]any{"store": "bucket", "host": "static.example.com"}}, `app.url: "https://static.example.com": has the host that the static files get`},
		} {
			t.Run(row.name, func(t *testing.T) { refusedFor(t, row) })
		}
	}
}

func TestADiskThatMayNotGrowIsAllowed(t *testing.T) {
	_, err := parse(t, changed(t, onAWS, "database.managed", map[string]any{"storage": "100Gi", "maxStorage": "100Gi"}))
	require.NoError(t, err)
}

func TestSnapshotsAreNamedByIdentifierOrARN(t *testing.T) {
	for _, snapshot := range []string{"blog-1a2b3c-final", "rds:blog-1a2b3c-2026-11-21-03-12", "awsbackup:job-1", "arn:aws:rds:eu-west-1:123456789012:snapshot:rds:blog-2026"} {
		_, err := parse(t, changed(t, onAWS, "database.managed", map[string]any{"restoreFrom": snapshot}))
		require.NoError(t, err, snapshot)
	}
}

// refusedFor wants the mistake's answer among the problems.
func refusedFor(t *testing.T, row wrong) {
	t.Helper()
	_, err := parse(t, row.text(t))
	var problems spec.Problems
	require.True(t, errors.As(err, &problems), "%v", err)
	assert.Contains(t, err.Error(), row.want)
}
