package spec

import (
	"maps"
	"slices"
	"strconv"
)

// WithAddress returns a text with the addresses of processes instead of references to them.
func (e *Environment) WithAddress(text string) string {
	return processAddress.ReplaceAllStringFunc(text, e.resolveAddress)
}

// WithAddresses returns variables, or files, with the addresses of processes instead of
// references to them.
func (e *Environment) WithAddresses(texts map[string]string) map[string]string {
	resolved := maps.Clone(texts)
	for name, text := range resolved {
		resolved[name] = e.WithAddress(text)
	}
	return resolved
}

// WithAddressesInWords returns the words of a command with the addresses of processes instead
// of references to them.
func (e *Environment) WithAddressesInWords(words []string) []string {
	resolved := slices.Clone(words)
	for i, word := range resolved {
		resolved[i] = e.WithAddress(word)
	}
	return resolved
}

// addressTexts are the texts in which references to addresses are replaced, by their paths:
// variables, commands with their arguments, commands of probes, files, and entries of Secrets and ConfigMaps.
func (e *Environment) addressTexts() map[string]string {
	texts := map[string]string{}
	add := func(path string, entries map[string]string) {
		for name, text := range entries {
			texts[path+"."+maskedStep(name)] = text
		}
	}
	add("app.env", e.App.Env)
	add("app.files", e.App.Files)
	for i, configMap := range e.ConfigMaps {
		add(indexed("configMaps", i)+".entries", configMap.Entries)
	}
	for i, object := range e.Objects {
		texts[indexed("objects", i)+".manifest"] = object.Manifest
	}
	for i, secret := range e.Secrets {
		add(indexed("secrets", i)+".entries", secret.Entries)
		add(indexed("secrets", i)+".templates", secret.Templates)
	}
	for _, process := range e.podsByPath() {
		add(process.path+".env", process.pods.Env)
		for path, containers := range process.containers() {
			for i, container := range containers {
				add(indexed(path, i)+".env", container.Env)
			}
		}
	}
	for path, words := range e.commandsByPath() {
		for i, word := range words {
			texts[path+"["+strconv.Itoa(i)+"]"] = word
		}
	}
	return texts
}

// commandsByPath are all commands of the configuration and their arguments.
func (e *Environment) commandsByPath() map[string][]string {
	all := map[string][]string{
		"release.migrate.command": e.Release.Migrate.Command,
		"static.command":          e.Static.Command,
	}
	if e.Release.Superuser != nil {
		all["release.superuser.command"] = e.Release.Superuser.Command
	}
	run := func(path string, command, args []string, probes Probes) {
		all[path+".command"], all[path+".args"] = command, args
		maps.Copy(all, probes.commands(path))
	}
	run("web", e.Web.Command, e.Web.Args, e.Web.Probes)
	run("beat", e.Beat.Command, e.Beat.Args, Probes{})
	for i, worker := range e.Workers {
		run(indexed("workers", i), worker.Command, worker.Args, worker.Probes)
	}
	for i, process := range e.Processes {
		run(indexed("processes", i), process.Command, process.Args, process.Probes)
	}
	for i, cron := range e.Cron {
		run(indexed("cron", i), cron.Command, cron.Args, Probes{})
	}
	for path, commands := range map[string][]Command{"release.before": e.Release.Before, "release.after": e.Release.After} {
		for i, command := range commands {
			all[indexed(path, i)+".command"] = command.Command
		}
	}
	for i, step := range e.Release.Steps {
		all[indexed("release.steps", i)+".command"] = step.Command
	}
	for _, process := range e.podsByPath() {
		all[process.path+".postStartCommand"], all[process.path+".preStopCommand"] = process.pods.PostStartCommand, process.pods.PreStopCommand
		for path, containers := range process.containers() {
			for i, container := range containers {
				run(indexed(path, i), container.Command, container.Args, container.Probes)
				all[indexed(path, i)+".postStartCommand"], all[indexed(path, i)+".preStopCommand"] = container.PostStartCommand, container.PreStopCommand
			}
		}
	}
	return all
}

// commands are the commands of the probes by their paths.
func (p Probes) commands(path string) map[string][]string {
	all := map[string][]string{}
	for name, probe := range map[string]*Probe{"startup": p.Startup, "readiness": p.Readiness, "liveness": p.Liveness} {
		if probe != nil {
			all[path+".probes."+name+".command"] = probe.Command
		}
	}
	return all
}
