package aws

import (
	"fmt"
	"strings"

	awslogs "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	awsec2 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	awsopensearch "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/opensearch"
	randomsdk "github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/random"
)

// searchParts are the resources that a domain needs.
type searchParts struct {
	// identifier of the domain, known before it exists.
	identifier    pulumi.StringOutput
	securityGroup *awsec2.SecurityGroup
	password      pulumi.StringOutput
	logs          awsopensearch.DomainLogPublishingOptionArray
	// prerequisites must exist before the domain and outlive it.
	prerequisites []pulumi.Resource
	// options of the domain, besides those of every protected resource.
	options []pulumi.ResourceOption
}

const (
	// masters are three, so that two form a quorum when one fails.
	masters = 3
	// searchTLSPolicy is TLS 1.2 and 1.3 with forward secrecy.
	searchTLSPolicy = "Policy-Min-TLS-1-2-PFS-2023-10"
)

func (a *SearchArgs) newParts(ctx *pulumi.Context, name string, parent pulumi.Resource) (*searchParts, error) {
	keepers := pulumi.StringMap{}
	if a.KeyARN != nil {
		keepers["key"] = a.KeyARN
	}
	suffix, err := random.NewSuffix(ctx, name+"-search-suffix", keepers, parent)
	if err != nil {
		return nil, err
	}
	s := &searchParts{identifier: pulumi.Sprintf("%s-%s", names.Fit(limits.MaxSearchDomainName-random.SuffixLength, name), suffix)}

	s.securityGroup, err = securityGroup{service: "the search of " + name, vpcID: a.VpcID, port: httpsPort, allowFrom: a.AllowFrom, tags: a.Tags}.
		register(ctx, name+"-search", parent)
	if err != nil {
		return nil, err
	}
	// OpenSearch requires one of each kind of character
	// (https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_MasterUserOptions.html).
	// These special characters need no escaping in a URL.
	password, err := randomsdk.NewRandomPassword(ctx, name+"-search-password", &randomsdk.RandomPasswordArgs{
		Length:          pulumi.Int(random.PasswordLength),
		MinLower:        pulumi.Int(1),
		MinUpper:        pulumi.Int(1),
		MinNumeric:      pulumi.Int(1),
		MinSpecial:      pulumi.Int(1),
		OverrideSpecial: pulumi.String("-."),
	}, pulumi.Parent(parent), component.Protect(a.Data))
	if err != nil {
		return nil, fmt.Errorf("registering the password of the search domain: %w", err)
	}
	s.password = password.Result
	if a.ServiceRole == arguments.Create {
		serviceRole, err := newSearchRole(ctx, name+"-search", a.Tags, parent)
		if err != nil {
			return nil, fmt.Errorf("registering the role of OpenSearch Service: %w", err)
		}
		s.prerequisites = append(s.prerequisites, serviceRole)
	} else {
		present, err := requireSearchRole(ctx, name+"-search", parent)
		if err != nil {
			return nil, err
		}
		s.options = append(s.options, present)
	}
	return s, s.newLogs(ctx, name, a, parent)
}

