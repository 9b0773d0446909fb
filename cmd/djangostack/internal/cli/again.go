package cli

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/render"
	"github.com/djangostack/djangostack/stacks/spec"
)

// program is what a shell calls this command.
func (f flags) program() string { return cmp.Or(f.calledAs, "djangostack") }

// calledAs returns how a shell calls an executable: by its name if PATH leads to it, otherwise by its path, relative to
// the working directory if that is shorter.
func calledAs(executable, workingDirectory string) string {
	if found, err := exec.LookPath(filepath.Base(executable)); err == nil && isSameFile(found, executable) {
		return filepath.Base(executable)
	}
	relative, err := filepath.Rel(workingDirectory, executable)
	if err != nil || len(relative) > len(executable) {
		return render.ShellWord(executable)
	}
	if !strings.ContainsRune(relative, filepath.Separator) {
		relative = "." + string(filepath.Separator) + relative
	}
	return render.ShellWord(relative)
}

func isSameFile(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// again returns a command line for the stack of this run. It repeats the flags that decide which project,
// state, configuration and providers are meant, as far as the command reads them: without them it would
// look at another environment than the run did.
func (f flags) again(command string, more ...string) string {
	read := commonFlags()[command]
	words := []string{f.program(), command, "-s", f.stack}
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

// without returns the flags without overrides of a path.
func (f flags) without(path string) flags {
	f.set = slices.DeleteFunc(slices.Clone(f.set), func(override string) bool { return strings.HasPrefix(override, path+"=") })
	return f
}
