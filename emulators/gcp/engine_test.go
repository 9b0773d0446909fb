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
	"github.com/djangostack/djangostack/emulators/gcp"
	"github.com/djangostack/djangostack/tests/enginetest"
)

// engine is one stack with this provider and a project.
type engine struct {
	*enginetest.Engine
	register func(*registrar) error
}

// registrar registers the resources of a test's program.
type registrar struct {
	ctx      *pulumi.Context
	provider pulumi.ProviderResource
}

type testResource struct {
	pulumi.CustomResourceState
	Name pulumi.StringOutput `pulumi:"name"`
	Link pulumi.StringOutput `pulumi:"pscServiceAttachmentLink"`
}

type gcpProvider struct{ pulumi.ProviderResourceState }

func text(value string) pulumi.String { return pulumi.String(value) }

func newEngine(t *testing.T) *engine {
	t.Helper()
	t.Parallel()
	account := cloud.NewAccount(project)
	provider, err := gcp.New(gcp.Options{Account: account, Enabled: everyAPI()})
	require.NoError(t, err)
	e := &engine{Engine: enginetest.NewEngine(t, map[string]pulumirpc.ResourceProviderServer{"gcp": provider})}
	e.Account = account
	e.Program = func(ctx *pulumi.Context) error {
		var here gcpProvider
		if err := ctx.RegisterResource("pulumi:providers:gcp", "gcp", pulumi.Map{
			"project": text(project), "region": text(region), "defaultLabels": pulumi.JSONMarshal(pulumi.StringMap{"owner": text("tests")}),
		}, &here); err != nil {
			return err
		}
		if e.register == nil {
			return nil
		}
		return e.register(&registrar{ctx: ctx, provider: &here})
	}
	return e
}

// add registers a resource by the short name of its type: compute/network.
func (r *registrar) add(short, name string, inputs pulumi.Map, options ...pulumi.ResourceOption) *testResource {
	var made testResource
	// An error of the engine ends the operation, and an error of the SDK shows as a missing resource.
	_ = r.ctx.RegisterResource(gcp.Token(short), name, inputs, &made, append(options, pulumi.Provider(r.provider))...)
	return &made
}

func (e *engine) mustUp(register func(*registrar) error) map[string]int {
	e.T.Helper()
	e.register = register
	return e.MustUp()
}

// shop is a network with a subnetwork, a database that is published in it, and an endpoint for it.
func shop(ranges string, more pulumi.Map) func(*registrar) error {
	return func(r *registrar) error {
		network := r.add("compute/network", "Shop", pulumi.Map{"autoCreateSubnetworks": pulumi.Bool(false)})
		subnetwork := r.add("compute/subnetwork", "nodes", pulumi.Map{"network": network.ID(), "ipCidrRange": text(ranges)})
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
		database := r.add("sql/databaseInstance", "db", pulumi.Map{
			"databaseVersion": text("POSTGRES_17"), "deletionProtection": pulumi.Bool(false), "settings": settings,
		})
		r.add("sql/user", "shop", pulumi.Map{
			"instance": database.Name, "name": text("shop"), "password": pulumi.ToSecret(text(password)), "deletionPolicy": text("ABANDON"),
		})
		address := r.add("compute/address", "db", pulumi.Map{"addressType": text("INTERNAL"), "subnetwork": subnetwork.ID()})
		r.add("compute/forwardingRule", "db", pulumi.Map{
			"target": database.Link, "network": network.ID(), "ipAddress": address.ID(), "loadBalancingScheme": text(""),
		})
		return nil
	}
}

const password = "correct-horse-battery-staple"

