package alerts

import (
	"fmt"
	"time"

	"github.com/robfig/cron/v3"
)

// LongestGap returns the longest time between two runs of a schedule in cron's notation and a time
// zone, for instance three days for every working day. It is 0 for a schedule that does not run twice
// in five years. A run at an hour that a change of the clock leaves out does not happen, as in
// Kubernetes.
func LongestGap(schedule string, zone *time.Location) (time.Duration, error) {
	parsed, err := cron.ParseStandard(schedule)
	if err != nil {
		return 0, fmt.Errorf("reading the schedule %q: %w", schedule, err)
	}
	if every, constant := parsed.(cron.ConstantDelaySchedule); constant {
		return every.Delay, nil
	}
	// From one leap year to the end of the next, so that the 29th of February comes twice. A fixed time
	// makes the rules the same on every day.
	begin := time.Date(2028, time.January, 1, 0, 0, 0, 0, zone)
	end := time.Date(2033, time.January, 1, 0, 0, 0, 0, zone)
	return gaps{schedule: parsed}.longest(begin, end), nil
}

// gaps are the times between the runs of a schedule.
type gaps struct{ schedule cron.Schedule }

// longest goes from day to day, because all days with runs have them at the same times.
func (g gaps) longest(begin, end time.Time) time.Duration {
	first := g.schedule.Next(begin.Add(-time.Second))
	if first.IsZero() {
		return 0
	}
	longest, last := g.during(first)
	span := last.Sub(first)
	for {
		next := g.schedule.Next(midnight(first).Add(-time.Second))
		if next.IsZero() || next.After(end) {
			return longest
		}
		longest = max(longest, next.Sub(first.Add(span)))
		first = next
	}
}

// during returns the longest time between the runs of one day, and its last run.
func (g gaps) during(first time.Time) (longest time.Duration, last time.Time) {
	last = first
	for {
		next := g.schedule.Next(last)
		if next.IsZero() || !next.Before(midnight(first)) {
			return longest, last
		}
		longest = max(longest, next.Sub(last))
		last = next
	}
}

// midnight is the end of a day.
func midnight(day time.Time) time.Time {
	year, month, date := day.Date()
	return time.Date(year, month, date+1, 0, 0, 0, 0, day.Location())
}
