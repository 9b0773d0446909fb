package spec

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// words returns the words of a command. A line for a shell is split as well, since it holds
// the same options.
func words(command ...[]string) []string {
	var all []string
	for _, part := range command {
		for _, word := range part {
			all = append(all, strings.FieldsFunc(word, func(r rune) bool { return strings.ContainsRune(" \t\n\"'", r) })...)
		}
	}
	return all
}

// optionValues returns the values of an option: --bind X, --bind=X, and for a short one -b X
// and -bX.
func optionValues(words []string, long, short string) []string {
	var values []string
	for i, word := range words {
		value, isLong := strings.CutPrefix(word, long+"=")
		attached, isShort := strings.CutPrefix(word, short)
		switch {
		case long != "" && isLong:
			values = append(values, value)
		case (word == long || word == short) && i+1 < len(words):
			values = append(values, words[i+1])
		case short != "" && isShort && attached != "" && !strings.HasPrefix(word, "--"):
			values = append(values, strings.TrimPrefix(attached, "="))
		}
	}
	return values
}

// bound is an address that a server listens on.
var bound = regexp.MustCompile(`^(\[[0-9a-fA-F:]*\]|[A-Za-z0-9.-]*):(\S+)$`)

// server is a program whose options say where it listens.
type server struct {
	name string
	// bind and bindShort take HOST:PORT; port and portShort a port; host and hostShort a host.
	bind, bindShort, port, portShort, host, hostShort string
	// local says that the server listens on 127.0.0.1 unless it is told otherwise.
	local bool
}

func servers() []server {
	return []server{
		{name: "gunicorn", bind: "--bind", bindShort: "-b"},
		{name: "hypercorn", bind: "--bind", bindShort: "-b", local: true},
		{name: "uwsgi", bind: "--http", bindShort: "--http-socket"},
		{name: "uvicorn", port: "--port", host: "--host", local: true},
		{name: "daphne", port: "--port", portShort: "-p", host: "--bind", hostShort: "-b", local: true},
		{name: "granian", port: "--port", host: "--host", local: true},
		{name: "waitress-serve", bind: "--listen", port: "--port", host: "--host"},
	}
}

// checkListening reports commands that listen elsewhere than where the Service and the probes
// look for them.
func (e *Environment) checkListening(problems *Problems) {
	check := listening{problems: problems, path: "web.command", port: e.ServedPort(), field: "web.port"}
	if e.Static.Server == StaticsNGINX {
		check.field = "web.port, with NGINX on it, and one more for the app"
	}
	if len(e.Web.Command) > 0 {
		check.words(words(e.Web.Command, e.Web.Args), e.App.Env, e.Web.Env)
	} else if len(e.Web.Args) > 0 && e.Web.Server == Gunicorn {
		check.path = "web.args"
		check.words(words([]string{"gunicorn"}, e.Web.Args), e.App.Env, e.Web.Env)
	}
	for i, process := range e.Processes {
		if process.Port > 0 {
			path := indexed("processes", i)
			check := listening{problems: problems, path: path + ".command", port: process.Port, field: path + ".port"}
			check.words(words(process.Command, process.Args), e.App.Env, process.Env)
		}
	}
}

// listening is the check of one command: where it must listen, and which field says so.
type listening struct {
	problems *Problems
	path     string
	port     int
	field    string
}

func (l listening) words(words []string, variables ...map[string]string) {
	for _, server := range servers() {
		if !runs(words, server.name) {
			continue
		}
		var hosts, ports []string
		for _, address := range optionValues(words, server.bind, server.bindShort) {
			if strings.HasPrefix(address, "unix:") || strings.HasPrefix(address, "fd:") {
				l.problems.add(l.path, nil, "lets %s listen on a socket, where neither the Service nor the probes reach it; listen on 0.0.0.0:$PORT", server.name)
			}
			if parts := bound.FindStringSubmatch(address); parts != nil {
				hosts, ports = append(hosts, parts[1]), append(ports, parts[2])
			}
		}
		ports = append(ports, optionValues(words, server.port, server.portShort)...)
		hosts = append(hosts, optionValues(words, server.host, server.hostShort)...)
		l.listens(hosts, ports)
		if server.local && len(hosts) == 0 && !setsHost(server.name, variables) {
			l.problems.add(l.path, nil, "lets %s listen on 127.0.0.1, its default, where only its own container reaches it; tell it to listen on 0.0.0.0", server.name)
		}
		return
	}
	l.runserver(words)
}

