package aws

import (
	"errors"
	"fmt"

	awseks "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/validate"
)

// podIdentityService is the service that gives pods their credentials.
const podIdentityService = "pods.eks.amazonaws.com"

// IdentityArgs describes the AWS permissions of the pods of one service account.
type IdentityArgs struct {
	ClusterName    pulumi.StringInput
	Region         string
	Namespace      pulumi.StringInput
	ServiceAccount string
	// Statements are the permissions. Their Services must be empty.
	Statements []Statement
	// PermissionsBoundary is the ARN of a policy that limits the role, or nil.
	PermissionsBoundary pulumi.StringInput
	Tags                Tags
}

// Identity is a role for the pods of one service account. The pods need neither a key nor
// an annotation. Pods get their credentials when they start, so create them after the
// identity.
type Identity struct {
	pulumi.ResourceState

	// RoleARN is the role that the pods assume.
	RoleARN pulumi.StringOutput

	// association gives the pods their credentials. It waits for the policies of the role.
	association pulumi.Resource
}

// NewIdentity registers a role and its association with a service account.
func NewIdentity(ctx *pulumi.Context, name string, args *IdentityArgs, opts ...pulumi.ResourceOption) (*Identity, error) {
	i := &Identity{}
	return component.New(ctx, "djangostack:aws:Identity", name, i, args.check, func() (pulumi.Map, error) {
		role, err := newRole(ctx, name+"-pods", roleArgs{
			region:      args.Region,
			description: "Pods of the service account " + args.ServiceAccount,
			trust:       trustOfPods(args.ClusterName, args.Namespace, args.ServiceAccount),
			statements:  args.Statements,
			boundary:    args.PermissionsBoundary,
			tags:        args.Tags,
		}, i)
		if err != nil {
			return nil, err
		}
		// Without its policies, the role is denied its first requests.
		i.association, err = awseks.NewPodIdentityAssociation(ctx, name+"-pods", &awseks.PodIdentityAssociationArgs{
			ClusterName:    args.ClusterName,
			Namespace:      args.Namespace,
			ServiceAccount: pulumi.String(args.ServiceAccount),
			RoleArn:        role.Arn,
			Tags:           args.Tags.For(name + "-pods"),
		}, pulumi.Parent(i), pulumi.DependsOn(role.policies))
		if err != nil {
			return nil, fmt.Errorf("giving the service account %s its role: %w", args.ServiceAccount, err)
		}
		i.RoleARN = role.Arn
		return pulumi.Map{"roleArn": i.RoleARN}, nil
	}, opts...)
}

func (a *IdentityArgs) check() error {
	problems := []error{validate.Check("Identity",
		validate.Required("ClusterName", a.ClusterName != nil),
		validate.Required("Region", a.Region != ""),
		validate.Required("Namespace", a.Namespace != nil),
		validate.Required("ServiceAccount", a.ServiceAccount != ""),
		validate.Required("Statements", len(a.Statements) > 0),
	)}
	for i, statement := range a.Statements {
		problems = append(problems,
			validate.RefuseIf(len(statement.Services) > 0, "Identity", fmt.Sprintf("Statements[%d].Services has no meaning in the policy of a role", i)),
			validate.RefuseIf(len(statement.Actions) == 0, "Identity", fmt.Sprintf("Statements[%d].Actions is required", i)),
			validate.RefuseIf(len(statement.Resources) == 0, "Identity", fmt.Sprintf("Statements[%d].Resources is required", i)))
	}
	return errors.Join(problems...)
}

// trustOfPods lets the pods of one service account of one cluster assume a role, by the
// tags that EKS adds to the requests. Without these conditions, every association of the
// account could use the role
// (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html).
func trustOfPods(cluster, namespace pulumi.StringInput, serviceAccount string) Statement {
	trust := trustOf(podIdentityService,
		Condition{Operator: "StringEquals", Key: "aws:RequestTag/eks-cluster-name", Values: pulumi.StringArray{cluster}},
		Condition{Operator: "StringEquals", Key: "aws:RequestTag/kubernetes-namespace", Values: pulumi.StringArray{namespace}},
		Condition{Operator: "StringEquals", Key: "aws:RequestTag/kubernetes-service-account", Values: pulumi.StringArray{pulumi.String(serviceAccount)}},
	)
	trust.Actions = append(trust.Actions, "sts:TagSession")
	return trust
}
