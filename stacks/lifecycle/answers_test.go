package lifecycle_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

func TestOutputsAreDecryptedOnlyIfOneIsSecret(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		masked, revealed string
		want             lifecycle.Outputs
		asked            int
	}{
		"no secret":           {`{"url": "http://shop"}`, `{}`, lifecycle.Outputs{"url": {Value: "http://shop"}}, 1},
		"only the record":     {`{"url": "http://shop", "lifecycleRecord": "[secret]"}`, `{}`, lifecycle.Outputs{"url": {Value: "http://shop"}}, 1},
		"a secret":            {`{"key": "[secret]", "n": 1}`, `{"key": "k", "n": 1}`, lifecycle.Outputs{"key": {Value: "k", Secret: true}, "n": {Value: 1.0}}, 2},
		"a secret in a value": {`{"all": {"key": "[secret]"}}`, `{"all": {"key": "k"}}`, lifecycle.Outputs{"all": {Value: map[string]any{"key": "k"}, Secret: true}}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			cli := filepath.Join(dir, "pulumi")
			script := "#!/bin/sh\ncase \"$*\" in\n*--show-secrets*) echo asked >>" + dir + "/asked; echo '" + test.revealed + "' ;;\n" +
				"*'stack output'*) echo asked >>" + dir + "/asked; echo '" + test.masked + "' ;;\nesac\n"
			require.NoError(t, os.WriteFile(cli, []byte(script), 0o700))
			project, err := lifecycle.Open(lifecycle.ProjectOptions{
				Name: "shop", Dir: dir, StateDir: filepath.Join(dir, "state"), Home: filepath.Join(dir, "home"), Backend: "file://" + dir, Program: things,
				CLI: &lifecycle.CLI{Path: cli, Version: lifecycle.MinimumCLI()},
			})
			require.NoError(t, err)
			stack, err := project.Stack(t.Context(), "prod", lifecycle.StackOptions{ReadOnly: true, ConfigOptional: true})
			require.NoError(t, err)
			outputs, err := stack.Outputs(t.Context())
			require.NoError(t, err)
			assert.Equal(t, test.want, outputs)
			asked, err := os.ReadFile(filepath.Join(dir, "asked"))
			require.NoError(t, err)
			assert.Equal(t, test.asked, strings.Count(string(asked), "asked"))
			require.NoError(t, stack.Close())
		})
	}
}
