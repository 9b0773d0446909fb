package aws

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// watchSeconds is between two readings of enhanced monitoring.
const monitoringSeconds = 60

// logGroups registers the groups that one server of RDS writes to.
func (a *DatabaseArgs) logGroups(ctx *pulumi.Context, part string, identifier pulumi.StringOutput, parent pulumi.Resource) ([]pulumi.Resource, error) {
	var groups []pulumi.Resource
	for _, log := range exportedLogs() {
		group, err := a.Logs.group(ctx, part+"-"+log, pulumi.Sprintf("/aws/rds/instance/%s/%s", identifier, log), a.Tags, parent)
		if err != nil {
			return nil, err
		}
		groups = append(groups, group)
	}
	return groups, nil
}

// watch registers the log groups, and the role of enhanced monitoring where it is
// wanted. Both outlive the server, which writes to its end.
func (s *databaseParts) newMonitoring(ctx *pulumi.Context, name string, a *DatabaseArgs, parent pulumi.Resource) error {
	groups, err := a.logGroups(ctx, name+"-database", s.identifier, parent)
	if err != nil {
		return err
	}
	s.prerequisites = append(s.prerequisites, groups...)
	if a.Monitoring != EnhancedMonitoring {
		return nil
	}
	writer, err := newRole(ctx, name+"-database-monitoring", roleArgs{
		region:      a.Region,
		description: "Writes the figures of a database",
		trust:       trustOf("monitoring.rds.amazonaws.com"),
		managed:     []string{"service-role/AmazonRDSEnhancedMonitoringRole"},
		tags:        a.Tags,
	}, parent)
	if err != nil {
		return err
	}
	s.monitoringRole = writer.Arn.ToStringPtrOutput()
	s.prerequisites = append(s.prerequisites, writer.policies...)
	return nil
}
