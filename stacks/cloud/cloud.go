// Package cloud holds what the wiring of AWS and the wiring of Google Cloud have in common:
// how a configuration becomes arguments that components of both clouds take.
//
// The package imports stacks/spec and packages of components without an SDK.
package cloud

import (
	"fmt"
	"strconv"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/sizes"
	"github.com/djangostack/djangostack/stacks/spec"
)

// OldVersionDays is how long a bucket of a production keeps files that were overwritten
// or deleted, in days.
const OldVersionDays = 30

// Endpoint returns who reaches the cluster's API server. A public endpoint without blocks
// is open to everyone, which the configuration's check allows in staging only.
func Endpoint(wanted spec.Endpoint) arguments.Endpoint {
	if wanted.Access == "private" {
		return arguments.Endpoint{Access: arguments.EndpointPrivate}
	}
	allowed := wanted.AllowedCIDRs
	if len(allowed) == 0 {
		allowed = []string{"0.0.0.0/0"}
	}
	return arguments.Endpoint{Access: arguments.EndpointPublicAndPrivate, AllowedCIDRs: allowed}
}

// CORS returns the rules of a bucket.
func CORS(wanted []spec.CORSRule) []arguments.CORSRule {
	var rules []arguments.CORSRule
	for _, rule := range wanted {
		rules = append(rules, arguments.CORSRule(rule))
	}
	return rules
}

// DatabaseServer is what a managed PostgreSQL server is on either cloud.
type DatabaseServer struct {
	// Version is the major version of PostgreSQL.
	Version int
	// StorageGiB is the first size of the disk, and MaxStorageGiB how far it grows.
	StorageGiB, MaxStorageGiB int
}

// NewDatabaseServer reads the server that a configuration describes. Without a maximum
// the disk grows as sizes.MaxGrowth says, up to the cloud's largest, in GiB.
func NewDatabaseServer(wanted spec.ManagedDatabase, largestGiB int) (DatabaseServer, error) {
	version, err := strconv.Atoi(wanted.Version)
	if err != nil {
		return DatabaseServer{}, fmt.Errorf("reading database.managed.version: %w", err)
	}
	storage, err := sizes.GiB(string(wanted.Storage))
	if err != nil {
		return DatabaseServer{}, fmt.Errorf("reading database.managed.storage: %w", err)
	}
	server := DatabaseServer{Version: version, StorageGiB: storage, MaxStorageGiB: sizes.MaxGrowth(storage, largestGiB)}
	if wanted.MaxStorage == "" {
		return server, nil
	}
	if server.MaxStorageGiB, err = sizes.GiB(string(wanted.MaxStorage)); err != nil {
		return DatabaseServer{}, fmt.Errorf("reading database.managed.maxStorage: %w", err)
	}
	return server, nil
}

// Taints are the taints of the nodes of a pool.
func Taints(wanted []spec.Taint) []arguments.Taint {
	var taints []arguments.Taint
	for _, taint := range wanted {
		taints = append(taints, arguments.Taint{Key: taint.Key, Value: taint.Value, Effect: arguments.TaintEffect(taint.Effect)})
	}
	return taints
}
