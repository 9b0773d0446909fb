package render_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/render"
)

// object is any Kubernetes object, without the SDK.
type object struct {
	pulumi.CustomResourceState
	Metadata pulumi.MapOutput `pulumi:"metadata"`
}

func (o *object) name() pulumi.StringOutput {
	return o.Metadata.MapIndex(pulumi.String("name")).ApplyT(func(name any) string { return name.(string) }).(pulumi.StringOutput)
}

func register(ctx *pulumi.Context, token, name string, inputs pulumi.Map, options ...pulumi.ResourceOption) (*object, error) {
	made := &object{}
	return made, ctx.RegisterResource(token, name, inputs, made, options...)
}

func manifest(version, kind string, more pulumi.Map) pulumi.Map {
	inputs := pulumi.Map{"apiVersion": pulumi.String(version), "kind": pulumi.String(kind)}
	for key, value := range more {
		inputs[key] = value
	}
	return inputs
}

// password is random's RandomPassword, without the SDK.
type password struct {
	pulumi.CustomResourceState
	Result     pulumi.StringOutput `pulumi:"result"`
	BcryptHash pulumi.StringOutput `pulumi:"bcryptHash"`
}

// shop registers, in an order unlike the one they depend on: a component with a
// Deployment that waits for another with a Job; settings whose names are
// generated; a password.
func shop(ctx *pulumi.Context) error {
	secret := &password{}
	if err := ctx.RegisterResource("random:index/randomPassword:RandomPassword", "password",
		pulumi.Map{"length": pulumi.Int(20)}, secret, pulumi.AdditionalSecretOutputs([]string{"result"})); err != nil {
		return err
	}
	settings, err := register(ctx, "kubernetes:core/v1:ConfigMap", "settings", manifest("v1", "ConfigMap", pulumi.Map{
		"data": pulumi.Map{"COLOR": pulumi.String(config.Get(ctx, "color"))},
	}))
	if err != nil {
		return err
	}
	credentials, err := register(ctx, "kubernetes:core/v1:Secret", "credentials", manifest("v1", "Secret", pulumi.Map{
		"metadata":   pulumi.Map{"annotations": pulumi.Map{"pulumi.com/patchForce": pulumi.String("true")}},
		"stringData": pulumi.Map{"url": pulumi.Sprintf("postgres://app:%s@db", secret.Result)},
		"data":       pulumi.Map{"raw": secret.Result},
	}))
	if err != nil {
		return err
	}
	var release, web pulumi.ResourceState
	if err := ctx.RegisterComponentResource("shop:index:ZRelease", "release", &release); err != nil {
		return err
	}
	job, err := register(ctx, "kubernetes:batch/v1:Job", "migrate", manifest("batch/v1", "Job", pulumi.Map{
		"metadata": pulumi.Map{"name": pulumi.String("migrate")},
		"spec":     pulumi.Map{"configMap": settings.name(), "secret": credentials.name()},
	}), pulumi.Parent(&release))
	if err != nil {
		return err
	}
	if err := ctx.RegisterComponentResource("shop:index:Web", "web", &web, pulumi.DependsOn([]pulumi.Resource{job})); err != nil {
		return err
	}
	_, err = register(ctx, "kubernetes:apps/v1:Deployment", "a-web", manifest("apps/v1", "Deployment", pulumi.Map{
		"metadata": pulumi.Map{"name": pulumi.String("web")},
		"spec":     pulumi.Map{"replicas": pulumi.Int(1000000)},
	}), pulumi.Parent(&web))
	return err
}

func options() render.Options {
	return render.Options{Program: shop, Project: "shop", Stack: "dev", Config: map[string]string{"shop:color": "orange"}}
}

func objects(t *testing.T, options render.Options) []render.Object {
	t.Helper()
	made, err := render.Objects(options)
	require.NoError(t, err)
	return made
}

func yaml(t *testing.T, objects []render.Object) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, render.Write(&out, objects))
	return out.String()
}

