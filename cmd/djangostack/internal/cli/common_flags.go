package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// commonFlags returns the flags of several commands that each command reads. A command refuses the others, because
// a flag that is accepted and ignored looks as if it worked.
func commonFlags() map[string][]string {
	file := []string{"dir", "json", "set", "stack"}
	state := []string{"backend", "dir", "json", "pulumi", "secrets-provider", "stack", "state"}
	database := append(slices.Clone(state), "set")
	operation := append(slices.Clone(state), "drain", "lock-wait", "parallel", "providers", "switch-providers")
	return map[string][]string{
		"init":             {"dir", "json", "stack"},
		"config explain":   {"json"},
		"config validate":  file,
		"render":           file,
		"rehearse":         append(slices.Clone(file), "drain", "parallel", "pulumi", "state"),
		"doctor":           append(slices.Clone(database), "providers"),
		"preview":          append(slices.Clone(operation), "set"),
		"up":               append(slices.Clone(operation), "set"),
		"destroy":          operation,
		"outputs":          state,
		"list":             slices.DeleteFunc(slices.Clone(state), func(flag string) bool { return flag == "stack" }),
		"unlock":           state,
		"config secret":    append(slices.Clone(state), "lock-wait"),
		"backup":           database,
		"backup list":      database,
		"backup drill":     database,
		"backup download":  database,
		"restore":          database,
		"database move":    append(slices.Clone(operation), "set"),
		"database upgrade": append(slices.Clone(operation), "set"),
		"version":          {"json"},
		"exit-codes":       {"json"},
	}
}

// nameOf returns the name of a command without the program's: backup list.
func nameOf(command *cobra.Command) string {
	_, name, _ := strings.Cut(command.CommandPath(), " ")
	return name
}

// isIgnored reports whether a flag is one of several commands that this command does not read.
func isIgnored(command *cobra.Command, flag *pflag.Flag) bool {
	return command.Root().PersistentFlags().Lookup(flag.Name) == flag && !slices.Contains(commonFlags()[nameOf(command)], flag.Name)
}

// refuseIgnoredFlags returns a usage error that names the flags that the command would ignore.
func refuseIgnoredFlags(command *cobra.Command, _ []string) error {
	var ignored []string
	command.Flags().Visit(func(flag *pflag.Flag) {
		if isIgnored(command, flag) {
			ignored = append(ignored, "--"+flag.Name)
		}
	})
	if len(ignored) == 0 {
		return nil
	}
	return usage("%s does not use %s: remove what it would ignore; %[1]s --help lists its flags", command.CommandPath(), strings.Join(ignored, ", "))
}

// helpWithoutIgnoredFlags prints a command's help without the flags that it refuses.
func helpWithoutIgnoredFlags(root *cobra.Command) {
	help := root.HelpFunc()
	root.SetHelpFunc(func(command *cobra.Command, args []string) {
		command.InheritedFlags().VisitAll(func(flag *pflag.Flag) {
			if command.Runnable() && !command.HasSubCommands() && isIgnored(command, flag) {
				flag.Hidden = true
			}
		})
		help(command, args)
	})
}

// commandsThatRead names the commands that read a common flag, in the order of commands.
func commandsThatRead(flag string, commands []string) string {
	var readers, others []string
	for _, command := range commands {
		if slices.Contains(commonFlags()[command], flag) {
			readers = append(readers, command)
		} else {
			others = append(others, command)
		}
	}
	const few = 3
	switch {
	case len(others) == 0:
		return "all"
	case len(others) <= few:
		return fmt.Sprintf("all but %s", strings.Join(others, ", "))
	default:
		return strings.Join(readers, ", ")
	}
}
