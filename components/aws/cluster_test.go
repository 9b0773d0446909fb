package aws_test

import (
	"encoding/json"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"testing"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/tests/mocks"
)

const (
	deployer = "arn:aws:iam::123456789012:role/deployer"
	operator = "arn:aws:iam::123456789012:user/ada"
	aKey     = "arn:aws:kms:eu-central-1:123456789012:key/1"
)

func clusterArgs(mode arguments.ClusterMode) *aws.ClusterArgs {
	args := &aws.ClusterArgs{
		Name:             "blog-production",
		Region:           "eu-central-1",
		Version:          "1.35",
		Mode:             mode,
		SubnetIDs:        pulumi.ToStringArray([]string{"subnet-a", "subnet-b"}),
		Endpoint:         arguments.Endpoint{Access: arguments.EndpointPublicAndPrivate, AllowedCIDRs: []string{"203.0.113.0/24"}},
		SecretsKeyARN:    pulumi.String(aKey),
		LogTypes:         []string{"api", "audit", "authenticator", "controllerManager", "scheduler"},
		WorkloadLogs:     arguments.On,
		LogRetentionDays: 365,
		LogsKeyARN:       pulumi.String(aKey),
		Admins:           []string{deployer, operator},
		Volumes:          aws.Volumes{DeletionPolicy: deletion.Retain, KeyARN: pulumi.String(aKey)},
		Data:             data.Held{Protected: true},
		Tags:             environment,
	}
	if mode == arguments.ModeNodes {
		args.Nodes = &aws.NodesArgs{
			InstanceTypes: []string{"m7i.large", "m6i.large"}, Min: 2, Desired: 3, Max: 6, DiskGiB: 50, Capacity: arguments.OnDemand,
		}
	}
	return args
}

func withCluster(args *aws.ClusterArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := aws.NewCluster(ctx, "blog", args)
		return err
	}
}

// onNetwork is a cluster on a network, with an object of an environment in it.
func onNetwork(args *aws.ClusterArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		network, err := aws.NewNetwork(ctx, "blog", networkArgs())
		if err != nil {
			return err
		}
		args.SubnetIDs, args.Egress = network.PrivateSubnetIDs, network.Egress
		cluster, err := aws.NewCluster(ctx, "blog", args)
		if err != nil {
			return err
		}
		_, err = corev1.NewNamespace(ctx, "blog-namespace", nil, pulumi.Provider(cluster.Provider))
		return err
	}
}

func modes() []arguments.ClusterMode {
	return []arguments.ClusterMode{arguments.ModeAuto, arguments.ModeNodes}
}

func TestAClustersSecurityIsStated(t *testing.T) {
	for _, mode := range modes() {
		for _, outputs := range mocks.Both() {
			cluster := mocks.Run(t, outputs, withCluster(clusterArgs(mode))).Find(t, "Cluster", "blog-cluster")
			assert.Equal(t, "API", cluster.At(t, "accessConfig.authenticationMode"))
			assert.Equal(t, false, cluster.At(t, "accessConfig.bootstrapClusterCreatorAdminPermissions"))
			assert.Equal(t, false, cluster.At(t, "bootstrapSelfManagedAddons"))
			assert.Len(t, cluster.At(t, "enabledClusterLogTypes"), 5, "CKV_AWS_37")
			assert.Equal(t, true, cluster.At(t, "vpcConfig.endpointPrivateAccess"), "CIS 5.4.2")
			assert.Equal(t, []any{"203.0.113.0/24"}, cluster.At(t, "vpcConfig.publicAccessCidrs"), "CKV_AWS_38")
			assert.Equal(t, []any{"secrets"}, cluster.At(t, "encryptionConfig.resources"), "CKV_AWS_58")
			assert.Equal(t, aKey, cluster.At(t, "encryptionConfig.provider.keyArn"))
			assert.Equal(t, "STANDARD", cluster.At(t, "upgradePolicy.supportType"))
			assert.True(t, cluster.Protect)
		}
	}
}

func TestAnEndpointCanBePrivate(t *testing.T) {
	args := clusterArgs(arguments.ModeAuto)
	args.Endpoint = arguments.Endpoint{Access: arguments.EndpointPrivate}
	cluster := mocks.Run(t, mocks.Known, withCluster(args)).Find(t, "Cluster", "blog-cluster")
	assert.Equal(t, false, cluster.At(t, "vpcConfig.endpointPublicAccess"), "CKV_AWS_39")
	assert.Equal(t, true, cluster.At(t, "vpcConfig.endpointPrivateAccess"))
	assert.Nil(t, cluster.At(t, "vpcConfig.publicAccessCidrs"))
}

