package aws_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/tests/mocks"
)

// collector is the add-on that sends the containers' logs.
const collector = "blog-amazon-cloudwatch-observability"

// containerGroups are the names of the log groups of containers and nodes by their resources.
func containerGroups() map[string]string {
	return map[string]string{
		"blog-application-logs": "/aws/containerinsights/blog-production-1a2b3c/application",
		"blog-dataplane-logs":   "/aws/containerinsights/blog-production-1a2b3c/dataplane",
		"blog-host-logs":        "/aws/containerinsights/blog-production-1a2b3c/host",
	}
}

// Fluent Bit would create a group that it does not find, which keeps logs forever and stays behind.
func TestTheProgramOwnsTheGroupsOfContainerLogs(t *testing.T) {
	for _, mode := range modes() {
		ran := mocks.Run(t, mocks.Known, withCluster(clusterArgs(mode)))
		addon := ran.Find(t, "Addon", collector)
		for resource, name := range containerGroups() {
			group := ran.Find(t, "LogGroup", resource)
			assert.Equal(t, name, group.At(t, "name"))
			assert.Equal(t, 365.0, group.At(t, "retentionInDays"))
			assert.Equal(t, aKey, group.At(t, "kmsKeyId"))
			assert.True(t, ran.Waits(addon, group), "%s: the group is there first, and goes last", resource)
		}
	}
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withCluster(clusterArgs(arguments.ModeAuto)))
		assert.Len(t, ran.OfKind("LogGroup"), 1+len(containerGroups()))
	}
}

func TestTheCollectorWritesToItsGroupsOnly(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withCluster(clusterArgs(arguments.ModeNodes)))
	only := document(t, ran.Find(t, "RolePolicy", collector+"-policy").At(t, "policy")).only(t)
	assert.Equal(t, []any{"logs:CreateLogStream", "logs:PutLogEvents"}, only["Action"], "neither logs:CreateLogGroup nor logs:PutRetentionPolicy")
	assert.Len(t, only["Resource"], 2*len(containerGroups()))
	assert.NotContains(t, only["Resource"], "*")
	for _, attached := range ran.OfKind("RolePolicyAttachment") {
		assert.NotContains(t, attached.At(t, "policyArn"), "CloudWatchAgent")
	}
	assert.True(t, ran.Waits(ran.Find(t, "Addon", collector), ran.Find(t, "RolePolicy", collector+"-policy")))
}

func TestTheCollectorSendsLogsAndNothingElseThatCosts(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withCluster(clusterArgs(arguments.ModeAuto)))
	text, ok := ran.Find(t, "Addon", collector).At(t, "configurationValues").(string)
	require.True(t, ok)
	var configured struct {
		Agent struct {
			Config struct {
				Logs struct {
					Collected map[string]any `json:"metrics_collected"`
				}
			}
		}
		ContainerLogs struct{ Enabled bool }
		Manager       struct {
			ApplicationSignals struct {
				AutoMonitor struct{ MonitorAllServices *bool }
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(text), &configured))
	assert.True(t, configured.ContainerLogs.Enabled)
	collected := configured.Agent.Config.Logs.Collected
	assert.NotContains(t, collected, "kubernetes", "Container Insights is paid for by the metric")
	assert.Contains(t, collected, "application_signals", "an agent whose configuration is empty gets the add-on's own, with Container Insights")
	monitored := configured.Manager.ApplicationSignals.AutoMonitor.MonitorAllServices
	require.NotNil(t, monitored, "the add-on's own value is true")
	assert.False(t, *monitored)
}

func TestWithoutWorkloadLogsThereIsNoCollector(t *testing.T) {
	for _, mode := range modes() {
		for _, outputs := range mocks.Both() {
			args := clusterArgs(mode)
			args.WorkloadLogs = arguments.Off
			ran := mocks.Run(t, outputs, withCluster(args))
			for _, r := range ran.Resources {
				assert.NotEqual(t, collector, r.Name)
				assert.NotContains(t, containerGroups(), r.Name)
			}
			assert.Len(t, ran.OfKind("LogGroup"), 1, "the control plane's")
		}
	}
}
