package spec

import (
	"regexp"
	"strings"

	"github.com/djangostack/djangostack/components/data"
)

// immutableDatabase are the values that the database was created with. A role with another
// name owns none of the tables. The image of PostgreSQL reads POSTGRES_DB and POSTGRES_USER
// only when its volume is empty, and a server reads only the files of its major version
// (https://www.postgresql.org/docs/current/upgrading.html), created by a server of the same
// architecture: char has a sign on amd64 and none on arm64, and the order of some indexes
// follows from it (https://www.postgresql.org/docs/18/release-18.html).
func (e *Environment) immutableDatabase() map[string]string {
	values := map[string]string{"database.name": e.Database.Name, "database.user": e.Database.User}
	if e.Database.Kind == InCluster {
		values["database.image"] = postgresFormat(string(e.Database.Image))
		e.addVolume(values, "database", e.Database.Volume)
		// What earlier releases created is of amd64, and has no such value.
		if architecture := e.architectureOfServices(); architecture != AMD64 {
			values["cluster.architecture"] = string(architecture)
		}
	}
	return values
}

// immutableBroker are the values that the broker's volume was created with. Redis loads the
// file of an older Redis, but not that of Valkey, nor Valkey that of a newer Redis. RabbitMQ
// upgrades its files to a newer version.
func (e *Environment) immutableBroker() map[string]string {
	if e.Broker.Kind != InCluster {
		return nil
	}
	engine := "Redis"
	if e.Broker.Engine == RabbitMQ {
		engine = "RabbitMQ"
	}
	if strings.Contains(imageName(string(e.Broker.Image)), "valkey") {
		engine = "Valkey"
	}
	values := map[string]string{"broker.image": engine}
	e.addVolume(values, "broker", e.Broker.Volume)
	return values
}

// immutableSearch are the values that the volume of the search engine was created with. OpenSearch
// reads an index of the major version before its own, and none of a later one
// (https://docs.opensearch.org/latest/install-and-configure/upgrade-opensearch/index/).
func (e *Environment) immutableSearch() map[string]string {
	if !e.RunsSearch() {
		return nil
	}
	values := map[string]string{}
	e.addVolume(values, "search", e.Search.Volume)
	return values
}

// HeldInVolume describes a volume whose files can be created again. Other values than those
// that it was created with need another volume.
func (e *Environment) HeldInVolume(section string, volume Volume, accessMode string) data.Held {
	values := map[string]string{section + ".accessMode": accessMode}
	e.addVolume(values, section, volume)
	return data.Held{Immutable: values}
}

// addVolume adds the values that a volume was created with. A volume keeps its storage
// class, and on AWS the nodes of one mode do not mount the volumes of the other
// (https://docs.aws.amazon.com/eks/latest/userguide/auto-migrate.html).
func (e *Environment) addVolume(values map[string]string, section string, volume Volume) {
	values[section+".volume.storageClassName"] = volume.StorageClassName
	if e.CreatesCluster() {
		values["cluster.mode"] = string(e.Cluster.Mode)
	}
}

// postgresFormat names what decides whether a server of an image can read a data directory:
// the major version, and the C library, whose collations order the indexes.
func postgresFormat(image string) string {
	tag := strings.ToLower(imageTag(withoutDigest(image)))
	format := "PostgreSQL"
	if major := postgresMajor(tag); major != "" {
		format += " " + major
	}
	if strings.Contains(tag, "alpine") || strings.Contains(imageName(image), "alpine") {
		format += " with musl"
	}
	return format
}

var (
	// postgresBehind matches tags of extensions, such as 2.17.2-pg17.
	postgresBehind = regexp.MustCompile(`(?:^|[-_.])(?:pg|postgres(?:ql)?)[-_]?(\d+)`)
	postgresFirst  = regexp.MustCompile(`^v?(\d+)`)
)

func postgresMajor(tag string) string {
	for _, expression := range []*regexp.Regexp{postgresBehind, postgresFirst} {
		if found := expression.FindStringSubmatch(tag); found != nil {
			return found[1]
		}
	}
	return ""
}

func withoutDigest(image string) string {
	name, _, _ := strings.Cut(image, "@")
	return name
}

// imageName is the last part of an image's repository: postgres of
// docker.io/library/postgres:17.
func imageName(image string) string {
	name := withoutDigest(image)
	if tag := imageTag(name); tag != "" {
		name = strings.TrimSuffix(name, ":"+tag)
	}
	return name[strings.LastIndex(name, "/")+1:]
}
