package gcp

// EndpointAccess says from where the API server can be reached.
type EndpointAccess string

// Private is from the network only: the program itself must then run in it, or in a
// network that is joined to it.
const (
	EndpointPrivate          EndpointAccess = "private"
	EndpointPublicAndPrivate EndpointAccess = "public-and-private"
)

// Endpoint describes who reaches the API server.
type Endpoint struct {
	Access EndpointAccess
	// AllowedCIDRs are the addresses that reach it: from outside when it is public as
	// well, and from other networks that are joined to the cluster's when it is private.
	AllowedCIDRs []string
}

// MaintenanceDays says on which days Google may change versions.
type MaintenanceDays string

// The days are those of UTC.
const (
	MaintenanceDaily   MaintenanceDays = "daily"
	MaintenanceWeekend MaintenanceDays = "weekend"
)

// Maintenance is when Google may change versions of the control plane and of nodes.
// Google wants 48 hours in any 32 days, in pieces of four at least.
type Maintenance struct {
	Days MaintenanceDays
	// StartHour is the hour of the day in UTC, 0 to 23.
	StartHour int
	// Hours is how long it lasts: 4 to 24 every day, 6 to 24 at weekends.
	Hours int
}
