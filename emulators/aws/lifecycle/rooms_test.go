package lifecycle_test

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators/aws"
	"github.com/djangostack/djangostack/emulators/cloud"
	program "github.com/djangostack/djangostack/stacks/aws"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/enginetest"
)

// environment is one with everything in it.
const environment = `{
	"cloud": "aws", "tier": %q, "protection": %q, "owner": "web-team",
	"aws": {"region": "eu-central-1", "accountId": "123456789012", "admins": ["arn:aws:iam::123456789012:role/deployer"]},
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

// lab is one environment in an account that had a zone before.
type lab struct {
	*enginetest.Engine
	program pulumi.RunFunc
}

func newLab(t *testing.T) *lab {
	t.Helper()
	enginetest.NeedsCLI(t)
	account := cloud.NewAccount(aws.AccountID)
	account.Given(aws.Token("route53/zone"), "", "ZEXAMPLE", cloud.Values{"name": "example.com"})
	provider, err := aws.New(aws.Options{Account: account})
	require.NoError(t, err)
	l := &lab{}
	l.Engine = enginetest.New(t, "aws", account, provider, func(ctx *pulumi.Context) error { return l.program(ctx) })
	return l
}

// use makes an environment the program of the next operations.
func (l *lab) use(t *testing.T, shape spec.Tier, protection spec.Protection, mode string) {
	t.Helper()
	parsed, err := spec.Parse([]byte(fmt.Sprintf(environment, shape, protection, mode)), "dev")
	require.NoError(t, err)
	l.program = func(ctx *pulumi.Context) error { return program.Deploy(ctx, parsed) }
}

func TestStagingLivesAndEndsWithoutATrace(t *testing.T) {
	l := newLab(t)
	l.use(t, spec.Staging, spec.Disposable, "auto")
	l.Settles(t)
	require.NoError(t, l.Destroy())
	t.Log(l.Leftovers(t))
}

// The controller that fills target groups outside of Auto Mode is a Helm release,
// which is only recorded.
func TestNodesOfItsOwnLiveAndEndWithoutATrace(t *testing.T) {
	l := newLab(t)
	l.use(t, spec.Staging, spec.Disposable, "nodes")
	l.Settles(t)
	require.NoError(t, l.Destroy())
	t.Log(l.Leftovers(t))
}

func TestProductionIsKeptUntilItsProtectionIsLifted(t *testing.T) {
	l := newLab(t)
	l.use(t, spec.Production, spec.Protected, "auto")
	l.Settles(t)
	require.ErrorContains(t, l.Destroy(), "protect")

	l.use(t, spec.Production, spec.Disposable, "auto")
	require.NoError(t, l.Up(), "lifting the protection")
	require.NoError(t, l.Destroy())
	stays := l.Leftovers(t, aws.Token("kms/key"), aws.Token("kms/alias"))
	t.Log(stays)
	assert.Contains(t, stays, "the final snapshot of")
}
