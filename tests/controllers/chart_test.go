package controllers_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/tests/mocks"
	"github.com/djangostack/djangostack/tests/testenv"
)

// cert-manager's module has its chart, with a schema that knows every value. Helm refuses others, in the middle of an update.
func TestTheChartOfCertManagerKnowsItsValues(t *testing.T) {
	testenv.NeedsEngine(t)
	command := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/cert-manager/cert-manager")
	command.Dir = filepath.Join("..", "..", "local", "addons", "cert-manager")
	folder, err := command.Output()
	require.NoError(t, err)
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(folder)), "deploy", "charts", "cert-manager", "values.schema.json"))
	require.NoError(t, err)
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource("values.schema.json", document))
	schema, err := compiler.Compile("values.schema.json")
	require.NoError(t, err)

	ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
		args := kubernetes.CertManager("v1.21.2", "cert-manager", true)
		args.Namespace, args.Labels = "cert-manager", labels.Labels{labels.NameLabel: "blog", labels.InstanceLabel: "blog"}
		_, err := kubernetes.NewChart(ctx, "blog", args)
		return err
	})
	values := asJSON(t, ran.Find(t, "Release", "blog-cert-manager").At(t, "values"))
	assert.NoError(t, schema.Validate(values))
	values["crd"] = true
	assert.Error(t, schema.Validate(values), "control: a value that the chart does not know")
}

func asJSON(t *testing.T, value any) map[string]any {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	decoded, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	require.NoError(t, err)
	return decoded.(map[string]any)
}
