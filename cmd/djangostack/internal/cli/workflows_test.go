package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// Every command of the program on the page of pull requests exists, with these flags and arguments, also in the workflows.
func TestWorkflowsOfPullRequestsRunCommandsThatExist(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "docs", "getting-started", "pull-requests.md"))
	require.NoError(t, err)
	var scripts []string
	workflows := 0
	for _, block := range regexp.MustCompile("(?ms)^```(yaml|sh)\n(.*?)^```").FindAllStringSubmatch(string(text), -1) {
		if block[1] == "sh" {
			scripts = append(scripts, block[2])
			continue
		}
		var workflow any
		require.NoError(t, yaml.Unmarshal([]byte(block[2]), &workflow), block[2])
		scripts = append(scripts, scriptsIn(workflow)...)
		workflows++
	}
	assert.Equal(t, 2, workflows)

	var ran []string
	for _, script := range scripts {
		for _, match := range regexp.MustCompile(`(?m)(?:^|\s)(?:~/go/bin/)?djangostack ([a-z][^|>\n;]*)`).FindAllStringSubmatch(script, -1) {
			ran = append(ran, checkCommand(t, strings.Fields(match[1])))
		}
	}
	assert.Subset(t, ran, []string{"config validate", "rehearse", "preview", "render", "up", "list", "destroy"})
}

// checkCommand parses a command line without running it, and returns the command's name.
func checkCommand(t *testing.T, args []string) string {
	t.Helper()
	command, rest, err := (&app{}).root().Find(args)
	require.NoError(t, err, args)
	require.True(t, command.Runnable() && command.HasParent(), args)
	require.NoError(t, command.ParseFlags(rest), args)
	require.NoError(t, refuseIgnoredFlags(command, nil), args)
	require.NoError(t, command.ValidateArgs(command.Flags().Args()), args)
	return nameOf(command)
}

// scriptsIn returns the texts of a workflow that a shell runs: run of GitHub Actions, script of GitLab.
func scriptsIn(node any) []string {
	var found []string
	switch node := node.(type) {
	case map[string]any:
		for key, value := range node {
			if text, isText := value.(string); isText && key == "run" {
				found = append(found, text)
			}
			if lines, isList := value.([]any); isList && key == "script" {
				for _, line := range lines {
					found = append(found, line.(string))
				}
			}
			found = append(found, scriptsIn(value)...)
		}
	case []any:
		for _, child := range node {
			found = append(found, scriptsIn(child)...)
		}
	}
	return found
}
