package spec

import (
	"slices"
	"strings"
)

// AssumeRole is a role of AWS that the program assumes: the AWS provider of both regions, and who connects to the cluster
// by the kubeconfig. The backend and the secrets provider of the stack keep the credentials that Pulumi finds.
type AssumeRole struct {
	// The ARN of the role. It is one of aws.admins, because it creates what is in the cluster.
	RoleARN string `json:"roleArn" jsonschema:"pattern=^arn:aws:iam::[0-9]{12}:role/[A-Za-z0-9+=\\,.@_/-]{1\\,512}$"`
	// The name of the session in CloudTrail, if the role's trust policy asks for one.
	SessionName string `json:"sessionName,omitempty" jsonschema:"pattern=^[A-Za-z0-9+=\\,.@_-]{2\\,64}$" default:"one that AWS' SDK generates"`
	// The external ID that the role's trust policy asks for. It is not secret.
	ExternalID string `json:"externalId,omitempty" jsonschema:"pattern=^[A-Za-z0-9+=\\,.@:/_-]{2\\,}$,maxLength=1224"`
	// How long a session lasts, in seconds; the program renews it. AWS allows what the role does, and an hour to credentials that are a role's themselves.
	DurationSeconds int `json:"durationSeconds,omitempty" jsonschema:"minimum=900,maximum=43200" default:"900"`
}

// checkAssumeRole reports a role that could create the cluster and nothing in it, and one of another account.
func (e *Environment) checkAssumeRole(problems *Problems) {
	if e.AWS == nil || e.AWS.AssumeRole == nil {
		return
	}
	role := e.AWS.AssumeRole.RoleARN
	if !slices.Contains(e.AWS.Admins, role) {
		problems.add("aws.assumeRole.roleArn", role, "must be one of aws.admins: it creates what is in the cluster, and EKS gives it no rights there by itself")
	}
	if account := e.AWS.AccountID; account != "" && accountOf(role) != account {
		problems.add("aws.assumeRole.roleArn", role, "is a role of the account %s, but aws.accountId is %s", accountOf(role), account)
	}
}

// DeploysTo returns the account that the configuration names, or "".
func (a *AWS) DeploysTo() string {
	if a.AccountID == "" && a.AssumeRole != nil {
		return accountOf(a.AssumeRole.RoleARN)
	}
	return a.AccountID
}

// accountOf returns the account of an ARN, or "".
func accountOf(arn string) string {
	const account = 4
	if parts := strings.Split(arn, ":"); len(parts) > account {
		return parts[account]
	}
	return ""
}
