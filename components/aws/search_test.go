package aws_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/tests/mocks"
)

func withSearch(change func(*aws.SearchArgs)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		args := &aws.SearchArgs{
			VpcID:        pulumi.String("vpc-1"),
			SubnetIDs:    pulumi.ToStringArray([]string{"subnet-1", "subnet-2", "subnet-3"}).ToStringArrayOutput(),
			Zones:        2,
			AllowFrom:    pulumi.StringArray{pulumi.String("sg-cluster")},
			Version:      "2.19",
			InstanceType: "r7g.large.search",
			Instances:    4,
			MasterType:   "m7g.large.search",
			StorageGiB:   100,
			KeyARN:       pulumi.String("arn:key"),
			User:         "blog",
			ServiceRole:  arguments.Create,
			Data:         data.Held{Protected: true},
			Logs:         aws.ServiceLogs{RetentionDays: 365},
			Tags:         tags(),
		}
		change(args)
		search, err := aws.NewSearch(ctx, "blog", args)
		if err != nil {
			return err
		}
		ctx.Export("url", search.URL())
		return nil
	}
}

func TestADomainIsClosedEncryptedAndAsksForAPassword(t *testing.T) {
	for _, outputs := range mocks.Both() {
		t.Run(string(outputs), func(t *testing.T) {
			ran := mocks.Run(t, outputs, withSearch(unchanged))

			domain := ran.Find(t, "Domain", "blog-search")
			for argument, want := range map[string]any{
				"engineVersion":                                           "OpenSearch_2.19",
				"encryptAtRest":                                           map[string]any{"enabled": true, "kmsKeyId": "arn:key"},
				"nodeToNodeEncryption.enabled":                            true,
				"domainEndpointOptions.enforceHttps":                      true,
				"domainEndpointOptions.tlsSecurityPolicy":                 "Policy-Min-TLS-1-2-PFS-2023-10",
				"advancedSecurityOptions.enabled":                         true,
				"advancedSecurityOptions.anonymousAuthEnabled":            false,
				"advancedSecurityOptions.internalUserDatabaseEnabled":     true,
				"vpcOptions.subnetIds":                                    []any{"subnet-1", "subnet-2"},
				"clusterConfig.zoneAwarenessEnabled":                      true,
				"clusterConfig.zoneAwarenessConfig.availabilityZoneCount": 2.0,
				"clusterConfig.dedicatedMasterCount":                      3.0,
				"softwareUpdateOptions.autoSoftwareUpdateEnabled":         true,
			} {
				assert.Equal(t, want, domain.At(t, argument), argument)
			}
			assert.True(t, domain.Protect)
			assert.True(t, outputs == mocks.Unknown || domain.Secret("advancedSecurityOptions"), "what is not known cannot be read")
			tagged(t, ran, "Domain", "SecurityGroup", "LogGroup", "ServiceLinkedRole")
			descendsFrom(t, ran, "Search", "blog-search")
		})
	}
}

func TestADomainWritesEveryLogToAGroupThatOutlivesIt(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withSearch(unchanged))

	domain := ran.Find(t, "Domain", "blog-search")
	assert.Equal(t, "blog-1a2b3c", domain.At(t, "domainName"))
	var kinds []any
	for _, published := range domain.At(t, "logPublishingOptions").([]any) {
		kinds = append(kinds, published.(map[string]any)["logType"])
	}
	assert.Equal(t, []any{"INDEX_SLOW_LOGS", "SEARCH_SLOW_LOGS", "ES_APPLICATION_LOGS", "AUDIT_LOGS"}, kinds)
	for _, group := range ran.OfKind("LogGroup") {
		assert.True(t, ran.Waits(domain, group))
	}
	assert.True(t, ran.Waits(domain, ran.OfKind("LogResourcePolicy")[0]))
	assert.True(t, ran.Waits(domain, ran.OfKind("ServiceLinkedRole")[0]), "OpenSearch enters the VPC by it")
	allowed := document(t, ran.OfKind("LogResourcePolicy")[0].At(t, "policyDocument")).only(t)
	assert.Equal(t, map[string]any{"Service": []any{"es.amazonaws.com"}}, allowed["Principal"])
	assert.Len(t, allowed["Resource"], 4)
}

func TestASmallDomainRunsInOneZone(t *testing.T) {
	domain := mocks.Run(t, mocks.Known, withSearch(func(a *aws.SearchArgs) {
		a.Zones, a.Instances, a.MasterType = 1, 1, ""
	})).Find(t, "Domain", "blog-search")

	assert.Equal(t, false, domain.At(t, "clusterConfig.zoneAwarenessEnabled"))
	assert.Nil(t, domain.At(t, "clusterConfig.zoneAwarenessConfig"))
	assert.Equal(t, false, domain.At(t, "clusterConfig.dedicatedMasterEnabled"))
	assert.Equal(t, []any{"subnet-1"}, domain.At(t, "vpcOptions.subnetIds"))
}

func TestAnExistingServiceRoleIsNotChanged(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withSearch(func(a *aws.SearchArgs) { a.ServiceRole = arguments.Existing }))

	assert.Empty(t, ran.OfKind("ServiceLinkedRole"))
}

func TestADomainRefusesWhatOpenSearchServiceWould(t *testing.T) {
	refuses(t, withSearch, func(a *aws.SearchArgs) { *a = aws.SearchArgs{} },
		"Search: VpcID is required", "Search: SubnetIDs is required", "Search: AllowFrom is required", "Search: User is required",
		"Search: Version is", "Search: Zones is 0", "Search: StorageGiB is 0", "Search: ServiceRole is")
	refuses(t, withSearch, func(a *aws.SearchArgs) { a.Instances = 3 }, "Instances is not a multiple of Zones")
	refuses(t, withSearch, func(a *aws.SearchArgs) { a.InstanceType = "r7g.large" }, "it ends in .search")
}
