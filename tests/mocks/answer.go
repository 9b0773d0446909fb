package mocks

import (
	"context"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Account is the AWS account of the mocks.
const Account = "123456789012"

// answer returns what the real providers would compute.
func answer(in *pulumirpc.RegisterResourceRequest, inputs resource.PropertyMap) resource.PropertyMap {
	state := inputs.Copy()
	switch module, _, _ := strings.Cut(in.GetType(), ":"); module {
	case "random":
		answerRandom(in, state)
	case "kubernetes":
		answerKubernetes(in, state)
	case "aws":
		answerAWS(in, state)
	case "gcp":
		answerGCP(in, state)
	}
	return state
}

func answerRandom(in *pulumirpc.RegisterResourceRequest, state resource.PropertyMap) {
	if in.GetType() == "random:index/randomId:RandomId" {
		state["hex"] = resource.NewProperty("1a2b3c")
		return
	}
	state["result"] = resource.MakeSecret(resource.NewProperty("generated-" + in.GetName()))
	state["bcryptHash"] = resource.MakeSecret(resource.NewProperty("hash-of-" + in.GetName()))
}

func answerKubernetes(in *pulumirpc.RegisterResourceRequest, state resource.PropertyMap) {
	metadata := resource.PropertyMap{}
	if given := state["metadata"]; given.IsObject() {
		metadata = given.ObjectValue().Copy()
	}
	if !metadata.HasValue("name") {
		metadata["name"] = resource.NewProperty(in.GetName() + "-1a2b3c4d")
	}
	state["metadata"] = resource.NewProperty(metadata)
}

// answerAWS gives every resource an ARN and a name, and some resources the outputs that others read.
func answerAWS(in *pulumirpc.RegisterResourceRequest, state resource.PropertyMap) {
	name := in.GetName()
	put := func(key resource.PropertyKey, value any) {
		if !state.HasValue(key) {
			state[key] = resource.NewPropertyValue(value)
		}
	}
	put("arn", fmt.Sprintf("arn:aws:mock:eu-central-1:%s:%s", Account, name))
	put("name", name+"-1a2b3c4")
	for key, value := range servicesOfAWS(in.GetType(), name, state) {
		put(resource.PropertyKey(key), value)
	}
	switch in.GetType() {
	case "aws:ec2/vpc:Vpc":
		put("ownerId", Account)
	case "aws:ec2/eip:Eip":
		put("allocationId", "eipalloc-"+name)
	case "aws:ec2/launchTemplate:LaunchTemplate":
		put("latestVersion", 1.0)
	case "aws:eks/nodeGroup:NodeGroup":
		put("resources", []any{map[string]any{"autoscalingGroups": []any{map[string]any{"name": "eks-" + name}}}})
	case "aws:kms/key:Key":
		put("keyId", "key-"+name)
	case "aws:ecr/repository:Repository":
		put("repositoryUrl", Account+".dkr.ecr.eu-central-1.amazonaws.com/"+state["name"].StringValue())
	case "aws:eks/cluster:Cluster":
		put("endpoint", "https://0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com")
		put("certificateAuthority", map[string]any{"data": "Y2VydGlmaWNhdGU="})
		state["vpcConfig"] = withGroup(state["vpcConfig"])
	}
}

func withGroup(network resource.PropertyValue) resource.PropertyValue {
	if !network.IsObject() {
		return network
	}
	known := network.ObjectValue().Copy()
	known["clusterSecurityGroupId"] = resource.NewProperty("sg-cluster")
	return resource.NewProperty(known)
}

// Invoke answers a function with its own arguments, an id and an ARN.
func (m *monitor) Invoke(_ context.Context, in *pulumirpc.ResourceInvokeRequest) (*pulumirpc.ResourceInvokeResponse, error) {
	options := plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true}
	found, err := plugin.UnmarshalProperties(in.GetArgs(), options)
	if err != nil {
		return nil, fmt.Errorf("reading the arguments of %s: %w", in.GetTok(), err)
	}
	found["id"] = resource.NewProperty("looked-up")
	found["arn"] = resource.NewProperty("arn:aws:mock:eu-central-1:" + Account + ":looked-up")
	if in.GetTok() == "aws:route53/getZone:getZone" {
		found["zoneId"] = resource.NewProperty("Z0LOOKEDUP")
	}
	if in.GetTok() == "aws:index/getCallerIdentity:getCallerIdentity" {
		found["accountId"] = resource.NewProperty(Account)
	}
	if in.GetTok() == "aws:route53/getRecords:getRecords" {
		found["resourceRecordSets"] = resource.NewProperty([]resource.PropertyValue{})
	}
	if in.GetTok() == "aws:eks/getAddonVersion:getAddonVersion" {
		found["version"] = resource.NewProperty("v" + found["kubernetesVersion"].StringValue() + ".0-eksbuild.1")
	}
	if in.GetTok() == "aws:rds/getSnapshot:getSnapshot" {
		found["encrypted"] = resource.NewProperty(true)
	}
	for key, value := range lookUpOnGCP(in.GetTok()) {
		found[resource.PropertyKey(key)] = resource.NewPropertyValue(value)
	}
	answered, err := plugin.MarshalProperties(found, options)
	if err != nil {
		return nil, fmt.Errorf("writing the answer of %s: %w", in.GetTok(), err)
	}
	return &pulumirpc.ResourceInvokeResponse{Return: answered}, nil
}
