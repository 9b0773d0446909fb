package emulatedcloud_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/emulatedcloud"
	"github.com/djangostack/djangostack/emulators/rehearsal"
	stacksaws "github.com/djangostack/djangostack/stacks/aws"
	stacksgcp "github.com/djangostack/djangostack/stacks/gcp"
	"github.com/djangostack/djangostack/stacks/render"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/environments"
)

// row is what the provider does where a resource of the same arguments exists, made by somebody else.
type row struct {
	// Creates is new, refused or taken, or several of them in the order of the alphabet.
	Creates []string `json:"creates"`
	// Safe says why a creation that takes over is safe: own, random, looks or account.
	Safe string `json:"safe"`
	// Destroyed is own or kept.
	Destroyed string `json:"destroyed"`
	// Again says why the resource can be created again after a destroy.
	Again string `json:"again"`
	Why   string `json:"why"`
}

// existing is the table of testdata/existing.yaml.
func existing(t *testing.T) map[string]row {
	t.Helper()
	raw, err := os.ReadFile("testdata/existing.yaml")
	require.NoError(t, err)
	table := map[string]row{}
	require.NoError(t, yaml.UnmarshalStrict(raw, &table))
	return table
}

// Whoever adds a type of a cloud's resources says what happens to one that was there before, and
// whether a stack can be created again after its destruction.
func TestEveryTypeSaysWhatHappensToOneThatWasThereBefore(t *testing.T) {
	table := existing(t)
	assert.ElementsMatch(t, created(t), slices.Collect(maps.Keys(table)), "each type that components or stacks create has a row in testdata/existing.yaml")
	for kind, row := range table {
		taken := slices.Contains(row.Creates, taken)
		assert.Equal(t, taken, row.Safe != "", "%s: what takes over says why that is safe", kind)
		if taken {
			assert.Contains(t, []string{"own", "random", "looks", "account"}, row.Safe, kind)
		}
		assert.Contains(t, []string{"own", "kept"}, row.Destroyed, kind)
		assert.NotEmpty(t, row.Again, kind)
	}
}

// created are the types that a program in components or stacks registers, by their tokens.
func created(t *testing.T) []string {
	t.Helper()
	found := map[string]bool{}
	for _, folder := range []string{"components", "stacks"} {
		err := filepath.WalkDir(filepath.Join("../../../..", folder), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err == nil {
				maps.Copy(found, constructed(file))
			}
			return err
		})
		require.NoError(t, err)
	}
	return slices.Sorted(maps.Keys(found))
}

var (
	cloudSDK    = regexp.MustCompile(`^github.com/pulumi/pulumi-(aws|gcp)/sdk/v[0-9]+/go/(?:aws|gcp)/(.+)$`)
	constructor = regexp.MustCompile(`^New([A-Z]\w*?)(?:Resource)?$`)
)

// constructed are the types that a file registers.
func constructed(file *ast.File) map[string]bool {
	modules := map[string][]string{}
	for _, each := range file.Imports {
		path, err := strconv.Unquote(each.Path.Value)
		if found := cloudSDK.FindStringSubmatch(path); err == nil && found != nil {
			name := path[strings.LastIndex(path, "/")+1:]
			if each.Name != nil {
				name = each.Name.Name
			}
			modules[name] = found[1:]
		}
	}
	found := map[string]bool{}
	ast.Inspect(file, func(node ast.Node) bool {
		selector, is := node.(*ast.SelectorExpr)
		if !is {
			return true
		}
		from, is := selector.X.(*ast.Ident)
		name := constructor.FindStringSubmatch(selector.Sel.Name)
		if !is || modules[from.Name] == nil || name == nil {
			return true
		}
		module := modules[from.Name]
		found[fmt.Sprintf("%s:%s/%s%s:%s", module[0], module[1], strings.ToLower(name[1][:1]), name[1][1:], name[1])] = true
		return true
	})
	return found
}

// The outcomes of creating what somebody else has created with the same arguments.
const (
	another = "new"
	refused = "refused"
	taken   = "taken"
)

// twice remembers what a program creates, to create it again.
type twice struct {
	*emulatedcloud.Cloud

	mu      sync.Mutex
	created []creation
}

type creation struct {
	urn      resource.URN
	provider string
	inputs   resource.PropertyMap
	id       string
}

