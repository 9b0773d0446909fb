package gcp

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

// moreAnswers are the functions about zones, clusters and backups.
func moreAnswers() map[string]func(*cloud.Call) (cloud.Values, error) {
	return map[string]func(*cloud.Call) (cloud.Values, error){
		"gcp:dns/getManagedZone:getManagedZone":               named("dns/managedZone", "name"),
		"gcp:dns/getManagedZones:getManagedZones":             managedZones,
		"gcp:dns/getKeys:getKeys":                             zoneKeys,
		"gcp:dns/getRecordSet:getRecordSet":                   foundRecord,
		"gcp:compute/getNetblockIPRanges:getNetblockIPRanges": netblocks,
		"gcp:container/getCluster:getCluster":                 cluster,
		"gcp:container/getEngineVersions:getEngineVersions":   engineVersions,
		"gcp:sql/getBackupRun:getBackupRun":                   backupRun,
		"gcp:sql/getDatabaseInstances:getDatabaseInstances":   databaseInstances,
	}
}

func managedZones(c *cloud.Call) (cloud.Values, error) {
	var all []any
	for _, zone := range c.Find(Token("dns/managedZone"), "", "") {
		one := vals{"project": projectOf(c, "project")}
		for _, name := range []string{"id", "name", "dnsName", "description", "managedZoneId", "nameServers", "visibility"} {
			one[name] = zone[name]
			if zone[name] == nil {
				one[name] = ""
			}
		}
		all = append(all, one)
	}
	return vals{"id": "projects/" + projectOf(c, "project") + "/managedZones", "managedZones": all}, nil
}

// foundRecord returns a record set. Where there is none the provider's data source fails with these words.
func foundRecord(c *cloud.Call) (cloud.Values, error) {
	for _, record := range c.Find(Token("dns/recordSet"), "name", c.Text("name")) {
		if record.Text("managedZone") == last(c.Text("managedZone")) && record.Text("type") == c.Text("type") {
			return record, nil
		}
	}
	return nil, errors.New("Only expected 1 record set, got 0")
}

// zoneKeys returns the keys of a signed zone.
func zoneKeys(c *cloud.Call) (cloud.Values, error) {
	name := last(c.Text("managedZone"))
	found := c.Find(Token("dns/managedZone"), "name", name)
	if len(found) == 0 {
		return nil, cloud.Refuse("404 notFound", "The 'parameters.managedZone' resource named '%s' does not exist.", name)
	}
	answer := vals{"id": "projects/" + projectOf(c, "project") + "/managedZones/" + name, "keySigningKeys": []any{}, "zoneSigningKeys": []any{}}
	if found[0].Text("dnssecConfig.state") != "on" {
		return answer, nil
	}
	algorithm := "rsasha256"
	if given := found[0].Text("dnssecConfig.defaultKeySpecs.algorithm"); given != "" {
		algorithm = given
	}
	number := map[string]int{"rsasha1": 5, "rsasha256": 8, "rsasha512": 10, "ecdsap256sha256": 13, "ecdsap384sha384": 14}[algorithm]
	digest := strings.ToUpper(digestOf(found[0].Text("dnsName") + found[0].Text("managedZoneId")))
	key := func(id string, tag float64) cloud.Values {
		return vals{
			"algorithm": algorithm, "creationTime": found[0].Text("creationTime"), "description": "", "id": id, "isActive": true, "keyLength": 256.0,
			"keyTag": tag, "publicKey": digestOf(id + name), "digests": []any{vals{"type": "sha256", "digest": digest}},
		}
	}
	signing := key("0", 12345)
	signing["dsRecord"] = fmt.Sprintf("12345 %d 2 %s", number, digest)
	answer["keySigningKeys"], answer["zoneSigningKeys"] = []any{signing}, []any{key("1", 54321)}
	return answer, nil
}