func TestObjectsFollowTheirDependencies(t *testing.T) {
	var kinds []string
	for _, each := range objects(t, options()) {
		kinds = append(kinds, each.Kind())
	}
	assert.Equal(t, []string{"ConfigMap", "Secret", "Job", "Deployment"}, kinds)
}

func TestAResourceThatIsRegisteredTwiceIsAnError(t *testing.T) {
	_, err := render.Objects(render.Options{Project: "shop", Stack: "dev", Program: func(ctx *pulumi.Context) error {
		for range 2 {
			if _, err := register(ctx, "kubernetes:core/v1:ConfigMap", "settings", manifest("v1", "ConfigMap", nil)); err != nil {
				return err
			}
		}
		return nil
	}})
	assert.ErrorContains(t, err, "settings is registered twice", "as Pulumi's engine refuses it")
}

func TestAPasswordHasTheCharactersThatItNeeds(t *testing.T) {
	var result, hash string
	_, err := render.Objects(render.Options{Project: "shop", Stack: "dev", Program: func(ctx *pulumi.Context) error {
		made := &password{}
		if err := ctx.RegisterResource("random:index/randomPassword:RandomPassword", "password", pulumi.Map{
			"length": pulumi.Int(12), "minLower": pulumi.Int(1), "minUpper": pulumi.Int(1), "minNumeric": pulumi.Int(1), "minSpecial": pulumi.Int(2), "overrideSpecial": pulumi.String("_."),
		}, made); err != nil {
			return err
		}
		made.Result.ApplyT(func(text string) string {
			result = text
			return text
		})
		made.BcryptHash.ApplyT(func(text string) string {
			hash = text
			return text
		})
		return nil
	}})
	require.NoError(t, err)
	assert.Len(t, result, 12)
	assert.Regexp(t, `^aA0__[0-9a-f]+$`, result)
	assert.Regexp(t, `^\$2a\$10\$[0-9a-f]{53}$`, hash, "the form of a hash, for a server that reads one")
}

func TestGeneratedNamesDependOnTheContent(t *testing.T) {
	first, again := objects(t, options()), objects(t, options())
	assert.Equal(t, yaml(t, first), yaml(t, again), "rendering twice gives the same")
	assert.Regexp(t, `^settings-[0-9a-f]{8}$`, first[0].Name())
	spec := first[2].Manifest["spec"].(map[string]any)
	assert.Equal(t, first[0].Name(), spec["configMap"])
	assert.Equal(t, first[1].Name(), spec["secret"])

	changed := options()
	changed.Config = map[string]string{"shop:color": "maroon"}
	other := objects(t, changed)
	assert.NotEqual(t, first[0].Name(), other[0].Name())
	assert.Equal(t, first[1].Name(), other[1].Name())
}

func TestSecretsAreReplacedByPlaceholders(t *testing.T) {
	secret := objects(t, options())[1].Manifest
	assert.Equal(t, map[string]any{"url": "REPLACE-ME"}, secret["stringData"])
	assert.Equal(t, map[string]any{"raw": "UkVQTEFDRS1NRQ=="}, secret["data"], "what the API server can decode")
}

func TestSecretsAreWrittenOnRequest(t *testing.T) {
	asked := options()
	asked.ShowSecrets = true
	asked.Random = func(token string, inputs resource.PropertyMap) (resource.PropertyMap, error) {
		assert.Equal(t, "random:index/randomPassword:RandomPassword", token)
		return resource.PropertyMap{"result": resource.NewProperty("hunter2")}, nil
	}
	secret := objects(t, asked)[1].Manifest
	assert.Equal(t, map[string]any{"url": "postgres://app:hunter2@db"}, secret["stringData"])
}

func TestManifestsHaveNoPulumiAnnotations(t *testing.T) {
	text := yaml(t, objects(t, options()))
	assert.NotContains(t, text, "pulumi.com/")
	assert.Contains(t, text, "replicas: 1000000\n")
}

