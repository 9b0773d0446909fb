package gcp

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// kubeconfig fetches a token when one is needed: a token that stood in it would be
// secret, and worth nothing after an hour.
func (c *Cluster) kubeconfig() pulumi.StringOutput {
	name := pulumi.String(c.args.name())
	return pulumi.JSONMarshal(pulumi.Map{
		"apiVersion": pulumi.String("v1"),
		"kind":       pulumi.String("Config"),
		"clusters": pulumi.Array{pulumi.Map{"name": name, "cluster": pulumi.Map{
			"server":                     c.Endpoint,
			"certificate-authority-data": c.CertificateAuthority,
		}}},
		"users": pulumi.Array{pulumi.Map{"name": name, "user": pulumi.Map{"exec": pulumi.Map{
			"apiVersion":         pulumi.String("client.authentication.k8s.io/v1beta1"),
			"command":            pulumi.String("gke-gcloud-auth-plugin"),
			"installHint":        pulumi.String("Install it by: gcloud components install gke-gcloud-auth-plugin"),
			"provideClusterInfo": pulumi.Bool(true),
			"interactiveMode":    pulumi.String("Never"),
		}}}},
		"contexts":        pulumi.Array{pulumi.Map{"name": name, "context": pulumi.Map{"cluster": name, "user": name}}},
		"current-context": name,
	})
}
