package spec

import "strings"

// namedServices are the names that the configuration gives to Services of processes of the app's
// image. Callers that know such a name alone send it as the host.
func (e *Environment) namedServices() []string {
	var named []string
	if name := e.Web.Service.Name; name != "" && e.runsApp(WebProcess) {
		named = append(named, name)
	}
	for _, process := range e.Processes {
		if name := process.Service.Name; name != "" && e.runsApp(process.Name) {
			named = append(named, name)
		}
	}
	return named
}

// checkServices reports names of Services that another object has.
func (e *Environment) checkServices(problems *Problems) {
	taken := map[string]string{"kubernetes": "the API server of the cluster"}
	check := func(at, name string) {
		if name == "" {
			return
		}
		if prefix := e.Instance() + "-"; strings.HasPrefix(name, prefix) {
			problems.add(at, name, "may not begin with %s, as the names that the environment gives itself do; if callers know this name alone, choose another app.name", prefix)
		}
		if owner := taken[name]; owner != "" {
			problems.add(at, name, "is the name of %s already", owner)
		}
		taken[name] = at
	}
	check("web.service.name", e.Web.Service.Name)
	for i, process := range e.Processes {
		check(indexed("processes", i)+".service.name", process.Service.Name)
	}
}
