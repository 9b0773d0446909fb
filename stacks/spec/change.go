package spec

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/djangostack/djangostack/components/data"
)

// CheckChange reports what a running environment cannot become, although a new one could be created so: a disk never
// shrinks, and servers do not read the files of a newer version. Without this check the cluster or the cloud refuses it in
// the middle of an update, or a server does not start again. Both configurations are stated ones, without defaults; what
// is wrong in one of them is not reported.
func CheckChange(before, now map[string]any, stack string) Problems {
	from, to := lenient(before, stack), lenient(now, stack)
	if from == nil || to == nil || from.Cloud != to.Cloud {
		return nil
	}
	var problems Problems
	to.checkDisks(from, &problems)
	to.checkVersions(from, &problems)
	to.checkMode(from, &problems)
	to.checkMoved(from, &problems)
	to.checkChartsLeft(from, &problems)
	return problems.sorted()
}

// lenient returns what a configuration says, without its mistakes; nil if that is nothing.
func lenient(stated map[string]any, stack string) *Environment {
	raw, err := json.Marshal(stated)
	if err != nil {
		return nil
	}
	environment, _, err := Input{JSON: raw, Stack: stack}.parse()
	if err != nil {
		return nil
	}
	return environment
}

// checkDisks compares the sizes of disks that stay: a change that creates another disk may choose its size.
func (e *Environment) checkDisks(from *Environment, problems *Problems) {
	if e.App.Name == from.App.Name && e.CreatesNamespace() == from.CreatesNamespace() && e.Namespace.Name == from.Namespace.Name && e.staysInCluster(from) {
		e.checkClaims(from, problems)
	}
	if e.keepsServer(from) && e.Cloud == AWSCloud {
		notSmaller(problems, "database.managed.storage", from.Database.Managed.Storage, e.Database.Managed.Storage)
	}
}

// checkClaims compares the sizes of the claims that stay: the values that they were created with are the same.
func (e *Environment) checkClaims(from *Environment, problems *Problems) {
	before := from.CreatedClaims()
	for _, claim := range e.CreatedClaims() {
		i := slices.IndexFunc(before, func(was CreatedClaim) bool {
			return was.Component == claim.Component && was.Held.Hash() == claim.Held.Hash()
		})
		if i >= 0 {
			notSmaller(problems, claim.Path, before[i].Size, claim.Size)
		}
	}
}

// keepsServer reports whether the managed database stays the same server. That its loss is allowed does not replace it.
func (e *Environment) keepsServer(from *Environment) bool {
	return e.staysWhere(from) && e.HasManagedDatabase() && from.HasManagedDatabase() && e.Database.Source == from.Database.Source &&
		e.Database.Managed.RestoreFrom == from.Database.Managed.RestoreFrom && e.HeldDatabase(Managed).Hash() == from.HeldDatabase(Managed).Hash()
}

// keepsCluster reports whether the cluster stays the same one. Google Cloud replaces one of another mode.
func (e *Environment) keepsCluster(from *Environment) bool {
	return e.staysWhere(from) && e.CreatesCluster() && from.CreatesCluster() && (e.Cloud == AWSCloud || e.Cluster.Mode == from.Cluster.Mode)
}

// staysInCluster reports whether the environment stays in its cluster, whoever has made it.
func (e *Environment) staysInCluster(from *Environment) bool {
	if e.CreatesCluster() || from.CreatesCluster() {
		return e.keepsCluster(from)
	}
	return e.Cluster.Context == from.Cluster.Context
}

// staysWhere reports whether the servers of a cloud stay where they are. Those of another region, network or name are
// others.
func (e *Environment) staysWhere(from *Environment) bool {
	return e.App.Name == from.App.Name && e.location() == from.location() && e.Network.Source == from.Network.Source && e.Network.CIDR == from.Network.CIDR
}

