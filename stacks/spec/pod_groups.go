package spec

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/djangostack/djangostack/components/sizes"
)

// podGroup are pods that are alike.
type podGroup struct {
	path string
	// pods is the highest number of them at once.
	pods int
	// containers run side by side, and before are those that run to their end before them.
	containers, before []Resources
}

// each is the amount of one pod: that of all its containers, or of one that runs before them if
// that is more
// (https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers).
func (g podGroup) each(of func(Resources) Quantity) resource.Quantity {
	sum := resource.Quantity{}
	for _, container := range g.containers {
		add(&sum, of(container))
	}
	for _, container := range g.before {
		first := resource.Quantity{}
		add(&first, of(container))
		sum = larger(sum, first)
	}
	return sum
}

func sumOf(groups []podGroup, of func(Resources) Quantity) resource.Quantity {
	all := resource.Quantity{}
	for _, group := range groups {
		each := group.each(of)
		for range group.pods {
			all.Add(each)
		}
	}
	return all
}

// alone are the groups with one container in each pod.
func alone(groups []podGroup) []podGroup {
	var single []podGroup
	for _, group := range groups {
		single = append(single, podGroup{path: group.path, pods: group.pods, containers: []Resources{{}}})
	}
	return single
}

func paths(groups []podGroup) string {
	var all []string
	for _, group := range groups {
		all = append(all, group.path)
	}
	return strings.Join(all, ", ")
}

// MostRequested returns what all pods of the environment request together when most of them
// run at once: a rollout, in which old pods finish their work beside the new ones, with every
// scheduled command, the shell and the Jobs of the release.
func (e *Environment) MostRequested() (cpu, memory resource.Quantity, pods int) {
	groups := e.podGroups()
	for _, group := range groups {
		pods += group.pods
	}
	cpu = sumOf(groups, func(r Resources) Quantity { return r.CPU })
	memory = sumOf(groups, func(r Resources) Quantity { return r.Memory })
	return cpu, memory, pods
}

// podGroups lists all pods that the environment may have at once.
func (e *Environment) podGroups() []podGroup {
	var all []podGroup
	for _, h := range e.processesWithPods() {
		if strings.HasPrefix(h.path, "release") {
			continue
		}
		group := podGroup{path: h.path, pods: h.most, containers: append(e.beside(h), h.resources)}
		for _, container := range h.pods.InitContainers {
			group.before = append(group.before, container.Resources)
		}
		if h.strategy == RollingUpdate {
			group.pods = 2 * h.most
		}
		all = append(all, group)
	}
	return append(append(all, e.commandGroups()...), e.serverGroups()...)
}

// commandGroups are the Jobs of the release, which run one after another, and what prepares
// the data services for it.
func (e *Environment) commandGroups() []podGroup {
	release := podGroup{path: "release", pods: 1}
	for _, step := range e.ReleaseSteps() {
		if e.InWebPods(step) {
			continue
		}
		containers := append(sidecarsOf(step.Pods), step.Resources)
		release.containers = larges(release.containers, containers)
		for _, container := range step.InitContainers {
			release.before = append(release.before, container.Resources)
		}
	}
	all := []podGroup{release}
	job := func(path string, runs bool, resources Resources, pods int) {
		if runs {
			all = append(all, podGroup{path: path, pods: pods, containers: []Resources{resources}})
		}
	}
	job("database role", e.Database.Kind == InCluster || e.Database.Kind == Managed, e.Release.Resources, len(e.databaseServers()))
	job("database.move", e.Database.Move != nil, e.Release.Resources, 1)
	job("database.import", e.Database.Import != nil, e.Release.Resources, 1)
	job("credentials", len(e.StoredForms()) > 0, e.Release.Resources, 1)
	// One by its schedule, the drill, one that somebody takes and one that is restored.
	const backups = 4
	job("database.backups", e.BacksUp(), e.Database.Backups.Resources, backups)
	return all
}

// larges returns the containers of the pod that requests more memory.
func larges(a, b []Resources) []Resources {
	memory := func(r Resources) Quantity { return r.Memory }
	first, second := podGroup{containers: a}.each(memory), podGroup{containers: b}.each(memory)
	if second.Cmp(first) > 0 {
		return b
	}
	return a
}

// serverGroups are the data services in the cluster.
func (e *Environment) serverGroups() []podGroup {
	var all []podGroup
	server := func(path string, runs bool, pods int, resources Resources) {
		if runs {
			all = append(all, podGroup{path: path, pods: pods, containers: []Resources{resources}})
		}
	}
	cache, broker := bytesOf(e.Cache.Memory), bytesOf(e.Broker.Memory)
	server("database", e.RunsPostgres(), len(e.PostgresServers()), e.Database.Resources)
	server("database.pooler", e.Database.Pooler.Kind == PgBouncer, 2*e.Database.Pooler.Replicas, e.Database.Pooler.Resources)
	request, limit := sizes.Redis(cache)
	server("cache", e.RunsRedisCache(), 1+e.Cache.Replicas, sized(e.Cache.CPU, request, limit))
	request, limit = sizes.Memcached(cache, e.CacheConnections())
	server("cache", e.RunsMemcached(), e.Cache.Servers, sized(e.Cache.CPU, request, limit))
	request, limit = sizes.Redis(broker)
	server("broker", e.RunsRedisBroker(), 1, sized(e.Broker.CPU, request, limit))
	request, limit = sizes.RabbitMQ(broker)
	server("broker", e.RunsRabbitMQ(), 1, sized(e.Broker.CPU, request, limit))
	for _, each := range e.runningExporters() {
		server(each.path, true, each.count, each.exporter.Resources)
	}
	server("search", e.RunsSearch(), 1, Resources{CPU: e.Search.CPU, Memory: e.Search.Memory, MemoryLimit: e.Search.Memory})
	return all
}

func sized(cpu Quantity, request, limit int64) Resources {
	text := func(size int64) Quantity {
		return Quantity(resource.NewQuantity(size, resource.BinarySI).String())
	}
	return Resources{CPU: cpu, Memory: text(request), MemoryLimit: text(limit)}
}

// bytesOf converts an amount; 0 for text that is no amount, which the schema reports.
func bytesOf(amount Quantity) int64 {
	parsed, err := resource.ParseQuantity(string(amount))
	if err != nil {
		return 0
	}
	return parsed.Value()
}

// claimGroups are the claims that the environment creates, each as a pod of its size.
func (e *Environment) claimGroups() []podGroup {
	var all []podGroup
	claim := func(path string, created bool, size Quantity) {
		if created {
			all = append(all, podGroup{path: path, pods: 1, containers: []Resources{{EphemeralStorage: size}}})
		}
	}
	for range e.PostgresServers() {
		claim("database.volume", true, e.Database.Volume.Size)
	}
	claim("database.backups.volume", e.BacksUpToVolume(), e.Database.Backups.Volume.Size)
	claim("restore drill", e.BacksUp(), e.Database.Volume.Size)
	claim("broker.volume", e.Broker.Kind == InCluster, e.Broker.Volume.Size)
	claim("search.volume", e.RunsSearch(), e.Search.Volume.Size)
	claim("static.volume", e.Static.Store == StaticInVolume, e.Static.Volume.Size)
	claim("beat.scheduleSize", e.Beat.Enabled && e.Beat.ScheduleStore == ScheduleInVolume, e.Beat.ScheduleSize)
	for i, volume := range e.Volumes {
		claim(fmt.Sprintf("volumes[%d]", i), volume.Created(), volume.Size)
	}
	return all
}
