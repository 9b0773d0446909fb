package aws

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/sizes"
	"github.com/djangostack/djangostack/components/validate"
)

// logTypes are all logs of a control plane.
func logTypes() []string {
	return []string{"api", "audit", "authenticator", "controllerManager", "scheduler"}
}

func (a *ClusterArgs) check() error {
	version := regexp.MustCompile(`^1\.[0-9]{2}$`)
	return errors.Join(
		validate.Check("Cluster",
			validate.Required("Name", a.Name != ""),
			validate.Required("Region", a.Region != ""),
			validate.Required("Version", a.Version != ""),
			validate.Required("SubnetIDs", a.SubnetIDs != nil),
			validate.Required("Admins", len(a.Admins) > 0),
			validate.Required("Nodes", a.Mode != arguments.ModeNodes || a.Nodes != nil)),
		validate.RefuseIf(a.Region != "" && !isRegion(a.Region), "Cluster", fmt.Sprintf("Region is %q, which is no region such as eu-central-1", a.Region)),
		validate.RefuseIf(a.Version != "" && !version.MatchString(a.Version), "Cluster", fmt.Sprintf("Version is %q; allowed is a minor version such as 1.35", a.Version)),
		validate.OneOf("Cluster", "Mode", a.Mode, arguments.ModeAuto, arguments.ModeNodes),
		validate.RefuseIf(a.Mode == arguments.ModeAuto && a.Nodes != nil, "Cluster", "Nodes has no meaning when Mode is auto"),
		checkEndpoint(a.Endpoint),
		a.checkLogs(),
		a.checkAdmins(),
		a.checkAddons(),
		a.Login.check(),
		a.Volumes.check(),
		a.Nodes.check(),
		validate.RefuseIf(a.Mode == arguments.ModeNodes && a.Architecture != "", "Cluster", "Architecture has no meaning when Mode is nodes"),
		validate.RefuseIf(a.Architecture != "" && a.Architecture != sizes.AMD64 && a.Architecture != sizes.ARM64, "Cluster",
			fmt.Sprintf("Architecture is %q; allowed are %s, %s", a.Architecture, sizes.AMD64, sizes.ARM64)),
		a.checkPools(),
	)
}

func checkEndpoint(e arguments.Endpoint) error {
	problems := []error{
		validate.OneOf("Cluster", "Endpoint.Access", e.Access, arguments.EndpointPrivate, arguments.EndpointPublicAndPrivate),
		validate.RefuseIf(e.Access == arguments.EndpointPrivate && len(e.AllowedCIDRs) > 0, "Cluster", "Endpoint.AllowedCIDRs has no meaning when Access is private"),
		// EKS would allow every address.
		validate.RefuseIf(e.Access == arguments.EndpointPublicAndPrivate && len(e.AllowedCIDRs) == 0, "Cluster", "Endpoint.AllowedCIDRs is required when Access is public-and-private"),
	}
	for _, cidr := range e.AllowedCIDRs {
		prefix, err := netip.ParsePrefix(cidr)
		problems = append(problems,
			validate.RefuseIf(err != nil || !prefix.Addr().Is4() || prefix.Masked() != prefix, "Cluster",
				fmt.Sprintf("Endpoint.AllowedCIDRs has %q, which is no range such as 203.0.113.0/24", cidr)),
			// EKS refuses reserved addresses
			// (https://docs.aws.amazon.com/eks/latest/userguide/config-cluster-endpoint.html).
			validate.RefuseIf(err == nil && prefix.Addr().IsPrivate(), "Cluster",
				fmt.Sprintf("Endpoint.AllowedCIDRs has %q, whose addresses are private: they use the private endpoint", cidr)))
	}
	problems = append(problems, validate.RefuseIf(len(e.AllowedCIDRs) > limits.MaxEndpointCIDRs, "Cluster",
		fmt.Sprintf("Endpoint.AllowedCIDRs are %d; EKS takes up to %d", len(e.AllowedCIDRs), limits.MaxEndpointCIDRs)))
	return errors.Join(problems...)
}

func (a *ClusterArgs) checkLogs() error {
	var problems []error
	for _, log := range a.LogTypes {
		problems = append(problems, validate.OneOf("Cluster", "LogTypes", log, logTypes()...))
	}
	problems = append(problems, validate.OneOf("Cluster", "WorkloadLogs", a.WorkloadLogs, arguments.Off, arguments.On))
	if len(a.LogTypes) > 0 || a.WorkloadLogs == arguments.On {
		problems = append(problems, logRetention("Cluster", "LogRetentionDays", a.LogRetentionDays))
	}
	return errors.Join(problems...)
}

// checkAdmins refuses anything but IAM roles and users. A common mistake is the ARN of a
// session, as aws sts get-caller-identity prints it.
func (a *ClusterArgs) checkAdmins() error {
	principal := regexp.MustCompile(limits.PrincipalARN)
	var problems []error
	seen := map[string]bool{}
	for _, admin := range a.Admins {
		problems = append(problems,
			validate.RefuseIf(!principal.MatchString(admin), "Cluster", fmt.Sprintf("Admins has %q; allowed are ARNs of IAM roles and users, for instance arn:aws:iam::123456789012:role/deployer", admin)),
			validate.RefuseIf(seen[admin], "Cluster", fmt.Sprintf("Admins has %s twice", admin)))
		seen[admin] = true
	}
	return errors.Join(problems...)
}

// checkAddons checks versions in the form that the provider requires (resourceAddon).
func (a *ClusterArgs) checkAddons() error {
	form := regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$`)
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(a.AddonVersions)) {
		version := a.AddonVersions[name]
		problems = append(problems,
			validate.OneOf("Cluster", "AddonVersions", name, addonNames(a.Mode)...),
			validate.RefuseIf(!form.MatchString(version), "Cluster", fmt.Sprintf("AddonVersions[%s] is %q, which is no version such as v1.12.1-eksbuild.2", name, version)))
	}
	return errors.Join(problems...)
}
