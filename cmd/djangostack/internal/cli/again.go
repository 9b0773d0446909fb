package cli

import (
	"slices"
	"strings"

	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/render"
	"github.com/djangostack/djangostack/stacks/spec"
)

// again returns a command line for the stack of this run. It repeats the flags that decide which project,
// state, configuration and providers are meant, as far as the command reads them: without them it would
// look at another environment than the run did.
func (f flags) again(command string, more ...string) string {
	read := commonFlags()[command]
	words := []string{"djangostack", command, "-s", f.stack}
	add := func(name, value string) {
		if value != "" && slices.Contains(read, name) {
			words = append(words, "--"+name, render.ShellWord(value))
		}
	}
	add("dir", f.dir)
	add("state", f.state)
	add("pulumi", f.pulumi)
	if !strings.Contains(f.backend, "@") { // the URL may hold a password
		add("backend", f.backend)
	}
	if f.providers != string(lifecycle.Published) {
		add("providers", f.providers)
	}
	for _, override := range f.set {
		path, _, _ := strings.Cut(override, "=")
		if !spec.IsSecret(path) {
			add("set", override)
		}
	}
	return strings.Join(append(words, more...), " ")
}