// netblocks returns Google's ranges. https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges
func netblocks(c *cloud.Call) (cloud.Values, error) {
	known := map[string][]string{
		"health-checkers": {"35.191.0.0/16", "130.211.0.0/22"}, "legacy-health-checkers": {"35.191.0.0/16", "209.85.152.0/22", "209.85.204.0/22"},
		"iap-forwarders": {"35.235.240.0/20"}, "restricted-googleapis": {"199.36.153.4/30"}, "private-googleapis": {"199.36.153.8/30"},
		"dns-forwarders": {"35.199.192.0/19"},
	}
	sort := c.Text("rangeType")
	ranges, is := known[sort]
	if !is {
		return nil, fmt.Errorf("the built-in gcp provider does not know the ranges of %q, which Google publishes and changes", sort)
	}
	return vals{"id": sort, "rangeType": sort, "cidrBlocks": list(ranges...), "cidrBlocksIpv4s": list(ranges...), "cidrBlocksIpv6s": []any{}}, nil
}

func cluster(c *cloud.Call) (cloud.Values, error) {
	for _, one := range c.Find(Token("container/cluster"), "name", c.Text("name")) {
		if location := c.Text("location"); location == "" || location == one.Text("location") {
			for name, value := range one {
				// The function returns every object as a list of one.
				if object, is := value.(cloud.Values); is && name != "resourceLabels" {
					delete(one, name)
					one[name+"s"] = []any{object}
				}
			}
			return one, nil
		}
	}
	return nil, cloud.Refuse("404 notFound", "Not found: projects/%s/locations/%s/clusters/%s.", projectOf(c, "project"), c.Text("location"), c.Text("name"))
}

func engineVersions(c *cloud.Call) (cloud.Values, error) {
	location := c.Text("location")
	if location == "" {
		location = c.Scope.Defaults.Text("region")
	}
	if zonesOf(regionOrZone(location)) == nil {
		return nil, cloud.Refuse("400 badRequest", "Location %q does not exist.", location)
	}
	var all []string
	for _, version := range kubernetesVersions() {
		if full := version + ".4-gke.1036000"; strings.HasPrefix(full, c.Text("versionPrefix")) {
			all = append(all, full)
		}
	}
	slices.Reverse(all)
	if len(all) == 0 {
		return nil, fmt.Errorf("no versions with the prefix %q", c.Text("versionPrefix"))
	}
	return vals{
		"id": location, "location": location, "defaultClusterVersion": "1.35.4-gke.1036000", "latestMasterVersion": all[0], "latestNodeVersion": all[0],
		"validMasterVersions": list(all...), "validNodeVersions": list(all...),
		"releaseChannelDefaultVersion": vals{"RAPID": "1.36.4-gke.1036000", "REGULAR": "1.35.4-gke.1036000", "STABLE": "1.34.4-gke.1036000"},
		"releaseChannelLatestVersion":  vals{"RAPID": "1.36.4-gke.1036000", "REGULAR": "1.35.4-gke.1036000", "STABLE": "1.34.4-gke.1036000"},
	}, nil
}

func backupRun(c *cloud.Call) (cloud.Values, error) {
	instance := last(c.Text("instance"))
	var found cloud.Values
	for _, one := range c.Find(BackupRun, "instance", instance) {
		if c.True("mostRecent") || one.Number("backupId") == c.Number("backupId") {
			found = one
		}
	}
	if found == nil {
		return nil, cloud.Refuse("404 backupRunDoesNotExist", "no backup run of instance %s matches", instance)
	}
	found["status"] = "SUCCESSFUL"
	return found, nil
}

// databaseInstances returns the servers of the project, with objects as lists of one.
func databaseInstances(c *cloud.Call) (cloud.Values, error) {
	all := []any{}
	for _, server := range c.Find(Token("sql/databaseInstance"), "", "") {
		one := vals{"settings": []any{vals{"diskSize": server.Number("settings.diskSize"), "tier": server.Text("settings.tier")}}}
		for _, name := range []string{"name", "region", "project", "databaseVersion", "connectionName", "masterInstanceName"} {
			one[name] = server.Text(name)
		}
		all = append(all, one)
	}
	return vals{"id": "projects/" + projectOf(c, "project") + "/instances", "instances": all}, nil
}
