package gcp_test

import (
	"errors"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators/cloud"
	"github.com/djangostack/djangostack/emulators/cloud/providertest"
	"github.com/djangostack/djangostack/emulators/gcp"
)

// lab is one stack with a real engine, this provider, and a project of its own.
type lab struct {
	*providertest.Lab
	account *cloud.Account
	program func(*bench) error
}

// bench is what a test's program works with.
type bench struct {
	ctx      *pulumi.Context
	provider pulumi.ProviderResource
}

type thing struct {
	pulumi.CustomResourceState
	Name pulumi.StringOutput `pulumi:"name"`
	Link pulumi.StringOutput `pulumi:"pscServiceAttachmentLink"`
}

type gcpProvider struct{ pulumi.ProviderResourceState }

func text(value string) pulumi.String { return pulumi.String(value) }

func newLab(t *testing.T) *lab {
	t.Helper()
	providertest.Needed(t)
	t.Parallel()
	l := &lab{account: cloud.NewAccount(project)}
	provider, err := gcp.New(gcp.Options{Account: l.account, Enabled: everyAPI()})
	require.NoError(t, err)
	l.Lab = providertest.NewLab(t, map[string]pulumirpc.ResourceProviderServer{"gcp": provider})
	l.Run = func(ctx *pulumi.Context) error {
		var here gcpProvider
		if err := ctx.RegisterResource("pulumi:providers:gcp", "gcp", pulumi.Map{
			"project": text(project), "region": text(region), "defaultLabels": pulumi.JSONMarshal(pulumi.StringMap{"owner": text("tests")}),
		}, &here); err != nil {
			return err
		}
		if l.program == nil {
			return nil
		}
		return l.program(&bench{ctx: ctx, provider: &here})
	}
	return l
}

// add registers a resource by the short name of its type ("compute/network").
func (b *bench) add(short, name string, inputs pulumi.Map, options ...pulumi.ResourceOption) *thing {
	var made thing
	// What the engine refuses ends the operation by itself, and what the SDK refuses shows in the missing resource.
	_ = b.ctx.RegisterResource(gcp.Token(short), name, inputs, &made, append(options, pulumi.Provider(b.provider))...)
	return &made
}

func (l *lab) mustUp(program func(*bench) error) map[string]int {
	l.T.Helper()
	l.program = program
	return l.MustUp()
}

// shop is a network with a subnetwork, a database that is published in it, and the way there.
func shop(ranges string, more pulumi.Map) func(*bench) error {
	return func(b *bench) error {
		network := b.add("compute/network", "Shop", pulumi.Map{"autoCreateSubnetworks": pulumi.Bool(false)})
		subnetwork := b.add("compute/subnetwork", "nodes", pulumi.Map{"network": network.ID(), "ipCidrRange": text(ranges)})
		settings := pulumi.Map{
			"tier": text("db-custom-2-7680"), "ipConfiguration": pulumi.Map{
				"ipv4Enabled": pulumi.Bool(false), "pscConfigs": pulumi.Array{pulumi.Map{
					"pscEnabled": pulumi.Bool(true), "allowedConsumerProjects": pulumi.StringArray{text(project)},
				}},
			},
		}
		for key, value := range more {
			settings[key] = value
		}
		database := b.add("sql/databaseInstance", "db", pulumi.Map{
			"databaseVersion": text("POSTGRES_17"), "deletionProtection": pulumi.Bool(false), "settings": settings,
		})
		b.add("sql/user", "shop", pulumi.Map{
			"instance": database.Name, "name": text("shop"), "password": pulumi.ToSecret(text(password)), "deletionPolicy": text("ABANDON"),
		})
		address := b.add("compute/address", "db", pulumi.Map{"addressType": text("INTERNAL"), "subnetwork": subnetwork.ID()})
		b.add("compute/forwardingRule", "db", pulumi.Map{
			"target": database.Link, "network": network.ID(), "ipAddress": address.ID(), "loadBalancingScheme": text(""),
		})
		return nil
	}
}

const password = "correct-horse-battery-staple"

