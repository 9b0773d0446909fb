package spec

import (
	"fmt"
	"sort"

	"k8s.io/apimachinery/pkg/api/resource"
)

func (e *Environment) checkResources(problems *Problems) {
	e.checkEmptyDirs(problems)
	checkContainer(problems, "release.resources", e.Release.Resources)
	for i, step := range e.Release.Steps {
		if step.Resources != (Resources{}) {
			checkContainer(problems, indexed("release.steps", i)+".resources", inherited(step.Resources, e.Release.Resources))
		}
	}
	checkContainer(problems, "web.resources", e.Web.Resources)
	checkContainer(problems, "beat.resources", e.Beat.Resources)
	checkContainer(problems, "shell.resources", e.Shell.Resources)
	checkContainer(problems, "database.resources", e.Database.Resources)
	checkContainer(problems, "static.nginx.resources", e.Static.NGINX.Resources)
	checkContainer(problems, "database.pooler.resources", e.Database.Pooler.Resources)
	for _, each := range e.exporters() {
		checkContainer(problems, each.path+".resources", each.exporter.Resources)
	}
	for i, worker := range e.Workers {
		checkContainer(problems, indexed("workers", i)+".resources", worker.Resources)
	}
	for i, process := range e.Processes {
		checkContainer(problems, indexed("processes", i)+".resources", process.Resources)
	}
	for i, cron := range e.Cron {
		checkContainer(problems, indexed("cron", i)+".resources", cron.Resources)
	}
	for path, memory := range map[string]Quantity{"cache.memory": e.Cache.Memory, "broker.memory": e.Broker.Memory} {
		atLeast(problems, path, memory, "16Mi")
	}
	for path, size := range map[string]Quantity{
		"database.volume.size": e.Database.Volume.Size,
		"broker.volume.size":   e.Broker.Volume.Size,
		"search.volume.size":   e.Search.Volume.Size,
		"static.volume.size":   e.Static.Volume.Size,
		"beat.scheduleSize":    e.Beat.ScheduleSize,
	} {
		atLeast(problems, path, size, "1Mi")
	}
}

const (
	// mostCPU is above every machine that a cloud rents out: u7inh-32tb.480xlarge has 1920
	// (https://aws.amazon.com/ec2/instance-types/high-memory/).
	mostCPU Quantity = "2000"
	// leastMemory refuses amounts of bytes and thousandths of bytes, which are meant as MiB.
	leastMemory = "1Mi"
	// leastMemoryLimit is what a container needs to start
	// (https://docs.docker.com/engine/containers/resource_constraints/).
	leastMemoryLimit = "6Mi"
)

func checkContainer(problems *Problems, path string, r Resources) {
	notAbove(problems, path+".cpu", r.CPU, r.CPULimit, "cpuLimit")
	notAbove(problems, path+".memory", r.Memory, r.MemoryLimit, "memoryLimit")
	if r.CPU != "" && isOver(r.CPU, mostCPU) {
		problems.add(path+".cpu", string(r.CPU), "may be at most %s, more than any machine has; 500m is half a CPU", mostCPU)
	}
	if r.Memory != "" {
		atLeast(problems, path+".memory", r.Memory, leastMemory)
	}
	if r.MemoryLimit != "" && r.MemoryLimit != NoLimit {
		atLeast(problems, path+".memoryLimit", r.MemoryLimit, leastMemoryLimit)
	}
	atLeast(problems, path+".ephemeralStorage", r.EphemeralStorage, "16Mi")
	if r.EphemeralStorageLimit != "" {
		notAbove(problems, path+".ephemeralStorage", r.EphemeralStorage, r.EphemeralStorageLimit, "ephemeralStorageLimit")
	}
}

func notAbove(problems *Problems, path string, request, limit Quantity, limitName string) {
	asked, err := resource.ParseQuantity(string(request))
	if err != nil {
		problems.add(path, string(request), "is not a quantity such as 100m or 256Mi")
		return
	}
	// The API rounds up smaller amounts, and every later update would find a difference.
	const leastCPU Quantity = "1m"
	switch {
	case asked.Sign() <= 0:
		problems.add(path, string(request), "must be above zero")
	case isOver(leastCPU, request):
		problems.add(path, string(request), "must be at least %s", leastCPU)
	}
	if limit == "" || limit == NoLimit && limitName == "memoryLimit" {
		return
	}
	most, err := resource.ParseQuantity(string(limit))
	if err != nil {
		problems.add(path, string(limit), "%s is not a quantity such as 100m or 256Mi", limitName)
		return
	}
	if asked.Cmp(most) > 0 {
		problems.add(path, string(request), "may not be above the container's %s, which is %s; set %s.%s to as much, or to more", limitName, limit, section(path), limitName)
	}
}

// section is the object that a field is in.
func section(path string) string {
	before, _ := cutLast(path)
	return before
}

func atLeast(problems *Problems, path string, size Quantity, least string) {
	asked, err := resource.ParseQuantity(string(size))
	if err != nil {
		problems.add(path, string(size), "is not a quantity such as 256Mi or 1Gi")
		return
	}
	if asked.Cmp(resource.MustParse(least)) < 0 {
		problems.add(path, string(size), "must be at least %s", least)
	}
}

func indexed(path string, i int) string {
	return fmt.Sprintf("%s[%d]", path, i)
}

func keys(m map[string]string) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
