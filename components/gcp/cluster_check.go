package gcp

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	"github.com/djangostack/djangostack/components/cidr"
	"github.com/djangostack/djangostack/components/validate"
)

// EndpointAccess says from where the API server can be reached.
type EndpointAccess string

// Private is from the network only: the program itself must then run in it, or in a
// network that is joined to it.
const (
	EndpointPrivate          EndpointAccess = "private"
	EndpointPublicAndPrivate EndpointAccess = "public-and-private"
)

// Endpoint describes who reaches the API server.
type Endpoint struct {
	Access EndpointAccess
	// AllowedCIDRs are the addresses that reach it: from outside when it is public as
	// well, and from networks that are joined to the cluster's when it is private.
	AllowedCIDRs []string
}

func (a *ClusterArgs) check() error {
	version := regexp.MustCompile(`^1\.[0-9]{2}$`)
	name := regexp.MustCompile(`^[a-zA-Z]`)
	return errors.Join(
		validate.Check("Cluster",
			required("Name", a.Name != ""),
			required("Project", a.Project != ""),
			required("Region", a.Region != ""),
			required("Version", a.Version != ""),
			required("NetworkID", a.NetworkID != nil),
			required("SubnetID", a.SubnetID != nil),
			required("PodsRange", a.PodsRange != nil),
			required("ServicesRange", a.ServicesRange != nil),
			required("EndpointSubnetID", a.EndpointSubnetID != nil),
			required("Nodes", a.Mode != ModeNodes || a.Nodes != nil)),
		checkProject("Cluster", a.Project),
		checkRegion("Cluster", a.Region),
		refused(a.Name != "" && !name.MatchString(a.Name), "Cluster", fmt.Sprintf("Name is %q; allowed is what begins with a letter", a.Name)),
		refused(a.Version != "" && !version.MatchString(a.Version), "Cluster", fmt.Sprintf("Version is %q; allowed is a minor version such as 1.35", a.Version)),
		oneOf("Cluster", "Mode", a.Mode, ModeAuto, ModeNodes),
		oneOf("Cluster", "ReleaseChannel", a.ReleaseChannel, ChannelRapid, ChannelRegular, ChannelStable),
		refused(a.Mode == ModeAuto && a.Nodes != nil, "Cluster", "Nodes has no meaning when Mode is auto"),
		refused(a.Mode == ModeAuto && len(a.Zones) > 0, "Cluster", "Zones has no meaning when Mode is auto"),
		a.Endpoint.check(),
		a.Maintenance.check(),
		a.checkZones(),
		a.checkLogs(),
		a.checkAdmins(),
		a.Volumes.check(),
		a.Nodes.check(a.zones()),
		a.Labels.check("Cluster"),
	)
}

func (e Endpoint) check() error {
	problems := []error{
		oneOf("Cluster", "Endpoint.Access", e.Access, EndpointPrivate, EndpointPublicAndPrivate),
		// Nobody could enter, the program itself included.
		refused(e.Access == EndpointPublicAndPrivate && len(e.AllowedCIDRs) == 0, "Cluster", "Endpoint.AllowedCIDRs is required when Access is public-and-private"),
	}
	for _, text := range e.AllowedCIDRs {
		prefix, err := netip.ParsePrefix(text)
		problems = append(problems, refused(err != nil || prefix.Masked() != prefix, "Cluster",
			fmt.Sprintf("Endpoint.AllowedCIDRs has %q, which is no range such as 203.0.113.0/24", text)))
		if e.Access == EndpointPrivate {
			// GKE refuses public addresses that could never reach a private endpoint.
			_, err := cidr.Private(text)
			problems = append(problems, refused(err != nil, "Cluster", fmt.Sprintf("Endpoint.AllowedCIDRs has %s; allowed are private addresses when Access is private", text)))
		}
	}
	return errors.Join(problems...)
}

func (a *ClusterArgs) checkZones() error {
	var problems []error
	seen := map[string]bool{}
	for _, zone := range a.Zones {
		region, ok := regionOf(zone)
		problems = append(problems,
			refused(!ok || region != a.Region, "Cluster", fmt.Sprintf("Zones has %q; allowed are zones of %s, for instance %s-a", zone, a.Region, a.Region)),
			refused(seen[zone], "Cluster", fmt.Sprintf("Zones has %s twice", zone)))
		seen[zone] = true
	}
	return errors.Join(problems...)
}

func (a *ClusterArgs) checkLogs() error {
	var problems []error
	for _, log := range a.LogTypes {
		problems = append(problems, oneOf("Cluster", "LogTypes", log, logTypes()...))
	}
	return errors.Join(problems...)
}

// zonesOfGoogle is how many zones nodes stand in when nobody names them.
const zonesOfGoogle = 3

// zones is in how many zones nodes stand.
func (a *ClusterArgs) zones() int {
	if len(a.Zones) == 0 {
		return zonesOfGoogle
	}
	return len(a.Zones)
}

// checkAdmins: one cluster learns the groups of one domain. Google writes addresses in
// lower case, and Kubernetes takes others for other people.
func (a *ClusterArgs) checkAdmins() error {
	form := regexp.MustCompile(`^(?:user|group|serviceAccount):[^@\sA-Z]+@[^@\sA-Z]+$`)
	var problems []error
	seen, domain := map[string]bool{}, ""
	for _, admin := range a.Admins {
		problems = append(problems,
			refused(!form.MatchString(admin), "Cluster", fmt.Sprintf("Admins has %q; allowed are user:…, group:… and serviceAccount:… with an e-mail address in lower case", admin)),
			refused(seen[admin], "Cluster", fmt.Sprintf("Admins has %s twice", admin)))
		seen[admin] = true
		if kind, address := splitMember(admin); kind == memberGroup {
			_, of, _ := strings.Cut(address, "@")
			problems = append(problems, refused(domain != "" && of != domain, "Cluster", fmt.Sprintf("Admins has groups of %s and %s; allowed are those of one domain", domain, of)))
			domain = of
		}
	}
	return errors.Join(problems...)
}
