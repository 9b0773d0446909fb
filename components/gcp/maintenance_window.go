package gcp

import (
	"errors"
	"time"

	"github.com/djangostack/djangostack/components/validate"
)

// WeeklyHour is one hour of the week, in UTC.
type WeeklyHour struct {
	Day time.Weekday
	// Hour is 0 to 23.
	Hour int
}

func (w *WeeklyHour) check(component string) error {
	if w == nil {
		return nil
	}
	return errors.Join(
		validate.Within(component, "MaintenanceWindow.Day", int(w.Day), int(time.Sunday), int(time.Saturday)),
		validate.Within(component, "MaintenanceWindow.Hour", w.Hour, 0, 23),
	)
}
