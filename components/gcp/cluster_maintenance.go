package gcp

import (
	"errors"
	"time"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/validate"
)

// MaintenanceDays says on which days Google may upgrade the cluster.
type MaintenanceDays string

// The days are in UTC.
const (
	MaintenanceDaily   MaintenanceDays = "daily"
	MaintenanceWeekend MaintenanceDays = "weekend"
)

// Maintenance is when Google may upgrade the control plane and the nodes.
type Maintenance struct {
	Days MaintenanceDays
	// StartHour is the hour of the day in UTC, 0 to 23.
	StartHour int
	// Hours is the length: 4 to 24 every day, 6 to 24 on weekends.
	Hours int
}

// GKE requires 48 hours in any 32 days, in windows of at least four hours
// (https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions).
// Any 32 days have at least 8 weekend days.
const (
	leastHoursDaily   = 4
	leastHoursWeekend = 48 / 8
	hoursOfDay        = 24
)

func (m Maintenance) check() error {
	least := leastHoursDaily
	if m.Days == MaintenanceWeekend {
		least = leastHoursWeekend
	}
	return errors.Join(
		validate.OneOf("Cluster", "Maintenance.Days", m.Days, MaintenanceDaily, MaintenanceWeekend),
		validate.Within("Cluster", "Maintenance.StartHour", m.StartHour, 0, hoursOfDay-1),
		validate.Within("Cluster", "Maintenance.Hours", m.Hours, least, hoursOfDay),
	)
}

// window returns the first occurrence, on a Saturday in the past, and the recurrence.
func (m Maintenance) window() container.ClusterMaintenancePolicyArgs {
	start := time.Date(2024, time.January, 6, m.StartHour, 0, 0, 0, time.UTC)
	recurrence := "FREQ=DAILY"
	if m.Days == MaintenanceWeekend {
		recurrence = "FREQ=WEEKLY;BYDAY=SA,SU"
	}
	return container.ClusterMaintenancePolicyArgs{
		RecurringWindow: container.ClusterMaintenancePolicyRecurringWindowArgs{
			StartTime:  pulumi.String(start.Format(time.RFC3339)),
			EndTime:    pulumi.String(start.Add(time.Duration(m.Hours) * time.Hour).Format(time.RFC3339)),
			Recurrence: pulumi.String(recurrence),
		},
	}
}
