package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A variable, a word of a command, a file or an entry of a Secret or a ConfigMap can name the
// address of a process in the cluster: $(process:api.url)
// is replaced by http:// with host and port of the Service of the process api, $(process:api.host)
// and $(process:api.port) by these parts. $$(process:api.url) stays as text.
var (
	processAddress = regexp.MustCompile(`\$?\$\(process:([^()]*)\)`)
	// almostAddress is a reference with another word before the colon. No variable has a colon
	// in its name, so Kubernetes replaces none of them.
	almostAddress = regexp.MustCompile(`\$?\$\(([A-Za-z]+):[^()]*\)`)
)

// addressParts are the parts of an address.
func addressParts() []string { return []string{"url", "host", "port"} }

func (e *Environment) resolveAddress(reference string) string {
	if strings.HasPrefix(reference, "$$") {
		return reference[1:]
	}
	process, part := addressOf(reference)
	if e.lacksAddress(process) != "" {
		return reference
	}
	_, port := e.ServiceOf(process)
	switch host := e.serviceHost(process); part {
	case "url":
		return fmt.Sprintf("http://%s:%d", host, port)
	case "host":
		return host
	case "port":
		return strconv.Itoa(port)
	default:
		return reference
	}
}

// addressOf splits a reference into the name of a process and the part of its address.
func addressOf(reference string) (process, part string) {
	process, part = cutLast(processAddress.FindStringSubmatch(reference)[1])
	if process == "" {
		return part, ""
	}
	return process, part
}

// serviceHost returns the name of the Service of a process, for pods of all namespaces.
func (e *Environment) serviceHost(process string) string {
	name, _ := e.ServiceOf(process)
	return fmt.Sprintf("%s.%s.svc", name, e.Namespace.Name)
}

// addressedHosts lists the Services of processes of the app's image to which the configuration
// leads. Django answers to a host only if it is one of ALLOWED_HOSTS.
func (e *Environment) addressedHosts() []string {
	var hosts []string
	for _, text := range e.addressTexts() {
		for _, reference := range processAddress.FindAllString(text, -1) {
			process, _ := addressOf(reference)
			if !strings.HasPrefix(reference, "$$") && e.lacksAddress(process) == "" && e.runsApp(process) {
				hosts = append(hosts, e.serviceHost(process))
			}
		}
	}
	slices.Sort(hosts)
	return unique(hosts)
}

// lacksAddress says why a process has no address in the cluster; empty if it has one.
func (e *Environment) lacksAddress(name string) string {
	if name == WebProcess {
		return ""
	}
	process := e.process(name)
	switch {
	case process == nil:
		return fmt.Sprintf("names the process %s, which has no Service%s; those that have one: %s", maskedStep(name), didYouMean(name, e.servingProcesses()), strings.Join(e.servingProcesses(), ", "))
	case process.Port == 0:
		i := slices.IndexFunc(e.Processes, func(p Process) bool { return p.Name == name })
		return fmt.Sprintf("names the process %s, which needs %s.port, the port that it listens on", name, indexed("processes", i))
	default:
		return ""
	}
}

// checkProcessAddresses reports references to addresses that no process has.
func (e *Environment) checkProcessAddresses(problems *Problems) {
	texts := e.addressTexts()
	for _, path := range keys(texts) {
		e.checkProcessAddress(problems, path, texts[path])
	}
}

func (e *Environment) checkProcessAddress(problems *Problems, at, value string) {
	for _, found := range almostAddress.FindAllStringSubmatch(value, -1) {
		if word := found[1]; word != "process" && !strings.HasPrefix(found[0], "$$") && nearest(word, []string{"process"}) != "" {
			problems.add(at, nil, "refers to %s:, which nothing replaces: the address of a process is $(process:NAME.url)", word)
		}
	}
	for _, reference := range processAddress.FindAllString(value, -1) {
		if strings.HasPrefix(reference, "$$") {
			continue
		}
		process, part := addressOf(reference)
		why := e.lacksAddress(process)
		switch {
		case why != "":
			problems.add(at, nil, "%s", why)
		case !slices.Contains(addressParts(), part):
			problems.add(at, nil, "must ask for a part of the address of %s%s: $(process:%s.url), .host or .port", process, didYouMean(part, addressParts()), process)
		case process == WebProcess && e.process(WebProcess) != nil:
			problems.add(at, nil, "names web, which is both the web process and one of processes; rename the latter")
		}
	}
}
