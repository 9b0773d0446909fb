// Package clouds_test changes whole environments on Pulumi's own engine, with
// emulators of the clouds.
package clouds_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/aws"
	"github.com/djangostack/djangostack/stacks/gcp"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/stacks/spec/reference"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/environments"
	"github.com/djangostack/djangostack/tests/golden"
)

// holders are the kinds of resources that hold data, or without which data cannot be
// read again.
func holders() []string {
	return []string{
		"aws:rds/instance:Instance",
		"aws:elasticache/replicationGroup:ReplicationGroup",
		"aws:s3/bucketV2:BucketV2",
		"aws:kms/key:Key",
		"aws:mq/broker:Broker",
		"aws:opensearch/domain:Domain",
		"gcp:sql/databaseInstance:DatabaseInstance",
		"gcp:sql/database:Database",
		"gcp:redis/instance:Instance",
		"gcp:storage/bucket:Bucket",
		"gcp:kms/cryptoKey:CryptoKey",
		"kubernetes:core/v1:PersistentVolumeClaim",
	}
}

func TestNoChangeOfProductionLosesData(t *testing.T) {
	skipInShort(t)
	for _, cloud := range []string{"aws", "gcp"} {
		t.Run(cloud, func(t *testing.T) {
			production := environments.Full(spec.Cloud(cloud), spec.Production).Set(t, "prepared=on")
			table := changesLoseNothing(t, "", production, append(cloudChanges()[cloud], changes()...))
			table = append(table, changesLoseNothing(t, "With the other choices", production.Set(t, otherChoices()[cloud]...), append(otherCloudChanges()[cloud], otherChanges()...))...)
			inCluster := production.Set(t, "database={kind: in-cluster, backups: {store: none}}")
			table = append(table, changesLoseNothing(t, "With the database in the cluster", inCluster, inClusterChanges())...)
			table = append(table, poolsLoseNothing(t, cloud, production)...)
			text, err := reference.EncodeChanges(table)
			require.NoError(t, err)
			golden.Equal(t, filepath.Join("..", "..", "stacks", "spec", "reference", "changes", cloud+".json"), text)
		})
	}
}

// poolsLoseNothing previews changes of a node pool, where both architectures can be had.
func poolsLoseNothing(t *testing.T, cloud string, production environments.Environment) []reference.Change {
	t.Helper()
	pooled := production.Set(t, "cluster.mode=nodes", "cluster.nodePools=[{name: batch}]")
	if cloud == "gcp" {
		return changesLoseNothing(t, "With a node pool", pooled.Set(t, "gcp.region=europe-west4"), poolChanges("n2-standard-2"))
	}
	return changesLoseNothing(t, "With a node pool", pooled, poolChanges("m6i.large"))
}

// changesLoseNothing previews changes of an environment and returns what they do.
func changesLoseNothing(t *testing.T, group string, environment environments.Environment, changes []string) []reference.Change {
	t.Helper()
	deployed := enginetest.NewEnvironment(t, environment, withPlainSecrets)
	deployed.Up(t)
	_, err := deployed.Preview(t)
	require.NoError(t, err)

	var table []reference.Change
	for _, change := range changes {
		plan, err := deployed.Preview(t, overrides(t, change)...)
		row := effect(plan, err)
		row.Group, row.Set = group, strings.Split(change, " --set ")
		table = append(table, row)
		for _, event := range plan.Plan {
			if err == nil && losing(event) {
				assert.Failf(t, "data would be lost", "%s: %s %s %s", change, event.Op, event.ResourceType, event.Name)
			}
		}
	}
	return table
}

// overrides are a change as it is written after --set, and those written after it.
func overrides(t *testing.T, change string) []stackfile.Override {
	t.Helper()
	var all []stackfile.Override
	for _, one := range strings.Split(change, " --set ") {
		override, err := stackfile.ParseOverride(one)
		require.NoError(t, err)
		all = append(all, override)
	}
	return all
}