func TestTheThreeSwitchesOfAutoModeAgree(t *testing.T) {
	for _, outputs := range mocks.Both() {
		cluster := mocks.Run(t, outputs, withCluster(clusterArgs(arguments.ModeAuto))).Find(t, "Cluster", "blog-cluster")
		for _, path := range []string{"computeConfig.enabled", "kubernetesNetworkConfig.elasticLoadBalancing.enabled", "storageConfig.blockStorage.enabled"} {
			assert.Equal(t, true, cluster.At(t, path), path)
		}
		assert.NotNil(t, cluster.At(t, "computeConfig.nodeRoleArn"))
		cluster = mocks.Run(t, outputs, withCluster(clusterArgs(arguments.ModeNodes))).Find(t, "Cluster", "blog-cluster")
		// A cluster that never was in Auto Mode answers without them. If the program set
		// them, every preview would show a change.
		for _, path := range []string{"computeConfig", "kubernetesNetworkConfig.elasticLoadBalancing", "storageConfig"} {
			assert.Nil(t, cluster.At(t, path), path)
		}
	}
}

func TestTheControlPlanesLogGroupIsCreatedFirst(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withCluster(clusterArgs(arguments.ModeAuto)))
	group := ran.Find(t, "LogGroup", "blog-cluster-logs")
	cluster := ran.Find(t, "Cluster", "blog-cluster")
	assert.Equal(t, "blog-production-1a2b3c", cluster.At(t, "name"), "a name that no log group of an earlier cluster has")
	assert.Equal(t, "/aws/eks/blog-production-1a2b3c/cluster", group.At(t, "name"))
	assert.EqualValues(t, 365, group.At(t, "retentionInDays"))
	assert.Equal(t, aKey, group.At(t, "kmsKeyId"))
	assert.True(t, ran.Waits(cluster, group))
	args := clusterArgs(arguments.ModeAuto)
	args.LogTypes, args.WorkloadLogs, args.LogRetentionDays = nil, arguments.Off, 0
	assert.Empty(t, mocks.Run(t, mocks.Known, withCluster(args)).OfKind("LogGroup"))
}

func TestTheControlPlaneOutlivesNoneOfItsPolicies(t *testing.T) {
	for mode, want := range map[arguments.ClusterMode]int{arguments.ModeAuto: 5 + 2, arguments.ModeNodes: 1} {
		ran := mocks.Run(t, mocks.Unknown, withCluster(clusterArgs(mode)))
		cluster := ran.Find(t, "Cluster", "blog-cluster")
		found := 0
		for _, attached := range ran.OfKind("RolePolicyAttachment") {
			if strings.HasPrefix(attached.Name, "blog-cluster-") {
				found++
				assert.True(t, ran.Waits(cluster, attached), attached.Name)
			}
		}
		assert.Equal(t, want, found, mode)
	}
}

// The engine refuses two resources of a type with one name.
func TestDifferentAdministratorsHaveEntriesOfDifferentNames(t *testing.T) {
	args := clusterArgs(arguments.ModeAuto)
	args.Admins = nil
	for _, principal := range []string{"role/a.b", "role/a-b", "role/a/b", "user/a", "role/a", "role/A"} {
		args.Admins = append(args.Admins, "arn:aws:iam::123456789012:"+principal)
	}
	found := map[string]bool{}
	for _, entry := range mocks.Run(t, mocks.Known, withCluster(args)).OfKind("AccessEntry") {
		found[entry.Name] = true
	}
	assert.Len(t, found, len(args.Admins))
}

func TestOnlyTheNamedAdministratorsAreLetIn(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withCluster(clusterArgs(arguments.ModeAuto)))
		require.Len(t, ran.OfKind("AccessEntry"), 2)
		for name, principal := range map[string]string{
			"blog-admin-123456789012-role-deployer": deployer,
			"blog-admin-123456789012-user-ada":      operator,
		} {
			entry := ran.Find(t, "AccessEntry", name)
			assert.Equal(t, principal, entry.At(t, "principalArn"))
			assert.Equal(t, "STANDARD", entry.At(t, "type"))
			allowed := ran.Find(t, "AccessPolicyAssociation", name)
			assert.Equal(t, "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", allowed.At(t, "policyArn"))
			assert.Equal(t, "cluster", allowed.At(t, "accessScope.type"))
			assert.True(t, ran.Waits(allowed, entry))
		}
	}
}

