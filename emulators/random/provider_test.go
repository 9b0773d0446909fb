package random_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/djangostack/djangostack/emulators"
	"github.com/djangostack/djangostack/emulators/random"
)

const (
	password = "urn:pulumi:dev::shop::random:index/randomPassword:RandomPassword::db"
	plainID  = "urn:pulumi:dev::shop::random:index/randomId:RandomId::suffix"
	text     = "urn:pulumi:dev::shop::random:index/randomString:RandomString::word"
	octets   = "urn:pulumi:dev::shop::random:index/randomBytes:RandomBytes::key"
)

func client(t *testing.T) pulumirpc.ResourceProviderClient {
	t.Helper()
	server, err := emulators.Serve(t.Context(), map[string]pulumirpc.ResourceProviderServer{"random": random.New()})
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Close() })
	name, port, _ := strings.Cut(server.Env(), ":")
	require.Equal(t, "random", name)
	conn, err := grpc.NewClient("127.0.0.1:"+port, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return pulumirpc.NewResourceProviderClient(conn)
}

func properties(t *testing.T, values map[string]any) *structpb.Struct {
	t.Helper()
	encoded, err := emulators.Encode("test values", resource.NewPropertyMapFromMap(values))
	require.NoError(t, err)
	return encoded
}

func create(t *testing.T, c pulumirpc.ResourceProviderClient, urn string, args map[string]any) (string, resource.PropertyMap) {
	t.Helper()
	created, err := c.Create(context.Background(), &pulumirpc.CreateRequest{Urn: urn, Properties: properties(t, args)})
	require.NoError(t, err)
	state, err := emulators.Decode("state", created.GetProperties())
	require.NoError(t, err)
	return created.GetId(), state
}

func TestPasswordIsSecretAndMatchesItsHash(t *testing.T) {
	id, state := create(t, client(t), password, map[string]any{"length": 24, "special": false, "minUpper": 3})

	require.True(t, state["result"].IsSecret())
	require.True(t, state["bcryptHash"].IsSecret())
	result := state["result"].SecretValue().Element.StringValue()
	hash := state["bcryptHash"].SecretValue().Element.StringValue()
	assert.Equal(t, "none", id)
	assert.Regexp(t, `^[A-Za-z0-9]{24}$`, result)
	assert.GreaterOrEqual(t, len(regexp.MustCompile(`[A-Z]`).FindAllString(result, -1)), 3)
	assert.NoError(t, bcrypt.CompareHashAndPassword([]byte(hash), []byte(result)))
	assert.True(t, state["lower"].BoolValue(), "defaults are part of the state")
}

func TestLongPasswordHasAHash(t *testing.T) {
	_, state := create(t, client(t), password, map[string]any{"length": 100})
	assert.Len(t, state["result"].SecretValue().Element.StringValue(), 100)
}

func TestStringIsItsOwnIDAndPlain(t *testing.T) {
	id, state := create(t, client(t), text, map[string]any{
		"length": 6, "lower": false, "upper": false, "numeric": false, "overrideSpecial": "_",
	})
	assert.Equal(t, "______", id)
	assert.Equal(t, "______", state["result"].StringValue())
}

func TestIDCarriesItsPrefix(t *testing.T) {
	id, state := create(t, client(t), plainID, map[string]any{"byteLength": 4, "prefix": "shop-"})
	assert.Regexp(t, `^shop-[0-9a-f]{8}$`, state["hex"].StringValue())
	assert.Equal(t, "shop-"+id, state["b64Url"].StringValue())
}

func TestBytesAreSecret(t *testing.T) {
	_, state := create(t, client(t), octets, map[string]any{"length": 32})
	assert.True(t, state["hex"].IsSecret())
	assert.Len(t, state["hex"].SecretValue().Element.StringValue(), 64)
}

func TestPreviewLeavesResultsUnknown(t *testing.T) {
	planned, err := client(t).Create(t.Context(), &pulumirpc.CreateRequest{
		Urn: password, Preview: true, Properties: properties(t, map[string]any{"length": 8}),
	})
	require.NoError(t, err)
	state, err := emulators.Decode("plan", planned.GetProperties())
	require.NoError(t, err)
	assert.True(t, state["result"].IsComputed())
	assert.True(t, state["bcryptHash"].IsComputed())
}

func TestEveryChangeReplacesExceptSettingADefault(t *testing.T) {
	c := client(t)
	for name, test := range map[string]struct {
		before, after map[string]any
		replaces      []string
	}{
		"keepers": {
			map[string]any{"length": 8, "keepers": map[string]any{"a": "1"}},
			map[string]any{"length": 8, "keepers": map[string]any{"a": "2"}}, []string{"keepers"},
		},
		"length":       {map[string]any{"length": 8}, map[string]any{"length": 9}, []string{"length"}},
		"same":         {map[string]any{"length": 8}, map[string]any{"length": 8}, nil},
		"default":      {map[string]any{"length": 8}, map[string]any{"length": 8, "lower": true}, nil},
		"old spelling": {map[string]any{"length": 8, "number": false}, map[string]any{"length": 8, "numeric": false}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			diff, err := c.Diff(t.Context(), &pulumirpc.DiffRequest{
				Urn: password, OldInputs: properties(t, test.before), News: properties(t, test.after),
			})
			require.NoError(t, err)
			assert.Equal(t, test.replaces, diff.GetReplaces())
			assert.Equal(t, len(test.replaces) > 0, diff.GetChanges() == pulumirpc.DiffResponse_DIFF_SOME)
		})
	}
}

func TestWrongArgumentsAreNamed(t *testing.T) {
	c := client(t)
	for name, test := range map[string]struct {
		args   map[string]any
		reason string
	}{
		"missing":     {map[string]any{}, "length is required"},
		"zero":        {map[string]any{"length": 0}, "length must be a number of at least 1"},
		"unknown":     {map[string]any{"length": 8, "size": 9}, "there is no argument size"},
		"too short":   {map[string]any{"length": 2, "minUpper": 3}, "length is less than"},
		"no alphabet": {map[string]any{"length": 2, "lower": false, "upper": false, "numeric": false, "special": false}, "one of lower"},
	} {
		t.Run(name, func(t *testing.T) {
			checked, err := c.Check(t.Context(), &pulumirpc.CheckRequest{Urn: password, News: properties(t, test.args)})
			require.NoError(t, err)
			require.Len(t, checked.GetFailures(), 1)
			assert.Contains(t, checked.GetFailures()[0].GetReason(), test.reason)
		})
	}
}

func TestReadKeepsTheValueAndImportIsRefused(t *testing.T) {
	c := client(t)
	state := properties(t, map[string]any{"result": "kept"})
	read, err := c.Read(t.Context(), &pulumirpc.ReadRequest{Urn: text, Id: "kept", Properties: state})
	require.NoError(t, err)
	assert.Equal(t, "kept", read.GetProperties().GetFields()["result"].GetStringValue())

	_, err = c.Read(t.Context(), &pulumirpc.ReadRequest{Urn: text, Id: "kept"})
	assert.ErrorContains(t, err, "cannot import")
}

func TestOtherResourcesAndFunctionsAreRefused(t *testing.T) {
	c := client(t)
	_, err := c.Check(t.Context(), &pulumirpc.CheckRequest{Urn: "urn:pulumi:dev::shop::random:index/randomPet:RandomPet::pet"})
	assert.ErrorContains(t, err, "does not know random:index/randomPet:RandomPet")
	_, err = c.Invoke(t.Context(), &pulumirpc.InvokeRequest{Tok: "random:index/x:x"})
	assert.ErrorContains(t, err, "does not know the function random:index/x:x")
}