// losing tells whether a planned change takes away what holds data that must not be
// lost. A cache may be forgotten, static files can be collected again, beat makes its
// schedule again, disabled logs are deleted with their groups, and a replica has
// only copies.
func losing(event lifecycle.Event) bool {
	forgettable := slices.ContainsFunc([]string{"-cache", "-static", "-beat", "-access-logs", "-replica-0"}, func(end string) bool { return strings.HasSuffix(event.Name, end) })
	taken := strings.Contains(event.Op, "delete") || strings.Contains(event.Op, "replace")
	return taken && !forgettable && slices.Contains(holders(), event.ResourceType)
}

// withPlainSecrets is the program without the check that refuses plain-text passwords, which some rows have.
func withPlainSecrets(ctx *pulumi.Context) error {
	read, err := spec.Parse([]byte(config.New(ctx, "").Get(spec.ConfigKey)), ctx.Stack())
	if err != nil {
		return err
	}
	if read.Cloud == spec.GCPCloud {
		return gcp.Deploy(ctx, read)
	}
	return aws.Deploy(ctx, read)
}

// effect is what a plan does.
func effect(plan lifecycle.PreviewResult, err error) reference.Change {
	var refused *lifecycle.RefusedError
	if errors.As(err, &refused) {
		return reference.Change{HoldsData: protectedNames(refused)}
	}
	if err != nil {
		return reference.Change{Refused: cause(err)}
	}
	byOp := map[string][]string{}
	objects := map[string]int{}
	for _, event := range plan.Plan {
		op := word(event.Op)
		if event.Component || op == "" {
			continue
		}
		if strings.HasPrefix(event.ResourceType, "kubernetes:") {
			objects[op]++
			continue
		}
		byOp[op] = append(byOp[op], lifecycle.ShortType(event.ResourceType)+" "+event.Name)
	}
	return reference.Change{
		Creates:  shortened(byOp["creates"], objects["creates"]),
		Updates:  shortened(byOp["updates"], objects["updates"]),
		Replaces: shortened(byOp["replaces"], objects["replaces"]),
		Deletes:  shortened(byOp["deletes"], objects["deletes"]),
	}
}

// shortened are the first few of a plan's resources, and how many follow.
func shortened(names []string, objects int) []string {
	slices.Sort(names)
	const most = 4
	if len(names) > most {
		names = append(names[:most:most], fmt.Sprintf("%d more", len(names)-most))
	}
	if objects > 0 {
		names = append(names, fmt.Sprintf("%d objects", objects))
	}
	return names
}

func word(op string) string {
	switch op {
	case "create":
		return "creates"
	case "update":
		return "updates"
	case "delete":
		return "deletes"
	case "replace":
		return "replaces"
	default:
		return ""
	}
}

func protectedNames(refused *lifecycle.RefusedError) []string {
	var names []string
	for _, resource := range refused.Resources {
		names = append(names, lifecycle.ShortType(resource.Type)+" "+resource.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// cause is what the engine says of the resource, without the random end of its name.
func cause(err error) string {
	lines := strings.Split(err.Error(), "\n")
	if i := slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, "the configuration has") }); i >= 0 {
		lines = lines[i:]
	}
	said := strings.Join(strings.Fields(strings.Join(lines[1:min(3, len(lines))], " ")), " ")
	return regexp.MustCompile(` \([a-z-]+-[0-9a-f]{6}\)`).ReplaceAllString(said, "")
}

func TestALossOfDataIsNoticed(t *testing.T) {
	lost := lifecycle.Event{Op: "replace", ResourceType: "aws:rds/instance:Instance", Name: "blog-database"}
	assert.True(t, losing(lost))
	lost.Op = "update"
	assert.False(t, losing(lost))
	assert.False(t, losing(lifecycle.Event{Op: "delete", ResourceType: "aws:elasticache/replicationGroup:ReplicationGroup", Name: "blog-cache"}))
}
