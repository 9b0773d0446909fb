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

// Every command of the program on a page, in a block of a shell or between backquotes, exists with these flags.
func TestPagesNameCommandsThatExist(t *testing.T) {
	root := filepath.Join("..", "..", "..", "..")
	pages := []string{filepath.Join(root, "README.md"), filepath.Join(root, "CONTRIBUTING.md"), filepath.Join(root, "CHANGELOG.md")}
	for _, pattern := range []string{"docs/*.md", "docs/*/*.md", "examples/*/*.md", "examples/*/*/*.md", "stacks/*.md", "emulators/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		require.NoError(t, err)
		pages = append(pages, found...)
	}
	whole, mentioned := 0, 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, block := range regexp.MustCompile("(?ms)^ *```sh\n(.*?)^ *```").FindAllStringSubmatch(string(text), -1) {
			for _, match := range regexp.MustCompile(`(?m)(?:^ *|\$\()djangostack ([a-z][^|>\n;#)&]*)`).FindAllStringSubmatch(block[1], -1) {
				whole++
				t.Run(filepath.Base(page)+" "+match[1], func(t *testing.T) { checkCommand(t, strings.Fields(match[1])) })
			}
		}
		for _, match := range regexp.MustCompile("`djangostack ([a-z][^`\n]*)`").FindAllStringSubmatch(string(text), -1) {
			mentioned++
			t.Run(filepath.Base(page)+" "+match[1], func(t *testing.T) { checkMention(t, strings.Fields(match[1])) })
		}
	}
	assert.Greater(t, whole, 30)
	assert.Greater(t, mentioned, 30)
}

// A preview of a new stack keeps nothing, so that the first up must name what encrypts the stack's secrets, too.
func TestTheFirstUpOnACloudNamesTheSecretsProvider(t *testing.T) {
	for _, page := range []string{"aws.md", "gcp.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "docs", "getting-started", page))
		require.NoError(t, err)
		first := regexp.MustCompile(`(?m)^ *djangostack up .*$`).FindString(string(text))
		assert.Contains(t, first, `--secrets-provider "$provider"`, page)
	}
}

// checkMention checks that a command and its flags exist. A sentence may leave out arguments.
func checkMention(t *testing.T, words []string) {
	t.Helper()
	if words[0] == "completion" { // cobra adds it when the command runs
		return
	}
	command, rest, err := (&app{}).root().Find(words)
	require.NoError(t, err, words)
	require.True(t, command.HasParent(), words)
	for _, word := range rest {
		if name, isFlag := strings.CutPrefix(word, "--"); isFlag {
			name, _, _ = strings.Cut(name, "=")
			assert.True(t, name == "help" || command.Flag(name) != nil, word)
		}
	}
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
