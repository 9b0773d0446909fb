package aws_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/djangostack/djangostack/twin"
	"github.com/djangostack/djangostack/twin/aws"
	"github.com/djangostack/djangostack/twin/cloud"
)

// direct talks to the provider without an engine.
type direct struct {
	t        *testing.T
	account  *cloud.Account
	provider pulumirpc.ResourceProviderServer
}

// args are the arguments of a resource.
type args map[string]any

// made is a resource as it was answered.
type made struct {
	urn, id string
	state   *structpb.Struct
	values  cloud.Values
}

func newDirect(t *testing.T) *direct {
	t.Helper()
	return newDirectWith(t, nil)
}

func newDirectWith(t *testing.T, cluster *aws.Cluster) *direct {
	t.Helper()
	d := &direct{t: t, account: cloud.NewAccount(aws.AccountID)}
	connector, err := aws.New(aws.Options{Account: d.account, Cluster: cluster})
	require.NoError(t, err)
	d.provider, _ = connector.Connect()
	_, err = d.provider.Configure(t.Context(), &pulumirpc.ConfigureRequest{Args: d.encode(args{"region": region})})
	require.NoError(t, err)
	return d
}

func (d *direct) encode(values map[string]any) *structpb.Struct {
	d.t.Helper()
	encoded, err := twin.Encode("values", resource.NewPropertyMapFromMap(values))
	require.NoError(d.t, err)
	return encoded
}

// try checks and creates. The error has the failures of the check, or what creating answered.
func (d *direct) try(short, name string, inputs args) (made, error) {
	d.t.Helper()
	urn := fmt.Sprintf("urn:pulumi:dev::shop::%s::%s", aws.Token(short), name)
	checked, err := d.provider.Check(context.Background(), &pulumirpc.CheckRequest{Urn: urn, News: d.encode(inputs)})
	if err != nil {
		return made{}, err
	}
	var reasons []string
	for _, failure := range checked.GetFailures() {
		reasons = append(reasons, failure.GetReason())
	}
	if len(reasons) > 0 {
		return made{}, fmt.Errorf("check: %s", strings.Join(reasons, "; "))
	}
	created, err := d.provider.Create(context.Background(), &pulumirpc.CreateRequest{Urn: urn, Properties: checked.GetInputs()})
	if err != nil {
		return made{}, err
	}
	state, err := twin.Decode("state", created.GetProperties())
	require.NoError(d.t, err)
	return made{urn: urn, id: created.GetId(), state: created.GetProperties(), values: cloud.Plain(state)}, nil
}

func (d *direct) make(short, name string, inputs args) made {
	d.t.Helper()
	done, err := d.try(short, name, inputs)
	require.NoError(d.t, err, "%s %s", short, name)
	return done
}

// change updates with other arguments, in a preview or for good.
func (d *direct) change(one made, inputs args, preview bool) cloud.Values {
	d.t.Helper()
	updated, err := d.provider.Update(context.Background(), &pulumirpc.UpdateRequest{
		Urn: one.urn, Id: one.id, Olds: one.state, News: d.encode(inputs), Preview: preview,
	})
	require.NoError(d.t, err)
	state, err := twin.Decode("state", updated.GetProperties())
	require.NoError(d.t, err)
	return cloud.Plain(state)
}

// diff compares new arguments with old ones: the paths that change, and those that replace.
func (d *direct) diff(short string, before, after args) (changes, replaces []string) {
	d.t.Helper()
	answer, err := d.provider.Diff(context.Background(), &pulumirpc.DiffRequest{
		Urn: "urn:pulumi:dev::shop::" + aws.Token(short) + "::x", OldInputs: d.encode(before), News: d.encode(after),
	})
	require.NoError(d.t, err)
	return slices.Sorted(maps.Keys(answer.GetDetailedDiff())), answer.GetReplaces()
}

func (d *direct) remove(one made) error {
	_, err := d.provider.Delete(context.Background(), &pulumirpc.DeleteRequest{Urn: one.urn, Id: one.id, Properties: one.state})
	return err
}

// removeAll deletes what was made, the last first, until something is refused.
func (d *direct) removeAll(all []made) error {
	for i := len(all) - 1; i >= 0; i-- {
		if err := d.remove(all[i]); err != nil {
			return err
		}
	}
	return nil
}

// call invokes a function.
func (d *direct) call(token string, inputs args) (cloud.Values, error) {
	answer, err := d.provider.Invoke(context.Background(), &pulumirpc.InvokeRequest{Tok: token, Args: d.encode(inputs)})
	if err != nil {
		return nil, err
	}
	for _, failure := range answer.GetFailures() {
		return nil, errors.New(failure.GetReason())
	}
	values, err := twin.Decode("answer", answer.GetReturn())
	return cloud.Plain(values), err
}

// with are arguments with others in their place; nil takes one away.
func (a args) with(other args) args {
	all := maps.Clone(a)
	for key, value := range other {
		if value == nil {
			delete(all, key)
			continue
		}
		all[key] = value
	}
	return all
}

// ground is a network with two zones, both with a way out.
type ground struct {
	vpc, gateway made
	public       []any
	group        made
	// parts are made in this order.
	parts []made
}

func (d *direct) ground() ground {
	d.t.Helper()
	g := ground{vpc: d.make("ec2/vpc", "net", args{"cidrBlock": "10.0.0.0/16"})}
	g.gateway = d.make("ec2/internetGateway", "net", args{"vpcId": g.vpc.id})
	table := d.make("ec2/routeTable", "net", args{"vpcId": g.vpc.id})
	route := d.make("ec2/route", "net", args{"routeTableId": table.id, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": g.gateway.id})
	g.parts = append(g.parts, g.vpc, g.gateway, table, route)
	for i, zone := range []string{"a", "b"} {
		subnet := d.make("ec2/subnet", "net-"+zone, args{
			"vpcId": g.vpc.id, "cidrBlock": fmt.Sprintf("10.0.%d.0/24", i), "availabilityZone": region + zone,
		})
		association := d.make("ec2/routeTableAssociation", "net-"+zone, args{"routeTableId": table.id, "subnetId": subnet.id})
		g.parts = append(g.parts, subnet, association)
		g.public = append(g.public, subnet.id)
	}
	g.group = d.make("ec2/securityGroup", "web", args{"vpcId": g.vpc.id})
	g.parts = append(g.parts, g.group)
	return g
}

func trust(service string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":%q},"Action":["sts:AssumeRole","sts:TagSession"]}]}`, service)
}

// role is one that a service may take on, with policies of AWS.
func (d *direct) role(name, service string, policies ...string) made {
	d.t.Helper()
	role := d.make("iam/role", name, args{"assumeRolePolicy": trust(service)})
	for _, policy := range policies {
		d.make("iam/rolePolicyAttachment", name+"-"+policy, args{
			"role": role.values.Text("name"), "policyArn": "arn:aws:iam::aws:policy/" + policy,
		})
	}
	return role
}
