package spec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/components/data"
)

// Held describes the data of one part, for the component that holds it. A part that the
// environment does not have, or that somebody else manages, holds none.
func (e *Environment) Held(part data.Part) data.Held {
	if !e.holds(part) {
		return data.Held{}
	}
	held := data.Held{
		Parts:     []data.Part{part},
		Loss:      e.lossOf(part),
		Settings:  e.settingsOf(part),
		Protected: e.protects(part),
	}
	switch part {
	case data.Database:
		held.Immutable = e.immutableDatabase()
	case data.Backups:
		held.Immutable = e.immutableBackups()
	case data.Broker:
		held.Immutable = e.immutableBroker()
	case data.Search:
		held.Immutable = e.immutableSearch()
	}
	return held
}

// HeldInNamespace describes the data of the servers in the namespace.
func (e *Environment) HeldInNamespace() data.Held {
	held := e.around(e.inCluster(), "the namespace "+e.Namespace.Name, "namespace.source", "namespace.name")
	if held.None() {
		return held
	}
	held.Immutable = map[string]string{"namespace.source": string(e.Namespace.Source), "namespace.name": e.Namespace.Name}
	return held
}

// HeldInCluster describes the data of the servers in a cluster that the stack creates.
func (e *Environment) HeldInCluster() data.Held {
	return e.around(append(e.inCluster(), data.Cluster), "the cluster", "cluster.source", "cluster.mode", "cluster.endpoint.access")
}

// HeldInNetwork describes the data of all servers, which have their addresses in the
// network.
func (e *Environment) HeldInNetwork() data.Held {
	parts := []data.Part{data.Database, data.Broker, data.Search, data.Cluster, data.Volumes, data.Objects}
	if e.BacksUpToVolume() {
		parts = append(parts, data.Backups)
	}
	return e.around(parts, "the network", "network.source", "network.cidr", "network.zones")
}

// HeldByKey describes the data that is unreadable without the key that encrypts it.
func (e *Environment) HeldByKey() data.Held {
	return e.around([]data.Part{data.Database, data.Backups, data.Broker, data.Media, data.Search, data.Registry, data.Cluster, data.Volumes, data.Objects}, "the key")
}

// HeldByProduction describes the data that the mark of a production protects.
func (e *Environment) HeldByProduction() data.Held {
	return e.around(e.allParts(), "the protection", "tier", "protection")
}

// around describes what holds parts but no data itself, such as a network. It
// loses the data of all of them.
func (e *Environment) around(parts []data.Part, what string, settings ...string) data.Held {
	held := data.Held{Loss: what + " and with it "}
	for _, part := range e.allParts() {
		if !slices.Contains(parts, part) {
			continue
		}
		if !held.None() {
			held.Loss += ", "
		}
		held.Parts = append(held.Parts, part)
		held.Loss += e.lossOf(part)
		held.Protected = held.Protected || e.protects(part)
	}
	if held.None() {
		return data.Held{}
	}
	held.Settings = e.withSurroundings(settings...)
	return held
}

// inCluster are the parts whose servers run in the cluster.
func (e *Environment) inCluster() []data.Part {
	var parts []data.Part
	if e.RunsPostgres() {
		parts = append(parts, data.Database)
	}
	if e.BacksUpToVolume() {
		parts = append(parts, data.Backups)
	}
	if e.Broker.Kind == InCluster {
		parts = append(parts, data.Broker)
	}
	if e.RunsSearch() {
		parts = append(parts, data.Search)
	}
	if len(e.createdVolumes()) > 0 {
		parts = append(parts, data.Volumes)
	}
	if len(e.keepers()) > 0 {
		parts = append(parts, data.Objects)
	}
	return parts
}

// allParts are the parts that the environment has, in the order of their table.
func (e *Environment) allParts() []data.Part {
	return slices.DeleteFunc(DataParts(), func(part data.Part) bool { return !e.holds(part) })
}

// DataParts lists every word of allowDataLoss.
func DataParts() []data.Part {
	return []data.Part{data.Database, data.Backups, data.Broker, data.Media, data.Search, data.Registry, data.DNS, data.Addresses, data.Cluster, data.Volumes, data.Secrets, data.Objects}
}

