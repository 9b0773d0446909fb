package stackfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
)

// FuzzDecode feeds arbitrary text to the parser of a stack's file: it must not panic, and must
// answer within bounds.
func FuzzDecode(f *testing.F) {
	f.Add([]byte("config:\n  shop:environment:\n    app: {name: shop, secretEnv: {A: {secure: v1:a}}}\n"))
	f.Add([]byte("a: &a [1]\nconfig: {shop:environment: {b: *a, <<: {c: 1}}}\n---\nx: 1\n"))
	for _, pattern := range []string{"../../../Pulumi.*.yaml", "../../../tests/*/testdata/Pulumi.*.yaml"} {
		files, err := filepath.Glob(filepath.FromSlash(pattern))
		require.NoError(f, err)
		for _, path := range files {
			text, err := os.ReadFile(path)
			require.NoError(f, err)
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		const most = 30 * time.Second
		start := time.Now()
		if file, err := stackfile.Decode(text, "shop"); err == nil {
			_, _ = file.EnvironmentJSON(func(string) string { return "" })
		}
		if took := time.Since(start); took > most {
			t.Fatalf("took %s", took)
		}
	})
}

func TestWhatWouldBeIgnoredIsRefused(t *testing.T) {
	const good = "config:\n  shop:environment: {cloud: none}\n"
	for text, want := range map[string]string{
		good + "---\nconfig:\n  shop:environment: {cloud: aws}\n":    "second YAML document",
		"---\n" + good + "---\nx: 1\n":                               "second YAML document",
		good + "  shop:environmnt: {cloud: aws}\n":                   "config.shop:environmnt: unknown key; did you mean shop:environment?",
		good + "  shopp:environment: {cloud: aws}\n":                 "config.shopp:environment: unknown key; did you mean shop:environment?",
		good + "  shop:Environment: {cloud: aws}\n":                  "did you mean shop:environment?",
		good + "  environmnt: {cloud: aws}\n":                        "config.environmnt: unknown key; did you mean shop:environment?",
		good + "  shop:replicas: 3\n":                                "config.shop:replicas: unknown key, which nothing reads",
		good + "configs: {}\n":                                       "configs: unknown key; did you mean config?",
		good + "encryptionSalt: v1:x\n":                              "encryptionSalt: unknown key; did you mean encryptionsalt?",
		"app: {name: shop}\n" + good:                                 "app: unknown key, which nothing reads",
		"hunter2canary":                                              "is not a YAML object",
		"config: {shop:environment: {app: *hunter2canary}}\n":        "names an anchor that does not exist",
		"config: {shop:environment: {app: !!int hunter2canary}}\n":   "is not YAML",
		"config: {shop:environment: {a: 1}, hunter2canary: [x, y}\n": "is not YAML",
		"postgres://u:hunter2canary@h/db: 1\n":                       "[a key]: unknown key",
	} {
		_, err := stackfile.Decode([]byte(text), "shop")
		require.Error(t, err, text)
		assert.ErrorContains(t, err, want, text)
		assert.NotContains(t, err.Error(), "hunter2canary")
	}
	for _, text := range []string{good, "---\n" + good + "...\n", good + "---\n", good + "  aws:region: eu-central-1\n  pulumi:tags: {a: b}\n"} {
		_, err := stackfile.Decode([]byte(text), "shop")
		assert.NoError(t, err, text)
	}
}

func TestAHugeFileIsRefusedAtOnce(t *testing.T) {
	start := time.Now()
	_, err := stackfile.Decode([]byte("config:\n"+strings.Repeat("  a: b\n", 2_000_000)), "shop")
	assert.ErrorContains(t, err, "the file may have at most 4194304 bytes")

	path := filepath.Join(t.TempDir(), "Pulumi.dev.yaml")
	require.NoError(t, os.WriteFile(path, make([]byte, 10<<20), 0o600))
	_, err = stackfile.Read(path, "shop")
	assert.ErrorContains(t, err, "may have at most 4194304 bytes, has 10485760")

	_, err = stackfile.Read("/dev/zero", "shop")
	assert.ErrorContains(t, err, "is not a regular file")
	_, err = stackfile.ReadProcfile("/dev/zero")
	assert.ErrorContains(t, err, "is not a regular file")

	// Nine anchors, each of nine of the one before.
	bomb := "a: &a [" + strings.Repeat("lol,", 9) + "]\n"
	for name := 'b'; name < 'j'; name++ {
		bomb += string(name) + ": &" + string(name) + " [" + strings.Repeat("*"+string(name-1)+",", 9) + "]\n"
	}
	_, err = stackfile.Decode([]byte(bomb), "shop")
	assert.Error(t, err)

	// One long text, many times.
	file, err := stackfile.Decode([]byte("config:\n  shop:environment:\n    a: &a "+strings.Repeat("x", 1<<20)+"\n    b: ["+strings.Repeat("*a,", 1000)+"]\n"), "shop")
	require.NoError(t, err)
	_, err = file.EnvironmentJSON(nil)
	assert.ErrorContains(t, err, "may have at most 4194304 bytes with its anchors filled in")
	assert.Less(t, time.Since(start), 30*time.Second)
}

func TestSecretsAreRefusedAsOverrides(t *testing.T) {
	for _, text := range []string{
		"app.secretEnv.TOKEN=hunter2canary", `app["secretEnv"]["TOKEN"]=hunter2canary`, "app.secretEnv={TOKEN: hunter2canary}",
		"database.external.password=hunter2canary", "database.external={host: db, password: hunter2canary}",
		"cache={kind: external, external: {password: hunter2canary}}", "broker.external.password=[hunter2canary]",
	} {
		override, err := stackfile.ParseOverride(text)
		require.NoError(t, err, text)
		err = stackfile.CheckOverrides([]stackfile.Override{override})
		require.Error(t, err, text)
		assert.ErrorContains(t, err, "djangostack config secret -s STACK")
		assert.NotContains(t, err.Error(), "hunter2canary")
	}
	for _, text := range []string{"app.env.TOKEN=plain", "database.external.host=db", "app.secretEnv.TOKEN={secure: v1:abc}"} {
		override, err := stackfile.ParseOverride(text)
		require.NoError(t, err, text)
		assert.NoError(t, stackfile.CheckOverrides([]stackfile.Override{override}), text)
	}
	for _, text := range []string{"app.secretEnv.TOKEN hunter2canary", "app.secretEnv.TOKEN:hunter2canary", "app.env=[hunter2canary", "a={b: `hunter2canary"} {
		_, err := stackfile.ParseOverride(text)
		require.Error(t, err, text)
		assert.NotContains(t, err.Error(), "hunter2canary")
	}
}
