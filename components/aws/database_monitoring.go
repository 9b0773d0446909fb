package aws

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// monitoringSeconds is the interval of enhanced monitoring.
const monitoringSeconds = 60

// logGroups registers the log groups of one RDS server.
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

// newMonitoring registers the log groups, and the role of enhanced monitoring if wanted.
// Both outlive the server, which writes until it is deleted.
func (s *databaseParts) newMonitoring(ctx *pulumi.Context, name string, a *DatabaseArgs, parent pulumi.Resource) error {
	groups, err := a.logGroups(ctx, name+"-database", s.identifier, parent)
	if err != nil {
		return err
	}
	s.prerequisites = append(s.prerequisites, groups...)
	if a.Monitoring != EnhancedMonitoring {
		return nil
	}
	role, err := newRole(ctx, name+"-database-monitoring", roleArgs{
		region:      a.Region,
		description: "Writes the figures of a database",
		trust:       trustOf("monitoring.rds.amazonaws.com"),
		managed:     []string{"service-role/AmazonRDSEnhancedMonitoringRole"},
		tags:        a.Tags,
	}, parent)
	if err != nil {
		return err
	}
	s.monitoringRole = role.Arn.ToStringPtrOutput()
	s.prerequisites = append(s.prerequisites, role.policies...)
	return nil
}
