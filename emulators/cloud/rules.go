package cloud

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// Rule checks arguments. It ignores unknown values.
type Rule func(*Validation)

// Validation is the check of one set of arguments.
type Validation struct {
	Values
	// hidden are the arguments whose values must not appear in messages.
	hidden   []string
	failures []failure
}

type failure struct{ path, reason string }

// Fail records what is wrong with the argument at a path.
func (j *Validation) Fail(path, format string, values ...any) {
	j.failures = append(j.failures, failure{path, fmt.Sprintf(format, values...)})
}

// show returns a value as it may appear in a message.
func (j *Validation) show(path string, value any) string {
	root, _, _ := strings.Cut(path, ".")
	root, _, _ = strings.Cut(root, "[")
	if slices.Contains(j.hidden, root) {
		return "a secret"
	}
	if text, ok := value.(string); ok {
		return fmt.Sprintf("%q", text)
	}
	return fmt.Sprint(value)
}

// Match requires that every text at a path matches a pattern.
func Match(path, pattern, says string) Rule {
	expression := regexp.MustCompile(pattern)
	return func(j *Validation) {
		for _, text := range j.Texts(path) {
			if !expression.MatchString(text) {
				j.Fail(path, "%s (got %s)", says, j.show(path, text))
			}
		}
	}
}

// Length requires that every text at a path has a number of characters in a range.
func Length(path string, least, most int) Rule {
	return func(j *Validation) {
		for _, text := range j.Texts(path) {
			if len(text) < least || len(text) > most {
				j.Fail(path, "expected length of %s to be in the range (%d - %d), got %s (%d)",
					path, least, most, j.show(path, text), len(text))
			}
		}
	}
}

// OneOf requires that every text at a path is one of the allowed ones.
func OneOf(path string, allowed ...string) Rule {
	return func(j *Validation) {
		for _, text := range j.Texts(path) {
			if !slices.Contains(allowed, text) {
				j.Fail(path, "expected %s to be one of %q, got %s", path, allowed, j.show(path, text))
			}
		}
	}
}

// Between requires that every number at a path is in a range.
func Between(path string, least, most float64) Rule {
	return func(j *Validation) {
		for _, value := range j.At(path) {
			if number, ok := value.(float64); ok && (number < least || number > most) {
				j.Fail(path, "expected %s to be in the range (%v - %v), got %v", path, least, most, number)
			}
		}
	}
}

// NumberOf requires that every number at a path is one of the allowed ones.
func NumberOf(path string, allowed ...float64) Rule {
	return func(j *Validation) {
		for _, value := range j.At(path) {
			if number, ok := value.(float64); ok && !slices.Contains(allowed, number) {
				j.Fail(path, "expected %s to be one of %v, got %v", path, allowed, number)
			}
		}
	}
}

// Network requires that every text at a path is the first address of a network whose mask is in a range.
func Network(path string, least, most int) Rule {
	return func(j *Validation) {
		for _, text := range j.Texts(path) {
			prefix, err := netip.ParsePrefix(text)
			switch {
			case err != nil:
				j.Fail(path, "%q is not a valid CIDR block: invalid CIDR address: %s", text, text)
			case prefix.Masked() != prefix:
				j.Fail(path, "%q is not a valid CIDR block; did you mean %q?", text, prefix.Masked())
			case prefix.Addr().Is4() && (prefix.Bits() < least || prefix.Bits() > most):
				j.Fail(path, "expected %q to contain a network Value with between %d and %d significant bits, got: %d",
					path, least, most, prefix.Bits())
			}
		}
	}
}

// Exclusive allows at most one of several arguments.
func Exclusive(paths ...string) Rule {
	return func(j *Validation) {
		if given := j.given(paths); len(given) > 1 {
			j.Fail(given[0], "%q: conflicts with %s", given[0], strings.Join(given[1:], ", "))
		}
	}
}

// OneNeeded requires exactly one of several arguments.
func OneNeeded(paths ...string) Rule {
	return func(j *Validation) {
		if given := j.given(paths); len(given) != 1 {
			j.Fail(paths[0], "one of `%s` must be specified, and only one (given: %d)", strings.Join(paths, ","), len(given))
		}
	}
}

// SomeNeeded requires at least one of several arguments.
func SomeNeeded(paths ...string) Rule {
	return func(j *Validation) {
		if len(j.given(paths)) == 0 {
			j.Fail(paths[0], "at least one of `%s` must be specified", strings.Join(paths, ","))
		}
	}
}

// Together requires an argument when another is set.
func Together(given, needed string) Rule {
	return func(j *Validation) {
		if j.Has(given) && !j.Has(needed) {
			j.Fail(needed, "%s is required when %s is given", needed, given)
		}
	}
}

// Document requires that the text at a path is JSON.
func Document(path string) Rule {
	return func(j *Validation) {
		for _, text := range j.Texts(path) {
			var anything any
			if err := json.Unmarshal([]byte(text), &anything); err != nil {
				j.Fail(path, "contains invalid JSON: %v", err)
			}
		}
	}
}

func (j *Validation) given(paths []string) []string {
	var given []string
	for _, path := range paths {
		if j.Has(path) {
			given = append(given, path)
		}
	}
	return given
}