func TestLifeOfADatabaseInItsNetwork(t *testing.T) {
	l := newLab(t)
	l.program = shop("10.0.0.0/20", nil)
	plan, err := l.Preview()
	require.NoError(t, err, l.Output.String())
	assert.Equal(t, 8, plan.ChangeSummary[apitype.OpCreate], "stack, provider, and six resources")
	require.Empty(t, l.account.Left(), "a preview makes nothing")

	l.mustUp(l.program)
	l.Unchanged()
	state := l.Resources()
	assert.Regexp(t, `^projects/shop-dev/global/networks/shop-[0-9a-f]{7}$`, state["Shop"].ID)
	assert.Equal(t, "10.0.0.2", l.account.Objects(gcp.Token("compute/forwardingRule"))[0].Values.Text("ipAddress"))
	assert.Equal(t, []any{"deleteDefaultRoutesOnCreate", "name", "networkFirewallPolicyEnforcementOrder"}, state["Shop"].Inputs["__defaults"])
	assert.NotContains(t, l.Stored(), password, "the state has the secret in plain text")
	assert.NotContains(t, l.Output.String(), password, "the output has the secret in plain text")
	labels := l.account.Objects(gcp.Token("compute/address"))[0].Values["effectiveLabels"]
	assert.Equal(t, cloud.Values{"owner": "tests"}, labels, "the provider's labels")

	changes := l.mustUp(shop("10.0.0.0/18", pulumi.Map{"deletionProtectionEnabled": pulumi.Bool(true)}))
	assert.Equal(t, 2, changes["update"], "a range that grows, and a protection: %v", changes)
	require.ErrorContains(t, l.Destroy(), "Please disable the deletion protection")
	l.mustUp(shop("10.0.0.0/18", nil))
	require.NoError(t, l.Destroy(), l.Output.String())
	assert.Empty(t, l.account.Leaked())
}

func TestDriftIsFoundAndPutRight(t *testing.T) {
	l := newLab(t)
	program := shop("10.0.0.0/20", nil)
	l.mustUp(program)
	database := l.account.Objects(gcp.Token("sql/databaseInstance"))[0]
	require.NoError(t, l.account.Drift(database.Token, database.ID, func(v cloud.Values) {
		v.Objects("settings")[0]["tier"] = "db-custom-4-15360"
	}))
	rule := l.account.Objects(gcp.Token("compute/forwardingRule"))[0]
	require.NoError(t, l.account.Remove(rule.Token, rule.ID))
	require.Error(t, l.Refresh(optrefresh.ExpectNoChanges()))
	changes := l.mustUp(program)
	assert.Equal(t, 1, changes["update"], "%v", changes)
	assert.Equal(t, 1, changes["create"], "%v", changes)
	assert.Equal(t, "db-custom-2-7680", l.account.Objects(database.Token)[0].Values.Text("settings.tier"))
	require.NoError(t, l.Destroy())
}

func TestAnUpdateGoesOnAfterAFault(t *testing.T) {
	l := newLab(t)
	l.account.Fail(cloud.Fault{
		Operation: "create", Type: gcp.Token("sql/databaseInstance"), Err: errors.New("Error waiting for Create Instance: timed out"), Late: true,
	})
	l.program = shop("10.0.0.0/20", nil)
	_, err := l.Up()
	require.ErrorContains(t, err, "timed out")
	require.Len(t, l.account.Objects(gcp.Token("sql/databaseInstance")), 1, "it was made all the same")
	l.mustUp(l.program)
	require.Len(t, l.account.Objects(gcp.Token("sql/databaseInstance")), 1)
	require.NoError(t, l.Destroy())
	assert.Empty(t, l.account.Leaked())
}

func TestWhatIsThereCanBeImported(t *testing.T) {
	l := newLab(t)
	id := "projects/" + project + "/global/networks/old"
	l.account.Given(gcp.Token("compute/network"), "", id, cloud.Values{
		"name": "old", "project": project, "autoCreateSubnetworks": false, "routingMode": "REGIONAL", "mtu": 1460.0,
		"selfLink": "https://www.googleapis.com/compute/v1/" + id,
	})
	changes := l.mustUp(func(b *bench) error {
		b.add("compute/network", "old", pulumi.Map{
			"name": text("old"), "autoCreateSubnetworks": pulumi.Bool(false), "routingMode": text("REGIONAL"), "mtu": pulumi.Int(1460), "project": text(project),
		}, pulumi.Import(pulumi.ID(id)))
		return nil
	})
	assert.Equal(t, 1, changes["import"], "%v", changes)
	require.NoError(t, l.Destroy())
	assert.Empty(t, l.account.Left())
}
