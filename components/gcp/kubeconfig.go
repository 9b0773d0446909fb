package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/clusters"
)

// kubeconfig runs a command for each token. A token in the kubeconfig would be secret and
// expire after an hour.
func (c *Cluster) kubeconfig() pulumi.StringOutput {
	exec := pulumi.Map{
		"apiVersion":         pulumi.String("client.authentication.k8s.io/v1beta1"),
		"command":            pulumi.String("gke-gcloud-auth-plugin"),
		"installHint":        pulumi.String("Install it by: gcloud components install gke-gcloud-auth-plugin"),
		"provideClusterInfo": pulumi.Bool(true),
		"interactiveMode":    pulumi.String("Never"),
	}
	if account := c.args.ImpersonateServiceAccount; account != "" {
		exec["args"] = pulumi.StringArray{pulumi.String("--impersonate_service_account=" + account)}
	}
	return clusters.Kubeconfig(c.args.name(), c.Endpoint, c.CertificateAuthority, exec)
}
