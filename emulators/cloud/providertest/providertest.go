// Package providertest calls an emulated provider directly, without an engine, for tests of its tables.
package providertest

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

	"github.com/djangostack/djangostack/emulators"
	"github.com/djangostack/djangostack/emulators/cloud"
)

// Direct is a configured provider.
type Direct struct {
	T        *testing.T
	Account  *cloud.Account
	Provider pulumirpc.ResourceProviderServer
	token    func(string) string
}

// Args are the arguments of a resource.
type Args map[string]any

// Created is the provider's answer to a create.
type Created struct {
	URN, ID string
	State   *structpb.Struct
	Values  cloud.Values
}

// NewDirect connects to a provider and configures it. token returns the token of a type's short name.
func NewDirect(t *testing.T, account *cloud.Account, connector emulators.Connector, token func(string) string, config Args) *Direct {
	t.Helper()
	d := &Direct{T: t, Account: account, token: token}
	d.Provider, _ = connector.Connect()
	_, err := d.Provider.Configure(t.Context(), &pulumirpc.ConfigureRequest{Args: d.Encode(config)})
	require.NoError(t, err)
	return d
}

// Encode encodes arguments as the engine sends them.
func (d *Direct) Encode(values map[string]any) *structpb.Struct {
	d.T.Helper()
	encoded, err := emulators.Encode("values", resource.NewPropertyMapFromMap(values))
	require.NoError(d.T, err)
	return encoded
}

// TryCreate checks and creates a resource. It returns the failures of the check or the error of the create.
func (d *Direct) TryCreate(short, name string, inputs Args) (Created, error) {
	d.T.Helper()
	urn := d.URN(short, name)
	checked, err := d.Provider.Check(context.Background(), &pulumirpc.CheckRequest{Urn: urn, News: d.Encode(inputs)})
	if err != nil {
		return Created{}, err
	}
	if err := failures(checked.GetFailures()); err != nil {
		return Created{}, err
	}
	created, err := d.Provider.Create(context.Background(), &pulumirpc.CreateRequest{Urn: urn, Properties: checked.GetInputs()})
	if err != nil {
		return Created{}, err
	}
	state, err := emulators.Decode("state", created.GetProperties())
	require.NoError(d.T, err)
	return Created{URN: urn, ID: created.GetId(), State: created.GetProperties(), Values: cloud.Plain(state)}, nil
}

func failures(all []*pulumirpc.CheckFailure) error {
	var reasons []string
	for _, failure := range all {
		reasons = append(reasons, failure.GetReason())
	}
	if len(reasons) == 0 {
		return nil
	}
	return fmt.Errorf("check: %s", strings.Join(reasons, "; "))
}

// URN returns the URN of a resource by the short name of its type: ec2/vpc.
func (d *Direct) URN(short, name string) string {
	return fmt.Sprintf("urn:pulumi:dev::shop::%s::%s", d.token(short), name)
}

// Create is TryCreate that must succeed.
func (d *Direct) Create(short, name string, inputs Args) Created {
	d.T.Helper()
	done, err := d.TryCreate(short, name, inputs)
	require.NoError(d.T, err, "%s %s", short, name)
	return done
}

// TryUpdate checks and updates a resource. It returns the failures of the check or the error of the update.
func (d *Direct) TryUpdate(one Created, inputs Args, preview bool) (cloud.Values, error) {
	d.T.Helper()
	checked, err := d.Provider.Check(context.Background(), &pulumirpc.CheckRequest{Urn: one.URN, News: d.Encode(inputs), Olds: one.State})
	require.NoError(d.T, err)
	if err := failures(checked.GetFailures()); err != nil {
		return nil, err
	}
	updated, err := d.Provider.Update(context.Background(), &pulumirpc.UpdateRequest{
		Urn: one.URN, Id: one.ID, Olds: one.State, News: checked.GetInputs(), Preview: preview,
	})
	if err != nil {
		return nil, err
	}
	state, err := emulators.Decode("state", updated.GetProperties())
	require.NoError(d.T, err)
	return cloud.Plain(state), nil
}

// Update is TryUpdate that must succeed.
func (d *Direct) Update(one Created, inputs Args, preview bool) cloud.Values {
	d.T.Helper()
	changed, err := d.TryUpdate(one, inputs, preview)
	require.NoError(d.T, err)
	return changed
}

// Diff compares new arguments with old ones and returns the changed paths and those that force a replacement. It skips
// the ignored paths.
func (d *Direct) Diff(short string, before, after Args, ignored ...string) (changes, replaces []string) {
	d.T.Helper()
	answer, err := d.Provider.Diff(context.Background(), &pulumirpc.DiffRequest{
		Urn: d.URN(short, "x"), OldInputs: d.Encode(before), News: d.Encode(after), IgnoreChanges: ignored,
	})
	require.NoError(d.T, err)
	return slices.Sorted(maps.Keys(answer.GetDetailedDiff())), answer.GetReplaces()
}

// Delete deletes a resource.
func (d *Direct) Delete(one Created) error {
	_, err := d.Provider.Delete(context.Background(), &pulumirpc.DeleteRequest{Urn: one.URN, Id: one.ID, Properties: one.State})
	return err
}

// DeleteAll deletes resources in reverse order until one is refused.
func (d *Direct) DeleteAll(all []Created) error {
	for i := len(all) - 1; i >= 0; i-- {
		if err := d.Delete(all[i]); err != nil {
			return err
		}
	}
	return nil
}

// Call invokes a function.
func (d *Direct) Call(token string, inputs Args) (cloud.Values, error) {
	answer, err := d.Provider.Invoke(context.Background(), &pulumirpc.InvokeRequest{Tok: token, Args: d.Encode(inputs)})
	if err != nil {
		return nil, err
	}
	for _, failure := range answer.GetFailures() {
		return nil, errors.New(failure.GetReason())
	}
	values, err := emulators.Decode("answer", answer.GetReturn())
	return cloud.Plain(values), err
}

// With returns the arguments with some replaced; nil removes one.
func (a Args) With(other Args) Args {
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