func (c *twice) Create(urn resource.URN, provider string, inputs resource.PropertyMap) (string, resource.PropertyMap, error) {
	id, outputs, err := c.Cloud.Create(urn, provider, inputs)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.created = append(c.created, creation{urn, provider, inputs, id})
	return id, outputs, err
}

// again creates one of them for another stack.
func (c *twice) again(t *testing.T, made creation) string {
	t.Helper()
	other := resource.NewURN("other", made.urn.Project(), "", made.urn.Type(), made.urn.Name())
	id, _, err := c.Cloud.Create(other, made.provider, made.inputs)
	if err == nil && id == made.id {
		return taken
	}
	if err == nil {
		return another
	}
	text := strings.ToLower(err.Error())
	known := slices.ContainsFunc([]string{"exist", "already", "duplicate", "taken", "conflict", "in use"}, func(word string) bool { return strings.Contains(text, word) })
	if !known {
		assert.Fail(t, "refused for another reason than the one that exists", "%s: %v", made.urn, err)
	}
	return refused
}

// The table says of each type what the emulated provider does, which follows the published one.
func TestACreationDoesToTheExistingWhatItsTableSays(t *testing.T) {
	full := func(cloud spec.Cloud, set ...string) environments.Environment {
		return environments.Full(cloud, spec.Staging).Set(t, append(set, "registry.source=create", "dns={zone: blog.example.com, source: create, parent: example.com}", "database.managed.replicas=1")...)
	}
	observed := map[string]map[string]bool{}
	for _, one := range []environments.Environment{
		full(spec.AWSCloud, "cluster.mode=nodes", "search={kind: managed, serviceRole: create}", "broker={kind: managed, engine: rabbitmq}", "loadBalancer.addresses=fixed", "monitoring.alarms={emails: [ops@example.com]}"),
		full(spec.AWSCloud, `routes=[{host: shop.example.org, certificate: "arn:aws:acm:eu-central-1:123456789012:certificate/1234"}]`),
		environments.Full(spec.AWSCloud, spec.Production).Set(t, "static={store: image, cdn: on}"),
		environments.Full(spec.GCPCloud, spec.Production),
		full(spec.GCPCloud, "cluster.mode=nodes", "loadBalancer.allowedCIDRs=[203.0.113.0/24]", "monitoring.alarms={emails: [ops@example.com]}", "media.accessKeys=on"),
		full(spec.GCPCloud),
		environments.Full(spec.AWSCloud, spec.Staging).Set(t, inBucket),
		environments.Full(spec.GCPCloud, spec.Staging).Set(t, inBucket),
	} {
		for _, made := range deployTwice(t, one) {
			if observed[made.kind] == nil {
				observed[made.kind] = map[string]bool{}
			}
			observed[made.kind][made.outcome] = true
		}
	}
	for kind, row := range existing(t) {
		assert.Equal(t, row.Creates, slices.Sorted(maps.Keys(observed[kind])), kind)
	}
}

// inBucket is a database in the cluster with backups in a bucket.
const inBucket = "database={kind: in-cluster, backups: {store: bucket}}"

type outcome struct{ kind, outcome string }

func deployTwice(t *testing.T, environment environments.Environment) []outcome {
	t.Helper()
	checked := environment.Parse(t)
	emulators, err := rehearsal.New(rehearsal.For(checked))
	require.NoError(t, err)
	defer func() { require.NoError(t, emulators.Close()) }()
	cloud := &twice{Cloud: emulatedcloud.New(context.Background(), emulators.Providers)}
	defer cloud.Close()
	deploy := map[spec.Cloud]func(*pulumi.Context, *spec.Environment) error{spec.AWSCloud: stacksaws.Deploy, spec.GCPCloud: stacksgcp.Deploy}[checked.Cloud]
	_, err = render.Objects(render.Options{
		Program: func(ctx *pulumi.Context) error { return deploy(ctx, checked) }, Project: environments.Project, Stack: environments.Stack,
		Config: environment.Config(t), Cloud: cloud, Release: func(render.HelmRelease) {},
	})
	require.NoError(t, err)
	emulators.AWS.Disown()
	emulators.GCP.Disown()
	var found []outcome
	for _, made := range cloud.created {
		found = append(found, outcome{string(made.urn.Type()), cloud.again(t, made)})
	}
	return found
}
