package rehearsal

import (
	"cmp"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
	"github.com/djangostack/djangostack/emulators/gcp"
	"github.com/djangostack/djangostack/stacks/spec"
)

// gcpProject returns the project with everything that exists before the program.
func (o Options) gcpProject() *cloud.Account {
	project := cloud.NewAccount(cmp.Or(o.Project, gcp.ProjectID))
	o.seedZones(project)
	o.seedProject(project)
	return project
}

// seedZones adds the zones of a configuration to a project.
func (o Options) seedZones(project *cloud.Account) {
	for _, zone := range o.zonesOn(spec.GCPCloud) {
		name := strings.ReplaceAll(zone, ".", "-")
		project.AddExisting(gcp.Token("dns/managedZone"), "", "projects/"+project.ID+"/managedZones/"+name,
			cloud.Values{"name": name, "dnsName": zone + ".", "project": project.ID, "visibility": "public", "nameServers": []any{"ns-cloud-a1.googledomains.com."}})
	}
}

// keptOnGCP returns why the program itself retains a resource of a type, or "".
func (o Options) keptOnGCP(token string) string {
	if !o.KeepsEncryption {
		return ""
	}
	switch token {
	case gcp.Token("kms/keyRing"), gcp.Token("kms/cryptoKey"), gcp.Token("kms/cryptoKeyIAMMember"), gcp.Token("projects/serviceIdentity"):
		return "kept, because what was kept is encrypted with it"
	case gcp.Token("sql/databaseInstance"), gcp.Token("sql/database"), gcp.Token("sql/user"):
		return "kept, because Cloud SQL takes no final snapshot"
	default:
		return ""
	}
}
