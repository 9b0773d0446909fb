package cloud_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/djangostack/djangostack/emulators"
	"github.com/djangostack/djangostack/emulators/cloud"
)

const (
	shelf = "tiny:index:Shelf"
	book  = "tiny:index:Book"
)

// tiny is a cloud that has shelves and books.
func tiny() *cloud.Catalog {
	return &cloud.Catalog{
		Package: "tiny", Version: "1.0.0",
		Schema: &cloud.Schema{
			Config: map[string]string{"region": "s!"},
			Resources: map[string]cloud.Resource{
				shelf: {Inputs: map[string]string{"name": "s", "size": "i"}, Outputs: map[string]string{"name": "s!", "size": "i", "label": "s!"}},
				book: {
					Inputs:  map[string]string{"shelf": "s!", "pages": "[]#page", "code": "s"},
					Outputs: map[string]string{"shelf": "s!", "pages": "[]#page", "code": "s", "isbn": "s!"}, Secrets: []string{"code"},
				},
			},
			Types: map[string]map[string]string{"page": {"text": "s!", "number": "i"}},
		},
		Kinds: map[string]*cloud.Kind{
			shelf: {
				DisplayName: "Shelf", ID: "shelf-{hex:8}", Name: &cloud.Name{Property: "name", Max: 16, Separator: "-"},
				Defaults: cloud.Values{"size": 10.0}, ReplaceOn: []string{"name"}, Unique: []string{"name"},
				Outputs: cloud.Values{"label": "{region}/{name}"}, Missing: cloud.Code{Code: "NoShelf", Message: "there is no shelf %s"},
			},
			book: {
				DisplayName: "Book", ID: "book-{digits:4}", Outputs: cloud.Values{"isbn": "978-{digits:9}", "pages.number": 1.0},
				References: []cloud.Reference{{Path: "shelf", To: shelf, BlocksDelete: true}},
				Rules:      []cloud.Rule{cloud.Length("code", 4, 8)},
			},
		},
		Scope: func(account *cloud.Account, config cloud.Values) (cloud.Scope, error) {
			return cloud.Scope{Account: account.ID, Region: config.Text("region")}, nil
		},
	}
}

type library struct {
	t        *testing.T
	account  *cloud.Account
	provider pulumirpc.ResourceProviderServer
}

func newLibrary(t *testing.T) *library {
	t.Helper()
	l := &library{t: t, account: cloud.NewAccount("me")}
	l.provider, _ = cloud.New(tiny(), l.account).Connect()
	_, err := l.provider.Configure(t.Context(), &pulumirpc.ConfigureRequest{Args: l.encode(resource.PropertyMap{"region": text("north")})})
	require.NoError(t, err)
	return l
}

func text(value string) resource.PropertyValue { return resource.NewStringProperty(value) }

func (l *library) encode(values resource.PropertyMap) *structpb.Struct {
	l.t.Helper()
	encoded, err := emulators.Encode("values", values)
	require.NoError(l.t, err)
	return encoded
}

func urn(token, name string) string { return "urn:pulumi:dev::shop::" + token + "::" + name }

func (l *library) check(token, name string, inputs resource.PropertyMap) (resource.PropertyMap, []string) {
	l.t.Helper()
	checked, err := l.provider.Check(l.t.Context(), &pulumirpc.CheckRequest{Urn: urn(token, name), News: l.encode(inputs)})
	require.NoError(l.t, err)
	var reasons []string
	for _, failure := range checked.GetFailures() {
		reasons = append(reasons, failure.GetReason())
		assert.Empty(l.t, failure.GetProperty(), "the engine would print the value")
	}
	values, err := emulators.Decode("arguments", checked.GetInputs())
	require.NoError(l.t, err)
	return values, reasons
}

func (l *library) create(token, name string, inputs resource.PropertyMap, preview bool) (string, resource.PropertyMap, error) {
	l.t.Helper()
	created, err := l.provider.Create(l.t.Context(), &pulumirpc.CreateRequest{
		Urn: urn(token, name), Properties: l.encode(inputs), Preview: preview,
	})
	if err != nil {
		return "", nil, err
	}
	state, err := emulators.Decode("state", created.GetProperties())
	require.NoError(l.t, err)
	return created.GetId(), state, nil
}