func TestDatabaseIsCreatedUpdatedAndDestroyedInItsNetwork(t *testing.T) {
	e := newEngine(t)
	e.register = shop("10.0.0.0/20", nil)
	plan, err := e.Plan()
	require.NoError(t, err, e.Output.String())
	assert.Equal(t, 8, plan[apitype.OpCreate], "stack, provider, and six resources")
	require.Empty(t, e.Account.Left(), "a preview makes nothing")

	e.mustUp(e.register)
	e.NoChanges(t)
	state := e.Resources()
	assert.Regexp(t, `^projects/shop-dev/global/networks/shop-[0-9a-f]{7}$`, state["Shop"].ID)
	assert.Equal(t, "10.0.0.2", e.Account.Objects(gcp.Token("compute/forwardingRule"))[0].Values.Text("ipAddress"))
	assert.Equal(t, []any{"deleteDefaultRoutesOnCreate", "name", "networkFirewallPolicyEnforcementOrder"}, state["Shop"].Inputs["__defaults"])
	assert.NotContains(t, e.Stored(), password, "the state has the secret in plain text")
	assert.NotContains(t, e.Output.String(), password, "the output has the secret in plain text")
	labels := e.Account.Objects(gcp.Token("compute/address"))[0].Values["effectiveLabels"]
	assert.Equal(t, cloud.Values{"owner": "tests"}, labels, "the provider's labels")

	changes := e.mustUp(shop("10.0.0.0/18", pulumi.Map{"deletionProtectionEnabled": pulumi.Bool(true)}))
	assert.Equal(t, 2, changes["update"], "a range that grows, and a protection: %v", changes)
	require.ErrorContains(t, e.Destroy(), "Please disable the deletion protection")
	e.mustUp(shop("10.0.0.0/18", nil))
	require.NoError(t, e.Destroy(), e.Output.String())
	assert.Empty(t, e.Account.Leaked())
}

func TestDriftIsFoundAndRepaired(t *testing.T) {
	e := newEngine(t)
	program := shop("10.0.0.0/20", nil)
	e.mustUp(program)
	database := e.Account.Objects(gcp.Token("sql/databaseInstance"))[0]
	require.NoError(t, e.Account.Drift(database.Token, database.ID, func(v cloud.Values) {
		v.Objects("settings")[0]["tier"] = "db-custom-4-15360"
	}))
	rule := e.Account.Objects(gcp.Token("compute/forwardingRule"))[0]
	require.NoError(t, e.Account.Remove(rule.Token, rule.ID))
	require.Error(t, e.Refresh(optrefresh.ExpectNoChanges()))
	changes := e.mustUp(program)
	assert.Equal(t, 1, changes["update"], "%v", changes)
	assert.Equal(t, 1, changes["create"], "%v", changes)
	assert.Equal(t, "db-custom-2-7680", e.Account.Objects(database.Token)[0].Values.Text("settings.tier"))
	require.NoError(t, e.Destroy())
}

func TestAnUpdateContinuesAfterAFault(t *testing.T) {
	e := newEngine(t)
	e.Account.Fail(cloud.Fault{
		Operation: "create", Type: gcp.Token("sql/databaseInstance"), Err: errors.New("Error waiting for Create Instance: timed out"), Late: true,
	})
	e.register = shop("10.0.0.0/20", nil)
	err := e.Up()
	require.ErrorContains(t, err, "timed out")
	require.Len(t, e.Account.Objects(gcp.Token("sql/databaseInstance")), 1, "it was created all the same")
	e.mustUp(e.register)
	require.Len(t, e.Account.Objects(gcp.Token("sql/databaseInstance")), 1)
	require.NoError(t, e.Destroy())
	assert.Empty(t, e.Account.Leaked())
}

func TestAnExistingResourceCanBeImported(t *testing.T) {
	e := newEngine(t)
	id := "projects/" + project + "/global/networks/old"
	e.Account.AddExisting(gcp.Token("compute/network"), "", id, cloud.Values{
		"name": "old", "project": project, "autoCreateSubnetworks": false, "routingMode": "REGIONAL", "mtu": 1460.0,
		"selfLink": "https://www.googleapis.com/compute/v1/" + id,
	})
	changes := e.mustUp(func(r *registrar) error {
		r.add("compute/network", "old", pulumi.Map{
			"name": text("old"), "autoCreateSubnetworks": pulumi.Bool(false), "routingMode": text("REGIONAL"), "mtu": pulumi.Int(1460), "project": text(project),
		}, pulumi.Import(pulumi.ID(id)))
		return nil
	})
	assert.Equal(t, 1, changes["import"], "%v", changes)
	require.NoError(t, e.Destroy())
	assert.Empty(t, e.Account.Left())
}
