// Package configurations generates configurations of environments from the schema: a good one
// in which a few fields have other values that the schema allows, most of them at a bound. The
// same seed generates the same configurations.
package configurations

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/environments"
)

// Seed is the seed of the tests.
const Seed = 20261127

// schema is what the generator reads of the configuration's schema.
type schema struct {
	Ref                  string            `json:"$ref"`
	Type                 string            `json:"type"`
	Enum                 []any             `json:"enum"`
	Pattern              string            `json:"pattern"`
	Minimum              *float64          `json:"minimum"`
	Maximum              *float64          `json:"maximum"`
	MinItems             int               `json:"minItems"`
	Properties           map[string]schema `json:"properties"`
	Required             []string          `json:"required"`
	Items                *schema           `json:"items"`
	AdditionalProperties json.RawMessage   `json:"additionalProperties"`
	Definitions          map[string]schema `json:"$defs"`
}

// Generator generates configurations.
type Generator struct {
	random *rand.Rand
	root   schema
	paths  []string
	fields map[string]schema
}

// New returns a generator of a seed.
func New(seed uint64) (*Generator, error) {
	g := &Generator{random: rand.New(rand.NewPCG(seed, seed)), fields: map[string]schema{}}
	if err := json.Unmarshal(spec.Schema(), &g.root); err != nil {
		return nil, fmt.Errorf("reading the schema: %w", err)
	}
	g.collect("", g.root)
	g.paths = slices.Sorted(maps.Keys(g.fields))
	return g, nil
}

// collect lists the fields below objects. Elements of lists are generated with their list.
func (g *Generator) collect(path string, at schema) {
	at = g.resolved(at)
	for name, field := range at.Properties {
		below := strings.TrimPrefix(path+"."+name, ".")
		if slices.Contains(fixed(), below) {
			continue
		}
		resolved := g.resolved(field)
		g.fields[below] = resolved
		g.collect(below, resolved)
	}
}

// fixed are the fields that every configuration keeps, since nearly every other value of them
// is wrong for the rest.
func fixed() []string {
	return []string{"cloud", "tier", "aws", "gcp", "app.name", "app.image", "app.settingsModule", "app.procfile", "app.url", "cluster.context", "cluster.kubeconfig", "dns"}
}

func (g *Generator) resolved(at schema) schema {
	if at.Ref == "" {
		return at
	}
	return g.root.Definitions[strings.TrimPrefix(at.Ref, "#/$defs/")]
}

// Next returns the next configuration of a cloud. Not each of them is valid.
func (g *Generator) Next(cloud spec.Cloud) environments.Environment {
	tier := spec.Staging
	environment := environments.Small(cloud)
	if g.random.IntN(2) == 0 {
		tier = spec.Production
		environment["database"] = map[string]any{"kind": "in-cluster"}
	}
	if cloud != spec.NoCloud && g.random.IntN(2) == 0 {
		environment = environments.Full(cloud, tier)
	}
	environment["tier"] = string(tier)
	if cloud != spec.NoCloud {
		environment["prepared"] = "on"
		environment["cluster"] = map[string]any{"endpoint": map[string]any{"allowedCIDRs": []any{"203.0.113.0/24"}}}
	}
	const most = 4
	for range 1 + g.random.IntN(most) {
		path := g.paths[g.random.IntN(len(g.paths))]
		g.put(environment, strings.Split(path, "."), g.value(path, g.fields[path], 0))
	}
	namespace, _ := environment["namespace"].(map[string]any)
	if cloud == spec.NoCloud && namespace["source"] != string(spec.SourceExisting) {
		environment["prepared"] = "on"
	}
	return environment
}

// put sets a value, and makes the objects above it.
func (g *Generator) put(object map[string]any, steps []string, value any) {
	if len(steps) == 1 {
		object[steps[0]] = value
		return
	}
	next, isObject := object[steps[0]].(map[string]any)
	if !isObject {
		next = map[string]any{}
		object[steps[0]] = next
	}
	g.put(next, steps[1:], value)
}