// location is the account, as far as the configuration names it, and the region.
func (e *Environment) location() [2]string {
	switch {
	case e.AWS != nil:
		return [2]string{e.AWS.AccountID, e.AWS.Region}
	case e.GCP != nil:
		return [2]string{e.GCP.Project, e.GCP.Region}
	default:
		return [2]string{}
	}
}

func notSmaller(problems *Problems, path string, before, now Quantity) {
	was, err := resource.ParseQuantity(string(before))
	if err != nil {
		return
	}
	wanted, err := resource.ParseQuantity(string(now))
	if err == nil && wanted.Cmp(was) < 0 {
		problems.add(path, string(now), "may not be below %s, which the disk has: a disk can grow but not shrink", before)
	}
}

// checkVersions compares the versions of what keeps its files. PostgreSQL in the cluster is bound to its major version
// anyway, and a cache has no files.
func (e *Environment) checkVersions(from *Environment, problems *Problems) {
	if e.Broker.Kind == InCluster && from.Broker.Kind == InCluster && e.Held(data.Broker).Hash() == from.Held(data.Broker).Hash() {
		noOlderImage(problems, "broker.image", from.Broker.Image, e.Broker.Image, "the queue's files")
	}
	if e.RunsSearch() && from.RunsSearch() && e.Held(data.Search).Hash() == from.Held(data.Search).Hash() {
		noOlderImage(problems, "search.image", from.Search.Image, e.Search.Image, "the files of the index")
	}
	if e.keepsServer(from) {
		notOlder(problems, "database.managed.version", from.Database.Managed.Version, e.Database.Managed.Version, "a server is not downgraded; restore a dump of it in another one")
	}
	if e.keepsCluster(from) {
		notOlder(problems, "cluster.version", from.Cluster.Version, e.Cluster.Version, "the control plane of a cluster is not downgraded")
	}
}

func noOlderImage(problems *Problems, path string, before, image ImageName, files string) {
	was, now := majorOf(string(before)), majorOf(string(image))
	if was > now && now > 0 {
		problems.add(path, string(image), "may not be older than %d, which has written %s: an older server does not start with them", was, files)
	}
}

// checkMode refuses to leave EKS Auto Mode. AWS ends the nodes of Auto Mode at once, before the groups of nodes exist, and
// the driver of the disks changes. Google Cloud replaces the cluster, which the plan shows.
func (e *Environment) checkMode(from *Environment, problems *Problems) {
	if e.Cloud == AWSCloud && e.CreatesCluster() && from.CreatesCluster() && from.Cluster.Mode == AutoMode && e.Cluster.Mode == NodesMode {
		problems.add("cluster.mode", string(e.Cluster.Mode), "must stay auto: a running cluster does not leave EKS Auto Mode, which would end all its nodes at once; bring up another environment with mode nodes and move the data")
	}
}

// majorOf is the first number of an image's tag; 0 if there is none.
func majorOf(image string) int {
	found := postgresFirst.FindStringSubmatch(imageTag(withoutDigest(image)))
	if found == nil {
		return 0
	}
	major, err := strconv.Atoi(found[1])
	if err != nil {
		return 0
	}
	return major
}

func notOlder(problems *Problems, path, before, now, why string) {
	if compareVersions(now, before) < 0 {
		problems.add(path, now, "may not be below %s, which it has: %s", before, why)
	}
}

// compareVersions compares versions such as 1.35 and 17 by their numbers. Versions of another form, such as none, are equal
// to all.
func compareVersions(a, b string) int {
	numbers := func(version string) ([]int, error) {
		var out []int
		for _, part := range strings.Split(version, ".") {
			number, err := strconv.Atoi(part)
			if err != nil {
				return nil, fmt.Errorf("%s is no version: %w", version, err)
			}
			out = append(out, number)
		}
		return out, nil
	}
	one, err := numbers(a)
	if err != nil {
		return 0
	}
	other, err := numbers(b)
	if err != nil {
		return 0
	}
	length := min(len(one), len(other))
	return slices.Compare(one[:length], other[:length])
}
