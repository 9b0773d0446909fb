package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/golden"
)

func TestCommandPageHasEveryCommandFlagAndExitCode(t *testing.T) {
	path := filepath.Join("..", "..", "..", "..", "docs", "command.md")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	root := (&app{}).root()
	page := string(text)
	for name, table := range map[string]string{
		"commands":     commandTable(root),
		"flags":        flagTable(root),
		"global flags": globalFlagTable(root),
		"exit codes":   exitCodeTable(),
	} {
		page = replaceSection(t, page, name, table)
	}
	golden.Equal(t, path, page)
}

// replaceSection replaces the text between <!-- name --> and <!-- end of name -->.
func replaceSection(t *testing.T, page, name, table string) string {
	t.Helper()
	start, end := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->"
	before, rest, found := strings.Cut(page, start)
	require.True(t, found, "the page lacks %s", start)
	_, after, found := strings.Cut(rest, end)
	require.True(t, found, "the page lacks %s", end)
	return before + start + "\n" + table + "\n" + end + after
}

// commands lists the commands that do something: the group config only prints its help.
func commands(parent *cobra.Command) []*cobra.Command {
	var found []*cobra.Command
	for _, command := range parent.Commands() {
		if !command.HasSubCommands() || command.Name() == "backup" {
			found = append(found, command)
		}
		found = append(found, commands(command)...)
	}
	return found
}

func usageOf(command *cobra.Command) string {
	return strings.TrimPrefix(strings.TrimSuffix(command.UseLine(), " [flags]"), "djangostack ")
}

func commandTable(root *cobra.Command) string {
	table := "| command | what it does |\n|---|---|\n"
	for _, command := range commands(root) {
		table += fmt.Sprintf("| `%s` | %s |\n", usageOf(command), cell(command.Short))
	}
	return table
}

func flagTable(root *cobra.Command) string {
	table := "| command | flag | what it does |\n|---|---|---|\n"
	for _, command := range commands(root) {
		command.LocalNonPersistentFlags().VisitAll(func(flag *pflag.Flag) {
			table += fmt.Sprintf("| `%s` | `%s` | %s |\n", strings.TrimPrefix(command.CommandPath(), "djangostack "), flagName(flag), cell(flag.Usage))
		})
	}
	return table
}

func globalFlagTable(root *cobra.Command) string {
	var names []string
	for _, command := range commands(root) {
		names = append(names, nameOf(command))
	}
	table := "| flag | what it does | commands that use it |\n|---|---|---|\n"
	root.PersistentFlags().VisitAll(func(flag *pflag.Flag) {
		description := cell(flag.Usage)
		if flag.DefValue != "" && flag.DefValue != "0" && flag.DefValue != "false" && flag.DefValue != "[]" {
			description += fmt.Sprintf(" (default: %s)", flag.DefValue)
		}
		table += fmt.Sprintf("| `%s` | %s | %s |\n", flagName(flag), description, commandsThatRead(flag.Name, names))
	})
	return table
}

func flagName(flag *pflag.Flag) string {
	if flag.Shorthand == "" {
		return "--" + flag.Name
	}
	return "-" + flag.Shorthand + ", --" + flag.Name
}

func exitCodeTable() string {
	table := "| code | meaning |\n|---|---|\n"
	for _, row := range exitCodeMeanings() {
		table += fmt.Sprintf("| %d | %s |\n", row.code, cell(row.meaning))
	}
	return table
}

// cell escapes text for a Markdown table.
func cell(text string) string { return strings.NewReplacer("|", `\|`, "<", "&lt;").Replace(text) }
