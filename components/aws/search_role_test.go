package aws_test

import (
	"testing"

	awssdk "github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws"
	emulatedaws "github.com/djangostack/djangostack/emulators/aws"
	"github.com/djangostack/djangostack/emulators/cloud"
	"github.com/djangostack/djangostack/tests/enginetest"
)

const serviceRoleType = "iam/serviceLinkedRole"

// withSearchRole is a stack with the role alone.
func withSearchRole(t *testing.T, account *cloud.Account) *enginetest.Engine {
	t.Helper()
	provider, err := emulatedaws.New(emulatedaws.Options{Account: account})
	require.NoError(t, err)
	return enginetest.New(t, "aws", account, provider, func(ctx *pulumi.Context) error {
		here, err := awssdk.NewProvider(ctx, "aws", &awssdk.ProviderArgs{Region: pulumi.String("eu-central-1")})
		if err != nil {
			return err
		}
		return aws.NewSearchRole(ctx, "blog", here)
	})
}

func TestTheServiceRoleStaysForTheDomainsOfOthers(t *testing.T) {
	account := cloud.NewAccount(emulatedaws.AccountID)
	e := withSearchRole(t, account)
	e.MustUp()
	e.NoChanges(t)
	require.NoError(t, e.Destroy())
	assert.Len(t, account.Objects(emulatedaws.Token(serviceRoleType)), 1)

	another := withSearchRole(t, account)
	for what, run := range map[string]func() error{"preview": func() error { return another.Preview() }, "up": func() error { return another.Up() }} {
		err := run()
		require.Error(t, err, what)
		assert.Contains(t, another.Output.String()+err.Error(), "already: set search.serviceRole to existing", what)
	}
	require.NoError(t, another.Destroy())
	assert.Len(t, account.Objects(emulatedaws.Token(serviceRoleType)), 1)
}

func TestADomainInAnAccountWithoutTheServiceRoleIsRefusedBeforeAnythingIsCreated(t *testing.T) {
	stack := &services{}
	stack.change.search = func(a *aws.SearchArgs) { a.ServiceRole = arguments.Existing }
	e := newEngine(t, stack.run)
	err := e.Preview()
	require.Error(t, err)
	assert.Contains(t, e.Output.String()+err.Error(), "set search.serviceRole to create")
	assert.Empty(t, e.Account.Left())

	e.Account.AddExisting(emulatedaws.Token(serviceRoleType), "", "AWSServiceRoleForAmazonOpenSearchService",
		cloud.Values{"awsServiceName": "opensearchservice.amazonaws.com", "path": "/aws-service-role/opensearchservice.amazonaws.com/"})
	require.NoError(t, e.Preview())
}
