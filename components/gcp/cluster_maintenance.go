package gcp

import (
	"errors"
	"time"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/validate"
)

// MaintenanceDays says on which days Google may change versions.
type MaintenanceDays string

// The days are those of UTC.
const (
	MaintenanceDaily   MaintenanceDays = "daily"
	MaintenanceWeekend MaintenanceDays = "weekend"
)

// Maintenance is when Google may change versions of the control plane and of nodes.
type Maintenance struct {
	Days MaintenanceDays
	// StartHour is the hour of the day in UTC, 0 to 23.
	StartHour int
	// Hours is how long it lasts: 4 to 24 every day, 6 to 24 at weekends.
	Hours int
}

// Google wants 48 hours in any 32 days, in pieces of four at least
// (https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions).
// There are 8 days at weekends in the 32 days with the fewest.
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

// window says the first time and how it comes back. The day of the first is a Saturday
// that has passed.
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
