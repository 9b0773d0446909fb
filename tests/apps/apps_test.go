// Package apps_test holds the stack files of public apps in examples/apps against the configuration, the renderer and
// the tables beside them.
package apps_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/existing"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/render"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/configurations"
	"github.com/djangostack/djangostack/tests/environments"
	"github.com/djangostack/djangostack/tests/testenv"
)

// file is one stack file of one app.
type file struct{ app, stack, path string }

// files lists the stack files: each app on an existing cluster, on AWS and on Google Cloud.
func files(t *testing.T) []file {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(testenv.Root(t), "examples", "apps", "*", "Pulumi.*.yaml"))
	require.NoError(t, err)
	var all []file
	for _, path := range paths {
		stack := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "Pulumi."), ".yaml")
		all = append(all, file{filepath.Base(filepath.Dir(path)), stack, path})
	}
	require.Len(t, all, 12*3)
	return all
}

// small lists the stack files of examples/small, all on an existing cluster.
func small(t *testing.T) []file {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(testenv.Root(t), "examples", "small", "Pulumi.*.yaml"))
	require.NoError(t, err)
	require.Len(t, paths, 4)
	var all []file
	for _, path := range paths {
		all = append(all, file{strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "Pulumi."), ".yaml"), "existing", path})
	}
	return all
}

// environment returns the JSON of the environment, with a made-up value for each secret.
func (f file) environment(t *testing.T) []byte {
	t.Helper()
	read, err := stackfile.Read(f.path, environments.Project)
	require.NoError(t, err)
	raw, err := read.EnvironmentJSON(spec.Substitute)
	require.NoError(t, err)
	return raw
}

func TestEveryAppIsValid(t *testing.T) {
	clouds := map[string]spec.Cloud{"existing": spec.NoCloud, "aws": spec.AWSCloud, "gcp": spec.GCPCloud}
	for _, f := range append(files(t), small(t)...) {
		t.Run(f.app+" on "+f.stack, func(t *testing.T) {
			parsed, err := spec.Parse(f.environment(t), f.stack)
			require.NoError(t, err)
			assert.Equal(t, clouds[f.stack], parsed.Cloud)
			assert.Equal(t, spec.Production, parsed.Tier)
			assert.Equal(t, spec.Off, parsed.Prepared, "the first up needs nothing from elsewhere")
		})
	}
}

func TestEveryAppRendersForAnExistingCluster(t *testing.T) {
	program := func(ctx *pulumi.Context) error {
		environment, err := spec.Parse([]byte(config.New(ctx, "").Get(spec.ConfigKey)), ctx.Stack())
		if err != nil {
			return err
		}
		return existing.Deploy(ctx, environment)
	}
	for _, f := range append(files(t), small(t)...) {
		if f.stack != "existing" {
			continue
		}
		t.Run(f.app, func(t *testing.T) {
			objects, err := render.Objects(render.Options{
				Program: program, Project: environments.Project, Stack: f.stack,
				Config: map[string]string{environments.Project + ":" + spec.ConfigKey: string(f.environment(t))},
			})
			require.NoError(t, err)
			assert.Empty(t, configurations.Refused(objects))
		})
	}
}

// A comment of a stack file says why a value is as it is. One that explains how to get around the program would be a
// fault of the program.
func TestNoFileNeedsAWorkaround(t *testing.T) {
	around := regexp.MustCompile(`(?i)workaround|work around|kubectl|by hand|instead of|todo|cannot be|not supported`)
	for _, f := range append(files(t), small(t)...) {
		text, err := os.ReadFile(f.path)
		require.NoError(t, err)
		for line := range strings.Lines(string(text)) {
			if _, comment, has := strings.Cut(line, "# "); has {
				assert.NotRegexp(t, around, comment, f.path)
			}
		}
	}
}

// lines counts the lines of a stack file that say something.
func lines(t *testing.T, path string) int {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return said(string(text))
}

func said(text string) int {
	count := 0
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") {
			count++
		}
	}
	return count
}

// smallest is the smallest environment: an app on an existing cluster.
const smallest = `
config:
  djangostack:environment:
    cloud: none
    tier: staging
    cluster: {context: main}
    app:
      name: shop
      image: registry.example.com/shop:1.0
      settingsModule: shop.settings
`

func TestTheSmallestFileHasTwelveLinesAtMost(t *testing.T) {
	read, err := stackfile.Decode([]byte(smallest), environments.Project)
	require.NoError(t, err)
	raw, err := read.EnvironmentJSON(spec.Substitute)
	require.NoError(t, err)
	_, err = spec.Parse(raw, "dev")
	require.NoError(t, err)
	assert.LessOrEqual(t, said(smallest), 12)
}

// The table of lines in examples/apps/README.md has what the files have.
func TestTheTableOfLinesIsRight(t *testing.T) {
	root := testenv.Root(t)
	page, err := os.ReadFile(filepath.Join(root, "examples", "apps", "README.md"))
	require.NoError(t, err)
	assert.Contains(t, string(page), fmt.Sprintf("| the smallest environment | %d |", said(smallest)))
	apps := map[string][]string{}
	for _, f := range files(t) {
		apps[f.app] = append(apps[f.app], fmt.Sprintf("%d", lines(t, f.path)))
	}
	for app, counts := range apps {
		// The files are in the order of their names: aws, existing, gcp.
		row := fmt.Sprintf("| [%s](%s/README.md) | %s | %s | %s |", app, app, counts[1], counts[0], counts[2])
		assert.Contains(t, string(page), row)
	}
}

// Every table names fields that exist.
func TestEveryTableNamesFieldsOfItsFile(t *testing.T) {
	code := regexp.MustCompile("`([a-z][A-Za-z]+(?:\\[\\])?(?:\\.[A-Za-z_0-9\\[\\]]+)*)`")
	top := []string{"app", "web", "workers[]", "workers", "beat", "processes[]", "processes", "release", "routes", "routes[]", "volumes", "volumes[]", "secrets", "secrets[]", "configMaps", "configMaps[]", "database", "cache", "broker", "media", "static", "namespace", "monitoring", "dns", "cluster", "cron", "objects[]"}
	for _, app := range []string{"glitchtip", "defectdojo", "saleor", "weblate", "cvat", "linkding", "netbox", "plane", "authentik", "pretix", "mailman", "debusine"} {
		page, err := os.ReadFile(filepath.Join(testenv.Root(t), "examples", "apps", app, "README.md"))
		require.NoError(t, err)
		rows := 0
		for line := range strings.Lines(string(page)) {
			cells := strings.Split(line, "|")
			if !strings.HasPrefix(line, "| `") || len(cells) < 4 {
				continue
			}
			rows++
			for _, named := range code.FindAllStringSubmatch(cells[2], -1) {
				first, rest, below := strings.Cut(named[1], ".")
				if !below || !slices.Contains(top, first) {
					continue
				}
				assert.True(t, isField(first+"."+rest), "%s names %s, which is no field", app, named[1])
			}
		}
		assert.Greater(t, rows, 15, "%s says too little of its chart", app)
	}
}

// isField reports whether an environment has a field, or takes the name as the key of a map.
func isField(path string) bool {
	_, err := environments.Small(spec.NoCloud).Apply(strings.ReplaceAll(path, "[]", "[0]") + "=x")
	return err == nil || !strings.Contains(err.Error(), "no environment has")
}