// value returns a value that the schema allows.
func (g *Generator) value(path string, at schema, depth int) any {
	at = g.resolved(at)
	switch {
	case len(at.Enum) > 0:
		return at.Enum[g.random.IntN(len(at.Enum))]
	case at.Type == "integer":
		return g.number(at)
	case at.Type == "boolean":
		return g.random.IntN(2) == 0
	case at.Type == "array":
		return g.list(path, at, depth)
	case at.Type == "object":
		return g.object(path, at, depth)
	default:
		return g.text(path, at)
	}
}

// number returns a bound, a neighbour of one, or a number between.
func (g *Generator) number(at schema) int {
	least, most := 0, 100
	if at.Minimum != nil {
		least = int(*at.Minimum)
	}
	if at.Maximum != nil {
		most = int(*at.Maximum)
	}
	between := least + g.random.IntN(1+min(most-least, 10))
	return []int{least, min(least+1, most), between, between, most}[g.random.IntN(5)]
}

func (g *Generator) list(path string, at schema, depth int) []any {
	list := []any{}
	for i := range max(at.MinItems, g.random.IntN(3)) {
		value := g.value(fmt.Sprintf("%s[%d]", path, i), *at.Items, depth+1)
		if object, isObject := value.(map[string]any); isObject && object["name"] != nil {
			object["name"] = fmt.Sprintf("n%d", i)
		}
		list = append(list, value)
	}
	return list
}

func (g *Generator) object(path string, at schema, depth int) map[string]any {
	object := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(at.Properties)) {
		isRequired := slices.Contains(at.Required, name)
		if isRequired || depth < 3 && g.random.IntN(6) == 0 {
			object[name] = g.value(path+"."+name, at.Properties[name], depth+1)
		}
	}
	var values schema
	if json.Unmarshal(at.AdditionalProperties, &values) == nil && (values.Type != "" || values.Ref != "") {
		for _, key := range g.keys(path) {
			object[key] = g.value(path+"."+key, values, depth+1)
		}
	}
	return object
}

// keys returns keys of a map: paths of files, names of variables, or labels.
func (g *Generator) keys(path string) []string {
	keys := []string{"EXTRA_ONE", "example.com/two"}
	switch {
	case strings.HasSuffix(path, "files"):
		keys = []string{"/srv/one.ini", "/srv/two/three.ini"}
	case strings.HasSuffix(path, "nv"), strings.HasSuffix(path, "efs"), strings.HasSuffix(path, "bindings"):
		keys = []string{"EXTRA_ONE", "DATABASE_URL", "extra_two"}
	}
	return keys[:1+g.random.IntN(len(keys))]
}

// text returns a text that matches the pattern, of a form that the field is likely to have.
func (g *Generator) text(path string, at schema) string {
	if strings.Contains(at.Pattern, "Ki|M") {
		return pick(g, "16Mi", "100m", "1", "64Mi", "512Mi", "1Gi", "2Gi", "10Gi", "20Gi", "0.5")
	}
	switch field := path[strings.LastIndexByte(path, '.')+1:]; field {
	case "schedule":
		return pick(g, "0 3 * * *", "@hourly", "*/5 * * * *")
	case "timeZone":
		return pick(g, "Europe/Berlin", "Etc/UTC")
	case "mountPath", "root":
		return pick(g, "/srv/data", "/opt/a", "/srv/static")
	}
	if strings.HasPrefix(path, "app.bindings.") {
		return pick(g, "database.url", "database.host", "cache.url", "broker.url", "static.bucket", "media.url", "search.url", "app.release", "server.port", "django.secretKey")
	}
	if at.Pattern == "" {
		return pick(g, "plain", "$(DATABASE_HOST)", "$$(NOTHING)", "a b\nc", "1")
	}
	return spec.Substitute(path)
}

func pick(g *Generator, texts ...string) string { return texts[g.random.IntN(len(texts))] }