// holds reports whether the stack manages a part.
func (e *Environment) holds(part data.Part) bool {
	switch part {
	case data.Database:
		return e.Database.Kind == InCluster || e.Database.Kind == Managed
	case data.Backups:
		return e.BacksUpToVolume() || e.CreatesBackupBucket()
	case data.Broker:
		return e.Broker.Kind == InCluster || e.Broker.Kind == Managed
	case data.Search:
		return e.Search.Kind == InCluster || e.Search.Kind == Managed
	case data.Media:
		return e.Media.Store == "bucket"
	case data.Registry:
		return e.CreatesRegistry()
	case data.DNS:
		return e.CreatesZone()
	case data.Addresses:
		return e.HasCloud()
	case data.Cluster:
		return e.CreatesCluster()
	case data.Volumes:
		return len(e.createdVolumes()) > 0
	case data.Secrets:
		return len(e.generatedValues()) > 0
	case data.Objects:
		return len(e.keepers()) > 0
	default:
		return false
	}
}

// lossOf completes the sentence "This would delete …".
func (e *Environment) lossOf(part data.Part) string {
	switch part {
	case data.Database:
		return e.databasesText()
	case data.Backups:
		return "all backups of " + e.databaseNames()
	case data.Broker:
		return "the tasks in the broker"
	case data.Search:
		return "the index of the search engine"
	case data.Media:
		return "the uploaded files"
	case data.Registry:
		return "the images in the registry"
	case data.DNS:
		return fmt.Sprintf("the zone %s and its name servers", e.DNS.Zone)
	case data.Addresses:
		return "the load balancer with its public addresses"
	case data.Cluster:
		return "everything that runs in the cluster"
	case data.Volumes:
		return "the files of the volumes " + strings.Join(e.createdVolumes(), ", ")
	case data.Secrets:
		return "the generated values " + strings.Join(e.generatedValues(), ", ")
	case data.Objects:
		return "what controllers keep for " + strings.Join(e.keepers(), ", ")
	default:
		return ""
	}
}

// settingsOf are the paths of the configuration that decide whether a part exists, and
// those whose change replaces it.
func (e *Environment) settingsOf(part data.Part) []string {
	switch part {
	case data.Database:
		return e.settingsOfServer(e.Database.Kind, "database", "kind", "name", "user")
	case data.Backups:
		return e.settingsOfBackups()
	case data.Broker:
		return e.settingsOfServer(e.Broker.Kind, "broker", "kind", "engine", "managed.replicas")
	case data.Search:
		return e.settingsOfServer(e.Search.Kind, "search", "kind", "availability")
	case data.Media:
		return e.withSurroundings("media.store")
	case data.Registry:
		return e.withSurroundings("registry.source")
	case data.DNS:
		return e.withSurroundings("dns.source", "dns.zone")
	case data.Addresses:
		return e.withSurroundings("loadBalancer.addresses", "network.zones")
	case data.Cluster:
		return e.withSurroundings("cluster.source", "cluster.mode")
	case data.Volumes:
		return e.withSurroundings("volumes", "namespace.source", "namespace.name", "cluster.source", "cluster.context", "cluster.mode")
	case data.Secrets:
		return e.withSurroundings("secrets")
	case data.Objects:
		return e.withSurroundings("objects", "namespace.source", "namespace.name", "cluster.source", "cluster.context", "cluster.mode")
	default:
		return nil
	}
}

func (e *Environment) settingsOfServer(kind Kind, section string, fields ...string) []string {
	var settings []string
	for _, field := range fields {
		settings = append(settings, section+"."+field)
	}
	if kind == InCluster {
		settings = append(settings, section+".image", section+".volume.storageClassName", "namespace.source", "namespace.name", "cluster.source", "cluster.context")
	}
	return e.withSurroundings(settings...)
}

// withSurroundings adds the settings of what everything is in: the cloud, its region and
// the network.
func (e *Environment) withSurroundings(settings ...string) []string {
	settings = append(settings, "app.name", "cloud", "tier", "protection")
	if e.HasCloud() {
		settings = append(settings, "network.source", "network.cidr", "network.zones", "cluster.source", "cluster.mode", string(e.Cloud)+".region", string(e.Cloud)+".zones")
	}
	if e.Cloud == AWSCloud {
		settings = append(settings, "aws.accountId")
	}
	if e.Cloud == GCPCloud {
		settings = append(settings, "gcp.project")
	}
	return unique(settings)
}
