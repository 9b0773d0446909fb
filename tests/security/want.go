package security

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Want is a requirement of an argument.
type Want struct {
	// Text follows the argument's path on the page.
	Text  string
	holds func(any) bool
	// wrong are values that must be noticed.
	wrong []any
}

// is requires one value.
func is(value any) Want {
	wrong := []any{"another", absent{}}
	if yes, ok := value.(bool); ok {
		wrong = []any{!yes, absent{}}
	}
	return Want{Text: "is " + written(value), holds: func(got any) bool { return written(got) == written(value) }, wrong: wrong}
}

// isOff requires false, which may be omitted because it is the default.
func isOff() Want {
	want := is(false)
	want.Text += " or is left out"
	want.wrong = want.wrong[:1]
	asked := want.holds
	want.holds = func(got any) bool { return got == nil || asked(got) }
	return want
}

// isOneOf requires one of some words.
func isOneOf(words ...string) Want {
	return Want{
		Text:  "is " + strings.Join(words, " or "),
		holds: func(got any) bool { word, ok := got.(string); return ok && slices.Contains(words, word) },
		wrong: []any{"another", absent{}},
	}
}

// begins requires a text with one of some prefixes.
func begins(words ...string) Want {
	return Want{
		Text: "begins with " + strings.Join(words, " or "),
		holds: func(got any) bool {
			word, ok := got.(string)
			return ok && slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(word, w) })
		},
		wrong: []any{"another", absent{}},
	}
}

// endsOtherThan requires a text without a suffix.
func endsOtherThan(end string) Want {
	return Want{
		Text:  "does not end in " + end,
		holds: func(got any) bool { word, ok := got.(string); return ok && !strings.HasSuffix(word, end) },
		wrong: []any{"arn:aws:iam::aws:policy/" + end},
	}
}

// isGiven requires a value that is not empty.
func isGiven() Want {
	return Want{Text: "is given", holds: func(got any) bool { return !empty(got) }, wrong: []any{absent{}, ""}}
}

// isNotGiven requires no value.
func isNotGiven(wrong any) Want {
	return Want{Text: "is not given", holds: empty, wrong: []any{wrong}}
}

// isNo requires any value except one.
func isNo(value any) Want {
	return Want{Text: "is not " + written(value), holds: func(got any) bool { return written(got) != written(value) }, wrong: []any{value}}
}

// isAtLeast requires a number.
func isAtLeast(least float64) Want {
	return Want{
		Text:  "is " + written(least) + " or more",
		holds: func(got any) bool { n, ok := got.(float64); return ok && n >= least },
		wrong: []any{least - 1, absent{}},
	}
}

// isFrom requires a number in a range.
func isFrom(least, most float64) Want {
	return Want{
		Text:  "is " + written(least) + " to " + written(most),
		holds: func(got any) bool { n, ok := got.(float64); return ok && n >= least && n <= most },
		wrong: []any{least - 1, most + 1, absent{}},
	}
}

// holdsAll requires a list with some words.
func holdsAll(words ...string) Want {
	return Want{
		Text: "holds " + strings.Join(words, ", "),
		holds: func(got any) bool {
			list, _ := got.([]any)
			for _, word := range words {
				if !slices.Contains(list, any(word)) {
					return false
				}
			}
			return true
		},
		wrong: []any{[]any{}, absent{}},
	}
}

// holdsNone requires a list without some words.
func holdsNone(words ...string) Want {
	return Want{
		Text: "does not hold " + strings.Join(words, " or "),
		holds: func(got any) bool {
			list, _ := got.([]any)
			return !slices.ContainsFunc(words, func(word string) bool { return slices.Contains(list, any(word)) })
		},
		wrong: []any{[]any{words[0]}},
	}
}

// that requires a value that a function accepts. The function must reject the wrong values.
func that(text string, holds func(any) bool, wrong ...any) Want {
	return Want{Text: text, holds: holds, wrong: wrong}
}

// hasNamed requires a list of names and values that has a value for a name.
func hasNamed(name, value string) Want {
	return Want{
		Text: fmt.Sprintf("has %s = %s", name, value),
		holds: func(got any) bool {
			list, _ := got.([]any)
			return slices.ContainsFunc(list, func(each any) bool {
				pair, _ := each.(map[string]any)
				return pair["name"] == name && pair["value"] == value
			})
		},
		wrong: []any{[]any{}, []any{map[string]any{"name": name, "value": value + "0"}}},
	}
}

func empty(got any) bool {
	switch got := got.(type) {
	case nil:
		return true
	case string:
		return got == ""
	case []any:
		return len(got) == 0
	case map[string]any:
		return len(got) == 0
	default:
		return false
	}
}

// written returns a value as JSON, so that numbers and texts of both sources are comparable.
func written(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return strings.Trim(string(text), `"`)
}
