package aws

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// policyVersion is the version of the policy language.
const policyVersion = "2012-10-17"

// Statement allows actions on resources.
type Statement struct {
	// Services are the AWS services that the statement allows, for instance
	// cloudfront.amazonaws.com. Only a resource policy has them; in the policy of a role
	// they are empty.
	Services []string
	// Actions in the form service:Action.
	Actions []string
	// Resources are ARNs, or "*".
	Resources pulumi.StringArray
	// Conditions that must all be met.
	Conditions []Condition
}

// Condition restricts a statement to requests with certain values.
type Condition struct {
	// Operator, for instance StringEquals or ArnLike.
	Operator string
	// Key, for instance aws:SourceArn.
	Key string
	// Values, one of which must match.
	Values pulumi.StringArray
}

func (s Statement) document() pulumi.Map {
	document := pulumi.Map{
		"Effect": pulumi.String("Allow"),
		"Action": pulumi.ToStringArray(s.Actions),
	}
	if len(s.Services) > 0 {
		document["Principal"] = pulumi.Map{"Service": pulumi.ToStringArray(s.Services)}
	}
	if len(s.Resources) > 0 {
		document["Resource"] = s.Resources
	}
	if len(s.Conditions) > 0 {
		document["Condition"] = conditions(s.Conditions)
	}
	return document
}

// conditions groups the keys by operator, as the policy language requires.
func conditions(all []Condition) pulumi.Map {
	operators := pulumi.Map{}
	for _, condition := range all {
		keys, ok := operators[condition.Operator].(pulumi.Map)
		if !ok {
			keys = pulumi.Map{}
			operators[condition.Operator] = keys
		}
		keys[condition.Key] = condition.Values
	}
	return operators
}

// policy returns a policy as JSON with sorted keys.
func policy(statements ...pulumi.Map) pulumi.StringOutput {
	list := pulumi.Array{}
	for _, statement := range statements {
		list = append(list, statement)
	}
	return pulumi.JSONMarshal(pulumi.Map{
		"Version":   pulumi.String(policyVersion),
		"Statement": list,
	})
}

// rolePolicy returns the policy of a role.
func rolePolicy(statements []Statement) pulumi.StringOutput {
	documents := make([]pulumi.Map, len(statements))
	for i, statement := range statements {
		documents[i] = statement.document()
	}
	return policy(documents...)
}
