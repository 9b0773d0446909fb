package lifecycle_test

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators/cloud"
	"github.com/djangostack/djangostack/emulators/gcp"
	program "github.com/djangostack/djangostack/stacks/gcp"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/enginetest"
)

const project = "blog-staging"

// environment is one with everything in it.
const environment = `{
	"cloud": "gcp", "tier": %q, "protection": %q, "owner": "web-team",
	"gcp": {"project": "blog-staging", "region": "europe-west3", "billingAccount": "012345-6789AB-CDEF01", "admins": ["group:web@example.com"]},
	"cluster": {"mode": %q, "endpoint": {"allowedCIDRs": ["203.0.113.0/24"]}},
	"namespace": {"name": "blog-dev"},
	"app": {"name": "blog", "image": "registry.example.com/blog:1.0", "settingsModule": "blog.settings", "celeryApp": "blog", "url": "https://blog.example.com"},
	"workers": [{"name": "default"}], "beat": {"enabled": true},
	"database": {"kind": "managed"}, "cache": {"kind": "managed"}, "broker": {"kind": "managed"},
	"static": {"store": "bucket", "cors": [{"origins": ["https://blog.example.com"]}]},
	"media": {"store": "bucket"},
	"dns": {"zone": "example.com"},
	"budget": {"monthlyUSD": 500, "emails": ["ops@example.com"]}
}`

// lab is one environment in a project that had a zone before.
type lab struct {
	*enginetest.Engine
	program pulumi.RunFunc
}

func newLab(t *testing.T) *lab {
	t.Helper()
	enginetest.NeedsCLI(t)
	account := cloud.NewAccount(project)
	account.Given(gcp.Token("dns/managedZone"), "", "projects/"+project+"/managedZones/example", cloud.Values{
		"name": "example", "dnsName": "example.com.", "project": project, "visibility": "public", "managedZoneId": "1", "description": "",
		"nameServers": []any{"ns-cloud-a1.googledomains.com."},
	})
	provider, err := gcp.New(gcp.Options{Account: account})
	require.NoError(t, err)
	l := &lab{}
	l.Engine = enginetest.New(t, "gcp", account, provider, func(ctx *pulumi.Context) error { return l.program(ctx) })
	return l
}

// use makes an environment the program of the next operations.
func (l *lab) use(t *testing.T, shape spec.Tier, protection spec.Protection, mode string) {
	t.Helper()
	parsed, err := spec.Parse([]byte(fmt.Sprintf(environment, shape, protection, mode)), "dev")
	require.NoError(t, err)
	l.program = func(ctx *pulumi.Context) error { return program.Deploy(ctx, parsed) }
}

func TestStagingLivesAndEndsInBothModes(t *testing.T) {
	for _, mode := range []string{"auto", "nodes"} {
		t.Run(mode, func(t *testing.T) {
			l := newLab(t)
			l.use(t, spec.Staging, spec.Disposable, mode)
			l.Settles(t)
			require.NoError(t, l.Destroy())
			t.Log(l.Leftovers(t))
		})
	}
}

func TestProductionIsKeptUntilItsProtectionIsLifted(t *testing.T) {
	l := newLab(t)
	l.use(t, spec.Production, spec.Protected, "auto")
	l.Settles(t)
	require.ErrorContains(t, l.Destroy(), "protect")

	l.use(t, spec.Production, spec.Disposable, "auto")
	require.NoError(t, l.Up(), "lifting the protection")
	require.NoError(t, l.Destroy())
	stays := l.Leftovers(t, kept()...)
	t.Log(stays)
	assert.Contains(t, stays, gcp.Token("sql/databaseInstance"), "the database outlives its environment")
}

// kept are what production leaves on purpose: the database, and the key that it cannot be read without.
func kept() []string {
	var tokens []string
	for _, short := range []string{
		"kms/cryptoKey", "kms/cryptoKeyIAMMember", "kms/keyRing", "projects/serviceIdentity", "sql/database", "sql/databaseInstance", "sql/user",
	} {
		tokens = append(tokens, gcp.Token(short))
	}
	return tokens
}