func TestTheKubeconfigHoldsACommandAndNoToken(t *testing.T) {
	args := clusterArgs(arguments.ModeAuto)
	args.Login = aws.Login{RoleARN: deployer, Profile: "production"}
	provider := mocks.Run(t, mocks.Known, withCluster(args)).Find(t, "kubernetes", "blog-kubernetes")
	var config map[string]any
	require.NoError(t, json.Unmarshal([]byte(provider.At(t, "kubeconfig").(string)), &config))
	cluster := config["clusters"].([]any)[0].(map[string]any)["cluster"].(map[string]any)
	assert.Equal(t, "https://0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com", cluster["server"])
	assert.Equal(t, "Y2VydGlmaWNhdGU=", cluster["certificate-authority-data"])
	user := config["users"].([]any)[0].(map[string]any)["user"].(map[string]any)
	assert.Len(t, user, 1, "exec and nothing else")
	exec := user["exec"].(map[string]any)
	assert.Equal(t, "aws", exec["command"])
	assert.Equal(t, []any{
		"eks", "get-token", "--cluster-name", "blog-production-1a2b3c", "--region", "eu-central-1", "--output", "json", "--role-arn", deployer,
	}, exec["args"])
	assert.Equal(t, []any{map[string]any{"name": "AWS_PROFILE", "value": "production"}}, exec["env"])
	assert.Equal(t, "client.authentication.k8s.io/v1beta1", exec["apiVersion"])
}

// The token of a session with a name or an external ID is got by a shell, which this test runs with a command aws that
// writes down what it is asked.
func TestTheTokenIsThatOfTheAssumedRole(t *testing.T) {
	for _, externalID := range []string{"", "9f1c 2d34"} {
		args := clusterArgs(arguments.ModeAuto)
		args.Login = aws.Login{RoleARN: deployer, SessionName: "pipeline", ExternalID: externalID}
		provider := mocks.Run(t, mocks.Known, withCluster(args)).Find(t, "kubernetes", "blog-kubernetes")
		var config struct {
			Users []struct {
				User struct {
					Exec struct {
						Command string   `json:"command"`
						Args    []string `json:"args"`
					} `json:"exec"`
				} `json:"user"`
			} `json:"users"`
		}
		require.NoError(t, json.Unmarshal([]byte(provider.At(t, "kubeconfig").(string)), &config))
		exec := config.Users[0].User.Exec
		run := func(refuses bool) (string, error) {
			folder := t.TempDir()
			script := `#!/bin/sh
for word; do printf '[%s]' "$word" >>"` + folder + `/asked"; done
echo " $AWS_PROFILE $AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY $AWS_SESSION_TOKEN" >>"` + folder + `/asked"
test "$1" = sts || exit 0
` + map[bool]string{true: "exit 254", false: `printf 'ASIA1\tse/cret\tto+ken=\n'`}[refuses]
			require.NoError(t, os.WriteFile(filepath.Join(folder, "aws"), []byte(script), 0o700))
			command := osexec.CommandContext(t.Context(), exec.Command, exec.Args...)
			command.Env = []string{"PATH=" + folder + ":" + os.Getenv("PATH"), "AWS_PROFILE=mine"}
			err := command.Run()
			asked, readErr := os.ReadFile(filepath.Join(folder, "asked"))
			require.NoError(t, readErr)
			return string(asked), err
		}
		asked, err := run(false)
		require.NoError(t, err)
		external := map[bool]string{true: "[--external-id][9f1c 2d34]"}[externalID != ""]
		assert.Equal(t, "[sts][assume-role][--region][eu-central-1][--role-arn]["+deployer+"][--role-session-name][pipeline]"+external+
			"[--query][Credentials.[AccessKeyId,SecretAccessKey,SessionToken]][--output][text] mine   \n"+
			"[eks][get-token][--cluster-name][blog-production-1a2b3c][--region][eu-central-1][--output][json]  ASIA1 se/cret to+ken=\n", asked)
		asked, err = run(true)
		require.Error(t, err)
		assert.NotContains(t, asked, "get-token", "no token of the wrong identity")
	}
}

func TestTheClusterIsIdentifiedBeforeItIsThere(t *testing.T) {
	for _, outputs := range mocks.Both() {
		provider := mocks.Run(t, outputs, withCluster(clusterArgs(arguments.ModeAuto))).Find(t, "kubernetes", "blog-kubernetes")
		assert.Equal(t, "blog-production", provider.At(t, "clusterIdentifier"))
		assert.Equal(t, false, provider.At(t, "upsertExistingObjects"), "what exists is never taken over")
	}
}

