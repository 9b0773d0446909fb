package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec/reference"
)

// initialized runs init in an empty directory and returns the stack's file.
func initialized(t *testing.T, stack string, args ...string) (p *testProject, file string) {
	t.Helper()
	p = newTestProject(t)
	p.dir = t.TempDir()
	require.Equal(t, 0, p.run(append([]string{"init", "-s", stack}, args...)...), p.stderr)
	return p, filepath.Join(p.dir, "Pulumi."+stack+".yaml")
}

func TestAFirstFileIsValidOnEveryCloud(t *testing.T) {
	for _, cloud := range []string{"aws", "gcp", "none"} {
		for _, stack := range []string{"staging", "production"} {
			t.Run(cloud+" "+stack, func(t *testing.T) {
				p, file := initialized(t, stack, "--yes", "--cloud", cloud, "--app", "shop", "--image", "registry.example.com/shop:1.0")
				text, err := os.ReadFile(file)
				require.NoError(t, err)
				assert.True(t, strings.HasPrefix(string(text), reference.Modeline+"\n"))
				assert.Contains(t, string(text), "tier: "+stack+"\n")
				assert.FileExists(t, filepath.Join(p.dir, reference.StackSchemaPath))
				assert.Equal(t, 0, p.run("config", "validate", file), p.stderr)
				assert.Contains(t, p.stdout, "is valid")
			})
		}
	}
}

func TestFlagsAnswerEveryQuestion(t *testing.T) {
	_, file := initialized(t, "dev", "--cloud", "none", "--app", "shop", "--image", "registry.example.com/shop:2", "--url", "https://shop.example.com")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, line := range []string{"cloud: none", "tier: staging", "name: shop", "image: registry.example.com/shop:2", "settingsModule: shop.settings", "url: https://shop.example.com"} {
		assert.Contains(t, string(text), line+"\n")
	}
}

func TestInitNeverOverwritesAFile(t *testing.T) {
	p, file := initialized(t, "dev", "--yes", "--app", "shop")
	require.NoError(t, os.WriteFile(file, []byte("config: {}\n"), 0o600))
	assert.Equal(t, 10, p.run("init", "-s", "dev", "--yes"))
	assert.Contains(t, p.stderr, "exists already")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "config: {}\n", string(text))

	require.NoError(t, os.WriteFile(filepath.Join(p.dir, "Pulumi.yaml"), []byte("name: shop\nruntime: go\n"), 0o600))
	require.Equal(t, 0, p.run("init", "-s", "second", "--yes", "--app", "shop"), p.stderr)
	assert.NotContains(t, p.stdout, "/Pulumi.yaml\n", "an existing Pulumi.yaml is not written")
	assert.Equal(t, 0, p.run("config", "validate", filepath.Join(p.dir, "Pulumi.second.yaml")), "in a project of another name: %s", p.stderr)
}

func TestInitNeedsFlagsWithoutATerminal(t *testing.T) {
	p := newTestProject(t)
	p.dir = t.TempDir()
	assert.Equal(t, 10, p.run("init", "--app", "shop"))
	assert.Contains(t, p.stderr, "stdin is not a terminal: set --app, --image, --cloud and --url, or --yes")
	left, err := os.ReadDir(p.dir)
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestInitRefusesAnswersThatAreNotValid(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"a cloud":           {[]string{"--cloud", "azure"}, "must be one of aws, gcp, none"},
		"a tier":            {[]string{"--tier", "large"}, "tier"},
		"an app":            {[]string{"--app", "Shop 1"}, "app.name"},
		"an image":          {[]string{"--image", "shop:1 # of today"}, "app.image"},
		"a URL that is not": {[]string{"--url", "shop"}, "app.url"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newTestProject(t)
			p.dir = t.TempDir()
			want := 2
			if name == "a cloud" {
				want = 10
			}
			assert.Equal(t, want, p.run(append([]string{"init", "--yes", "-s", "dev"}, test.args...)...), p.stdout)
			assert.Contains(t, p.stderr, test.want)
			assert.NoFileExists(t, filepath.Join(p.dir, "Pulumi.dev.yaml"))
		})
	}
}