// setsHost reports whether a variable such as UVICORN_HOST says where a server listens.
func setsHost(server string, variables []map[string]string) bool {
	name := strings.ToUpper(server) + "_HOST"
	return slices.ContainsFunc(variables, func(set map[string]string) bool { return set[name] != "" })
}

func (l listening) listens(hosts, ports []string) {
	matches := len(ports) == 0
	for _, text := range ports {
		number, err := strconv.Atoi(text)
		matches = matches || err != nil || number == l.port
	}
	if !matches {
		l.problems.add(l.path, nil, "listens on port %s, but the Service and the probes look for it on %d, which follows from %s; use $PORT or the same number", strings.Join(ports, " and "), l.port, l.field)
	}
	for _, host := range hosts {
		if host == "127.0.0.1" || host == "localhost" || host == "[::1]" || host == "::1" {
			l.problems.add(l.path, nil, "listens on %s, where only its own container reaches it; listen on 0.0.0.0", host)
		}
	}
}

// runserver checks Django's own server, whose address is an argument and not an option.
func (l listening) runserver(words []string) {
	for i, word := range words {
		if word != "runserver" && word != "runserver_plus" {
			continue
		}
		address := ""
		for _, next := range words[i+1:] {
			if !strings.HasPrefix(next, "-") {
				address = next
				break
			}
		}
		if parts := bound.FindStringSubmatch(address); parts != nil {
			l.listens([]string{parts[1]}, []string{parts[2]})
		} else if !strings.Contains(address, "$") {
			l.problems.add(l.path, nil, "lets %s listen on 127.0.0.1, its default, where only its own container reaches it; write %s 0.0.0.0:%d", word, word, l.port)
		}
	}
}

// runs reports whether a command runs a program, by its name or as a module of Python.
func runs(words []string, program string) bool {
	for _, word := range words {
		if word == program || strings.HasSuffix(word, "/"+program) {
			return true
		}
	}
	return false
}

// checkSchedulers reports a second scheduler: every one sends each periodic task again.
func (e *Environment) checkSchedulers(problems *Problems) {
	first := ""
	if e.Beat.Enabled {
		first = "beat.enabled"
	}
	report := func(path string, pods int, rolls bool) {
		switch {
		case first != "":
			problems.add(path, nil, "runs a scheduler beside that of %s: every periodic task would run twice; keep one of them", first)
		case pods > 1:
			problems.add(path, nil, "runs a scheduler in each of up to %d pods: every periodic task would run as often; set beat.enabled instead", pods)
		case rolls:
			problems.add(path, nil, "runs a scheduler, and an update starts the new pod before the old one ends: tasks would run twice; set beat.enabled instead, or strategy Recreate for a process")
		}
		if first == "" {
			first = path
		}
	}
	for i, worker := range e.Workers {
		if schedules(words(worker.Command, worker.Args), true) {
			report(indexed("workers", i)+".command", worker.MostPods(), false)
		}
	}
	for i, process := range e.Processes {
		if schedules(words(process.Command, process.Args), false) {
			report(indexed("processes", i)+".command", process.MostPods(), process.Strategy != Recreate)
		}
	}
}

// schedules reports whether a command is a Celery scheduler: celery beat, or a worker with
// --beat. The command of a worker is one even if it holds arguments only.
func schedules(words []string, isWorker bool) bool {
	isCelery := false
	for _, word := range words {
		name := word[strings.LastIndexByte(word, '/')+1:]
		switch {
		case name == "celery":
			isCelery = true
		case word == "beat" && isCelery:
			return true
		case (word == "--beat" || word == "-B") && (isCelery || isWorker):
			return true
		}
	}
	return false
}
