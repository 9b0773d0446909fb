package spec

import (
	"fmt"
	"regexp"
	"strings"
)

var procfileLine = regexp.MustCompile(`^([A-Za-z0-9_-]+):\s+(.+)$`)

// assignment matches a line that begins with a variable: REMAP_SIGTERM=SIGQUIT celery worker.
var assignment = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)

var quotedWords = regexp.MustCompile(`'[^']*'|"[^"]*"|\$\([^)]*\)|\\.`)

// ReadFile reads a file that a configuration names by its path, relative to the
// directory of Pulumi.yaml.
type ReadFile func(path string) ([]byte, error)

// IsProcfilePath reports whether app.procfile is a path instead of the text of a Procfile.
func IsProcfilePath(value string) bool {
	_, _, line := procLine(value)
	return value != "" && !strings.Contains(value, "\n") && !line
}

// procLine is a line of a Procfile: a process' name, a colon, and its command
// (https://devcenter.heroku.com/articles/procfile).
func procLine(line string) (name, command string, found bool) {
	parts := procfileLine.FindStringSubmatch(line)
	if parts == nil {
		return "", "", false
	}
	return parts[1], parts[2], true
}

// proc is one line of a Procfile.
type proc struct {
	name, command string
}

// applyProcfile gives the processes their commands from the app's Procfile. The
// configuration adds to them by name; a command in both is a mistake.
func (e *Environment) applyProcfile(problems *Problems, value any, read ReadFile) {
	text := e.App.Procfile
	if text == "" {
		return
	}
	if IsProcfilePath(text) {
		if read == nil {
			problems.add("app.procfile", text, "cannot be read here; give its text instead of its path")
			return
		}
		raw, err := read(text)
		if err != nil {
			problems.add("app.procfile", text, "cannot be read: %v", err)
			return
		}
		text = string(raw)
	}
	lines, err := procLines(text)
	if err != nil {
		problems.add("app.procfile", nil, "%v", err)
		return
	}
	for _, line := range lines {
		e.applyProc(problems, value, line)
	}
}

func procLines(text string) ([]proc, error) {
	var lines []proc
	seen := map[string]bool{}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, command, found := procLine(line)
		if !found {
			return nil, fmt.Errorf("line %d is not a name, a colon and a command: %s", i+1, line)
		}
		name = strings.ToLower(strings.ReplaceAll(name, "_", "-"))
		if seen[name] {
			return nil, fmt.Errorf("line %d names %s a second time", i+1, name)
		}
		seen[name] = true
		lines = append(lines, proc{name: name, command: command})
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("names no process")
	}
	return lines, nil
}

func (e *Environment) applyProc(problems *Problems, value any, line proc) {
	if line.name == "release" {
		e.giveRelease(problems, shellWords(line.command))
		return
	}
	command, err := execWords(line.command)
	if err != nil {
		problems.add("app.procfile", nil, "%s: %v", line.name, err)
		return
	}
	set, isWorker := strings.CutPrefix(line.name, "worker-")
	switch {
	case line.name == "web":
		give(problems, "web.command", &e.Web.Command, command)
	case line.name == "beat":
		// The configuration may disable the scheduler explicitly.
		if lookup(value, []string{"beat", "enabled"}) == nil {
			e.Beat.Enabled = true
		}
		if e.Beat.Enabled {
			give(problems, "beat.command", &e.Beat.Command, command)
		}
	case line.name == "worker":
		e.giveWorker(problems, "worker", command)
	case isWorker:
		e.giveWorker(problems, set, command)
	default:
		e.giveProcess(problems, line.name, command)
	}
}

// giveRelease makes the release command of the Procfile a step of the release: the one that is
// named for it in release.steps, or the last of that list, or the first of release.after.
func (e *Environment) giveRelease(problems *Problems, command []string) {
	for i := range e.Release.Steps {
		if e.Release.Steps[i].Name == ProcfileStep {
			give(problems, indexed("release.steps", i)+".command", &e.Release.Steps[i].Command, command)
			return
		}
	}
	if len(e.Release.Steps) > 0 {
		e.Release.Steps = append(e.Release.Steps, Step{Name: ProcfileStep, Command: command})
		return
	}
	e.Release.After = append([]Command{{Name: ProcfileStep, Command: command, Database: Direct}}, e.Release.After...)
}

func (e *Environment) giveWorker(problems *Problems, name string, command []string) {
	for i := range e.Workers {
		if e.Workers[i].Name == name {
			give(problems, indexed("workers", i)+".command", &e.Workers[i].Command, command)
			return
		}
	}
	worker := defaultWorker()
	worker.Name, worker.Command = name, command
	e.Workers = append(e.Workers, worker)
}

func (e *Environment) giveProcess(problems *Problems, name string, command []string) {
	for i := range e.Processes {
		if e.Processes[i].Name == name {
			give(problems, indexed("processes", i)+".command", &e.Processes[i].Command, command)
			return
		}
	}
	process := defaultProcess()
	process.Name, process.Command = name, command
	e.Processes = append(e.Processes, process)
}

func give(problems *Problems, path string, to *[]string, command []string) {
	if len(*to) > 0 {
		problems.add(path, nil, "is in app.procfile too; keep one of them")
		return
	}
	*to = command
}

// forShells are the characters with a meaning to a shell.
const forShells = "$\"'`\\*?[]{}()<>|&;~#"

// execWords returns a line as a command without a shell. Where the line needs a shell, the
// shell execs the command, since only then does the command receive SIGTERM.
func execWords(line string) ([]string, error) {
	if assignment.MatchString(line) {
		// Without a shell, env sets variables and then becomes the command.
		line = "env " + line
	}
	if !strings.ContainsAny(line, forShells) {
		return strings.Fields(line), nil
	}
	outside := quotedWords.ReplaceAllString(line, "")
	if strings.ContainsAny(outside, "|&;") {
		return nil, fmt.Errorf("runs several commands, none of which would receive SIGTERM: put them into a script that ends with exec, or the first of them into release.before")
	}
	return []string{"sh", "-c", dollars("exec " + line)}, nil
}

// shellWords returns a line as a command, with a shell if it needs one.
func shellWords(line string) []string {
	if !strings.ContainsAny(line, forShells+"=") {
		return strings.Fields(line)
	}
	return []string{"sh", "-ec", dollars(line)}
}

// dollars escapes $(NAME), which is for the shell, from the kubelet.
func dollars(line string) string { return strings.ReplaceAll(line, "$", "$$") }
