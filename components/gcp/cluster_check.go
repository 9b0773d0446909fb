package gcp

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/cidr"
	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/validate"
)

func (a *ClusterArgs) check() error {
	version := regexp.MustCompile(`^1\.[0-9]{2}$`)
	name := regexp.MustCompile(`^[a-zA-Z]`)
	return errors.Join(
		validate.Check("Cluster",
			validate.Required("Name", a.Name != ""),
			validate.Required("Project", a.Project != ""),
			validate.Required("Region", a.Region != ""),
			validate.Required("Version", a.Version != ""),
			validate.Required("NetworkID", a.NetworkID != nil),
			validate.Required("SubnetID", a.SubnetID != nil),
			validate.Required("PodsRange", a.PodsRange != nil),
			validate.Required("ServicesRange", a.ServicesRange != nil),
			validate.Required("EndpointSubnetID", a.EndpointSubnetID != nil),
			validate.Required("Nodes", a.Mode != arguments.ModeNodes || a.Nodes != nil)),
		checkProject("Cluster", a.Project),
		checkRegion("Cluster", a.Region),
		validate.RefuseIf(a.Name != "" && !name.MatchString(a.Name), "Cluster", fmt.Sprintf("Name is %q; it must begin with a letter", a.Name)),
		validate.RefuseIf(a.Version != "" && !version.MatchString(a.Version), "Cluster", fmt.Sprintf("Version is %q; allowed is a minor version such as 1.35", a.Version)),
		validate.OneOf("Cluster", "Mode", a.Mode, arguments.ModeAuto, arguments.ModeNodes),
		validate.OneOf("Cluster", "ReleaseChannel", a.ReleaseChannel, ChannelRapid, ChannelRegular, ChannelStable),
		validate.RefuseIf(a.Mode == arguments.ModeAuto && a.Nodes != nil, "Cluster", "Nodes has no meaning when Mode is auto"),
		validate.RefuseIf(a.Mode == arguments.ModeAuto && len(a.Zones) > 0, "Cluster", "Zones has no meaning when Mode is auto"),
		checkEndpoint(a.Endpoint),
		a.Maintenance.check(),
		a.checkZones(),
		a.checkLogs(),
		a.checkAdmins(),
		a.Volumes.check(),
		a.Nodes.check(a.zones()),
		a.checkPools(),
		a.Labels.check("Cluster"),
	)
}

func checkEndpoint(e arguments.Endpoint) error {
	problems := []error{
		validate.OneOf("Cluster", "Endpoint.Access", e.Access, arguments.EndpointPrivate, arguments.EndpointPublicAndPrivate),
		// Without it no client can connect, not even the program.
		validate.RefuseIf(e.Access == arguments.EndpointPublicAndPrivate && len(e.AllowedCIDRs) == 0, "Cluster", "Endpoint.AllowedCIDRs is required when Access is public-and-private"),
	}
	for _, text := range e.AllowedCIDRs {
		prefix, err := netip.ParsePrefix(text)
		problems = append(problems, validate.RefuseIf(err != nil || prefix.Masked() != prefix, "Cluster",
			fmt.Sprintf("Endpoint.AllowedCIDRs has %q, which is no range such as 203.0.113.0/24", text)))
		if e.Access == arguments.EndpointPrivate {
			// GKE refuses public addresses, which cannot reach a private endpoint.
			_, err := cidr.Private(text)
			problems = append(problems, validate.RefuseIf(err != nil, "Cluster", fmt.Sprintf("Endpoint.AllowedCIDRs has %s; allowed are private addresses when Access is private", text)))
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
			validate.RefuseIf(!ok || region != a.Region, "Cluster", fmt.Sprintf("Zones has %q; allowed are zones of %s, for instance %s-a", zone, a.Region, a.Region)),
			validate.RefuseIf(seen[zone], "Cluster", fmt.Sprintf("Zones has %s twice", zone)))
		seen[zone] = true
	}
	return errors.Join(problems...)
}

func (a *ClusterArgs) checkLogs() error {
	var problems []error
	for _, log := range a.LogTypes {
		problems = append(problems, validate.OneOf("Cluster", "LogTypes", log, logTypes()...))
	}
	problems = append(problems, validate.OneOf("Cluster", "WorkloadLogs", a.WorkloadLogs, arguments.Off, arguments.On))
	return errors.Join(problems...)
}

// zones is the number of zones with nodes.
func (a *ClusterArgs) zones() int {
	if len(a.Zones) == 0 {
		return limits.DefaultNodeZones
	}
	return len(a.Zones)
}

// checkAdmins requires groups of one domain, because a cluster knows the groups of one
// domain only. It requires lower case: Google writes addresses in lower case, and
// Kubernetes compares them case-sensitively.
func (a *ClusterArgs) checkAdmins() error {
	form := regexp.MustCompile(`^(?:user|group|serviceAccount):[^@\sA-Z]+@[^@\sA-Z]+$`)
	var problems []error
	seen, domain := map[string]bool{}, ""
	for _, admin := range a.Admins {
		problems = append(problems,
			validate.RefuseIf(!form.MatchString(admin), "Cluster", fmt.Sprintf("Admins has %q; allowed are user:…, group:… and serviceAccount:… with an e-mail address in lower case", admin)),
			validate.RefuseIf(seen[admin], "Cluster", fmt.Sprintf("Admins has %s twice", admin)))
		seen[admin] = true
		if kind, address := splitMember(admin); kind == memberGroup {
			_, of, _ := strings.Cut(address, "@")
			problems = append(problems, validate.RefuseIf(domain != "" && of != domain, "Cluster", fmt.Sprintf("Admins has groups of %s and %s; allowed are those of one domain", domain, of)))
			domain = of
		}
	}
	return errors.Join(problems...)
}
