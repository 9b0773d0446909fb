package cli

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEveryCommandSaysWhichCommonFlagsItReads(t *testing.T) {
	root := (&app{}).root()
	var names []string
	for _, command := range commands(root) {
		names = append(names, nameOf(command))
	}
	slices.Sort(names)
	assert.Equal(t, slices.Sorted(maps.Keys(commonFlags())), names)
	root.PersistentFlags().VisitAll(func(flag *pflag.Flag) {
		assert.NotEmpty(t, commandsThatRead(flag.Name, names), "no command reads --%s", flag.Name)
	})
	for name, flags := range commonFlags() {
		for _, flag := range flags {
			assert.NotNil(t, root.PersistentFlags().Lookup(flag), "%s reads --%s, which does not exist", name, flag)
		}
		assert.Contains(t, flags, "json", name)
	}
}

// values are valid values of the common flags.
func values() map[string]string {
	return map[string]string{"stack": "dev", "json": "true", "providers": "embedded", "switch-providers": "true", "parallel": "2", "lock-wait": "1s", "drain": "1s"}
}

func TestACommandRefusesTheFlagsThatItWouldIgnore(t *testing.T) {
	root := (&app{}).root()
	for _, command := range commands(root) {
		name := nameOf(command)
		root.PersistentFlags().VisitAll(func(flag *pflag.Flag) {
			if slices.Contains(commonFlags()[name], flag.Name) {
				return
			}
			value, given := values()[flag.Name]
			if !given {
				value = "value"
			}
			args := append(strings.Fields(name), "--"+flag.Name+"="+value)
			if strings.Contains(command.Use, " NAME") || strings.Contains(command.Use, " PATH") {
				args = append(args, "argument")
			}
			var stderr bytes.Buffer
			assert.Equal(t, exitUsage, Run(t.Context(), Dependencies{Stdout: &stderr, Stderr: &stderr}, nil, args), "%s", args)
			assert.Contains(t, stderr.String(), command.CommandPath()+" does not use --"+flag.Name, "%s", args)
		})
	}
}

func TestHelpListsOnlyTheFlagsOfTheCommand(t *testing.T) {
	var out bytes.Buffer
	require.Equal(t, 0, Run(t.Context(), Dependencies{Stdout: &out, Stderr: &out}, nil, []string{"config", "validate", "--help"}))
	assert.Contains(t, out.String(), "--set")
	assert.NotContains(t, out.String(), "--parallel")
}

// TestJSONIsJSON runs the commands that need no Pulumi CLI. TestStackIsCreatedReadAndDestroyed runs others.
func TestJSONIsJSON(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{
		{"init", "-s", "dev", "--yes", "--cloud", "none", "--dir", dir},
		{"version"},
		{"exit-codes"},
		{"config", "explain"},
		{"config", "explain", "workers"},
		{"config", "explain", "web.replicas"},
		{"config", "validate", filepath.Join(dir, "Pulumi.dev.yaml")},
		{"doctor", "-s", "dev", "--dir", dir, "--pulumi", "/nowhere/pulumi"},
	} {
		var out, errors bytes.Buffer
		Run(t.Context(), Dependencies{Stdout: &out, Stderr: &errors, Version: "1"}, nil, append(args, "--json"))
		assert.NotEmpty(t, out.String(), "%s: %s", args, errors.String())
		for line := range strings.Lines(out.String()) {
			assert.True(t, json.Valid([]byte(line)), "%s printed %s", args, line)
		}
	}
	assert.FileExists(t, filepath.Join(dir, "Pulumi.dev.yaml"))
	require.NoError(t, os.RemoveAll(dir))
}
