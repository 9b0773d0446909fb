package stackfile_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
)

const file = `
encryptionsalt: v1:abc
config:
  other:key: kept
  shop:environment:
    app: {name: blog, image: "blog:1"}
    workers:
      - name: default
    token:
      secure: v1:zzz
`

func decode(t *testing.T, text string) *stackfile.File {
	t.Helper()
	read, err := stackfile.Decode([]byte(text), "shop")
	require.NoError(t, err)
	return read
}

func plainSecret(path string) string { return "hidden " + path }

func TestParseOverrideTypesValuesAsYAMLDoes(t *testing.T) {
	cases := map[string]stackfile.Override{
		"web.replicas=3":                     {Path: "web.replicas", Value: 3},
		"web.cpu=0.5":                        {Path: "web.cpu", Value: 0.5},
		"beat.enabled=true":                  {Path: "beat.enabled", Value: true},
		`app.env.N="3"`:                      {Path: "app.env.N", Value: "3"},
		"app.image=registry.example/shop:1":  {Path: "app.image", Value: "registry.example/shop:1"},
		"app.note=a: b":                      {Path: "app.note", Value: "a: b"},
		"app.url=http://x/?a=b":              {Path: "app.url", Value: "http://x/?a=b"},
		"app.empty=":                         {Path: "app.empty", Value: ""},
		"app.none=null":                      {Path: "app.none", Value: nil},
		"app.day=2026-01-02":                 {Path: "app.day", Value: "2026-01-02"},
		"app.hosts=[a, b]":                   {Path: "app.hosts", Value: []any{"a", "b"}},
		"workers[0].options={soft: 1}":       {Path: "workers[0].options", Value: map[string]any{"soft": 1}},
		`app.labels["example.com/team"]=web`: {Path: `app.labels["example.com/team"]`, Value: "web"},
		"app.multi=*x":                       {Path: "app.multi", Value: "*x"},
	}
	for text, want := range cases {
		t.Run(text, func(t *testing.T) {
			got, err := stackfile.ParseOverride(text)
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
}

func TestParseOverrideRefusesMalformedText(t *testing.T) {
	for _, text := range []string{"", "app.image", "=x", "app[x=1", "a=[1,"} {
		t.Run(text, func(t *testing.T) {
			_, err := stackfile.ParseOverride(text)
			assert.Error(t, err)
		})
	}
}

func TestApplySetsReplacesAndExtends(t *testing.T) {
	read := decode(t, file)
	require.NoError(t, read.Apply([]stackfile.Override{
		{Path: "app.image", Value: "blog:2"},
		{Path: "web.replicas", Value: 3},
		{Path: "workers[1].name", Value: "mail"},
		{Path: "workers[0].queues[0]", Value: "default"},
	}))

	raw, err := read.EnvironmentJSON(plainSecret)

	require.NoError(t, err)
	assert.JSONEq(t, `{"app": {"name": "blog", "image": "blog:2"}, "web": {"replicas": 3},
		"workers": [{"name": "default", "queues": ["default"]}, {"name": "mail"}], "token": "hidden token"}`, string(raw))
}

func TestApplyRefusesPathsThatDoNotFit(t *testing.T) {
	for _, path := range []string{"workers[5].name", "app[0]", "workers.name", "app.name.first"} {
		t.Run(path, func(t *testing.T) {
			assert.ErrorContains(t, decode(t, file).Apply([]stackfile.Override{{Path: path, Value: 1}}), "override "+path)
		})
	}
}

func TestEnvironmentKeyMayLackTheProject(t *testing.T) {
	raw, err := decode(t, "config:\n  environment: {cloud: none}\n").EnvironmentJSON(plainSecret)
	require.NoError(t, err)
	assert.JSONEq(t, `{"cloud": "none"}`, string(raw))

	_, err = decode(t, "config:\n  environment: {}\n  shop:environment: {}\n").EnvironmentJSON(plainSecret)
	assert.ErrorContains(t, err, "keep one")
}

func TestEncodeKeepsTheRestAndSetsSecrets(t *testing.T) {
	read := decode(t, file)
	assert.Equal(t, stackfile.Secrets{Salt: "v1:abc"}, read.Secrets())
	read.SetSecrets(stackfile.Secrets{Provider: "awskms://x", Key: "k"})

	raw, err := read.Encode()

	require.NoError(t, err)
	again := decode(t, string(raw))
	assert.Equal(t, stackfile.Secrets{Provider: "awskms://x", Key: "k"}, again.Secrets())
	assert.Contains(t, string(raw), "other:key: kept")
	assert.Contains(t, string(raw), "secure: v1:zzz")
}

func TestDecodeRefusesMalformedFiles(t *testing.T) {
	for _, text := range []string{"- a\n", "config: 3\n", "a: b: c\n", "config: {a: 1, a: 2}\n"} {
		t.Run(text, func(t *testing.T) {
			_, err := stackfile.Decode([]byte(text), "shop")
			assert.Error(t, err)
		})
	}
}

func TestOverridesDoNotChangeTheCallersEnvironment(t *testing.T) {
	environment := map[string]any{"app": map[string]any{"image": "shop:1"}, "workers": []any{map[string]any{"replicas": 1}}}
	file := stackfile.WithEnvironment("shop", environment)
	require.NoError(t, file.Apply([]stackfile.Override{{Path: "app.image", Value: "shop:2"}, {Path: "workers[0].replicas", Value: 3}}))

	assert.Equal(t, map[string]any{"app": map[string]any{"image": "shop:1"}, "workers": []any{map[string]any{"replicas": 1}}}, environment)
}