func TestSplitWritesNumberedFilesAndRemovesOldOnes(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"009-job-old.yaml", "notes.txt"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	made := objects(t, options())

	paths, err := render.Split(dir, made)

	require.NoError(t, err)
	require.Len(t, paths, 4)
	assert.Equal(t, filepath.Join(dir, "001-configmap-"+made[0].Name()+".yaml"), paths[0])
	assert.Equal(t, filepath.Join(dir, "004-deployment-web.yaml"), paths[3])
	assert.NoFileExists(t, filepath.Join(dir, "009-job-old.yaml"))
	assert.FileExists(t, filepath.Join(dir, "notes.txt"))
}

func TestAHelmReleaseIsHandedToTheCaller(t *testing.T) {
	program := func(ctx *pulumi.Context) error {
		chart, err := register(ctx, "kubernetes:helm.sh/v3:Release", "chart", pulumi.Map{
			"name": pulumi.String("balancer"), "namespace": pulumi.String("kube-system"), "chart": pulumi.String("controller"),
			"version": pulumi.String("1.13.3"), "repositoryOpts": pulumi.Map{"repo": pulumi.String("https://charts.example.com")},
			"values": pulumi.Map{
				"replicaCount": pulumi.Int(2), "owner": pulumi.String("it's us"), "account": pulumi.Map{"create": pulumi.Bool(true)},
				"password": pulumi.ToSecret(pulumi.String("hunter2")),
			},
		})
		if err != nil {
			return err
		}
		_, err = register(ctx, "kubernetes:core/v1:ConfigMap", "after", manifest("v1", "ConfigMap", nil), pulumi.DependsOn([]pulumi.Resource{chart}))
		return err
	}
	var releases []render.HelmRelease
	made := objects(t, render.Options{
		Program: program, Project: "shop", Stack: "dev",
		Release: func(release render.HelmRelease) { releases = append(releases, release) },
	})
	require.Len(t, made, 1, "the chart itself is no object")
	require.Len(t, releases, 1)
	command, err := releases[0].Command()
	require.NoError(t, err)
	assert.Equal(t, `helm upgrade --install balancer controller --repo https://charts.example.com --version 1.13.3 --namespace kube-system`+
		` --set-json 'account={"create":true}' --set-json 'owner="it'\''s us"' --set-json 'password="REPLACE-ME"' --set-json replicaCount=2`, command)
}

func TestResourcesWithoutManifestAreErrors(t *testing.T) {
	cases := map[string]struct {
		program pulumi.RunFunc
		want    string
	}{
		"another cloud": {func(ctx *pulumi.Context) error {
			_, err := register(ctx, "aws:s3/bucket:Bucket", "media", nil)
			return err
		}, "is not a Kubernetes object"},
		"a Helm release": {func(ctx *pulumi.Context) error {
			_, err := register(ctx, "kubernetes:helm.sh/v3:Release", "chart", nil)
			return err
		}, "it has no manifest"},
		"a patch": {func(ctx *pulumi.Context) error {
			_, err := register(ctx, "kubernetes:core/v1:ConfigMapPatch", "patch", nil)
			return err
		}, "it has no manifest"},
		"a read": {func(ctx *pulumi.Context) error {
			return ctx.ReadResource("kubernetes:core/v1:ConfigMap", "given", pulumi.ID("a/b"), nil, &object{})
		}, "is read from a cluster"},
		"a function": {func(ctx *pulumi.Context) error {
			return ctx.Invoke("kubernetes:yaml:decode", &struct{}{}, &struct{}{})
		}, "needs a cluster or an account"},
		"no kind": {func(ctx *pulumi.Context) error {
			_, err := register(ctx, "kubernetes:core/v1:ConfigMap", "settings", pulumi.Map{"data": pulumi.Map{}})
			return err
		}, "no apiVersion and kind"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := render.Objects(render.Options{Program: test.program, Project: "shop", Stack: "dev"})
			assert.ErrorContains(t, err, test.want)
		})
	}
}
