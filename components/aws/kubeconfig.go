package aws

import (
	"regexp"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/clusters"
	"github.com/djangostack/djangostack/components/validate"
)

// Login is the identity with which the program connects to the cluster, if it differs from
// the default of the aws command. It must be the identity of the AWS provider.
type Login struct {
	// RoleARN is a role to assume, or empty.
	RoleARN string
	// Profile is a profile of the AWS configuration files, or empty.
	Profile string
}

func (l Login) check() error {
	role := regexp.MustCompile(`^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$`)
	return validate.RefuseIf(l.RoleARN != "" && !role.MatchString(l.RoleARN), "Cluster",
		"Login.RoleARN is not the ARN of an IAM role such as arn:aws:iam::123456789012:role/deployer")
}

// kubeconfig runs a command for each token. A token in the kubeconfig would be secret and
// expire after fifteen minutes.
func (c *Cluster) kubeconfig() pulumi.StringOutput {
	return clusters.Kubeconfig(c.Identifier, c.Endpoint, c.CertificateAuthority, c.token())
}

func (c *Cluster) token() pulumi.Map {
	arguments := pulumi.StringArray{
		pulumi.String("eks"), pulumi.String("get-token"),
		pulumi.String("--cluster-name"), c.Name,
		pulumi.String("--region"), pulumi.String(c.args.Region),
		pulumi.String("--output"), pulumi.String("json"),
	}
	if c.args.Login.RoleARN != "" {
		arguments = append(arguments, pulumi.String("--role-arn"), pulumi.String(c.args.Login.RoleARN))
	}
	exec := pulumi.Map{
		"apiVersion":      pulumi.String("client.authentication.k8s.io/v1beta1"),
		"command":         pulumi.String("aws"),
		"args":            arguments,
		"interactiveMode": pulumi.String("Never"),
	}
	if c.args.Login.Profile != "" {
		exec["env"] = pulumi.Array{pulumi.Map{"name": pulumi.String("AWS_PROFILE"), "value": pulumi.String(c.args.Login.Profile)}}
	}
	return exec
}
