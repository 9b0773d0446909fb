// Package data describes the data that a component holds: which parts of the environment
// lose data when the component's resources are deleted or replaced, and which values must
// never change while the data exists.
//
// The package imports only the standard library, so that the configuration and the
// lifecycle can import it.
package data

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
)

// Part names a part of the environment that holds data.
type Part string

// The parts of an environment, as written under allowDataLoss in the configuration.
const (
	// Database is the PostgreSQL database.
	Database Part = "database"
	// Backups are the backups of an in-cluster database.
	Backups Part = "backups"
	// Broker holds the messages of the broker.
	Broker Part = "broker"
	// Media holds the uploaded files.
	Media Part = "media"
	// Search holds the index of the search engine.
	Search Part = "search"
	// Registry holds the images of the app.
	Registry Part = "registry"
	// DNS is the zone, whose name servers the parent zone or the registrar names.
	DNS Part = "dns"
	// Addresses are public addresses that others may have written down.
	Addresses Part = "addresses"
	// Volumes are the volumes that the app's processes mount.
	Volumes Part = "volumes"
	// Secrets are the values that the environment generated for its Secrets.
	Secrets Part = "secrets"
	// Objects are what controllers keep for further objects of Kubernetes, such as the database of an operator.
	Objects Part = "objects"
	// Cluster is the Kubernetes cluster with everything that runs in it.
	Cluster Part = "cluster"
)

// Held is the data that a component holds, or that exists inside of it: a namespace holds
// the data of the servers in it. The zero value holds none.
type Held struct {
	// Parts that lose data when a protected resource of the component is deleted or
	// replaced. Each of them must be allowed before that happens.
	Parts []Part
	// Loss completes the sentence "This would delete …", for instance "all rows of the
	// database blog".
	Loss string
	// Settings are the paths of the configuration that decide whether the component exists
	// and what replaces it, for instance namespace.name.
	Settings []string
	// Immutable are values of the configuration, by their paths, that the data was created
	// with. Another value would leave the data unreadable.
	Immutable map[string]string
	// Protected says that Pulumi refuses every plan that deletes or replaces the component's
	// resources.
	Protected bool
}

// OutputKey is the output under which every component that holds data describes it. A plan
// that Pulumi refuses because of a protected resource is explained by the nearest component
// above the resource that has this output.
const OutputKey = "holdsData"

// None reports whether the component holds no data.
func (h Held) None() bool { return len(h.Parts) == 0 }

// Hash is a short hash of the immutable values. Names with the hash change with the values.
func (h Held) Hash() string {
	const length = 3
	hash := sha256.New()
	for _, path := range slices.Sorted(maps.Keys(h.Immutable)) {
		hash.Write(fmt.Appendf(nil, "%q=%q;", path, h.Immutable[path]))
	}
	return hex.EncodeToString(hash.Sum(nil)[:length])
}