func TestArgumentsAreCompleted(t *testing.T) {
	l := newLibrary(t)
	inputs, reasons := l.check(shelf, "poems", resource.PropertyMap{})
	require.Empty(t, reasons)
	assert.Regexp(t, `^poems-[0-9a-f]{7}$`, inputs["name"].StringValue())
	assert.InDelta(t, 10, inputs["size"].NumberValue(), 0)
	assert.Equal(t, []resource.PropertyValue{text("name"), text("size")}, inputs["__defaults"].ArrayValue())
	_, err := l.provider.Check(t.Context(), &pulumirpc.CheckRequest{Urn: urn(shelf, "a-long-name"), News: l.encode(nil)})
	require.ErrorContains(t, err, "longer than maximum length 16")
}

func TestPreviewKnowsWhatItCan(t *testing.T) {
	l := newLibrary(t)
	_, state, err := l.create(book, "odes", resource.PropertyMap{
		"shelf": resource.MakeComputed(text("")), "code": resource.MakeSecret(text("abcd")),
		"pages": resource.NewArrayProperty([]resource.PropertyValue{resource.NewObjectProperty(resource.PropertyMap{"text": text("one")})}),
	}, true)
	require.NoError(t, err)
	assert.True(t, state["isbn"].IsComputed())
	assert.True(t, state["shelf"].IsComputed())
	page := state["pages"].ArrayValue()[0].ObjectValue()
	assert.Equal(t, "one", page["text"].StringValue())
	assert.True(t, page["number"].IsComputed(), "what the cloud fills in inside an argument")
	assert.True(t, state["code"].IsSecret())
	assert.Empty(t, l.account.Left())
}

func TestReferencesAreCheckedAndBlockDeletes(t *testing.T) {
	l := newLibrary(t)
	_, _, err := l.create(book, "odes", resource.PropertyMap{"shelf": text("shelf-0")}, false)
	require.ErrorContains(t, err, "creating Book: api error NoShelf: there is no shelf shelf-0")
	id, state, err := l.create(shelf, "poems", resource.PropertyMap{"name": text("poems")}, false)
	require.NoError(t, err)
	assert.Equal(t, "north/poems", state["label"].StringValue())
	_, _, err = l.create(shelf, "other", resource.PropertyMap{"name": text("poems")}, false)
	require.ErrorContains(t, err, "AlreadyExists")
	_, _, err = l.create(book, "odes", resource.PropertyMap{"shelf": text(id)}, false)
	require.NoError(t, err)
	_, err = l.provider.Delete(t.Context(), &pulumirpc.DeleteRequest{Urn: urn(shelf, "poems"), Id: id, Properties: l.encode(state)})
	require.ErrorContains(t, err, "DependencyViolation")
}

func TestARefusalContainsNoSecret(t *testing.T) {
	l := newLibrary(t)
	_, reasons := l.check(book, "odes", resource.PropertyMap{"shelf": text("x"), "code": text("abc")})
	require.Len(t, reasons, 1)
	assert.NotContains(t, reasons[0], "abc", "the SDK says that it is a secret")
	_, reasons = l.check(book, "odes", resource.PropertyMap{"shelf": resource.NewNumberProperty(1), "pgaes": text("")})
	assert.Len(t, reasons, 2)
}

func TestRefreshAndImport(t *testing.T) {
	l := newLibrary(t)
	id, state, err := l.create(shelf, "poems", resource.PropertyMap{"name": text("poems"), "size": resource.NewNumberProperty(20)}, false)
	require.NoError(t, err)
	require.NoError(t, l.account.Drift(shelf, id, func(v cloud.Values) { v["size"] = 30.0 }))
	read, err := l.provider.Read(t.Context(), &pulumirpc.ReadRequest{
		Urn: urn(shelf, "poems"), Id: id, Properties: l.encode(state), Inputs: l.encode(resource.PropertyMap{"size": resource.NewNumberProperty(20)}),
	})
	require.NoError(t, err)
	assert.InDelta(t, 30, read.GetInputs().GetFields()["size"].GetNumberValue(), 0)
	imported, err := l.provider.Read(t.Context(), &pulumirpc.ReadRequest{Urn: urn(shelf, "poems"), Id: id})
	require.NoError(t, err)
	assert.Equal(t, "poems", imported.GetInputs().GetFields()["name"].GetStringValue())
	require.NoError(t, l.account.Remove(shelf, id))
	gone, err := l.provider.Read(t.Context(), &pulumirpc.ReadRequest{Urn: urn(shelf, "poems"), Id: id})
	require.NoError(t, err)
	assert.Empty(t, gone.GetId())
}
