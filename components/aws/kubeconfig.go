package aws

import (
	"cmp"
	"errors"
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
	// SessionName and ExternalID are those of the session of the role, or empty. With one of them, the token is
	// got by a shell.
	SessionName, ExternalID string
	// Profile is a profile of the AWS configuration files, or empty.
	Profile string
}

func (l Login) check() error {
	role := regexp.MustCompile(`^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$`)
	return errors.Join(
		validate.RefuseIf(l.RoleARN != "" && !role.MatchString(l.RoleARN), "Cluster",
			"Login.RoleARN is not the ARN of an IAM role such as arn:aws:iam::123456789012:role/deployer"),
		validate.RefuseIf(l.RoleARN == "" && l.needsShell(), "Cluster", "Login.SessionName and ExternalID go with RoleARN"),
	)
}

func (l Login) needsShell() bool { return l.SessionName != "" || l.ExternalID != "" }

// assumeRole gets a token as aws eks get-token --role-arn does, which knows neither the name of the session nor the
// external ID (https://github.com/aws/aws-cli/issues/5942). Its arguments are the cluster, the region, the role, the
// name of the session and the external ID.
const assumeRole = `session=$(aws sts assume-role --region "$2" --role-arn "$3" --role-session-name "$4" ${5:+--external-id "$5"} ` +
	`--query "Credentials.[AccessKeyId,SecretAccessKey,SessionToken]" --output text) || exit
cluster=$1 region=$2
set -- $session
unset AWS_PROFILE AWS_DEFAULT_PROFILE
export AWS_ACCESS_KEY_ID="$1" AWS_SECRET_ACCESS_KEY="$2" AWS_SESSION_TOKEN="$3"
exec aws eks get-token --cluster-name "$cluster" --region "$region" --output json`

// kubeconfig runs a command for each token. A token in the kubeconfig would be secret and
// expire after fifteen minutes.
func (c *Cluster) kubeconfig() pulumi.StringOutput {
	return clusters.Kubeconfig(c.Identifier, c.Endpoint, c.CertificateAuthority, c.token())
}

func (c *Cluster) token() pulumi.Map {
	command, arguments := pulumi.String("aws"), pulumi.StringArray{
		pulumi.String("eks"), pulumi.String("get-token"),
		pulumi.String("--cluster-name"), c.Name,
		pulumi.String("--region"), pulumi.String(c.args.Region),
		pulumi.String("--output"), pulumi.String("json"),
	}
	switch login := c.args.Login; {
	case login.needsShell():
		command = pulumi.String("sh")
		arguments = pulumi.StringArray{
			pulumi.String("-c"), pulumi.String(assumeRole), pulumi.String("get-token"), c.Name, pulumi.String(c.args.Region),
			pulumi.String(login.RoleARN), pulumi.String(cmp.Or(login.SessionName, "djangostack")), pulumi.String(login.ExternalID),
		}
	case login.RoleARN != "":
		arguments = append(arguments, pulumi.String("--role-arn"), pulumi.String(c.args.Login.RoleARN))
	}
	exec := pulumi.Map{
		"apiVersion":      pulumi.String("client.authentication.k8s.io/v1beta1"),
		"command":         command,
		"args":            arguments,
		"interactiveMode": pulumi.String("Never"),
	}
	if c.args.Login.Profile != "" {
		exec["env"] = pulumi.Array{pulumi.Map{"name": pulumi.String("AWS_PROFILE"), "value": pulumi.String(c.args.Login.Profile)}}
	}
	return exec
}
