package aws

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

// recommended are the versions of add-ons that EKS recommends for each of kubernetesVersions, in their order. An add-on
// that does not follow Kubernetes has one.
// https://docs.aws.amazon.com/eks/latest/userguide/managing-kube-proxy.html
// https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html
func recommended() map[string][]string {
	return map[string][]string{
		"kube-proxy": {"v1.32.6-eksbuild.12", "v1.33.3-eksbuild.10", "v1.34.0-eksbuild.4", "v1.35.0-eksbuild.2", "v1.36.0-eksbuild.1"},
		"coredns":    {"v1.11.4-eksbuild.24", "v1.12.1-eksbuild.2", "v1.12.4-eksbuild.1", "v1.12.4-eksbuild.1", "v1.13.2-eksbuild.4"},
		"vpc-cni":    {"v1.20.4-eksbuild.1"}, "aws-ebs-csi-driver": {"v1.52.1-eksbuild.1"}, "eks-pod-identity-agent": {"v1.3.9-eksbuild.5"},
		"metrics-server": {"v0.8.0-eksbuild.3"}, "snapshot-controller": {"v8.3.0-eksbuild.1"}, observability: {"v4.10.2-eksbuild.1"},
	}
}

// addonVersion returns the version of an add-on that EKS recommends for a version of Kubernetes: what a newer one would
// be, or that of the table.
func addonVersion(newer map[string]string, name, kubernetes string) string {
	if version := newer[name]; version != "" {
		return version
	}
	versions := recommended()[name]
	switch i := slices.Index(kubernetesVersions(), kubernetes); {
	case len(versions) == 0:
		return "v1.0.0-eksbuild.1"
	case len(versions) == 1 || i < 0:
		return versions[0]
	default:
		return versions[i]
	}
}

// describeAddon answers with the recommended version, as the provider finds it among those that EKS describes
// (FindAddonVersionByTwoPartKey).
func describeAddon(newer map[string]string) func(*cloud.Call) (cloud.Values, error) {
	return func(c *cloud.Call) (cloud.Values, error) {
		name, kubernetes := c.Text("addonName"), c.Text("kubernetesVersion")
		if !slices.Contains(kubernetesVersions(), kubernetes) {
			return nil, fmt.Errorf("reading EKS Add-On version info (%s, %s): couldn't find resource", name, kubernetes)
		}
		return vals{
			"id": name, "addonName": name, "kubernetesVersion": kubernetes, "mostRecent": c.True("mostRecent"),
			"version": addonVersion(newer, name, kubernetes),
		}, nil
	}
}

// checkAddonVersion refuses a kube-proxy that is newer than the control plane, which EKS does not list for it.
// https://kubernetes.io/releases/version-skew-policy/#kube-proxy
func checkAddonVersion(m *cloud.Operation, kubernetes string) error {
	version := m.Text("addonVersion")
	if m.Text("addonName") != "kube-proxy" || version == "" {
		return nil
	}
	parts := strings.Split(version, ".")
	if proxy, err := strconv.Atoi(parts[1]); err != nil || proxy > minor(kubernetes) {
		return cloud.Refuse("InvalidParameterException", "Addon version specified is not supported")
	}
	return nil
}
