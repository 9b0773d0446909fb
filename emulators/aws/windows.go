package aws

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

const (
	dayMinutes  = 24 * 60
	weekMinutes = 7 * dayMinutes
)

// span is a time of the week in minutes. A span that begins on Sunday may end on Monday.
type span struct{ from, to int }

// apart requires that a daily and a weekly window do not overlap and have a minimum length, as RDS and ElastiCache do.
func apart(daily, weekly string, least int) cloud.Rule {
	return func(j *cloud.Validation) {
		day, hasDay := daySpan(j.Text(daily))
		week, hasWeek := weekSpan(j.Text(weekly))
		if hasDay && day.to-day.from < least {
			j.Fail(daily, "the window must be at least %d minutes", least)
		}
		if hasWeek && week.to-week.from < least {
			j.Fail(weekly, "the window must be at least %d minutes", least)
		}
		if hasDay && hasWeek && overlap(day, week) {
			j.Fail(weekly, "The backup window and maintenance window must not overlap.")
		}
	}
}

func overlap(day, week span) bool {
	for start := -dayMinutes; start <= weekMinutes+dayMinutes; start += dayMinutes {
		if day.from+start < week.to && week.from < day.to+start {
			return true
		}
	}
	return false
}

func daySpan(text string) (span, bool) {
	from, to, _ := strings.Cut(text, "-")
	first, ok := minutes(from)
	last, alsoOK := minutes(to)
	if last <= first {
		last += dayMinutes
	}
	return span{first, last}, ok && alsoOK
}

func weekSpan(text string) (span, bool) {
	from, to, _ := strings.Cut(strings.ToLower(text), "-")
	first, ok := weekTime(from)
	last, alsoOK := weekTime(to)
	if last <= first {
		last += weekMinutes
	}
	return span{first, last}, ok && alsoOK
}

func weekTime(text string) (int, bool) {
	day, rest, _ := strings.Cut(text, ":")
	index := slices.Index([]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, day)
	within, ok := minutes(rest)
	return index*dayMinutes + within, ok && index >= 0
}

func minutes(text string) (int, bool) {
	parts := regexp.MustCompile(`^(\d\d):(\d\d)$`).FindStringSubmatch(text)
	if parts == nil {
		return 0, false
	}
	hours, err := strconv.Atoi(parts[1])
	rest, alsoErr := strconv.Atoi(parts[2])
	return hours*60 + rest, err == nil && alsoErr == nil
}