// newLogs registers a group for each log, and the policy that lets the domain write to
// them.
func (s *searchParts) newLogs(ctx *pulumi.Context, name string, a *SearchArgs, parent pulumi.Resource) error {
	var groups pulumi.StringArray
	for _, kind := range []string{"INDEX_SLOW_LOGS", "SEARCH_SLOW_LOGS", "ES_APPLICATION_LOGS", "AUDIT_LOGS"} {
		part := strings.ToLower(strings.ReplaceAll(kind, "_", "-"))
		group, err := a.Logs.group(ctx, name+"-search-"+part, pulumi.Sprintf("/aws/opensearch/%s/%s", s.identifier, part), a.Tags, parent)
		if err != nil {
			return err
		}
		groups = append(groups, pulumi.Sprintf("%s:*", group.Arn))
		s.logs = append(s.logs, awsopensearch.DomainLogPublishingOptionArgs{
			LogType:               pulumi.String(kind),
			CloudwatchLogGroupArn: group.Arn,
			Enabled:               pulumi.Bool(true),
		})
	}
	logPolicy, err := awslogs.NewLogResourcePolicy(ctx, name+"-search", &awslogs.LogResourcePolicyArgs{
		PolicyName: s.identifier,
		PolicyDocument: policy(Statement{
			Services:  []string{"es.amazonaws.com"},
			Actions:   []string{"logs:PutLogEvents", "logs:PutLogEventsBatch", "logs:CreateLogStream"},
			Resources: groups,
		}.document()),
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("registering the policy of the search domain's logs: %w", err)
	}
	s.prerequisites = append(s.prerequisites, logPolicy)
	return nil
}

func (s *searchParts) domain(a *SearchArgs, name string) *awsopensearch.DomainArgs {
	subnets := pulumi.StringArray{}
	for i := range a.Zones {
		subnets = append(subnets, a.SubnetIDs.Index(pulumi.Int(i)))
	}
	args := &awsopensearch.DomainArgs{
		DomainName:    s.identifier.ToStringPtrOutput(),
		EngineVersion: pulumi.String("OpenSearch_" + a.Version),
		ClusterConfig: a.cluster(),
		EbsOptions:    a.volume(),
		VpcOptions: awsopensearch.DomainVpcOptionsArgs{
			SubnetIds:        subnets,
			SecurityGroupIds: pulumi.StringArray{s.securityGroup.ID()},
		},
		EncryptAtRest:        a.encryption(),
		NodeToNodeEncryption: awsopensearch.DomainNodeToNodeEncryptionArgs{Enabled: pulumi.Bool(true)},
		DomainEndpointOptions: awsopensearch.DomainDomainEndpointOptionsArgs{
			EnforceHttps:      pulumi.Bool(true),
			TlsSecurityPolicy: pulumi.String(searchTLSPolicy),
		},
		AdvancedSecurityOptions: awsopensearch.DomainAdvancedSecurityOptionsArgs{
			Enabled:                     pulumi.Bool(true),
			AnonymousAuthEnabled:        pulumi.Bool(false),
			InternalUserDatabaseEnabled: pulumi.Bool(true),
			MasterUserOptions: awsopensearch.DomainAdvancedSecurityOptionsMasterUserOptionsArgs{
				MasterUserName:     pulumi.String(a.User),
				MasterUserPassword: s.password.ToStringPtrOutput(),
			},
		},
		LogPublishingOptions:  s.logs,
		SoftwareUpdateOptions: awsopensearch.DomainSoftwareUpdateOptionsArgs{AutoSoftwareUpdateEnabled: pulumi.Bool(true)},
		Tags:                  a.Tags.For(name + "-search"),
	}
	return args
}

// volume states the IOPS and throughput that are included for the size. If they are left
// out, the provider sends the values of the previous size, which OpenSearch Service refuses
// for a larger disk (https://github.com/hashicorp/terraform-provider-aws/issues/39136,
// https://docs.aws.amazon.com/opensearch-service/latest/developerguide/opensearch-createupdatedomains.html).
func (a *SearchArgs) volume() awsopensearch.DomainEbsOptionsArgs {
	const (
		leastIOPS, iopsPerGiB = 3000, 3
		// Above smallGiB, a disk has stepThroughput MiB/s for each stepGiB of it.
		smallGiB, smallThroughput = 170, 125
		stepGiB, stepThroughput   = 3000, 250
	)
	throughput := smallThroughput
	if a.StorageGiB > smallGiB {
		throughput = stepThroughput * ((a.StorageGiB + stepGiB - 1) / stepGiB)
	}
	return awsopensearch.DomainEbsOptionsArgs{
		EbsEnabled: pulumi.Bool(true),
		VolumeType: pulumi.String("gp3"),
		VolumeSize: pulumi.Int(a.StorageGiB),
		Iops:       pulumi.Int(max(leastIOPS, iopsPerGiB*a.StorageGiB)),
		Throughput: pulumi.Int(throughput),
	}
}

func (a *SearchArgs) encryption() awsopensearch.DomainEncryptAtRestArgs {
	encryption := awsopensearch.DomainEncryptAtRestArgs{Enabled: pulumi.Bool(true)}
	if a.KeyARN != nil {
		encryption.KmsKeyId = a.KeyARN.ToStringOutput().ToStringPtrOutput()
	}
	return encryption
}

func (a *SearchArgs) cluster() awsopensearch.DomainClusterConfigArgs {
	cluster := awsopensearch.DomainClusterConfigArgs{
		InstanceType:           pulumi.String(a.InstanceType),
		InstanceCount:          pulumi.Int(a.Instances),
		DedicatedMasterEnabled: pulumi.Bool(a.MasterType != ""),
		ZoneAwarenessEnabled:   pulumi.Bool(a.Zones > 1),
	}
	if a.MasterType != "" {
		cluster.DedicatedMasterType, cluster.DedicatedMasterCount = pulumi.String(a.MasterType), pulumi.Int(masters)
	}
	if a.Zones > 1 {
		cluster.ZoneAwarenessConfig = awsopensearch.DomainClusterConfigZoneAwarenessConfigArgs{AvailabilityZoneCount: pulumi.Int(a.Zones)}
	}
	return cluster
}
