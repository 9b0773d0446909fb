package aws

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// policyVersion is the version of the policy language, not of a policy.
const policyVersion = "2012-10-17"

// Statement allows actions on resources.
type Statement struct {
	// Services are the AWS services that are allowed, for instance
	// cloudfront.amazonaws.com. Only the policy of a resource names them; the policy
	// of a role leaves them empty.
	Services []string
	// Actions in the form service:Action.
	Actions []string
	// Resources are ARNs, or "*".
	Resources pulumi.StringArray
	// Conditions that must all hold.
	Conditions []Condition
}

// Condition limits a statement to requests with certain values.
type Condition struct {
	// Operator, for instance StringEquals or ArnLike.
	Operator string
	// Key, for instance aws:SourceArn.
	Key string
	// Values of which one must match.
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

// conditions puts the keys of one operator into one object, as the language wants it.
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

// policy writes a policy as JSON, its keys in alphabetical order.
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

// rolePolicy writes what a role may do.
func rolePolicy(statements []Statement) pulumi.StringOutput {
	documents := make([]pulumi.Map, len(statements))
	for i, statement := range statements {
		documents[i] = statement.document()
	}
	return policy(documents...)
}