func TestEveryObjectWaitsForNodesAddonsAccessAndEgress(t *testing.T) {
	for _, mode := range modes() {
		for _, outputs := range mocks.Both() {
			ran := mocks.Run(t, outputs, onNetwork(clusterArgs(mode)))
			object := ran.Find(t, "Namespace", "blog-namespace")
			for _, kind := range []string{
				"Cluster", "NodeGroup", "Addon", "AccessEntry", "AccessPolicyAssociation", "LogGroup",
				"NatGateway", "Route", "RouteTableAssociation", "VpcEndpoint", "InternetGateway", "RolePolicyAttachment",
			} {
				for _, before := range ran.OfKind(kind) {
					if before.Type == "djangostack:aws:Cluster" || before.Name == "blog-flow-logs" || afterwards(before) {
						continue
					}
					assert.True(t, ran.Waits(object, before), "%s: %s %s", mode, kind, before.Name)
					assert.False(t, ran.Waits(before, object), "%s: %s %s", mode, kind, before.Name)
				}
			}
		}
	}
}

// Nodes reach the API server by its private endpoint, so the control plane needs no route to the internet. What starts
// pods does.
func TestTheClusterItselfDoesNotWaitForTheEgress(t *testing.T) {
	for _, mode := range modes() {
		ran := mocks.Run(t, mocks.Known, onNetwork(clusterArgs(mode)))
		cluster, gateway := ran.Find(t, "Cluster", "blog-cluster"), ran.OfKind("NatGateway")[0]
		assert.False(t, ran.Waits(cluster, gateway))
		assert.Equal(t, true, cluster.At(t, "vpcConfig.endpointPrivateAccess"))
		assert.True(t, ran.Waits(ran.Find(t, "kubernetes", "blog-kubernetes"), gateway))
		assert.True(t, ran.Waits(ran.Find(t, "Addon", "blog-metrics-server"), gateway), mode)
	}
}

// afterwards tells whether a resource may come after the objects of an environment.
func afterwards(r mocks.Resource) bool {
	return r.Name == "blog-metrics-server" || r.Name == collector || r.Kind() == "LogGroup" && strings.HasSuffix(r.Name, "-logs") && r.Name != "blog-cluster-logs"
}

func TestNoObjectWaitsForTheMetricsServerOrTheLogs(t *testing.T) {
	for _, mode := range modes() {
		ran := mocks.Run(t, mocks.Known, onNetwork(clusterArgs(mode)))
		object := ran.Find(t, "Namespace", "blog-namespace")
		for _, name := range []string{"blog-metrics-server", collector} {
			assert.False(t, ran.Waits(object, ran.Find(t, "Addon", name)), "%s %s", mode, name)
		}
	}
}

func TestEveryClusterResourceHasTagsAndAParent(t *testing.T) {
	for _, mode := range modes() {
		ran := mocks.Run(t, mocks.Known, withCluster(clusterArgs(mode)))
		everythingIsTagged(t, ran, "AccessPolicyAssociation", "RolePolicy", "RolePolicyAttachment")
		descendsFrom(t, ran, "Cluster", "blog")
	}
}

func TestOtherPartitionsHaveOtherARNs(t *testing.T) {
	args := clusterArgs(arguments.ModeAuto)
	args.Region = "cn-north-1"
	ran := mocks.Run(t, mocks.Unknown, withCluster(args))
	for _, attached := range ran.OfKind("RolePolicyAttachment") {
		assert.Regexp(t, "^arn:aws-cn:iam::aws:policy/", attached.At(t, "policyArn"))
	}
	assert.Equal(t, "arn:aws-cn:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
		ran.OfKind("AccessPolicyAssociation")[0].At(t, "policyArn"))
}

func TestLongNamesAreCutToWhatAWSTakes(t *testing.T) {
	long := "an-application-with-a-name-that-nobody-would-want-to-type-twice-in-a-day"
	for _, mode := range modes() {
		args := clusterArgs(mode)
		args.Name = long + long
		ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
			_, err := aws.NewCluster(ctx, long, args)
			return err
		})
		for _, role := range ran.OfKind("Role") {
			if strings.HasPrefix(role.Type, "aws:") {
				assert.LessOrEqual(t, len(role.Name)+len("-1234567"), 64, role.Name)
			}
		}
		for _, nodes := range ran.OfKind("NodeGroup") {
			assert.LessOrEqual(t, len(nodes.Name)+len("-1234567"), 63, nodes.Name)
		}
		cluster := ran.Find(t, "Cluster", long+"-cluster")
		assert.LessOrEqual(t, len(cluster.At(t, "name").(string)), 100)
	}
}
