package gcp

import "time"

// WeeklyHour is one hour of the week, in UTC.
type WeeklyHour struct {
	Day time.Weekday
	// Hour is 0 to 23.
	Hour int
}
