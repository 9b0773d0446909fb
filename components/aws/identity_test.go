package aws_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/tests/mocks"
)

func identityArgs() *aws.IdentityArgs {
	return &aws.IdentityArgs{
		ClusterName:    pulumi.String("blog-1a2b3c"),
		Region:         "eu-central-1",
		Namespace:      pulumi.String("blog"),
		ServiceAccount: "web",
		Statements: []aws.Statement{{
			Actions:   []string{"s3:GetObject", "s3:PutObject"},
			Resources: pulumi.StringArray{pulumi.String("arn:aws:s3:::media/*")},
			Conditions: []aws.Condition{
				{Operator: "StringEquals", Key: "s3:x-amz-acl", Values: pulumi.StringArray{pulumi.String("private")}},
				{Operator: "StringEquals", Key: "aws:SourceAccount", Values: pulumi.StringArray{pulumi.String(mocks.Account)}},
			},
		}},
		PermissionsBoundary: pulumi.String("arn:aws:iam::123456789012:policy/boundary"),
		Tags:                environment,
	}
}

func withIdentity(args *aws.IdentityArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := aws.NewIdentity(ctx, "blog-web", args)
		return err
	}
}

func TestOnlyThePodsOfOneServiceAccountTakeTheRoleOn(t *testing.T) {
	role := mocks.Run(t, mocks.Known, withIdentity(identityArgs())).Find(t, "Role", "blog-web-pods")
	trust := document(t, role.At(t, "assumeRolePolicy")).only(t)
	assert.Equal(t, map[string]any{"Service": []any{"pods.eks.amazonaws.com"}}, trust["Principal"])
	assert.Equal(t, []any{"sts:AssumeRole", "sts:TagSession"}, trust["Action"])
	assert.Equal(t, map[string]any{"StringEquals": map[string]any{
		"aws:RequestTag/eks-cluster-name":           []any{"blog-1a2b3c"},
		"aws:RequestTag/kubernetes-namespace":       []any{"blog"},
		"aws:RequestTag/kubernetes-service-account": []any{"web"},
	}}, trust["Condition"])
	assert.Equal(t, "arn:aws:iam::123456789012:policy/boundary", role.At(t, "permissionsBoundary"))
}

func TestPermissionsAreThereBeforePodsAre(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withIdentity(identityArgs()))
		associated := ran.Find(t, "PodIdentityAssociation", "blog-web-pods")
		assert.True(t, ran.Waits(associated, ran.Find(t, "RolePolicy", "blog-web-pods-policy")))
		assert.Equal(t, "web", associated.At(t, "serviceAccount"))
		assert.Equal(t, "blog", associated.At(t, "namespace"))
		everythingIsTagged(t, ran, "RolePolicy")
		descendsFrom(t, ran, "Identity", "blog-web")
	}
}

func TestConditionsOfOneOperatorAreGrouped(t *testing.T) {
	policy := mocks.Run(t, mocks.Known, withIdentity(identityArgs())).Find(t, "RolePolicy", "blog-web-pods-policy")
	statement := document(t, policy.At(t, "policy")).only(t)
	assert.Equal(t, "Allow", statement["Effect"])
	assert.Equal(t, []any{"arn:aws:s3:::media/*"}, statement["Resource"])
	assert.Equal(t, map[string]any{"StringEquals": map[string]any{
		"s3:x-amz-acl":      []any{"private"},
		"aws:SourceAccount": []any{mocks.Account},
	}}, statement["Condition"])
	assert.NotContains(t, statement, "Principal", "IAM refuses it in the policy of a role")
}

func TestWrongIdentitiesAreNamed(t *testing.T) {
	refusedWith(t, withIdentity(&aws.IdentityArgs{}), "Identity: ClusterName is required", "Identity: Region is required",
		"Identity: Namespace is required", "Identity: ServiceAccount is required", "Identity: Statements is required")
	args := identityArgs()
	args.Statements = []aws.Statement{{Services: []string{"s3.amazonaws.com"}}}
	refusedWith(t, withIdentity(args), "Identity: Statements[0].Services has no meaning", "Identity: Statements[0].Actions is required",
		"Identity: Statements[0].Resources is required")
}
